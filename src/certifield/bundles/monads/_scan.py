r"""All monads of a box, up to order: the truth that searches are held against.

C-multisets are stored by $(\sum c, \sum \chi(c))$; B-multisets are run through, and meet those with the same sum and the right index.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from certifield.evidence import InputError, MissingExtra

from .._flops import box
from .._hypersurfaces import hypersurface_cohomology
from .._threefolds import Threefold
from ._monad import canonical_rows

MOST_MULTISETS = 200_000_000  # of C, in memory


@dataclass(frozen=True)
class Box:
    r"""Monads of shape (r_B, r_C) with entries of B and of C in ranges, for a group of order ``order`` that acts freely,
    which is not tested.

    Raises `InputError` for shapes with $r_B \le r_C$, empty ranges, an order below 1 or one that does not divide the Euler number, and
    entries whose forms would not fit 32 bits.
    """

    manifold: Threefold
    shape: tuple[int, int]
    order: int
    b: tuple[int, int] = (-3, 4)
    c: tuple[int, int] = (0, 7)

    def __post_init__(self) -> None:
        for name in ("shape", "b", "c"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        shape = self.shape
        if len(shape) != 2 or any(type(one) is not int for one in shape) or not 1 <= shape[1] < shape[0] <= 16:
            raise InputError("shape", shape, "(r_B, r_C) with 16 >= r_B > r_C >= 1", "such as (6, 2) for SO(10)")
        for name in ("b", "c"):
            ends = getattr(self, name)
            if len(ends) != 2 or any(type(one) is not int for one in ends) or not ends[0] < ends[1]:
                raise InputError(name, ends, "two whole numbers, the lower one first", "such as (-3, 4)")
        self.manifold.group_order(self.order)
        worst = max(map(abs, (*self.b, *self.c))) * sum(shape)  # the dependent vector, outside of the box
        if 2 * int(np.abs(self.manifold.intersections).sum()) * worst**3 * sum(shape) >= 2**31:
            raise InputError("b", self.b, "ranges whose cubic forms fit 32 bits", "take smaller entries")

    @property
    def largest(self) -> int:
        """M, the largest absolute value of an entry."""
        return max(map(abs, (*self.b, *self.c)))

    @property
    def target(self) -> int:
        r"""The index for three families, $-3|\Gamma|$."""
        return -3 * self.order

    def vectors(self, name: str) -> np.ndarray:
        """The vectors that B or C ("b" or "c") can have, in lexicographic order."""
        return box(*[getattr(self, name)] * self.manifold.rank)

    @cached_property
    def sections(self) -> dict[tuple[int, ...], int]:
        r"""$h^0$ of every line bundle of the box, on the generic hypersurface."""
        return sections(self.manifold, np.concatenate([self.vectors("b"), self.vectors("c")]))


def sections(manifold: Threefold, vectors: np.ndarray) -> dict[tuple[int, ...], int]:
    r"""$h^0$ of line bundles; bundles that symmetries of the configuration relate are computed once.

    Raises `InputError` for a configuration with several equations, for which cohomology is not offered.
    """
    degrees = hypersurface_degrees(manifold)
    found: dict[tuple[int, ...], int] = {}
    for row in vectors.tolist():
        alike = min(tuple(row[i] for i in order) for order in manifold.symmetries)
        if alike not in found:
            found[alike] = hypersurface_cohomology(manifold.ambient, degrees, list(alike)).dimensions[0]
        found[tuple(row)] = found[alike]
    return found


def hypersurface_degrees(manifold: Threefold) -> list[int]:
    """The degrees of the one equation.  Raises `InputError` where there are several."""
    if len(manifold.degrees[0]) != 1:
        allowed = "a hypersurface, with one equation: cohomology is offered for these alone"
        raise InputError("manifold", manifold.degrees, allowed, "topology, anomaly and slopes work for every configuration")
    return [row[0] for row in manifold.degrees]


FILTERS = ("states", "index", "anomaly", "no trivial", "no common", "all c - b >= 0", "h0(B) <= h0(C)", "equivariance", "Bogomolov")


@dataclass(frozen=True, eq=False, repr=False)
class Funnel:
    r"""How many multisets pass the filters one after another, and those that pass some of them, [states, r_B + r_C, h].

    ``counts``: by `FILTERS`; ``bundles``: those with all $c_a - b_i \ge 0$; ``candidates``: those that pass all but Bogomolov's;
    ``models``: those that pass all.
    """

    box: Box
    counts: tuple[int, ...]
    bundles: np.ndarray
    candidates: np.ndarray
    models: np.ndarray

    def __repr__(self) -> str:
        passed = ", ".join(f"{name} {count:,}" for name, count in zip(FILTERS, self.counts, strict=True))
        return f"{self.box.manifold}, {self.box.shape}, |Gamma| = {self.box.order}; multisets that pass one filter after another: {passed}"

    def classes(self, states: np.ndarray) -> np.ndarray:
        """Canonical forms under the symmetries of the configuration, each once."""
        return canonical_rows(self.box.manifold, states, self.box.shape[0])


def scan(given: Box) -> Funnel:
    """Every multiset of the box with $c_1 = 0$, exactly once.  Needs numba and python-flint.

    Raises `InputError` where C has more than two hundred million multisets.
    """
    try:
        from ._kernels import multisets, passed, run
    except ImportError:
        raise MissingExtra("exhaustive scans need numba: pip install 'certifield[models]'") from None
    b, c = given.vectors("b"), given.vectors("c")
    r_b, r_c = given.shape
    held = multisets(len(c), r_c, MOST_MULTISETS)
    if held is None:
        raise InputError("shape", given.shape, f"at most {MOST_MULTISETS} multisets in C", "take a smaller range or r_C")
    low, high = given.c[0] * r_c, given.c[1] * r_c
    width = high - low + 1
    radix = width ** np.arange(given.manifold.rank - 1, -1, -1, dtype=np.int64)
    chi_b, chi_c = given.manifold.indices(b), given.manifold.indices(c)
    forms = given.manifold.intersections
    square_b, square_c = (np.einsum("rst,is,it->ir", forms, rows, rows) for rows in (b, c))
    sums = (c[held].sum(axis=1) - low) @ radix
    chis = chi_c[held].sum(axis=1)
    order = np.lexsort((chis, sums))
    held, sums, chis = held[order], sums[order], chis[order]
    cells = np.searchsorted(sums, np.arange(width**given.manifold.rank + 1))
    squares = square_c[held].sum(axis=1)
    most = 2 * given.manifold.second_chern
    h0_b, h0_c = (np.array([given.sections[tuple(row)] for row in rows.tolist()]) for rows in (b, c))
    counts, found = run(
        b, chi_b, square_b, r_b, c, held, chis, squares, cells, radix, low, high, given.target, most, _at(b, 0), _at(c, 0), _shared(b, c)
    )  # fmt: skip
    states = (
        np.concatenate([b[found[:, :r_b]], c[held[found[:, r_b]]]], axis=1) if len(found) else np.zeros((0, r_b + r_c, b.shape[1]), int)
    )
    h0 = h0_b[found[:, :r_b]].sum(axis=1) <= h0_c[held[found[:, r_b]]].sum(axis=1)
    good = h0 & passed(states, r_b, given.manifold.indices(states.reshape(-1, b.shape[1])).reshape(states.shape[:2]), given.order)
    double = squares[found[:, r_b]] - square_b[found[:, :r_b]].sum(axis=1)  # twice c_2
    stable = good & ((double > 0).any(axis=1) | (double == 0).all(axis=1))
    tallies = (*map(int, counts), *(int(one.sum()) for one in (h0, good, stable)))
    return Funnel(given, tallies, states, states[good], states[stable])


def _at(vectors: np.ndarray, entry: int) -> int:
    """The number of the vector whose entries are all this, -1 where there is none."""
    found = np.flatnonzero((vectors == entry).all(axis=1))
    return int(found[0]) if len(found) else -1


def _shared(b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """For each vector of C its number among those of B, -1 where it is not one of them."""
    places = {tuple(row): number for number, row in enumerate(b.tolist())}
    return np.array([places.get(tuple(row), -1) for row in c.tolist()])
