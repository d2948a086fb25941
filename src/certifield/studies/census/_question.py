"""The question of a census, as its TOML file asks it.

title, seed, census             of the census: the name of its task, or file.py:NAME
[items]                         the options of the task
[budget]                        rounds: units of work for an item in each round
"""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import BaseModel, Field, ValidationError, field_validator

from certifield.evidence import InputError

from ..question._budget_tables import TABLE, Whole
from ..question._reading import explained, named_in, parse_toml, read_text
from .protocol._registry import task_called

_EXAMPLES = {
    "census": 'census = "my_census.py:TASK"',
    "budget": "a table [budget] with rounds = [1000, 20000]",
    "rounds": "rounds = [1000, 20000]",
}


class Rounds(BaseModel):
    """Units of work for an item, round by round: every item has its first round before the rest has the second."""

    model_config = TABLE
    rounds: tuple[Annotated[Whole, Field(ge=1, lt=2**63)], ...] = Field(min_length=1, max_length=64)

    @field_validator("rounds")
    @classmethod
    def _ascending(cls, rounds: tuple[int, ...]) -> tuple[int, ...]:
        if any(second <= first for first, second in pairwise(rounds)):
            raise InputError("rounds", list(rounds), "budgets that grow from round to round", f"try {sorted(set(rounds))}")
        return rounds


class CensusQuestion(BaseModel):
    """A whole census file."""

    model_config = TABLE
    title: str = ""
    seed: Whole = Field(0, ge=0)
    census: str = Field(min_length=1)
    references: tuple[str, ...] = ()
    items: dict[str, Any] = {}
    budget: Rounds


def asks_for_a_census(path: Path) -> bool:
    """Whether the TOML file ``path`` is the question of a census.  Raises `InputError` where it cannot be read."""
    return "census" in parse_toml(read_text(path), str(path))


def read_census_question(path: Path) -> CensusQuestion:
    """The question in the TOML file ``path``, its options checked and completed by its task.

    Raises `InputError` naming the file, the key, its value, what is allowed and a remedy.
    """
    data = parse_toml(read_text(path), str(path))
    try:
        question = CensusQuestion.model_validate(data)
    except ValidationError as error:
        raise named_in(str(path), explained(error, data, {(): CensusQuestion, ("budget",): Rounds}, _EXAMPLES)) from error
    model = task_called(question.census, path.parent).options
    try:
        options = model.model_validate(question.items)
    except ValidationError as error:
        examples = {name: f"{name} = {field.examples[0]!r}" for name, field in model.model_fields.items() if field.examples}
        raise named_in(f"{path}, table [items]", explained(error, question.items, {(): model}, examples)) from error
    return question.model_copy(update={"items": options.model_dump(mode="json")})


def write_census_question(question: CensusQuestion) -> str:
    """The TOML text that reads back as ``question``."""
    return tomli_w.dumps(_without_none(question.model_dump(mode="json")))


def _without_none(value: Any) -> Any:
    return {name: _without_none(entry) for name, entry in value.items() if entry is not None} if isinstance(value, dict) else value
