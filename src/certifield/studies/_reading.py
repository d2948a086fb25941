"""TOML to question and back.  Whatever is wrong with a file comes out as one `InputError` that names the key."""

import difflib
import tomllib
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ValidationError

from certifield.evidence import InputError

from ._budget_tables import QuantityBudget, StudyBudget, SystemBudget
from ._question import Question, System

_TABLES: dict[tuple[str, ...], type[BaseModel]] = {
    (): Question,
    ("system",): System,
    ("budget",): StudyBudget,
    ("system", "budget"): SystemBudget,
    **{("system", "budget", method): QuantityBudget for method in ("neuron", "network-wick", "network-kstat")},
}


def read_question(path: Path) -> Question:
    """The question in the TOML file ``path``.  Raises `InputError` naming key, value, what is allowed and a remedy."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("study file", str(path), "a TOML file that can be read", str(error)) from error
    return parse_question(text, source=str(path))


def parse_question(text: str, *, source: str = "study") -> Question:
    """The question in a TOML text; ``source`` names it in errors."""
    try:
        return Question.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError("study file", source, "valid TOML", str(error)) from error
    except ValidationError as error:
        raise _explained(error) from error


def write_question(question: Question) -> str:
    """The TOML text that reads back as ``question``."""
    return tomli_w.dumps(question.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True))


def _explained(error: ValidationError) -> InputError:
    # Unknown keys first: a misspelt key is usually also reported as a missing one, and the spelling is the useful half.
    problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    problem = problems[0]
    place, given = tuple(problem["loc"]), problem["input"]
    if problem["type"] == "extra_forbidden":
        return _unknown_key(place, given)
    if problem["type"] == "missing":
        return InputError(_dotted(place), None, "present in the file", f"add {place[-1]} = ...")
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        inner = (cause.argument,) if cause.argument != "value" and cause.argument != place[-1:] else ()
        inner = () if place and cause.argument == place[-1] else inner
        return InputError(_dotted(place + inner), cause.given, cause.allowed, cause.remedy)
    allowed = problem["msg"].removeprefix("Input should be ").removeprefix("Input should have ")
    return InputError(_dotted(place), given, allowed, "see the study format in the documentation")


def _unknown_key(place: tuple[int | str, ...], given: Any) -> InputError:
    table = _TABLES[tuple(part for part in place[:-1] if isinstance(part, str))]
    known = [field.alias or name for name, field in table.model_fields.items()]
    close = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
    remedy = f"did you mean {close[0]!r}?" if close else "remove it"
    return InputError(_dotted(place), given, f"one of the known keys {', '.join(known)}", remedy)


def _dotted(place: tuple[int | str, ...]) -> str:
    """``("system", 0, "widths", 2)`` as ``system[0].widths[2]``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".") or "study"
