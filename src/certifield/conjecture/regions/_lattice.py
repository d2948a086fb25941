"""Tables over lattice points as dense grids: the whole table, one class of it modulo m, or one hyperplane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from certifield.evidence import InputError

Point = tuple[int, ...]
LARGEST = 2**40  # of a value, so that differences and polynomials of it fit into 64 bits
MOST_CELLS = 20_000_000


@dataclass(frozen=True, eq=False)
class Lattice:
    """Values on points k whose coordinates ``axes`` are residue + modulus * t, and whose others follow from ``equations``.

    ``values`` and ``known`` are grids in t; ``low`` is the t of their first cell.  An equation (normal, level) says normal . k = level.
    """

    dimension: int
    axes: Point
    modulus: int
    residue: Point
    low: Point
    values: np.ndarray
    known: np.ndarray
    equations: tuple[tuple[Point, int], ...] = ()

    @cached_property
    def cells(self) -> np.ndarray:
        """All t of the grid, a row for each cell."""
        ranges = [np.arange(start, start + count) for start, count in zip(self.low, self.values.shape, strict=True)]
        return np.stack([grid.ravel() for grid in np.meshgrid(*ranges, indexing="ij")], axis=1)

    def modulo(self, modulus: int) -> list["Lattice"]:
        """Its classes modulo ``modulus``, as far as they have points."""
        found = []
        for start in product(range(modulus), repeat=len(self.axes)):
            part = tuple(slice(first, None, modulus) for first in start)
            if self.known[part].any():
                residue = tuple(first + low for first, low in zip(start, self.low, strict=True))
                zero = (0,) * len(self.axes)
                grids = self.values[part], self.known[part]
                found.append(Lattice(self.dimension, self.axes, modulus, residue, zero, *grids, self.equations))
        return found


def points_of(table: Mapping[Point, int]) -> tuple[np.ndarray, np.ndarray]:
    """The points of a table as rows, and its values.  Raises `InputError` for an empty table and for what is no whole number."""
    if not table or len({len(point) for point in table}) != 1:
        raise InputError("table", len(table), "values at lattice points of one dimension, one at least", "such as {(0, 1): 3}")
    for point, value in table.items():
        if not all(hasattr(entry, "__index__") for entry in (*point, value)) or abs(int(value)) > LARGEST:
            raise InputError("table", {point: value}, f"whole numbers up to {LARGEST}", "the values of other tables are no polynomials")
    return np.array([[int(entry) for entry in point] for point in table], np.int64), np.array([int(v) for v in table.values()], np.int64)


def lattice(points: np.ndarray, values: np.ndarray, axes: Sequence[int] | None = None, equations: Sequence = ()) -> Lattice:
    """The grid of some points by their coordinates ``axes``, all by default.  Raises `InputError` above twenty million cells."""
    axes = tuple(range(points.shape[1])) if axes is None else tuple(axes)
    chosen = points[:, list(axes)]
    low = chosen.min(axis=0)
    shape = tuple(int(entry) for entry in chosen.max(axis=0) - low + 1)
    if np.prod(shape, dtype=float) > MOST_CELLS:
        raise InputError("table", shape, f"points in a box of at most {MOST_CELLS} cells", "leave out what is far away")
    grid, known = np.zeros(shape, np.int64), np.zeros(shape, bool)
    place = tuple((chosen - low).T)
    grid[place], known[place] = values, True
    return Lattice(points.shape[1], axes, 1, (0,) * len(axes), tuple(int(entry) for entry in low), grid, known, tuple(equations))
