"""What is read from the pieces of a case: named values with their evidence, and what each is held against."""

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
    Raises `InputError` for a bare number: a public result is a value with its evidence.
    """

    value: Value
    expected: Exact | Estimate | Missing | None = None
    independent: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.value, _VALUES):
            allowed = "an Exact, an Estimate, an answer (Certified, Obstructed, Unknown) or Missing"
            raise InputError("value", self.value, allowed, "wrap a bare number into its evidence")
        if not isinstance(self.expected, Exact | Estimate | Missing | None):
            raise InputError("expected", self.expected, "an Exact, an Estimate, Missing or None", "wrap a closed form into Exact")


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
