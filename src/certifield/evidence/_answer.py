"""Answers to questions of yes or no.  "Not found" is never "no": beside the two proofs there is what was spent in vain."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ._certificate import Certificate
from ._errors import InputError

Category = Literal["topological", "smooth"]


@dataclass(frozen=True, eq=False)
class Certified:
    """Yes: the certificate proves it."""

    certificate: Certificate

    def __str__(self) -> str:
        return f"CERTIFIED  {self.certificate}"


@dataclass(frozen=True, eq=False)
class Obstructed:
    """No: the certificate proves the obstruction.

    ``category``: "topological" where it forbids even a locally flat object, "smooth" where it forbids a smooth one only; None where the
    question does not tell the two apart.
    Raises `InputError` for another category.
    """

    certificate: Certificate
    category: Category | None = None

    def __post_init__(self) -> None:
        if self.category not in (None, "topological", "smooth"):
            raise InputError("category", self.category, '"topological", "smooth" or None', "say where the obstruction lives")

    def __str__(self) -> str:
        return f"OBSTRUCTED{f' ({self.category})' if self.category else ''}  {self.certificate}"


@dataclass(frozen=True, eq=False)
class Unknown:
    """Neither was proved within what was ``spent``, such as {"bands": 20000}."""

    spent: Mapping[str, int]

    def __post_init__(self) -> None:
        if not isinstance(self.spent, Mapping) or not all(isinstance(name, str) and type(n) is int for name, n in self.spent.items()):
            raise InputError("spent", self.spent, "a table from names to whole numbers", 'such as {"bands": 20000}')
        object.__setattr__(self, "spent", MappingProxyType(dict(self.spent)))

    def __reduce__(self):  # a frozen mapping cannot be pickled
        return (Unknown, (dict(self.spent),))

    def __str__(self) -> str:
        return f"UNKNOWN  ({', '.join(f'{number} {name}' for name, number in self.spent.items()) or 'nothing'} spent)"


Answer = Certified | Obstructed | Unknown
