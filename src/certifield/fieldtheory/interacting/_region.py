"""Where the potential acts: an open box, outside of which the field is free, or a whole periodic box; with the quadrature of int V."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from certifield.evidence import InputError

from ..free import PeriodicBox

_MOST = 1_000_000  # nodes


@dataclass(frozen=True, eq=False)
class Region:
    """``nodes`` [Q, dim] with ``weights`` [Q] of the rule at ``spacing``; ``volume``; ``periodic``.

    ``coarse`` [Q]: the weights of the rule at twice the spacing on the same nodes; None on a lattice, where the sum is the action itself.
    """

    nodes: np.ndarray
    weights: np.ndarray
    coarse: np.ndarray | None
    spacing: float
    volume: float
    periodic: bool

    def within(self, share: float) -> np.ndarray:
        """Weights [Q] of the smaller box about the same centre whose sides are ``share`` of these."""
        centre = (self.nodes.max(axis=0) + self.nodes.min(axis=0)) / 2
        half = (self.nodes.max(axis=0) - self.nodes.min(axis=0)) / 2
        return np.where(np.all(np.abs(self.nodes - centre) <= share * half + 1e-12, axis=1), self.weights, 0.0)


def open_box(lengths: float | Sequence[float], spacing: float) -> Region:
    """The box of sides ``lengths`` about the origin: the trapezoidal rule of at most ``spacing``, whose every second node is a rule, too.

    The field is free outside: correlators are those of a sudden quench.  Raises `InputError` for what is not positive, and beyond a million
    nodes.

    >>> open_box(4.0, 0.05).weights.sum().round(12).item()
    4.0
    """
    sides = np.atleast_1d(np.asarray(lengths, dtype=float))
    if sides.ndim != 1 or not np.all((sides > 0) & np.isfinite(sides)):
        raise InputError("lengths", lengths, "positive numbers, one for each direction", "try lengths=4.0")
    if isinstance(spacing, bool) or not isinstance(spacing, int | float) or not 0 < spacing <= sides.min() / 2:
        raise InputError("spacing", spacing, f"positive, at most half a side ({sides.min() / 2:g})", "try spacing=0.05")
    intervals = [2 * math.ceil(side / (2 * spacing) - 1e-9) for side in sides]
    if math.prod(n + 1 for n in intervals) > _MOST:
        raise InputError("spacing", spacing, f"so large that there are at most {_MOST} nodes", "enlarge it")
    lines, fine, coarse = [], [], []
    for side, n in zip(sides, intervals, strict=True):
        lines.append(np.linspace(-side / 2, side / 2, n + 1))
        rule = np.full(n + 1, side / n)
        rule[[0, -1]] /= 2
        twice = np.where(np.arange(n + 1) % 2, 0.0, 2 * rule)
        fine.append(rule)
        coarse.append(twice)
    nodes = np.array(list(itertools.product(*lines)))
    rules = [np.array([math.prod(row) for row in itertools.product(*several)]) for several in (fine, coarse)]
    widest = max(side / n for side, n in zip(sides, intervals, strict=True))
    return Region(nodes, rules[0], rules[1], float(widest), float(np.prod(sides)), periodic=False)


def torus(box: PeriodicBox, sites: int | None = None) -> Region:
    """All of a periodic box: the sum over its sites, or over ``sites`` = n points per side where its points are continuous (n even).

    Raises `InputError` for a box without sites, and for an odd n.
    """
    if box.spacing:
        if sites is not None:
            raise InputError("sites", sites, "None for a lattice, whose sites are given", "leave it out")
        nodes, spacing, coarse = box.sites, box.spacing, None
    else:
        if isinstance(sites, bool) or not isinstance(sites, int) or sites < 2 or sites % 2:
            raise InputError("sites", sites, "an even number of points per side", "try sites=32")
        spacing = box.length / sites
        line = np.arange(sites)
        numbers = np.array(list(itertools.product(line, repeat=box.momenta.shape[1])))
        nodes = spacing * numbers
        coarse = np.where(np.any(numbers % 2, axis=1), 0.0, (2 * spacing) ** box.momenta.shape[1])
    dim = box.momenta.shape[1]
    return Region(nodes, np.full(len(nodes), spacing**dim), coarse, spacing, box.length**dim, periodic=True)
