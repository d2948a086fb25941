"""A directory of pieces, which is a set: nothing is counted, and nothing is known that is not a file.

    pieces/CASE/STEP.piece          see `_piece`
    certificates/SHA256.json        each once, whichever pieces hold it
    seconds/PROCESS.tsv             case, step, seconds: a courtesy, a file of each process, of which a line may be lost

A piece is written once: the first arrival stays, and a later one is compared with it and dropped.  No file is locked or changed, so that
several machines may share the directory on a network file system.
"""

import contextlib
import json
import os
import socket
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from certifield.evidence import Certificate, InputError, NondeterministicBlock, StoreMismatch, from_json, to_json
from certifield.files import StoreError, explained, put_once, remove_abandoned, set_aside
from certifield.study import Piece

from ._piece import DamagedPiece, certificate_id, certificates_of, decode, encode

_SUFFIX = ".piece"


class Store:
    """The pieces of the study with this ``digest`` under ``directory``; ``read_only`` leaves damaged files where they are."""

    def __init__(self, directory: Path | str, digest: str, *, read_only: bool = False) -> None:
        self.directory, self.digest, self.read_only = Path(directory), digest, read_only
        self._seconds = self.directory / "seconds" / f"{socket.gethostname()}-{os.getpid()}.tsv"

    def tidy(self) -> None:
        """Makes the folders, and removes what killed processes of this host left in the making."""
        for name in ("pieces", "certificates", "seconds"):
            folder = self.directory / name
            with explained(folder):
                folder.mkdir(parents=True, exist_ok=True)
                remove_abandoned(folder)

    def path(self, case: str, step: int) -> Path:
        """Where the piece is, or will be."""
        return self.directory / "pieces" / case / f"{step:08d}{_SUFFIX}"

    def put(self, case: str, step: int, piece: Piece, seconds: float | None = None) -> bool:
        """Stores a piece, its certificates first; False where it is already there with the same content.

        Raises `NondeterministicBlock` where it is there with another content, `StoreError` where it cannot be written, `InputError` where
        it holds what cannot be kept.
        """
        content, path = encode(self.digest, case, step, piece), self.path(case, step)
        for certificate in certificates_of(piece).values():
            self._put_certificate(certificate)
        new = put_once(path, content, lambda: self._holds(case, step, content))
        if new and seconds is not None:
            self._note(case, step, seconds)
        return new

    def _holds(self, case: str, step: int, content: bytes) -> bool:
        present = self.get(case, step)
        if present is None:
            return False
        if encode(self.digest, case, step, present) == content:
            return True
        raise NondeterministicBlock(
            f"The piece of {case}, step {step}, was computed twice with different content; the first is kept in {self.path(case, step)}. "
            "The same address must give the same bits: look for something random that does not come from task.seed or task.key, or for "
            "two machines with different versions of JAX or different processors in one study."
        )

    def get(self, case: str, step: int) -> Piece | None:
        """A piece, or None where it is not there; a damaged file is renamed aside and counts as not there.

        Raises `StoreMismatch` where the file belongs to another study.
        """
        path = self.path(case, step)
        try:
            return self.read(case, step)
        except FileNotFoundError:
            return None
        except DamagedPiece:
            if not self.read_only:
                set_aside(path)
            return None

    def read(self, case: str, step: int) -> Piece:
        """A piece as it is, without touching the directory.  Raises `DamagedPiece`, `StoreMismatch`, `FileNotFoundError`."""
        path = self.path(case, step)
        with explained(path):
            head, piece = decode(path.read_bytes(), self.certificate)
        if head["study"] != self.digest:
            raise StoreMismatch(
                f"{path} belongs to another study (digest {head['study']} there, {self.digest} here). "
                "Keep every study in a directory of its own: move the file away, or run this study elsewhere."
            )
        if (head["case"], head["step"]) != (case, step):
            raise DamagedPiece(f"it holds step {head['step']} of {head['case']}: it was moved or copied here")
        return piece

    def certificate(self, sha256: str) -> Certificate:
        """A certificate by its sha256.  Raises `DamagedPiece` where it is not there, or another."""
        try:
            found = from_json(json.loads(self._certificate_path(sha256).read_bytes()))
        except FileNotFoundError:
            raise DamagedPiece(f"its certificate {sha256} is missing") from None
        except (ValueError, InputError) as error:
            raise DamagedPiece(f"its certificate {sha256} does not read ({error})") from error
        if not isinstance(found, Certificate) or certificate_id(found) != sha256:
            raise DamagedPiece(f"its certificate {sha256} was altered")
        return found

    def _certificate_path(self, sha256: str) -> Path:
        return self.directory / "certificates" / f"{sha256}.json"

    def _put_certificate(self, certificate: Certificate) -> None:
        sha256 = certificate_id(certificate)
        path = self._certificate_path(sha256)

        def holds() -> bool:
            try:
                self.certificate(sha256)
                return True
            except DamagedPiece:
                set_aside(path)
                return False

        put_once(path, (json.dumps(to_json(certificate), indent=1) + "\n").encode(), holds)

    def steps(self, case: str) -> list[int]:
        """Steps of a case that have a file, ascending; contents are not looked at."""
        try:
            names = os.listdir(self.directory / "pieces" / case)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(int(name.removesuffix(_SUFFIX)) for name in names if name.endswith(_SUFFIX) and name[: -len(_SUFFIX)].isdecimal())

    def pieces(self, case: str, only: Collection[int] | None = None) -> "StoredPieces":
        """The pieces of a case that are there now, or ``only`` those of these steps."""
        there = self.steps(case)
        return StoredPieces(self, case, there if only is None else [step for step in there if step in only])

    def _note(self, case: str, step: int, seconds: float) -> None:
        try:
            self._seconds.parent.mkdir(parents=True, exist_ok=True)
            with self._seconds.open("a", encoding="utf-8") as file:
                file.write(f"{case}\t{step}\t{seconds:.6f}\n")
        except OSError:  # a courtesy: the piece itself is stored
            return

    def seconds(self) -> dict[str, float]:
        """The time that was spent on the pieces of each case, as far as it is known."""
        totals: dict[str, float] = {}
        for path in sorted((self.directory / "seconds").glob("*.tsv")):
            with path.open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    case, _, seconds, *_ = [*line.split("\t"), "", "", ""]
                    with contextlib.suppress(ValueError):  # the last line of a process that was killed
                        totals[case] = totals.get(case, 0.0) + float(seconds)
        return totals


class StoredPieces(Mapping[int, Piece]):
    """The pieces of a case by ascending step, each read when it is looked at; a damaged one is not there."""

    def __init__(self, store: Store, case: str, steps: list[int]) -> None:
        self._store, self._case = store, case
        self._steps = dict.fromkeys(steps)

    def __getitem__(self, step: int) -> Piece:
        if step not in self._steps:
            raise KeyError(step)
        piece = self._store.get(self._case, step)
        if piece is None:
            if self._store.read_only:
                raise KeyError(step)
            raise StoreError(
                f"Step {step} of {self._case} was damaged or vanished from {self._store.directory}; what is left of it is set aside. "
                "Nothing else is lost: run the study again, and it is made again."
            )
        return piece

    def __iter__(self) -> Iterator[int]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def __contains__(self, step: object) -> bool:
        return step in self._steps

    def only(self, steps: Collection[int]) -> "StoredPieces":
        """The pieces of these steps that are there."""
        return StoredPieces(self._store, self._case, [step for step in self._steps if step in steps])


def spans(steps: Iterable[int]) -> list[list[int]]:
    """Ascending whole numbers as spans [first, last]."""
    found: list[list[int]] = []
    for step in steps:
        if found and step == found[-1][1] + 1:
            found[-1][1] = step
        else:
            found.append([step, step])
    return found
