"""The things of which a study asks its question, one by one."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from certifield.evidence import InputError

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+=,#@~-]{0,119}")  # also the name of a folder
_ALLOWED = "letters, digits and _ . + = , # @ ~ -, at most 120 of them, a letter or digit first; parts may be joined by /"


@dataclass(frozen=True)
class Case:
    """One case of a study: a ``name`` of its own, which is its address, and the JSON ``data`` that its pieces are made from.

    ``group``: the cases that are counted and shown together, such as "6 crossings"; "" where there is one group only.
    Raises `InputError` for a name that cannot be a folder, and for data that are not JSON.
    """

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not all(_PART.fullmatch(part) for part in self.name.split("/")):
            raise InputError("case", self.name, _ALLOWED, "rename it")
        try:
            # What comes back from a file must be what was asked: tuples become lists here, not later.
            object.__setattr__(self, "data", json.loads(json.dumps(dict(self.data), allow_nan=False)))
        except (TypeError, ValueError) as error:
            given, allowed = type(self.data).__name__, f"JSON ({error})"
            raise InputError(f"data of case {self.name}", given, allowed, "use tables, lists, texts and finite numbers") from None

    def document(self) -> dict[str, Any]:
        """The case as JSON data."""
        return {"name": self.name, "data": self.data, "group": self.group}


def named_apart(cases: Iterable[Case]) -> dict[str, Case]:
    """The cases by name, in their order.

    Raises `InputError` where there are none, or two would share a folder (capitals do not count).
    """
    seen: dict[str, Case] = {}
    for case in cases:
        if not isinstance(case, Case):
            raise InputError("cases", case, "a Case each", "yield Case(name, data)")
        if seen.setdefault(case.name.lower(), case) is not case:
            raise InputError("cases", case.name, "a name of its own for every case (capitals do not count)", "rename one of them")
    if not seen:
        raise InputError("cases", [], "one case at least", "widen the options")
    return {case.name: case for case in seen.values()}
