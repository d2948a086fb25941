"""Laws by name, for files that cannot hold one."""

import difflib
from collections.abc import Callable, Mapping

from certifield.evidence import InputError

from . import _law

LAWS: Mapping[str, Callable[[], _law.Law]] = {
    "normal": _law.normal,
    "uniform": _law.uniform,
    "laplace": _law.laplace,
    "rademacher": _law.rademacher,
    "rayleigh": _law.rayleigh,
    "exponential": _law.exponential,
}


def law_called(name: str) -> _law.Law:
    """The law of this name with its default parameters.  Raises `InputError` naming the nearest."""
    if name in LAWS:
        return LAWS[name]()
    close = difflib.get_close_matches(name, LAWS, n=1, cutoff=0.5)
    remedy = f"did you mean {close[0]!r}?" if close else "write one of your own in a Python file, and name it as file.py:function"
    raise InputError("law", name, f"one of {', '.join(sorted(LAWS))}", remedy)
