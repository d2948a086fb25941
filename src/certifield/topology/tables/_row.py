"""What KnotInfo publishes about one knot."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType

from ..diagrams._diagram import Diagram
from ..invariants._laurent import LaurentPolynomial
from ._interval import Interval, interval_of_text

# The line of the unknot has empty cells, and its determinant is given as 0.
UNKNOT = {
    "pd_notation": "[]", "braid_notation": "[]", "determinant": "1", "fibered": "Y", "rasmussen_invariant": "0", "epsilon": "0",
    "arf_invariant": "0", "unknotting_number": "0", "alexander_polynomial_vector": "[0,0,1]", "jones_polynomial_vector": "[0,0,1]",
    "geometric_type": "unknot",
}  # fmt: skip


@dataclass(frozen=True)
class KnotInfoRow:
    """One knot of KnotInfo (Livingston and Moore, knotinfo.org) with published values, which are data and prove nothing.

    ``name``: KnotInfo's, such as "6_1" or "12n_309"; ``dt_name``: that of Dowker and Thistlethwaite, such as "6a_3"; ``texts``: the
    cells of the table that are read here.  All values belong to the image that ``diagram`` shows.
    Left out on purpose: the column ``ribbon``, which is empty, and ``meridian_translation``, which lists |Re| and so has lost the
    chirality.
    """

    name: str
    dt_name: str
    crossings: int
    texts: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", MappingProxyType({column: self.texts[column] for column in _COLUMNS}))

    def __reduce__(self):  # a frozen mapping cannot be pickled
        return (KnotInfoRow, (self.name, self.dt_name, self.crossings, dict(self.texts)))

    @cached_property
    def diagram(self) -> Diagram:
        """The diagram of KnotInfo's planar diagram code, which fixes the chirality."""
        return Diagram.from_pd(ast.literal_eval(self.texts["pd_notation"]))

    @cached_property
    def braids(self) -> tuple[tuple[int, ...], ...]:
        """The published braid words; two where fewest strands and fewest letters do not go together.

        The one with the fewest strands comes first.  The word of the unknot is empty, on one strand.
        """
        found = ast.literal_eval(self.texts["braid_notation"])
        words = found if found and isinstance(found[0], list | tuple) else [found]
        return tuple(sorted((tuple(word) for word in words), key=lambda word: max(map(abs, word), default=0)))

    @property
    def braid(self) -> tuple[int, ...]:
        """The first of the braid words; its closure is the knot of ``diagram``, chirality included."""
        return self.braids[0]

    @property
    def alternating(self) -> bool:
        """Whether the knot has an alternating diagram."""
        return self.texts["alternating"] == "Y"

    @property
    def fibred(self) -> bool:
        """Whether the complement fibres over the circle."""
        return self.texts["fibered"] == "Y"

    @property
    def hyperbolic(self) -> bool:
        """Whether the complement is hyperbolic."""
        return self.texts["geometric_type"] == "hyperbolic"

    @property
    def volume(self) -> Decimal | None:
        """The hyperbolic volume as printed; None for other geometries, where the table says 0."""
        return Decimal(self.texts["volume"]) if self.hyperbolic and self.texts["volume"] else None

    @property
    def signature(self) -> int:
        """The signature, -2 for the right-handed trefoil."""
        return int(self.texts["signature"])

    @property
    def determinant(self) -> int:
        """The determinant."""
        return int(self.texts["determinant"])

    @property
    def arf(self) -> int:
        """The Arf invariant."""
        return int(self.texts["arf_invariant"])

    @property
    def genus(self) -> int:
        """The genus of a Seifert surface."""
        return int(self.texts["three_genus"])

    @property
    def tau(self) -> int:
        """Ozsvath and Szabo's tau, 1 for the right-handed trefoil."""
        return int(self.texts["ozsvath_szabo_tau_invariant"])

    @property
    def epsilon(self) -> int:
        """Hom's epsilon, 1 for the right-handed trefoil."""
        return int(self.texts["epsilon"])

    @property
    def rasmussen(self) -> int:
        """Rasmussen's s over the rationals, 2 for the right-handed trefoil."""
        return int(self.texts["rasmussen_invariant"])

    @property
    def alexander(self) -> LaurentPolynomial | None:
        """The Alexander polynomial, symmetric and with value 1 at 1; None at 13 crossings, where the table is empty."""
        low, high, *coefficients = _vector(self.texts["alexander_polynomial_vector"])
        sign = sum(coefficients)  # the value at 1, which the table has with either sign
        return LaurentPolynomial(tuple(sign * entry for entry in coefficients), Fraction(low - high, 2)) if coefficients else None

    @property
    def jones(self) -> LaurentPolynomial | None:
        """The Jones polynomial, t + t^3 - t^4 for the right-handed trefoil; None at 13 crossings, where the table is empty."""
        low, _, *coefficients = _vector(self.texts["jones_polynomial_vector"])
        return LaurentPolynomial(tuple(coefficients), Fraction(low)) if coefficients else None

    @property
    def smooth_four_genus(self) -> Interval:
        """Bounds of the smooth four-genus: 0 exactly for the smoothly slice knots."""
        return _known_to_the_table(self.texts["smooth_four_genus"])

    @property
    def topological_four_genus(self) -> Interval | None:
        """Bounds of the topological four-genus; None at 13 crossings, where the table is empty."""
        return interval_of_text(self.texts["topological_four_genus"])

    @property
    def unknotting_number(self) -> Interval:
        """Bounds of the unknotting number."""
        return _known_to_the_table(self.texts["unknotting_number"])


def _vector(text: str) -> list[int]:
    """Lowest and highest exponent and the coefficients between them."""
    return ast.literal_eval(text) if text else [0, 0]


def _known_to_the_table(text: str) -> Interval:
    interval = interval_of_text(text)
    assert interval is not None  # these columns are full
    return interval


_COLUMNS = (
    *UNKNOT, "alternating", "volume", "signature", "three_genus", "ozsvath_szabo_tau_invariant", "smooth_four_genus",
    "topological_four_genus",
)  # fmt: skip
