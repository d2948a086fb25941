r"""Layers of splines for the nodes of a formula, each with its range and a bound on its error.

On every interval of its grid an edge is the difference r of a function g and a polynomial of degree k, so that r^(k+1) = g^(k+1).  With n =
k + 1 Chebyshev points z_i of an interval of length h (Rivlin, Chebyshev Polynomials, theorem 1.2 and section 1.3)

    max |r| <= (1 + (2/pi) ln n) max_i |r(z_i)| + 2 (h/4)^n/n! max |g^(n)|,

where values and derivatives are enclosed with their rounding.  The error of a node is that of its edges, and that of their sources times
the largest slope of the splines, max |c_{m+1} - c_m|/h; of a product u v it is |u| e_v + |v| e_u + e_u e_v.
"""

import math
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import sympy

from certifield.enclosures import enclose, program_of
from certifield.evidence import InputError, NoClosedForm

from ._grammar import FUNCTIONS, Input, Product, Sum, T, level, rows_of
from ._network import KAN, Layer
from ._splines import basis, knots

_CELLS, _SHARE = 512, 4  # cells for a range; cells of an interval for a derivative


class Made(NamedTuple):
    """Of a node: its range [low, high], and a bound on the error of the network's."""

    low: float
    high: float
    error: float


def layers_of(outputs: list[Any]) -> list[tuple[list[Any], list[Any]]]:
    """(sources, nodes) of every layer: nodes of other layers are handed on, sums come before products."""
    alone = len(outputs) == 1
    wanted = [node if isinstance(node, Sum) or (alone and not isinstance(node, Input)) else Sum(((T, node),)) for node in outputs]
    found: list[tuple[list[Any], list[Any]]] = []
    for depth in range(max(map(level, wanted)), 0, -1):
        here = [node if level(node) == depth else Sum(((T, node),)) for node in wanted]
        sources = dict.fromkeys(source for node in here for terms in rows_of(node) for _, source in terms)
        ordered = sorted(sources, key=lambda source: level(source) == depth - 1 and isinstance(source, Product))
        found.insert(0, (ordered, here))
        wanted = ordered
    return found


def built(layers: list[tuple[list[Any], list[Any]]], given: list[Made], intervals: int, order: int) -> tuple[KAN, list[Made]]:
    made: list[Layer] = []
    for sources, nodes in layers:
        places = {source: place for place, source in enumerate(sources)}
        if not made:  # all inputs, in their order
            places = {Input(place): place for place in range(len(given))}
        sums = [terms for node in nodes for terms in rows_of(node)]
        low = np.array([one.low for one in given])
        high = np.maximum([one.high for one in given], low + 1e-6 * (1 + np.abs(low)))
        grid = knots(low, high, intervals, order)
        coefficients, mask = np.zeros((len(sums), len(given), intervals + order)), np.zeros((len(sums), len(given)))
        results = []
        for row, terms in enumerate(sums):
            total = Made(0.0, 0.0, 0.0)
            for g, source in terms:
                place = places[source]
                coefficients[row, place], edge, slope = _edge(g, grid[place], order)
                mask[row, place] = 1.0
                total = Made(total.low + edge.low, total.high + edge.high, total.error + edge.error + slope * given[place].error)
            results.append(_widened(total))
        products = sum(isinstance(node, Product) for node in nodes)
        plain = len(nodes) - products
        given = results[:plain] + [_product(*pair) for pair in zip(results[plain::2], results[plain + 1 :: 2], strict=True)]
        ones = jnp.ones(mask.shape)
        made.append(Layer(jnp.asarray(coefficients), ones, 0 * ones, jnp.asarray(grid), jnp.asarray(mask), order, True, products))
    return KAN(tuple(made)), given


def _widened(one: Made) -> Made:
    """For the rounding of sums."""
    size = 1e-14 * max(abs(one.low), abs(one.high))
    return Made(one.low - size, one.high + size, one.error * (1 + 1e-14))


def _product(one: Made, two: Made) -> Made:
    ends = [a * b for a in one[:2] for b in two[:2]]
    size, other = max(abs(one.low), abs(one.high)), max(abs(two.low), abs(two.high))
    return _widened(Made(min(ends), max(ends), (size * two.error + other * one.error + one.error * two.error) * (1 + 1e-14)))


def _edge(g: Any, grid: np.ndarray, order: int) -> tuple[np.ndarray, Made, float]:
    """Coefficients of the spline of g on its grid, the range of g there with the largest error of the spline, and its largest slope."""
    ends = grid[order : len(grid) - order]
    low, high, n = ends[0], ends[-1], order + 1
    value, steep = _program(g), _program(g.diff(T, n))
    at = np.linspace(low, high, 16 * (len(ends) - 1) + 1)
    wanted = _enclosed(g, value, at, at)
    design = _basis(at, grid, order)
    coefficients = np.linalg.lstsq(design, wanted.mean(axis=0), rcond=None)[0]
    # At the Chebyshev points of every interval, the ends of doubles included.
    points = (ends[:-1, None] + ends[1:, None]) / 2 + np.diff(ends)[:, None] / 2 * np.cos((np.arange(n) + 0.5) * math.pi / n)
    points = np.clip(points, low, high).ravel()
    rounding = 64 * np.finfo(float).eps * float(np.max(np.abs(coefficients)))
    gaps = _basis(points, grid, order) @ coefficients - _enclosed(g, value, points, points)
    largest = float(np.max(np.abs(gaps))) + rounding
    cells = np.linspace(low, high, _SHARE * (len(ends) - 1) + 1)
    bend = float(np.max(np.abs(_enclosed(g, steep, cells[:-1], cells[1:]))))
    h = float(np.max(np.diff(ends)))
    error = (1 + 2 / math.pi * math.log(n)) * largest + 2 * (h / 4) ** n / math.factorial(n) * bend
    cells = np.linspace(low, high, _CELLS + 1)
    spread = _enclosed(g, value, cells[:-1], cells[1:])
    slope = float(np.max(np.abs(np.diff(coefficients)), initial=0.0)) / h
    return coefficients, Made(float(spread[0].min()), float(spread[1].max()), error * (1 + 1e-9)), slope * (1 + 1e-9)


def _program(g: Any) -> Any:
    """The program of a function of one number, for enclosures."""
    strange = [one for one in g.atoms(sympy.Function) if one.func not in FUNCTIONS.values()]
    if strange or (not g.is_real and g.is_number):
        raise InputError("expression", g, "without corners, and real on its range", "write it by functions that are smooth there")
    function: Any = sympy.lambdify(T, g, modules="jax")
    return program_of(lambda t: function(t) + 0 * t)


def _enclosed(g: Any, program: Any, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Bounds [2, ...] of a function on cells."""
    try:
        found = enclose(program, low, high, np.zeros_like(low))
    except NoClosedForm as unknown:
        raise InputError("expression", g, "made of operations with a bound", str(unknown)) from None
    bounds = np.stack([np.broadcast_to(one, low.shape) for one in (found.low, found.high)])
    if not np.all(np.isfinite(bounds)):
        allowed = f"finite, with its derivatives, on [{low[0]:.6g}, {high[-1]:.6g}]"
        raise InputError("expression", g, allowed, "take a domain on which it is smooth")
    return bounds


def _basis(at: np.ndarray, grid: np.ndarray, order: int) -> np.ndarray:
    return np.asarray(basis(jnp.asarray(at)[:, None], jnp.asarray(grid[None]), order, True))[:, 0]
