"""A study and its directory.

study.toml    the question, with the user's own files beside it
study.json    the identity that the digest covers, block sizes included
blocks/       one file a block (see the store)
results.json  the answer when it was last asked for
"""

import difflib
import json
from pathlib import Path
from typing import Any

from certifield.evidence import InputError, StoreMismatch

from ..question._budgets import Budget
from ..question._identity import differing
from ..question._reading import read_question, write_question
from ..question._shipped import shipped, shipped_censuses
from ..question._user_file import copy_own_files, with_own_names
from ..store._files import explained, replace
from ..store._store import Store
from ._results import StudyResults
from ._study import Study

QUESTION, IDENTITY, RESULTS = "study.toml", "study.json", "results.json"


def create(question: Path | str, directory: Path | str, budget: Budget | None = None) -> Study:
    """Makes ``directory`` the place of the study in the TOML file ``question`` (or shipped under that name), or continues it there.

    ``budget``: what the study will be given at first, if not the budget of ``question``; a new study chooses its block sizes for it.
    A study that is there already keeps its blocks and block sizes, and takes the title and the budget of ``question``.
    Raises `InputError` for a file that does not read, `StoreMismatch` naming the differing fields where another study is there.
    """
    path, directory = question_file(question), Path(directory)
    asked = read_question(path)
    present = identity_in(directory)
    study = Study(asked, path.parent, _block_sizes(present), budget)
    _check(study.identity, present or study.identity, directory)
    with explained(directory):
        directory.mkdir(parents=True, exist_ok=True)
    copy_own_files(asked, path.parent, directory)
    replace(directory / QUESTION, write_question(with_own_names(asked)).encode())
    if present is None:
        replace(directory / IDENTITY, json.dumps(study.identity, indent=1).encode())
    return open(directory)


def open(directory: Path | str, *, check: bool = True) -> Study:
    """The study in ``directory``; ``check=False`` spares the comparison with its digest where that was made a moment ago.

    Raises `InputError` where there is none, `StoreMismatch` naming the differing fields where its files were changed by hand.
    """
    directory = Path(directory)
    present = identity_in(directory)
    if present is None:
        raise InputError("directory", str(directory), "the directory of a study", "create one: certifield run STUDY.toml")
    study = Study(read_question(directory / QUESTION), directory, _block_sizes(present))
    if check:
        _check(study.identity, present, directory)
    return study


def answer(directory: Path | str) -> StudyResults:
    """The answer from the blocks that are there, which is also written to results.json."""
    study = open(directory)
    results = study.results(Store(directory, study.digest()))
    results.save(Path(directory) / RESULTS)
    return results


def question_file(question: Path | str) -> Path:
    """The file of a question, which is a path or the name of a shipped study.  Raises `InputError` where it is neither."""
    known = shipped() | shipped_censuses()
    if str(question) in known and not Path(question).exists():
        return known[str(question)]
    if not Path(question).is_file():
        close = difflib.get_close_matches(str(question), list(known), n=1)
        remedy = f"did you mean {close[0]!r}?" if close else "check the path"
        raise InputError("study", str(question), f"a TOML file, or a shipped study: {', '.join(known)}", remedy)
    return Path(question)


def identity_in(directory: Path) -> dict[str, Any] | None:
    """What the digest of the study in ``directory`` covers; None where there is none.  Raises `InputError` where it does not read."""
    try:
        return json.loads((directory / IDENTITY).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        remedy = "restore it, or run the study in another directory"
        raise InputError("directory", str(directory), f"a directory whose {IDENTITY} can be read ({error})", remedy) from error


def _block_sizes(identity: dict[str, Any] | None) -> dict[str, int]:
    return {} if identity is None else {name: quantity["block_size"] for name, quantity in identity.get("quantity", {}).items()}


def _check(asked: dict[str, Any], present: dict[str, Any], directory: Path) -> None:
    fields = differing(asked, present)
    if fields:
        raise StoreMismatch(
            f"{directory} holds another study; these fields differ: {'; '.join(fields[:8])}{'; ...' if len(fields) > 8 else ''}. "
            "Run this one in another directory."
        )
