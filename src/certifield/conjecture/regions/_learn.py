"""Regions and polynomials of a table over lattice points, found exactly: fitted locally, grown, separated, and verified everywhere."""

from collections.abc import Mapping

import numpy as np

from certifield.evidence import InputError

from ._fits import Fit, fits
from ._lattice import Lattice, Point, lattice, points_of
from ._map import Region, RegionMap
from ._walls import Wall, inside, normals, separate

ENOUGH = 0.5  # of the open cells that have open cells all around: a modulus that leaves more is not taken
SPARE = 2  # steps that a simplex is longer than a polynomial needs: with 1, accidents at corners of other regions pass
SPARE_ON_WALLS = 1
SEEDS = 6
SIDES = 6  # a wall that is longer by 1 has to bring in a point more for each so many points of a side of the table


def learn_regions(table: Mapping[Point, int], degree: int, *, moduli: int = 6) -> RegionMap:
    """Regions with polynomials of at most this degree that give a table rightly; the points that are left over are exceptions.

    Polynomials are fitted on simplices of lattice points, in integers, and told apart exactly; each is grown to the region of the cells
    where it is right, between walls with small whole normals; open cells that have open cells all around are tried in classes modulo
    2, ..., ``moduli``; what is then open lies on walls, which are tables of their own.  Every point of the table is verified in integers.
    Raises `InputError` for a table without points, and for values that are not whole numbers or exceed 2^40.

    >>> found = learn_regions({(k,): max(0, k * k - 4) if k > 0 else 0 for k in range(-8, 9)}, 2)
    >>> [(region.where(("k",)), region.formula(("k",))) for region in found.regions]
    [('-k >= -2', '0'), ('k >= 2', 'k^2 - 4')]
    """
    if type(degree) is not int or not 0 <= degree <= 8:
        raise InputError("degree", degree, "a whole number from 0 to 8", "the dimension of the variety is enough")
    points, values = points_of(table)
    regions, left = _learn(lattice(points, values), degree, moduli)
    exceptions = [(tuple(int(entry) for entry in point), int(table[tuple(int(entry) for entry in point)])) for point in left]
    return RegionMap(tuple(regions), tuple(sorted(exceptions)))


def _learn(grid: Lattice, degree: int, moduli: int) -> tuple[list[Region], np.ndarray]:
    """The regions of a grid, and the points k that none of them holds."""
    open_cells = grid.known.copy()
    regions = _grown(grid, degree, SPARE, open_cells, strips=False)
    for modulus in range(2, moduli + 1):
        bulk = _bulk(open_cells)
        if not bulk:
            break
        trial, found = open_cells.copy(), []
        for part, place in _classes(grid, modulus):
            found += _grown(part, degree, SPARE, trial[place], strips=False)
        if _bulk(trial) <= (1 - ENOUGH) * bulk:
            open_cells, regions = trial, regions + found
    regions += _grown(grid, degree, SPARE, open_cells)
    if len(grid.axes) > 1:
        regions += _on_walls(grid, degree, moduli, open_cells)
    return regions, _points(grid, open_cells)


def _classes(grid: Lattice, modulus: int) -> list[tuple[Lattice, tuple[slice, ...]]]:
    """The classes of a grid, and where they lie in it."""
    parts = grid.modulo(modulus)
    return [(part, tuple(slice(r - low, None, modulus) for r, low in zip(part.residue, grid.low, strict=True))) for part in parts]


def _bulk(open_cells: np.ndarray) -> int:
    """How many open cells begin a cube of 3^d open cells."""
    found = open_cells
    for axis in range(open_cells.ndim):
        if found.shape[axis] < 3:
            return 0
        ends = [np.take(found, range(start, found.shape[axis] - 2 + start), axis=axis) for start in range(3)]
        found = ends[0] & ends[1] & ends[2]
    return int(found.sum())


def _grown(grid: Lattice, degree: int, spare: int, open_cells: np.ndarray, *, strips: bool = True) -> list[Region]:
    """Regions of the polynomials that a grid follows somewhere, as long as they hold an open cell; what they hold is closed.

    Each is the best of those that grow from some of the simplices with open points.  A strip, with walls that face each other, may be a
    few rows of a polynomial in classes modulo some number, and is left out where ``strips`` says so.
    """
    weight = max(1, max(grid.values.shape) // SIDES)
    regions, cells, flat = [], grid.cells, grid.known.ravel()
    for fit in fits(grid, degree, spare):
        waiting = fit.simplices[_open(fit.simplices, grid, open_cells)]
        if not len(waiting):
            continue
        agrees = flat & (fit.at(cells) == grid.values.ravel())
        right, wrong = cells[agrees], cells[flat & ~agrees]
        while len(waiting):
            seeds = waiting[np.unique(np.linspace(0, len(waiting) - 1, SEEDS).astype(int))]
            wanted = open_cells.ravel()[agrees]
            found = [grown for seed in seeds if (grown := separate(_inner(seed), right, wanted, wrong, weight)) is not None]
            if not strips:
                found = [(cost, walls) for cost, walls in found if not _is_strip(walls)]
            if not found:
                break
            _, walls = min(found, key=lambda one: one[0])
            held = inside(cells, walls) & flat
            if (held & open_cells.ravel()).sum() <= len(fit.differences):  # no more than coefficients: right by accident
                break
            open_cells &= ~held.reshape(open_cells.shape)
            regions.append(_region(grid, fit, walls, int(held.sum())))
            waiting = waiting[_open(waiting, grid, open_cells)]
    return regions


def _is_strip(walls: list[Wall]) -> bool:
    return any(tuple(-entry for entry in normal) in [other for other, _ in walls] for normal, _ in walls)


def _open(simplices: np.ndarray, grid: Lattice, open_cells: np.ndarray) -> np.ndarray:
    """Which simplices have an inner point that is open."""
    inner = np.stack([_inner(simplex) for simplex in simplices]) if len(simplices) else simplices
    corners = open_cells[tuple(np.moveaxis(inner - np.array(grid.low), -1, 0))]
    return np.any(corners, axis=1)


def _inner(simplex: np.ndarray) -> np.ndarray:
    """The points of the edges next to the corners: a corner may lie in another region, where the polynomial is right by accident."""
    count = len(simplex)
    steps = simplex[:, None] - simplex[None]
    length = int(np.abs(steps).max())
    return np.concatenate([simplex + steps[(np.arange(count) + shift) % count, np.arange(count)] // length for shift in range(1, count)])


def _region(grid: Lattice, fit: Fit, walls: list[Wall], points: int) -> Region:
    """In the coordinates k of the table: t = (k - residue) / modulus on the axes."""
    moved = []
    for normal, level in walls:
        spread = [0] * grid.dimension
        for axis, entry in zip(grid.axes, normal, strict=True):
            spread[axis] = entry
        moved.append((tuple(spread), grid.modulus * level + sum(a * r for a, r in zip(normal, grid.residue, strict=True))))
    polynomial = fit.coefficients(grid.axes, grid.modulus, grid.residue, grid.dimension)
    return Region(tuple(sorted(moved)), grid.equations, grid.modulus, grid.residue, grid.axes, tuple(sorted(polynomial.items())), points)


def _points(grid: Lattice, open_cells: np.ndarray) -> np.ndarray:
    """The points k of open cells."""
    t = grid.cells[open_cells.ravel()]
    k = np.zeros((len(t), grid.dimension), np.int64)
    k[:, list(grid.axes)] = t * grid.modulus + np.array(grid.residue)
    for normal, level in grid.equations[::-1]:  # the last equation is in the fewest unknowns
        solved = next(axis for axis in range(grid.dimension) if axis not in grid.axes and normal[axis] and _last(grid, axis, normal))
        others = k @ np.array(normal) - k[:, solved] * normal[solved]
        k[:, solved] = (level - others) * normal[solved]
    return k


def _last(grid: Lattice, axis: int, normal: Point) -> bool:
    """Whether this equation is the one that was solved for the axis: the first that has it."""
    return next(other for other, _ in grid.equations if other[axis]) == normal


def _on_walls(grid: Lattice, degree: int, moduli: int, open_cells: np.ndarray) -> list[Region]:
    """Hyperplanes with many open cells, one after another, each as a table of one dimension less."""
    regions: list[Region] = []
    w = normals(len(grid.axes))
    w = w[(np.abs(w) == 1).any(axis=1) & np.array([row[np.nonzero(row)[0][0]] > 0 for row in w])]
    tried: set[tuple[int, int]] = set()
    while open_cells.any():
        best = (0, 0, 0)
        for number, levels in enumerate((grid.cells[open_cells.ravel()] @ w.T).T):
            for level, count in zip(*np.unique(levels, return_counts=True), strict=True):
                if count > best[0] and (number, int(level)) not in tried:
                    best = (int(count), number, int(level))
        if best[0] <= degree + SPARE_ON_WALLS:
            break
        normal, level = w[best[1]], best[2]
        tried.add((best[1], level))
        regions += _hyperplane(grid, degree, moduli, normal, level, open_cells)
    return regions


def _hyperplane(grid: Lattice, degree: int, moduli: int, normal: np.ndarray, level: int, open_cells: np.ndarray) -> list[Region]:
    """The regions of one hyperplane that hold an open cell."""
    on_it = (grid.cells @ normal == level) & grid.known.ravel()
    solved = int(np.nonzero(np.abs(normal) == 1)[0][-1])
    axes = [place for place in range(len(grid.axes)) if place != solved]
    t = grid.cells[on_it]
    spread = [0] * grid.dimension
    for axis, entry in zip(grid.axes, normal, strict=True):
        spread[axis] = int(entry)
    low = t[:, axes].min(axis=0)
    shape = tuple(int(entry) for entry in t[:, axes].max(axis=0) - low + 1)
    values, known, still = np.zeros(shape, np.int64), np.zeros(shape, bool), np.zeros(shape, bool)
    place = tuple((t[:, axes] - low).T)
    values[place], known[place], still[place] = grid.values.ravel()[on_it], True, open_cells.ravel()[on_it]
    kept = tuple(grid.axes[axis] for axis in axes)
    part = Lattice(grid.dimension, kept, 1, (0,) * len(kept), tuple(int(entry) for entry in low), values, known,
                   (*grid.equations, (tuple(spread), level)))  # fmt: skip
    regions = _grown(part, degree, SPARE_ON_WALLS, still)
    if len(kept) > 1:
        regions += _on_walls(part, degree, moduli, still)
    flat = open_cells.ravel().copy()
    flat[np.nonzero(on_it)[0]] = still[place]
    open_cells[...] = flat.reshape(open_cells.shape)
    return regions
