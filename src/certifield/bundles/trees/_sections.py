r"""Sections of $-4K$ and $-6K$ of a toric base, their orders on a divisor, and the gauge group there.

Sections are lattice points m with $\langle m, v\rangle \ge -4$ (f) or $\ge -6$ (g) for all rays v, and vanish to orders
$\langle m, v\rangle + 4$ and $+ 6$ on the divisor of v.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from certifield.evidence import InputError

from ._base import Base
from ._edges import Ray

WEIGHTS = {"f": 4, "g": 6}


@dataclass(frozen=True)
class Order:
    """The order ``value`` to which f or g vanishes on a divisor, None where it has no section, and its ``leading`` sections."""

    value: int | None
    leading: tuple[Ray, ...]


@cache
def _all_sections(normals: tuple[Ray, ...], weight: int) -> np.ndarray:
    """Points m that obey all rays of the base: weight times the dual polytope, whose vertices are the negative normals."""
    corners = -weight * np.array(normals)
    span = [np.arange(low, high + 1) for low, high in zip(corners.min(0), corners.max(0), strict=True)]
    return np.stack([grid.ravel() for grid in np.meshgrid(*span, indexing="ij")], axis=1)


def sections(base: Base, rays: np.ndarray, name: str) -> np.ndarray:
    """The sections of f or g, by ``name``, on a blow-up with these ``rays``: rows m."""
    if name not in WEIGHTS:
        raise InputError("name", name, "f or g", "sections of -4K and -6K")
    points = _all_sections(base.normals, WEIGHTS[name])
    inside = points[(points @ np.array(base.rays).T >= -WEIGHTS[name]).all(axis=1)]
    return inside[(inside @ np.unique(rays, axis=0).T >= -WEIGHTS[name]).all(axis=1)]


def orders(base: Base, rays: np.ndarray, at: Ray) -> tuple[Order, Order]:
    """The orders of f and of g on the divisor of the ray ``at``, with their leading sections."""
    found = []
    for name, weight in WEIGHTS.items():
        points = sections(base, rays, name)
        heights = points @ np.array(at)
        least = int(heights.min()) if len(points) else 0
        leading = tuple(tuple(int(entry) for entry in point) for point in points[heights == least]) if len(points) else ()
        found.append(Order(least + weight if len(points) else None, leading))
    return found[0], found[1]


def gauge_group(f: Order, g: Order) -> str:
    """The geometric gauge group by Kodaira and Tate; "" for none, "non-minimal" for orders (4, 6) and above.

    A leading coefficient is a square where it is one monomial with even exponents, as for generic coefficients.

    >>> gauge_group(Order(4, ((0, 0, 0),)), Order(4, ((-2, 0, 0),)))
    'E6'
    >>> gauge_group(Order(2, ((-2, 0, 0),)), Order(3, ((-3, 0, 0),)))  # f = a s^2, g = b s^3
    'SO(8)'
    """
    low_f, low_g = _least(f), _least(g)
    if low_f >= 4 and low_g >= 6:
        return "non-minimal"
    if low_f >= 4 and low_g == 5:
        return "E8"
    if low_f == 3 and low_g >= 5:
        return "E7"
    if low_f >= 3 and low_g == 4:
        return "E6" if _square(g) else "F4"
    if low_f >= 2 and low_g >= 3:
        return _orthogonal(f, g)
    if low_f >= 2 and low_g == 2:
        return "SU(3)" if _square(g) else "SU(2)"
    return "SU(2)" if low_f == 1 and low_g >= 2 else ""


def _orthogonal(f: Order, g: Order) -> str:
    """SO(8), SO(7) or G2 as x^3 + f_2 x + g_3 has three factors, two or one over the functions on the divisor."""
    has_f, has_g = _least(f) == 2, _least(g) == 3
    if has_f and has_g:  # f_2 = a s^2 and g_3 = b s^3 with numbers a, b have the roots x = y s with y^3 + a y + b = 0
        cube = len(f.leading) == len(g.leading) == 1 and all(3 * x == 2 * y for x, y in zip(f.leading[0], g.leading[0], strict=True))
        return "SO(8)" if cube else "G2"
    if has_f:
        return "SO(8)" if _square(f) else "SO(7)"
    return "SO(8)" if len(g.leading) == 1 and all(entry % 3 == 0 for entry in g.leading[0]) else "G2"


def _least(order: Order) -> int:
    return 99 if order.value is None else order.value


def _square(order: Order) -> bool:
    return len(order.leading) == 1 and all(entry % 2 == 0 for entry in order.leading[0])
