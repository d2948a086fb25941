"""Laws by name, for files that cannot hold one: "laplace", or {family = "laplace", scale = 0.7}."""

import difflib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from certifield.evidence import InputError

from . import _law

LAWS: Mapping[str, Callable[..., _law.Law]] = {
    "normal": _law.normal,
    "uniform": _law.uniform,
    "laplace": _law.laplace,
    "student_t": _law.student_t,
    "rademacher": _law.rademacher,
    "rayleigh": _law.rayleigh,
    "exponential": _law.exponential,
    "fixed": _law.fixed,
}
FAMILY = "family"  # the key of a table that says which law it is; the others are arguments of its function


def law_from(given: _law.Law | str | Mapping[str, Any], argument: str = "law") -> _law.Law:
    """A law as it is, the law of a name with its default parameters, or the one that a table {family, ...} states.

    Raises `InputError` naming the nearest name, or what the law takes.
    """
    if isinstance(given, _law.Law):
        return given
    table = {FAMILY: given} if isinstance(given, str) else given
    if not isinstance(table, Mapping) or FAMILY not in table:
        allowed = 'a law of single numbers, its name, or a table such as {family = "laplace", scale = 0.7}'
        raise InputError(argument, given, allowed, "write it so, or in Python cf.ensembles.laplace(0.7)")
    name, stated = table[FAMILY], {key: value for key, value in table.items() if key != FAMILY}
    if name not in LAWS:
        close = difflib.get_close_matches(str(name), LAWS, n=1, cutoff=0.5)
        remedy = f"did you mean {close[0]!r}?" if close else "write one of your own in a Python file, and name it as file.py:function"
        raise InputError(argument, given, f"one of {', '.join(sorted(LAWS))}", remedy)
    takes = inspect.signature(LAWS[name])
    try:
        takes.bind(**stated)
    except TypeError as error:
        needed = [key for key, parameter in takes.parameters.items() if parameter.default is inspect.Parameter.empty]
        shown = ", ".join([f'{FAMILY} = "{name}"', *(f"{key} = 5.0" for key in needed)])
        raise InputError(argument, given, f"{name} with {', '.join(takes.parameters)} ({error})", f"try {{{shown}}}") from error
    return LAWS[name](**stated)
