"""A census and its directory.

study.toml      the question, with the user's own task beside it
study.json      the identity that the digest covers
items.json      the items
answers/, certificates/, seconds/   see `_answers`
results.json    the answers when they were last asked for
"""

import json
from pathlib import Path
from typing import Any

from certifield.evidence import InputError, StoreMismatch

from ..block_sums._directory import IDENTITY, QUESTION, RESULTS, identity_in, question_file
from ..question._identity import canonical, differing
from ..question._user_file import copy_user_files, own_name
from ..store._files import explained, replace
from ._answers import AnswerStore
from ._census import Census
from ._question import CensusQuestion, asks_for_a_census, read_census_question, write_census_question
from ._results import CensusResults, results
from .protocol._item import Item, named_apart
from .protocol._registry import task_called

ITEMS = "items.json"


def is_census(study: Path | str) -> bool:
    """Whether ``study`` is the directory of a census, its TOML file, or the name of one that comes with Certifield.

    Raises `InputError` where it is nothing of the kind.
    """
    path = Path(study)
    return asks_for_a_census(path / QUESTION if path.is_dir() else question_file(study))


def create(question: Path | str, directory: Path | str) -> Census:
    """Makes ``directory`` the place of the census in the TOML file ``question`` (or shipped under that name), or continues it there.

    A census that is there already keeps its answers, and takes the title and the rounds of ``question``.
    Raises `InputError` for a file that does not read, `StoreMismatch` naming the differing fields where another study is there.
    """
    path, directory = question_file(question), Path(directory)
    asked = read_census_question(path)
    census = Census(asked, _items(asked, path.parent), path.parent)
    present = identity_in(directory)
    _check(census.identity, present or census.identity, directory)
    with explained(directory):
        directory.mkdir(parents=True, exist_ok=True)
    copy_user_files([asked.census], path.parent, directory)
    kept = asked.model_copy(update={"census": own_name(asked.census)})
    replace(directory / QUESTION, write_census_question(kept).encode())
    replace(directory / ITEMS, canonical([item.document() for item in census.items]).encode() + b"\n")
    if present is None:
        replace(directory / IDENTITY, json.dumps(census.identity, indent=1).encode())
    return open(directory)


def open(directory: Path | str, *, check: bool = True) -> Census:
    """The census in ``directory``; ``check=False`` spares the comparison with its digest where that was made a moment ago.

    Raises `InputError` where there is none, `StoreMismatch` naming the differing fields where its files were changed by hand.
    """
    directory = Path(directory)
    present = identity_in(directory)
    if present is None:
        raise InputError("directory", str(directory), "the directory of a study", "create one: certifield run STUDY.toml")
    census = Census(read_census_question(directory / QUESTION), _read_items(directory), directory)
    if check:
        _check(census.identity, present, directory)
    return census


def store_of(directory: Path | str) -> AnswerStore:
    """The answers of the census in ``directory``."""
    return AnswerStore(directory, open(directory).digest())


def answers(directory: Path | str) -> CensusResults:
    """The answers that are there, which are also written to results.json."""
    census = open(directory)
    found = results(census, AnswerStore(directory, census.digest()))
    replace(Path(directory) / RESULTS, found.text().encode())
    return found


def _items(question: CensusQuestion, folder: Path) -> tuple[Item, ...]:
    task = task_called(question.census, folder)
    return named_apart(task.items(task.options.model_validate(question.items)))


def _read_items(directory: Path) -> tuple[Item, ...]:
    path = directory / ITEMS
    try:
        return tuple(Item(**document) for document in json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            "directory", str(directory), f"a directory whose {ITEMS} can be read ({error})", "say certifield run again"
        ) from error


def _check(asked: dict[str, Any], present: dict[str, Any], directory: Path) -> None:
    fields = differing(asked, present)
    if fields:
        raise StoreMismatch(
            f"{directory} holds another study; these fields differ: {'; '.join(fields[:8])}{'; ...' if len(fields) > 8 else ''}. "
            "Run this one in another directory."
        )
