r"""Scalar fields on periodic lattices, with the convention of their action.

    halved     S = sum_x [m^2 phi^2 / 2 + (lambda/4!) phi^4 + (1/2) sum_mu (phi_x - phi_{x+mu})^2]
    unhalved   S = sum_x [m^2 phi^2 + lambda phi^4 + sum_mu (2 phi_x^2 - phi_x phi_{x+mu} - phi_x phi_{x-mu})]    (arXiv:1904.12072)

Both are $\sum_x W(\phi_x) + \frac\kappa2 \sum_{bonds} (\phi_x - \phi_y)^2$, with kappa 1 or 2.  With $\phi_h = \sqrt2\,\phi$ the second
becomes the
first, at the same m^2 and $\lambda_h = 6\lambda$.  Results of different conventions do not combine; they are converted first.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from certifield.evidence import Estimate, Exact, InputError

from ._potential import Potential
from ._transfer import transfer_matrix


@dataclass(frozen=True)
class Convention:
    """W = mass * m^2 phi^2 + quartic * lambda phi^4, stiffness kappa of a bond."""

    name: str
    mass: float
    quartic: float
    stiffness: float


CONVENTIONS: Mapping[str, Convention] = {
    "halved": Convention("halved", 1 / 2, 1 / 24, 1.0),
    "unhalved": Convention("unhalved", 1.0, 1.0, 2.0),
}


@dataclass(frozen=True)
class LatticeScalar:
    """phi^4 on a periodic lattice of ``shape``, with ``mass_squared`` and ``coupling`` lambda in the named ``convention``.

    Raises `InputError` for a convention that is not named, sides below 2, a negative coupling, and lambda = 0 without a positive mass.

    >>> lattice = LatticeScalar((8, 8), mass_squared=-4.0, coupling=8.0, convention="unhalved")
    >>> lattice.converted("halved").coupling
    48.0
    """

    shape: tuple[int, ...]
    mass_squared: float
    coupling: float
    convention: str

    def __post_init__(self) -> None:
        if self.convention not in CONVENTIONS:
            raise InputError("convention", self.convention, f"one of {', '.join(CONVENTIONS)}", "no default: the factors of two differ")
        if not self.shape or any(isinstance(side, bool) or not isinstance(side, int) or side < 2 for side in self.shape):
            raise InputError("shape", self.shape, "whole sides, 2 or more", "try (8, 8)")
        if not (math.isfinite(self.mass_squared) and math.isfinite(self.coupling)) or self.coupling < 0:
            raise InputError(
                "coupling", f"{self.coupling:g} phi^4", "0 or more, with finite parameters", "the action must be bounded below"
            )
        if self.coupling == 0 and self.mass_squared <= 0:
            raise InputError("mass_squared", self.mass_squared, "positive without a coupling", "the zero mode diverges")

    @property
    def rules(self) -> Convention:
        """The factors of the convention."""
        return CONVENTIONS[self.convention]

    @property
    def sites(self) -> int:
        """The number of sites."""
        return math.prod(self.shape)

    @property
    def weight(self) -> Potential:
        """W, of a site."""
        return Potential((0.0, 0.0, self.rules.mass * self.mass_squared, 0.0, self.rules.quartic * self.coupling))

    def converted(self, convention: str) -> "LatticeScalar":
        """The same theory in another convention: the field changes its unit by `field_factor`."""
        if convention not in CONVENTIONS or convention == self.convention:
            return LatticeScalar(self.shape, self.mass_squared, self.coupling, convention)
        factor = 6.0 if convention == "halved" else 1 / 6
        return LatticeScalar(self.shape, self.mass_squared, self.coupling * factor, convention)

    def field_factor(self, convention: str) -> float:
        """phi in ``convention`` over phi in this one."""
        target = LatticeScalar(self.shape, self.mass_squared, self.coupling, convention).rules
        return math.sqrt(self.rules.stiffness / target.stiffness)

    def exact(self) -> "LatticeObservables":
        r"""$\langle\phi^2\rangle$, $\langle\phi^4\rangle$ and $\chi$, exactly: of one dimension, and of two by two sites (a ring with
        doubled bonds).

        The free theory (lambda = 0) on any lattice by its momenta.  Raises `InputError` for others, which no oracle here solves.
        """
        if self.coupling == 0:
            return LatticeObservables(self, *self._free())
        if len(self.shape) == 1 or self.shape == (2, 2):
            doubled = 2 if self.shape == (2, 2) else 1  # by periodicity, both neighbours along an axis are one site
            ring = transfer_matrix(self.weight, self.rules.stiffness * doubled).ring(self.sites)
            return LatticeObservables(self, ring.moment(2), ring.moment(4), ring.susceptibility())
        raise InputError("shape", self.shape, "(L,) or (2, 2) with a coupling", "measure larger lattices with `lattice_hmc`")

    def _free(self) -> tuple[Exact, Exact, Exact]:
        momenta = [4 * np.sin(np.pi * np.arange(side) / side) ** 2 for side in self.shape]
        total = sum(np.meshgrid(*momenta, indexing="ij"))
        spectrum = 1 / (self.rules.stiffness * (self.mass_squared + np.asarray(total)))
        second, chi = float(np.mean(spectrum)), 1 / (self.rules.stiffness * self.mass_squared)
        told = ("free lattice, sum over momenta", "arXiv:1904.12072")
        # Only positive terms, each by some 30 roundings (an argument up to pi under the sine), are added; the fourth moment takes a square.
        roundings = 4 * (self.sites + 64) * 2.0**-53
        first, fourth, last = (Exact(value, *told, roundings * value) for value in (second, 3 * second**2, chi))
        return first, fourth, last


@dataclass(frozen=True, eq=False)
class LatticeObservables:
    r"""$\langle\phi^2\rangle$, $\langle\phi^4\rangle$ and $\chi = V\langle\bar\phi^2\rangle$ of ``lattice``, exact or estimated."""

    lattice: LatticeScalar
    second: Exact | Estimate
    fourth: Exact | Estimate
    susceptibility: Exact | Estimate

    def converted(self, convention: str) -> "LatticeObservables":
        """The same in another convention."""
        factor = self.lattice.field_factor(convention) ** 2
        moved = self.lattice.converted(convention)
        return LatticeObservables(moved, self.second * factor, self.fourth * factor**2, self.susceptibility * factor)

    def agrees_with(self, other: "LatticeObservables") -> bool:
        """Whether all three agree.  Raises `InputError` for observables of another lattice, action or convention."""
        require_same(self.lattice, other.lattice)
        pairs: Any = zip(self._all(), other._all(), strict=True)
        return all(bool(np.all(left.agrees_with(right).agrees)) for left, right in pairs)

    def _all(self) -> tuple[Any, Any, Any]:
        return self.second, self.fourth, self.susceptibility


def require_same(left: LatticeScalar, right: LatticeScalar) -> None:
    """Raises `InputError` where two lattices differ, first of all in their convention."""
    if left.convention != right.convention:
        raise InputError("convention", (left.convention, right.convention), "the same on both sides", "use .converted() on one of them")
    if left != right:
        raise InputError("lattice", (left, right), "the same shape, mass and coupling", "compare results of one theory")
