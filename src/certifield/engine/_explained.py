"""What pydantic finds wrong with a table, as one `InputError` that names the key, its value, what is allowed and a remedy."""

import difflib
import re
from collections.abc import Mapping
from textwrap import wrap
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from certifield.evidence import InputError

Place = tuple[int | str, ...]
_LENGTHS = {"too_short": "a list of {min_length} or more", "too_long": "a list of {max_length} or fewer"}


def explained(error: ValidationError, model: type[BaseModel], data: Any, source: str = "", table: str = "") -> InputError:
    """The first thing wrong with ``data`` as a ``model``; ``source``: the file it is in, ``table``: the table of the file."""
    # Unknown keys first: a misspelt key is usually also reported as a missing one, and the spelling is the useful half.
    problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    problem = problems[0]
    place, given = tuple(problem["loc"]), problem["input"]
    cause = problem.get("ctx", {}).get("error")
    if problem["type"] == "extra_forbidden":
        mistake = _unknown_key(model, place, given)
    elif problem["type"] == "missing" and isinstance(place[-1], int):  # of a list of so many entries
        mistake = InputError(_dotted(place[:-1]), given, f"a list of more than {place[-1]}", _remedy(model, place, dict(problem)))
    elif problem["type"] == "missing":
        mistake = InputError(_dotted(place), None, "present in the file", f"add {_example(model, place)}")
    elif isinstance(cause, InputError):
        inner = () if cause.argument == "value" or (place and cause.argument == place[-1]) else (cause.argument,)
        mistake = InputError(_dotted(place + inner), cause.given, cause.allowed, cause.remedy)
    else:
        allowed = problem["msg"].removeprefix("Input should be ").removeprefix("Input should have ").removeprefix("Value error, ")
        if problem["type"] in _LENGTHS:
            allowed = _LENGTHS[problem["type"]].format(**problem.get("ctx", {}))
        allowed = {"a valid tuple": "a list", "a valid dictionary": "a table"}.get(allowed, allowed)
        mistake = InputError(_dotted(place), given, allowed, _remedy(model, place, dict(problem)))
    where = ", ".join(part for part in (source, table and f"table [{table}]", _row(place, data)) if part)
    argument = f"{where}, {mistake.argument}" if where else mistake.argument
    return InputError(argument, mistake.given, mistake.allowed, mistake.remedy)


def _unknown_key(model: type[BaseModel], place: Place, given: Any) -> InputError:
    table = _model_at(model, place[:-1])
    known = [field.alias or name for name, field in table.model_fields.items()] if table else []
    close = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
    mend = f"did you mean {close[0]!r}?" if close else "remove it"
    return InputError(_dotted(place), given, f"one of the known keys {', '.join(known)}", mend)


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """The model of the table at ``place``, found through the annotations of the fields on the way."""
    here: type[BaseModel] | None = model
    for part in place:
        if here is None:
            return None
        if isinstance(part, str):
            named = [field for name, field in here.model_fields.items() if part in (name, field.alias)]
            here = _model_in(named[0].annotation) if named else here
    return here


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _model_in(argument))), None)


def _example(model: type[BaseModel], place: Place) -> str:
    """A line of TOML that is right for the key at ``place``."""
    keys = [part for part in place if isinstance(part, str)]
    for depth in range(len(keys), 0, -1):
        table = _model_at(model, tuple(keys[: depth - 1]))
        field = None if table is None else table.model_fields.get(keys[depth - 1])
        if field is not None and field.examples:
            return f"{keys[depth - 1]} = {toml_value(field.examples[0])}"
        if field is not None and not field.is_required() and not isinstance(field.get_default(call_default_factory=True), BaseModel | None):
            return f"{keys[depth - 1]} = {toml_value(field.get_default(call_default_factory=True))}"
    return "what certifield show prints of a shipped study"


def _remedy(model: type[BaseModel], place: Place, problem: Mapping[str, Any]) -> str:
    """The word that was meant if one is close, else an example."""
    if problem["type"] == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(problem["ctx"]["expected"]))
        close = difflib.get_close_matches(str(problem["input"]), allowed, n=1, cutoff=0.5)
        if close:
            return f"did you mean {close[0]!r}?"
    return f"try {_example(model, place)}"


def _row(place: Place, data: Any) -> str:
    """The table of an array that is meant, by its name where it has one: ``("system", 0, ...)`` as ``system 'erf'``."""
    if len(place) < 3 or not isinstance(place[1], int) or place[2] == "name":
        return ""
    try:
        name = data[place[0]][place[1]]["name"]
    except (LookupError, TypeError):
        return ""
    return f"{place[0]} {name!r}" if isinstance(name, str) else ""


def _dotted(place: Place) -> str:
    """``("system", 0, "widths", 2)`` as ``system[0].widths[2]``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".") or "study"


def toml_value(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {toml_value(entry)}" for key, entry in value.items()) + "}"
    return '"' + str(value) + '"' if isinstance(value, str) else repr(value)


def option_lines(options: BaseModel) -> list[str]:
    """Options as a file states them, a line each, beginning with what their model says of them.

    >>> from certifield.study import Options
    >>> class Mine(Options):
    ...     "Widths of the networks."
    ...     widths: tuple[int, ...] = (4, 8)
    >>> option_lines(Mine())
    ['# Widths of the networks.', 'widths = [4, 8]']
    """
    values = options.model_dump(mode="json", exclude_none=True)
    meaning = " ".join((type(options).__doc__ or "").split())
    lines = [f"{key} = {toml_value(value)}" for key, value in values.items()]
    return [*(f"# {line}" for line in wrap(meaning, 110)), *lines] if lines else []
