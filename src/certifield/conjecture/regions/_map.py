"""Regions of lattice points with a polynomial each, and what becomes of them on a larger table."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certifield.evidence import MissingExtra

from ._lattice import Point, points_of
from ._walls import Wall, inside


@dataclass(frozen=True)
class Region:
    """The points k with normal . k >= level for all ``walls`` and = level for all ``equations``, in one class modulo ``modulus``.

    ``polynomial``: coefficients by exponents.  ``points``: how many of the table lie in it, all of which it gives rightly.
    The ``residue`` is that of the coordinates ``axes``, which are all but those that equations give.
    """

    walls: tuple[Wall, ...]
    equations: tuple[Wall, ...]
    modulus: int
    residue: Point
    axes: Point
    polynomial: tuple[tuple[Point, Fraction], ...]
    points: int

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Which rows lie in the region."""
        found = inside(points, list(self.walls))
        for normal, level in self.equations:
            found &= points @ np.array(normal) == level
        if self.modulus > 1:
            found &= ((points[:, list(self.axes)] - np.array(self.residue)) % self.modulus == 0).all(axis=1)
        return found

    def at(self, points: np.ndarray) -> np.ndarray:
        """The polynomial at rows of points, exactly; where it is no whole number there, the next smaller one minus one half is not it."""
        common = int(np.lcm.reduce([value.denominator for _, value in self.polynomial] or [1]))
        total = np.zeros(len(points), np.int64)
        for exponents, value in self.polynomial:
            total += int(value * common) * np.prod(points ** np.array(exponents), axis=1)
        return np.where(total % common == 0, total // common, np.iinfo(np.int64).min)

    def formula(self, names: tuple[str, ...]) -> str:
        """The polynomial as a sum of monomials."""
        terms = []
        for exponents, value in sorted(self.polynomial, key=lambda term: (-sum(term[0]), [-entry for entry in term[0]])):
            powers = [name if e == 1 else f"{name}^{e}" for name, e in zip(names, exponents, strict=True) if e]
            factor = [] if abs(value) == 1 and powers else [str(abs(value))]
            terms.append(("- " if value < 0 else "+ ") + " ".join([*factor, *powers]))
        text = " ".join(terms) or "0"
        return text.removeprefix("+ ") if text.startswith("+ ") else text.replace("- ", "-", 1) if text.startswith("- ") else text

    def factored(self, names: tuple[str, ...]) -> str:
        """The polynomial as a product over the rationals.  Needs python-flint."""
        try:
            from flint import Ordering, fmpq, fmpq_mpoly_ctx
        except ImportError:
            raise MissingExtra("factors need python-flint: pip install 'certifield[precision]'") from None
        ring = fmpq_mpoly_ctx.get(names, Ordering.degrevlex)
        value = ring.from_dict({key: fmpq(c.numerator, c.denominator) for key, c in self.polynomial})
        if not self.polynomial:
            return "0"
        content, factors = value.factor()
        for place, (factor, power) in enumerate(factors):  # whole coefficients, the content in front
            scale = fmpq(1)
            for coefficient in factor.coeffs():
                scale = scale * (coefficient * scale).q
            factors[place] = (factor * scale, power)
            content = content / scale**power
        parts = ["(" + str(factor).replace("*", " ") + ")" + ("" if power == 1 else f"^{power}") for factor, power in factors]
        return " ".join(([] if content == 1 and parts else [str(content)]) + parts)

    def where(self, names: tuple[str, ...]) -> str:
        """The conditions as a text."""
        found = [f"{_linear(normal, names)} = {level}" for normal, level in self.equations]
        found += [f"{_linear(normal, names)} >= {level}" for normal, level in self.walls]
        if self.modulus > 1:
            found += [
                f"{names[axis]} = {entry % self.modulus} mod {self.modulus}" for axis, entry in zip(self.axes, self.residue, strict=True)
            ]
        return ", ".join(found) or "everywhere"


@dataclass(frozen=True)
class Verification:
    """A map of regions on a table: points that it gives rightly, ``wrong`` ones, ``unsaid`` ones in no region, and ``torn`` ones.

    Torn are the points on which two regions disagree.
    """

    right: int
    wrong: tuple[Point, ...]
    unsaid: tuple[Point, ...]
    torn: tuple[Point, ...]

    @property
    def holds(self) -> bool:
        """Whether all points are given rightly."""
        return not (self.wrong or self.unsaid or self.torn)


@dataclass(frozen=True)
class RegionMap:
    """Regions that give all points of the table that they were learnt from but ``exceptions``."""

    regions: tuple[Region, ...]
    exceptions: tuple[tuple[Point, int], ...]

    def verify(self, table: Mapping[Point, int]) -> Verification:
        """Every point of a table decided; exceptions are not foretold."""
        points, values = points_of(table)
        said, right, torn = np.zeros(len(points), bool), np.ones(len(points), bool), np.zeros(len(points), bool)
        first = np.zeros(len(points), np.int64)
        for region in self.regions:
            held = region.holds(points)
            given = region.at(points[held])
            torn[held] |= said[held] & (first[held] != given)
            right[held] &= given == values[held]
            first[held] = np.where(said[held], first[held], given)
            said |= held
        known = dict(self.exceptions)
        listed = [tuple(int(entry) for entry in point) for point in points]
        free = np.array([point in known and not held for point, held in zip(listed, said, strict=True)], bool)
        right = np.where(free, [known.get(point) == value for point, value in zip(listed, values, strict=True)], right)
        said |= free

        def chosen(mask: np.ndarray) -> tuple[Point, ...]:
            return tuple(listed[place] for place in np.nonzero(mask)[0])

        return Verification(int((said & right).sum()), chosen(said & ~right & ~torn), chosen(~said), chosen(torn))


def _linear(normal: Point, names: tuple[str, ...]) -> str:
    text = ""
    for entry, name in zip(normal, names, strict=True):
        if entry:
            text += (" - " if entry < 0 else " + ") + (name if abs(entry) == 1 else f"{abs(entry)} {name}")
    return text.removeprefix(" + ") if text.startswith(" + ") else "-" + text.removeprefix(" - ")
