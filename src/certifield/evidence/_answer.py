"""Answers to questions of yes or no, each with the work it took.  "Not found" is never "no": beside two proofs there is `Unknown`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ._certificate import Certificate
from ._errors import InputError

Category = Literal["topological", "smooth"]
Spent = Mapping[str, int]


@dataclass(frozen=True, eq=False, repr=False)
class Certified:
    """Yes: the certificate proves it.  ``spent`` is the work of the search, such as {"bands": 12}."""

    certificate: Certificate
    spent: Spent = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spent", _frozen(self.spent))

    def __reduce__(self):  # a frozen mapping cannot be pickled
        return (Certified, (self.certificate, dict(self.spent)))

    def __str__(self) -> str:
        return f"CERTIFIED  {self.certificate}"

    __repr__ = __str__  # the witness is too long for a prompt


@dataclass(frozen=True, eq=False, repr=False)
class Obstructed:
    """No: the certificate proves the obstruction.  ``spent`` is the work of the search.

    ``category``: "topological" where it forbids even a locally flat object, "smooth" where it forbids a smooth one only; None where the
    question does not tell the two apart.
    Raises `InputError` for another category.
    """

    certificate: Certificate
    category: Category | None = None
    spent: Spent = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.category not in (None, "topological", "smooth"):
            raise InputError("category", self.category, '"topological", "smooth" or None', "say where the obstruction lives")
        object.__setattr__(self, "spent", _frozen(self.spent))

    def __reduce__(self):
        return (Obstructed, (self.certificate, self.category, dict(self.spent)))

    def __str__(self) -> str:
        return f"OBSTRUCTED{f' ({self.category})' if self.category else ''}  {self.certificate}"

    __repr__ = __str__


@dataclass(frozen=True, eq=False, repr=False)
class Unknown:
    """Neither was proved within what was ``spent``, such as {"bands": 20000}."""

    spent: Spent

    def __post_init__(self) -> None:
        object.__setattr__(self, "spent", _frozen(self.spent))

    def __reduce__(self):
        return (Unknown, (dict(self.spent),))

    def __str__(self) -> str:
        return f"UNKNOWN  ({', '.join(f'{number} {name}' for name, number in self.spent.items()) or 'nothing'} spent)"

    __repr__ = __str__


Answer = Certified | Obstructed | Unknown


def _frozen(spent: Spent) -> Spent:
    if not isinstance(spent, Mapping) or not all(isinstance(name, str) and type(number) is int for name, number in spent.items()):
        raise InputError("spent", spent, "a table from names to whole numbers", 'such as {"bands": 20000}')
    return MappingProxyType(dict(spent))
