"""Polynomials that a table follows near some point, exactly: differences that vanish on simplices of lattice points."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import factorial, prod

import numpy as np

from ._lattice import Lattice, Point

CHUNK = 4096


@dataclass(frozen=True, eq=False)
class Fit:
    """A polynomial by its ``differences`` at ``origin``, for every order of `orders`; t of the corners of ``simplices`` on which it holds.

    An array [simplex, corner, coordinate]; the sides run along the axes from the first corner.
    """

    degree: int
    origin: Point
    differences: np.ndarray
    simplices: np.ndarray

    def at(self, cells: np.ndarray) -> np.ndarray:
        """Its values, exactly."""
        return _products(cells - np.array(self.origin), orders(len(self.origin), self.degree)) @ self.differences

    def coefficients(self, axes: Point, modulus: int, residue: Point, dimension: int) -> dict[Point, Fraction]:
        """As a polynomial in k, by exponents of all ``dimension`` coordinates, where t = (k - residue) / modulus."""
        total: dict[Point, Fraction] = {}
        for order, value in zip(orders(len(axes), self.degree), self.differences, strict=True):
            term = {(0,) * dimension: Fraction(int(value), prod(factorial(entry) for entry in order))}
            for axis, origin, shift, times in zip(axes, self.origin, residue, order, strict=True):
                for step in range(times):  # times (k - residue) / modulus - origin - step
                    constant = -Fraction(shift, modulus) - origin - step
                    raised = {tuple(e + (i == axis) for i, e in enumerate(key)): c / modulus for key, c in term.items()}
                    term = _sum(raised, {key: c * constant for key, c in term.items()})
            total = _sum(total, term)
        return {key: value for key, value in total.items() if value}


def orders(dimension: int, degree: int) -> np.ndarray:
    """Multi-indices up to this degree, in rising degree."""
    return np.array(sorted((a for a in product(range(degree + 1), repeat=dimension) if sum(a) <= degree), key=lambda a: (sum(a), a)))


def fits(lattice: Lattice, degree: int, spare: int) -> list[Fit]:
    """All polynomials of at most this degree that hold on a simplex with sides of ``degree`` + ``spare`` steps, most frequent ones first.

    Such a simplex has more points than the polynomial has coefficients: its differences of orders above ``degree`` are all zero.
    """
    d = len(lattice.axes)
    low = np.array(lattice.low)
    all_orders = orders(d, degree + spare)
    inner = len(orders(d, degree))
    origin = low + np.array(lattice.values.shape) // 2
    rows, starts, signs = [], [], []
    for sign in product((1, -1), repeat=d):
        flip = tuple(slice(None, None, one) for one in sign)
        table, whole = _differences(lattice.values[flip], lattice.known[flip], all_orders)
        good = whole & np.all(table[inner:] == 0, axis=0)
        begin = np.argwhere(good)
        if not len(begin):
            continue
        first = np.where(np.array(sign) > 0, begin + low, np.array(lattice.values.shape) - 1 - begin + low)
        rows.append(_recentred(table[:inner, good].T, first, np.array(sign), origin, degree))
        starts.append(first)
        signs.append(np.tile(sign, (len(first), 1)))
    if not rows:
        return []
    differences, inverse, counts = np.unique(np.concatenate(rows), axis=0, return_inverse=True, return_counts=True)
    first, direction = np.concatenate(starts), np.concatenate(signs)
    sides = (degree + spare) * np.concatenate([np.zeros((1, d), np.int64), np.eye(d, dtype=np.int64)])
    place = tuple(int(entry) for entry in origin)
    found = []
    for number in np.argsort(-counts, kind="stable"):
        chosen = inverse.ravel() == number
        found.append(Fit(degree, place, differences[number], first[chosen, None, :] + sides * direction[chosen, None, :]))
    return found


def _differences(values: np.ndarray, known: np.ndarray, all_orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Forward differences of every order at every cell, and whether all cells that they look at are known."""
    most = int(all_orders.sum(axis=1).max())
    padded = np.pad(values, [(0, most)] * values.ndim)
    here = np.pad(known, [(0, most)] * values.ndim)
    inside = tuple(slice(0, count) for count in values.shape)
    whole = np.ones(values.shape, bool)
    made: dict[Point, np.ndarray] = {}
    for order in map(tuple, all_orders):
        whole &= here[tuple(slice(shift, shift + count) for shift, count in zip(order, values.shape, strict=True))]
        axis = next((i for i, entry in enumerate(order) if entry), None)
        if axis is None:
            made[order] = padded
        else:
            before = made[tuple(entry - (i == axis) for i, entry in enumerate(order))]
            made[order] = np.roll(before, -1, axis) - before
    return np.stack([made[order][inside] for order in map(tuple, all_orders)]), whole


def _recentred(table: np.ndarray, first: np.ndarray, sign: np.ndarray, origin: np.ndarray, degree: int) -> np.ndarray:
    """The differences at ``origin`` of polynomials given by their differences, with these signs of steps, at ``first``."""
    steps = orders(len(origin), degree)
    change = np.linalg.inv(_products(steps, steps).astype(float)).round().astype(np.int64)  # unitriangular: values to differences
    found = []
    for begin in range(0, len(first), CHUNK):
        part = slice(begin, begin + CHUNK)
        places = (origin + steps - first[part, None, :]) * sign
        values = (_products(places.reshape(-1, len(origin)), steps).reshape(*places.shape[:2], -1) * table[part, None, :]).sum(axis=2)
        found.append(values @ change.T)
    return np.concatenate(found)


def _products(places: np.ndarray, all_orders: np.ndarray) -> np.ndarray:
    """Products of binomials (place over order), as polynomials, for rows of places and all orders."""
    most = int(all_orders.max(initial=0))
    single = [np.ones_like(places)]
    for step in range(most):
        single.append(single[-1] * (places - step) // (step + 1))
    stacked = np.stack(single)  # order, row, coordinate
    found = np.ones((len(places), len(all_orders)), np.int64)
    for axis in range(places.shape[1]):
        found *= stacked[all_orders[:, axis], :, axis].T
    return found


def _sum(one: dict[Point, Fraction], other: dict[Point, Fraction]) -> dict[Point, Fraction]:
    return {key: one.get(key, Fraction(0)) + other.get(key, Fraction(0)) for key in one | other}
