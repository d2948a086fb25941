r"""Gauge groups on a two-dimensional lattice, by what their plaquettes need: steps between irreducible representations.

A plaquette has the weight $e^{(\beta/N)\,\mathrm{Re\,tr}\,P} = \sum_r c_r \chi_r(P)$.  Since $\mathrm{Re\,tr}$ is half the sum of the
fundamental character and its conjugate, multiplying by $\mathrm{Re\,tr}\,P\,/N$ moves a weight by one of 2N ``steps`` (N in U(1) and SU(2),
whose fundamental is its own conjugate, counted twice), each with probability 1/(2N), and walks that leave the ``chamber`` are lost.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from certifield._arguments import of_kind, positive
from certifield.evidence import InputError


@dataclass(frozen=True)
class GaugeGroup:
    """``name``; matrices of size ``n``; ``steps`` [s, rank] between highest weights; ``one_sided``: weights are 0 or more."""

    name: str
    n: int
    steps: tuple[tuple[int, ...], ...]
    one_sided: bool

    @property
    def rank(self) -> int:
        """Of the lattice of weights."""
        return len(self.steps[0])

    def dimension(self, weight: np.ndarray) -> np.ndarray:
        """Of the irreducible representations with highest weights [rank, ...]: by Weyl's formula."""
        if not self.one_sided:
            return np.ones(weight.shape[1:])
        if self.rank == 1:
            return weight[0] + 1.0
        return (weight[0] + 1.0) * (weight[1] + 1.0) * (weight[0] + weight[1] + 2.0) / 2


GROUPS: Mapping[str, GaugeGroup] = {
    "U(1)": GaugeGroup("U(1)", 1, ((1,), (-1,)), False),
    "SU(2)": GaugeGroup("SU(2)", 2, ((1,), (-1,)), True),
    "SU(3)": GaugeGroup("SU(3)", 3, ((1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (-1, 0)), True),
}


@dataclass(frozen=True)
class GaugeLattice:
    r"""Links of ``group`` on a periodic lattice of ``shape`` (two sides), with the Wilson action $-\frac\beta N\sum_x\mathrm{Re\,tr}\,P_x$.

    Raises `InputError` for a group that is not named, a shape that is not two sides of 2 or more, a beta below 0 or above 200.

    >>> GaugeLattice("U(1)", (8, 8), beta=2.0).plaquettes
    64
    """

    group: str
    shape: tuple[int, int]
    beta: float

    def __post_init__(self) -> None:
        if not isinstance(self.group, str) or self.group not in GROUPS:
            raise InputError("group", self.group, f"one of {', '.join(GROUPS)}", 'such as "SU(2)"')
        sides = self.shape
        whole = isinstance(sides, tuple) and all(isinstance(side, int) and not isinstance(side, bool) and side >= 2 for side in sides)
        if not whole or len(sides) != 2:
            raise InputError("shape", sides, "two whole sides, 2 or more, in a tuple", "try (8, 8)")
        if positive("beta", self.beta, zero=True) > 200:
            raise InputError("beta", self.beta, "at most 200", "the weight of a plaquette must be a 64-bit number")

    @property
    def rules(self) -> GaugeGroup:
        """The group."""
        return GROUPS[self.group]

    @property
    def plaquettes(self) -> int:
        """Their number V, which is that of the sites."""
        return math.prod(self.shape)


def checked_lattice(given: object) -> GaugeLattice:
    """A gauge lattice.  Raises `InputError` for anything else."""
    return of_kind("lattice", given, GaugeLattice, 'such as GaugeLattice("U(1)", (8, 8), beta=2.0)')
