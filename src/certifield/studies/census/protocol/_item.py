"""The things of which a census asks its question, one by one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from certifield.evidence import InputError

from ...question._identity import canonical

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+=,#@~-]{0,119}")  # also the name of a file
_ALLOWED = "letters, digits and _ . + = , # @ ~ -, at most 120 of them, a letter or digit first"


@dataclass(frozen=True)
class Item:
    """One item of a census: a ``name`` of its own, and the JSON ``data`` from which its task answers.

    ``group``: the curve of the report that it belongs to, such as the policy that plays; "" where there is only one.
    Raises `InputError` for a name that cannot name a file, and for data that are not JSON.
    """

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise InputError("item", self.name, _ALLOWED, "rename it")
        try:
            canonical(self.document())
        except (TypeError, ValueError) as error:
            given, allowed = type(self.data).__name__, f"JSON ({error})"
            raise InputError(f"data of item {self.name}", given, allowed, "use tables, lists, texts and numbers") from None

    def document(self) -> dict[str, Any]:
        """The item as JSON data."""
        return {"name": self.name, "data": self.data, "group": self.group}


def named_apart(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items as a tuple.  Raises `InputError` where there are none, or two would share a file (capitals do not count)."""
    found: dict[str, Item] = {}
    for item in items:
        if found.setdefault(item.name.lower(), item) is not item:
            raise InputError("items", item.name, "a name of its own for every item (capitals do not count)", "rename one of them")
    if not found:
        raise InputError("items", [], "one item at least", "widen the options in the table [items]")
    return tuple(found.values())
