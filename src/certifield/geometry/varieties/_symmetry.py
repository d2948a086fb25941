"""Finite groups that act on a variety by permuting its coordinates and by multiplying them with roots of unity."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certifield._arguments import fraction, listed, whole
from certifield.evidence import InputError

from ._polynomial import Polynomial

_GENERATORS = ("permutations", "phases")
_SUCH_AS = "a list of rows of numbers", "the swap of z0 and z1 of P^2 is permutations=((1, 0, 2),)"
_SAME = 1e-10  # of coefficients that are equal up to rounding


@dataclass(frozen=True)
class Symmetry:
    r"""Generators of a finite group: permutations and phases of the coordinates, and complex conjugation.

    ``permutations``: tuples p with $(gz)_i = z_{p_i}$; ``phases``: tuples of fractions of a turn, $(gz)_i = e^{2\pi i\theta_i} z_i$;
    ``conjugation``: whether $z\mapsto\bar z$ maps the variety to itself, as it does where all coefficients are real.
    """

    permutations: tuple[tuple[int, ...], ...] = ()
    phases: tuple[tuple[Fraction, ...], ...] = ()
    conjugation: bool = False

    def __post_init__(self) -> None:
        rows = {name: [listed(name, one, *_SUCH_AS) for one in listed(name, getattr(self, name), *_SUCH_AS)] for name in _GENERATORS}
        permutations = tuple(tuple(whole("permutations", i, 0, len(one), _SUCH_AS[1]) for i in one) for one in rows["permutations"])
        object.__setattr__(self, "permutations", permutations)
        phases = tuple(tuple(fraction("phases", turn, "fractions of a turn", _SUCH_AS[1]) for turn in one) for one in rows["phases"])
        object.__setattr__(self, "phases", phases)
        for one in self.permutations:
            if sorted(one) != list(range(len(one))):
                raise InputError("permutations", one, "each coordinate once", "the swap of z0 and z1 of P^2 is (1, 0, 2)")

    def check(self, ambient: Sequence[int], polynomials: Sequence[Polynomial]) -> None:
        """Raises `InputError` for a generator that does not map factors to factors, or the span of the polynomials to itself."""
        size = sum(n + 1 for n in ambient)
        factor = np.repeat(np.arange(len(ambient)), [n + 1 for n in ambient])
        for one in (*self.permutations, *self.phases):
            if len(one) != size:
                raise InputError("symmetry", one, f"of {size} entries, one for each homogeneous coordinate", "write all of them out")
        for one in self.permutations:
            images = [set(factor[list(one)][factor == i].tolist()) for i in range(len(ambient))]
            if any(len(image) > 1 for image in images):
                raise InputError("symmetry", one, "a permutation that maps every factor to a factor", "permute within the factors")
        for one in self.permutations:
            moved = [Polynomial(p.exponents[:, np.argsort(one)], p.coefficients) for p in polynomials]
            _require_same_span(polynomials, moved, f"the permutation {one}")
        for one in self.phases:
            turns = np.array([float(turn) for turn in one])
            moved = [Polynomial(p.exponents, p.coefficients * np.exp(2j * np.pi * (p.exponents @ turns))) for p in polynomials]
            _require_same_span(polynomials, moved, f"the phases {[str(turn) for turn in one]}")
        if self.conjugation:
            _require_same_span(polynomials, [Polynomial(p.exponents, p.coefficients.conj()) for p in polynomials], "conjugation")


def _require_same_span(before: Sequence[Polynomial], after: Sequence[Polynomial], generator: str) -> None:
    monomials = sorted({tuple(row) for p in (*before, *after) for row in p.exponents.tolist()})
    place = {monomial: i for i, monomial in enumerate(monomials)}
    old, new = (np.zeros((len(monomials), len(before)), dtype=complex) for _ in range(2))
    for table, polynomials in ((old, before), (new, after)):
        for column, p in enumerate(polynomials):
            table[[place[tuple(row)] for row in p.exponents.tolist()], column] = p.coefficients
    left_over = new - old @ np.linalg.lstsq(old, new, rcond=None)[0]
    if np.max(np.abs(left_over)) > _SAME * np.max(np.abs(old)):
        raise InputError("symmetry", generator, "a map of the variety to itself", "leave it out, or mend the polynomials")
