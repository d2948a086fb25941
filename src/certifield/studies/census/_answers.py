"""A directory of answers, which is a set: nothing is counted, and nothing is known that is not a file.

    answers/BUDGET/ITEM.json        one answer, written once (see `_answer_file`)
    certificates/SHA256.json        one certificate, in the form that `certifield verify` replays
    seconds/BUDGET/ITEM             the time that an answer took: measured, hence apart from what must be the same on every run

A certificate is there before the answer that names it.
"""

import json
import os
from pathlib import Path

from certifield.evidence import Certificate, InputError, NondeterministicBlock, StoreMismatch, from_json, to_json

from ..store._files import explained
from ..store._once import put_once, remove_abandoned, set_aside
from ._answer_file import DamagedAnswer, certificate_id, decode, encode
from .protocol._answered import Attempt
from .protocol._record import Record, record_of

_SUFFIX = ".json"


class AnswerStore:
    """The answers to the census with this ``digest`` under ``directory``; ``read_only`` changes nothing there, damage included."""

    def __init__(self, directory: Path | str, digest: str, *, read_only: bool = False) -> None:
        self.directory, self.digest, self.read_only = Path(directory), digest, read_only
        self.folder, self.certificates, self.times = (self.directory / name for name in ("answers", "certificates", "seconds"))
        for folder in () if read_only else (self.folder, self.certificates, self.times):
            with explained(folder):
                folder.mkdir(parents=True, exist_ok=True)
                remove_abandoned(folder)

    def path(self, item: str, budget: int) -> Path:
        """Where the answer to ``item`` in the round of ``budget`` is, or will be."""
        return self.folder / str(budget) / f"{item}{_SUFFIX}"

    def certificate_path(self, sha256: str) -> Path:
        """Where the certificate with this sha256 is, or will be."""
        return self.certificates / f"{sha256}{_SUFFIX}"

    def put(self, item: str, budget: int, record: Record, seconds: float) -> bool:
        """Stores an answer; False where it is already there with the same content, whatever time that took.

        Raises `NondeterministicBlock` where it is there with another content, `StoreError` where it cannot be written.
        """
        if record.certificate is not None:
            self._put_certificate(record.certificate)
        timing = self.times / str(budget) / item
        if not self.path(item, budget).exists():  # a second answer does not change the time of the first
            with explained(timing):
                timing.parent.mkdir(parents=True, exist_ok=True)
                timing.write_text(f"{seconds:.6f}\n", encoding="ascii")  # not flushed: a lost time loses no answer
        content = encode(self.digest, item, budget, record)
        return put_once(self.path(item, budget), content, lambda: self._holds(item, budget, content))

    def _put_certificate(self, certificate: Certificate) -> None:
        sha256 = certificate_id(certificate)
        path, text = self.certificate_path(sha256), json.dumps(to_json(certificate), indent=1, allow_nan=False) + "\n"
        put_once(path, text.encode(), lambda: self._holds_certificate(sha256))

    def _holds_certificate(self, sha256: str) -> bool:
        if self._certificate(sha256) is not None:
            return True
        set_aside(self.certificate_path(sha256))
        return False

    def _holds(self, item: str, budget: int, content: bytes) -> bool:
        present = self.get(item, budget)
        if present is None:
            return False
        if encode(self.digest, item, budget, present) == content:
            return True
        raise NondeterministicBlock(
            f"Item {item} was answered twice with {budget} units of work and different content; the first is kept in "
            f"{self.path(item, budget)}. The same item, budget and seed must give the same answer: look for a clock, for the order of a "
            "set, or for another version of a library in one of two processes."
        )

    def get(self, item: str, budget: int) -> Record | None:
        """An answer, or None where it is not there; a damaged file counts as not there, and is renamed aside unless only read.

        Raises `StoreMismatch` where the file belongs to another census.
        """
        try:
            return self.read(item, budget)
        except FileNotFoundError:
            return None
        except DamagedAnswer:
            if not self.read_only:
                set_aside(self.path(item, budget))
            return None

    def read(self, item: str, budget: int) -> Record:
        """An answer as it is, without touching the directory.  Raises `DamagedAnswer`, `StoreMismatch`, `FileNotFoundError`."""
        path = self.path(item, budget)
        with explained(path):
            answer = decode(path.read_bytes())
        if answer["census"] != self.digest:
            raise StoreMismatch(
                f"{path} belongs to another census (digest {answer['census']} there, {self.digest} here). "
                "Keep every census in a directory of its own: move the file away, or run this census elsewhere."
            )
        if (answer["item"], answer["budget"]) != (item, budget):
            raise DamagedAnswer(f"it answers {answer['item']} with budget {answer['budget']}: it was moved or copied here")
        certificate = None if answer["certificate"] is None else self._certificate(answer["certificate"])
        try:
            return record_of(answer["status"], answer["category"], certificate, answer["figures"], answer["spent"])
        except InputError as error:
            raise DamagedAnswer(f"its certificate {answer['certificate']} is missing or damaged") from error

    def _certificate(self, sha256: str) -> Certificate | None:
        """A certificate, or None where its file is missing or damaged."""
        path = self.certificate_path(sha256)
        try:
            with explained(path):
                certificate = from_json(json.loads(path.read_bytes()))
        except (FileNotFoundError, ValueError, RecursionError):  # no file, not JSON, or JSON of something else
            return None
        return certificate if isinstance(certificate, Certificate) and certificate_id(certificate) == sha256 else None

    def budgets(self) -> list[int]:
        """The budgets of the rounds that have begun, ascending."""
        names = os.listdir(self.folder) if self.folder.is_dir() else []
        return sorted(int(name) for name in names if name.isdecimal())

    def present(self, budget: int) -> set[str]:
        """Items that have a file in the round of ``budget``; contents are not looked at."""
        folder = self.folder / str(budget)
        names = os.listdir(folder) if folder.is_dir() else []
        return {name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)}

    def attempts(self, item: str) -> tuple[Attempt, ...]:
        """The answers to ``item``, by ascending budget."""
        found = ((budget, self.get(item, budget)) for budget in self.budgets())
        return tuple(Attempt(budget, record, self.seconds(item, budget)) for budget, record in found if record is not None)

    def seconds(self, item: str, budget: int) -> float | None:
        """The time that an answer took; None where its file is lost."""
        try:
            return float((self.times / str(budget) / item).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
