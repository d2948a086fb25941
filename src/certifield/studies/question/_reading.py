"""TOML to question and back.  Whatever is wrong with a file comes out as one `InputError` that names the key."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ValidationError

from certifield.evidence import InputError

from ._budget_tables import QuantityBudget, StudyBudget, SystemBudget
from ._question import Question, System
from ._remedies import example, remedy

Tables = Mapping[tuple[str, ...], type[BaseModel]]

_TABLES: Tables = {
    (): Question,
    ("system",): System,
    ("budget",): StudyBudget,
    ("system", "budget"): SystemBudget,
    **{("system", "budget", method): QuantityBudget for method in ("neuron", "network-wick", "network-kstat")},
}


def read_question(path: Path) -> Question:
    """The question in the TOML file ``path``.  Raises `InputError` naming file, system, key, value, what is allowed and a remedy."""
    return parse_question(read_text(path), source=str(path))


def parse_question(text: str, *, source: str = "") -> Question:
    """The question in a TOML text; ``source``, if given, names its file in errors."""
    data = parse_toml(text, source)
    if "census" in data:
        raise named_in(source, InputError("census", data["census"], "absent from a study of ensembles", "open it with studies.census"))
    try:
        return Question.model_validate(data)
    except ValidationError as error:
        raise named_in(source, explained(error, data, _TABLES)) from error


def read_text(path: Path) -> str:
    """The text of a study file.  Raises `InputError` where it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError("study file", str(path), "a text in UTF-8", "save it as UTF-8 in your editor") from error
    except OSError as error:
        allowed = f"a TOML file that can be read ({error.strerror})"
        raise InputError("study file", str(path), allowed, "check the path, and the permissions of the file") from error


def parse_toml(text: str, source: str) -> dict[str, Any]:
    """The tables of a TOML text.  Raises `InputError`."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        remedy = "look there, and in the line above, for a missing quote, bracket or ="
        raise InputError("study file", source or "text", f"valid TOML ({error})", remedy) from error


def named_in(source: str, mistake: InputError) -> InputError:
    """The mistake with the file it is in, if that is known."""
    argument = f"{source}, {mistake.argument}" if source else mistake.argument
    return InputError(argument, mistake.given, mistake.allowed, mistake.remedy)


def write_question(question: Question) -> str:
    """The TOML text that reads back as ``question``."""
    return tomli_w.dumps(question.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True))


def explained(error: ValidationError, data: dict[str, Any], tables: Tables, examples: Mapping[str, str] | None = None) -> InputError:
    """What is wrong with ``data``, which has these ``tables``; ``examples``: a line of TOML for every key, those of a study if None."""
    # Unknown keys first: a misspelt key is usually also reported as a missing one, and the spelling is the useful half.
    problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    problem = problems[0]
    place, given = tuple(problem["loc"]), problem["input"]
    if problem["type"] == "extra_forbidden":
        return _unknown_key(place, given, data, tables)
    if problem["type"] == "missing":
        return InputError(_named(place, data), None, "present in the file", f"add {example(place, examples)}")
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        inner = (cause.argument,) if cause.argument != "value" and cause.argument != place[-1:] else ()
        inner = () if place and cause.argument == place[-1] else inner
        return InputError(_named(place + inner, data), cause.given, cause.allowed, cause.remedy)
    allowed = problem["msg"].removeprefix("Input should be ").removeprefix("Input should have ")
    return InputError(_named(place, data), given, allowed, remedy(place, dict(problem), examples))


def _unknown_key(place: tuple[int | str, ...], given: Any, data: dict[str, Any], tables: Tables) -> InputError:
    table = tables[tuple(part for part in place[:-1] if isinstance(part, str))]
    known = [field.alias or name for name, field in table.model_fields.items()]
    close = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
    mend = f"did you mean {close[0]!r}?" if close else "remove it"
    return InputError(_named(place, data), given, f"one of the known keys {', '.join(known)}", mend)


def _named(place: tuple[int | str, ...], data: dict[str, Any]) -> str:
    """``("system", 0, "widths", 2)`` as ``system 'erf', widths[2]``, and as `_dotted` does for a system without a usable name."""
    if len(place) < 3 or place[0] != "system" or place[2] == "name":
        return _dotted(place)
    name = data["system"][place[1]].get("name")
    return f"system {name!r}, {_dotted(place[2:])}" if isinstance(name, str) else _dotted(place)


def _dotted(place: tuple[int | str, ...]) -> str:
    """``("system", 0, "widths", 2)`` as ``system[0].widths[2]``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".") or "study"
