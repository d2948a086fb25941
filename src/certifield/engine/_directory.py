"""A study and its directory.

study.toml      the question, as it was written, with the user's own files beside it
study.json      the identity that the digest covers
cases.json      the cases, so that nothing has to be computed to know them
pieces/, certificates/, seconds/    see `_store`
results.json    what was found when it was last asked for
last-run.json   what the last run was asked for
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from certifield.evidence import InputError, StoreMismatch
from certifield.files import explained, replace
from certifield.study import Budget, Case, Found, Own, Pieces, Reading
from certifield.study._case import named_apart
from certifield.study._own import content_of
from certifield.study._steps import FoundFrom

from ._arithmetic import arithmetic
from ._failures import code_of_the_study
from ._identity import FORMAT, canonical, digest, identity_of, refuse_another
from ._question import QUESTION, Asked, ask, ask_in, read_text
from ._store import Store, StoredPieces, spans
from ._trust import remember

IDENTITY, CASES, RESULTS = "study.json", "cases.json", "results.json"
ORIGINALS = "originals.json"  # where the user's files were copied from, which is no part of the identity of a study


@dataclass(frozen=True, eq=False)
class Opened:
    """A study in its directory: what was asked, its cases by name, and its store."""

    directory: Path
    asked: Asked
    cases: Mapping[str, Case]
    digest: str
    store: Store

    @property
    def title(self) -> str:
        """What the study is called."""
        return self.asked.question.title or self.asked.question.study

    @property
    def seed(self) -> int:
        """The root seed, from which all that is random follows."""
        return self.asked.question.seed

    def read(self, case: str, only: Collection[int] | None = None) -> Reading:
        """What the pieces of a case say, or ``only`` those of these steps."""
        pieces = self.store.pieces(case, only)
        return Reading(self.cases[case], self.found_in(case, pieces), pieces, self._seconds.get(case))

    def found_in(self, case: str, pieces: Pieces) -> dict[str, Found]:
        """What these pieces of a case say, by name."""
        with arithmetic(self.asked.precision), code_of_the_study(f"read, {case}, of the study in {self.directory}"):
            return by_name(case, self.asked.study.read(self.cases[case], pieces, self.asked.options))

    def missing(self, case: str, budget: Budget) -> Iterator[int]:
        """The steps of a case that come next."""
        pieces = self.store.pieces(case)
        return iter(self.asked.study.steps.next(self.cases[case], budget, pieces, self._found_from(case, pieces)))

    def stopped(self, case: str, budget: Budget) -> str:
        """Why a case ended short of the budget; "" where it did not."""
        pieces = self.store.pieces(case)
        return self.asked.study.steps.stopped(self.cases[case], budget, pieces, self._found_from(case, pieces))

    def _found_from(self, case: str, pieces: StoredPieces) -> FoundFrom:
        """Findings from some steps, all of them there; asked again after every stage, so they are kept."""

        def found(steps: Collection[int]) -> Mapping[str, Found]:
            key = case, tuple(map(tuple, spans(steps)))
            if key not in self._kept:
                self._kept[key] = self.found_in(case, pieces.only(steps))
            return self._kept[key]

        return found

    @cached_property
    def _kept(self) -> dict[Any, Mapping[str, Found]]:
        return {}

    @cached_property
    def _seconds(self) -> dict[str, float]:
        return self.store.seconds()


def by_name(place: str, pairs: Any) -> dict[str, Found]:
    """Findings by name.  Raises `InputError` where they are anything but pairs (name, `Found`)."""
    found: dict[str, Found] = {}
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(pair[0], str) or not isinstance(pair[1], Found):
            raise InputError(f"findings of {place}", pair, "pairs (name, Found)", 'yield "name", Found(value)')
        if pair[0] in found:
            raise InputError(f"findings of {place}", pair[0], "a name of its own for every finding", "rename one of them")
        found[pair[0]] = pair[1]
    return found


def create(question: Asked | Path | str, directory: Path | str) -> Opened:
    """Makes ``directory`` the place of the study that ``question`` asks (see `ask`), or continues it there.

    A study that is there already keeps its pieces, and takes the title and the budget of ``question``.
    Raises `InputError` for a question that does not read, `StoreMismatch` naming the differing fields where another study is there.
    """
    asked = question if isinstance(question, Asked) else ask(question)
    directory = Path(directory)
    place = asked.define if ".py:" in asked.define else asked.source or asked.define
    with arithmetic(asked.precision), code_of_the_study(f"cases, of {place}"):
        cases = named_apart(asked.study.cases(asked.options))
    identity = identity_of(asked, cases)
    present = _identity_in(directory)
    if present is not None:
        refuse_another(identity, present, directory)
    with explained(directory):
        directory.mkdir(parents=True, exist_ok=True)
    _copy(asked.own_files, directory)
    remember(asked.own_files)
    replace(directory / QUESTION, asked.text.encode())
    if not (directory / CASES).is_file() or (directory / CASES).read_bytes() != _text_of(cases).encode():
        replace(directory / CASES, _text_of(cases).encode())
    if present is None:
        replace(directory / IDENTITY, json.dumps({"format": FORMAT, "digest": digest(identity), "identity": identity}, indent=1).encode())
    found = open_study(directory)
    found.store.tidy()
    return found


def open_study(directory: Path | str, *, check: bool = True, read_only: bool = False) -> Opened:
    """The study in ``directory``; ``check=False`` spares the comparison with its digest where that was made a moment ago.

    Raises `InputError` where there is none, `StoreMismatch` naming the differing fields where its files were changed by hand.
    """
    directory = Path(directory)
    present = _identity_in(directory)
    if present is None:
        raise InputError("directory", str(directory), "the directory of a study", "create one: certifield run STUDY DIR")
    asked = ask_in(directory, read_text(directory / QUESTION))
    cases = _cases_in(directory)
    if check:
        refuse_another(identity_of(asked, cases), present, directory)
    return Opened(directory, asked, cases, digest(present), Store(directory, digest(present), read_only=read_only))


def digest_of(asked: Asked) -> str:
    """The digest that the study of a question has, wherever it is run."""
    with arithmetic(asked.precision):
        return digest(identity_of(asked, named_apart(asked.study.cases(asked.options))))


def is_study(directory: Path | str) -> bool:
    """Whether ``directory`` holds a study."""
    return (Path(directory) / IDENTITY).is_file()


def _text_of(cases: Mapping[str, Case]) -> str:
    """One case a line: the file is looked at, too."""
    return "[\n" + ",\n".join(canonical(case.document()) for case in cases.values()) + "\n]\n"


def _cases_in(directory: Path) -> dict[str, Case]:
    try:
        return {table["name"]: Case(**table) for table in json.loads((directory / CASES).read_bytes())}
    except (OSError, ValueError, TypeError, LookupError) as error:
        remedy = "restore it, or run the study in another directory"
        raise InputError("directory", str(directory), f"a directory whose {CASES} can be read ({error})", remedy) from error


def _identity_in(directory: Path) -> dict[str, Any] | None:
    try:
        document = json.loads((directory / IDENTITY).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        remedy = "restore it, or run the study in another directory"
        raise InputError("directory", str(directory), f"a directory whose {IDENTITY} can be read ({error})", remedy) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise StoreMismatch(
            f"{directory} was written by another version of Certifield, whose directories this one does not read "
            f"(format {document.get('format') if isinstance(document, dict) else None} there, {FORMAT} here). "
            "Run the study in another directory, or read this one with the version that wrote it."
        )
    return document["identity"]


def _copy(owns: Collection[Own], directory: Path) -> None:
    """Copies the user's files into the directory, and notes down where each came from.

    Raises `InputError` where two different files would have one name.
    """
    originals = {}
    for own in owns:
        target, content = directory / own.path.name, content_of(own.path)
        if not target.exists():
            replace(target, content)
        elif content_of(target) != content:
            raise InputError("own file", str(own.path), f"the only file called {target.name} in {directory}", "rename your file")
        if own.path.resolve() != target.resolve():
            originals[target.name] = str(own.path.resolve())
    if originals:
        replace(directory / ORIGINALS, json.dumps(_originals(directory) | originals, indent=1).encode())


def changed_originals(directory: Path | str) -> Iterator[str]:
    """A sentence about every user file whose original is still there and is no longer what the study in ``directory`` keeps of it."""
    directory = Path(directory)
    for name, place in _originals(directory).items():
        kept, original = directory / name, Path(place)
        if kept.is_file() and original.is_file() and content_of(kept) != content_of(original):
            yield f"{kept} is used, the copy made when the study was created; {original} has changed since."


def _originals(directory: Path) -> dict[str, str]:
    try:
        return json.loads((directory / ORIGINALS).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a courtesy, without which a study works all the same
        return {}
