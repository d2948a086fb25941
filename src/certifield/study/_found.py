"""What is read from the pieces of a case: named values with their evidence, and what each is held against."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from certifield.evidence import Answer, Certified, Estimate, Exact, InputError, Obstructed, Unknown

from ._case import Case
from ._task import Pieces


@dataclass(frozen=True)
class Missing:
    """No value, and why; ``waiting`` where more work would bring one, as against a value that does not exist or is refused."""

    reason: str
    waiting: bool = False

    def __str__(self) -> str:
        return f"{'waiting' if self.waiting else 'withheld'}: {self.reason}"


Value = Exact | Estimate | Answer | Missing
_VALUES = (Exact, Estimate, Certified, Obstructed, Unknown, Missing)


@dataclass(frozen=True, eq=False)
class Found:
    """A ``value`` with its evidence, and what it is held against: the theory, a closed form, a published number.

    ``expected``: an `Exact` or an `Estimate` of other draws; a `Missing` says why there is none.
    ``independent``: whether the expected estimate comes from other draws than the value.
    ``entries``: what the entries of an array are called, flat and in order, such as "0013"; their indices unless given.
    ``shown``: the entry, counted so, that stands for the others where there is room for one.
    ``repeats``: what else of this study says the same number in other words, such as "the draws of N=5, rescaled"; the comparison of such a
    finding is shown, and not counted as another one.
    Raises `InputError` for a bare number: a public result is a value with its evidence.
    """

    value: Value
    expected: Exact | Estimate | Missing | None = None
    independent: bool = True
    entries: tuple[str, ...] = ()
    shown: int = 0
    repeats: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.value, _VALUES):
            allowed = "an Exact, an Estimate, an answer (Certified, Obstructed, Unknown) or Missing"
            raise InputError("value", self.value, allowed, "wrap a bare number into its evidence")
        if not isinstance(self.expected, Exact | Estimate | Missing | None):
            raise InputError("expected", self.expected, "an Exact, an Estimate, Missing or None", "wrap a closed form into Exact")
        size = math.prod(getattr(self.value, "shape", ()))
        if self.entries and isinstance(self.value, Exact | Estimate) and len(self.entries) != size:
            raise InputError("entries", self.entries, f"{size} names, one for each entry of the value", "name all of them, or none")

    def name_of(self, index: tuple[int, ...]) -> str:
        """What the entry at ``index`` of the value is called: "0013", or "2,0" where it has no name of its own; "" of a single number."""
        shape = getattr(self.value, "shape", ())
        if self.entries and len(index) == len(shape) and all(map(int.__lt__, index, shape)):
            return self.entries[sum(place * math.prod(shape[axis + 1 :]) for axis, place in enumerate(index))]
        return ",".join(map(str, index))


@dataclass(frozen=True, eq=False)
class Reading(Mapping[str, Found]):
    """A case with all that was found of it, by name; ``seconds``: the time its pieces took, as far as it is known.

    ``pieces`` are read from their files when they are looked at.  What depends on ``seconds`` is shown, and never enters a result.
    """

    case: Case
    found: Mapping[str, Found]
    pieces: Pieces
    seconds: float | None = None

    def __getitem__(self, name: str) -> Found:
        return self.found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)
