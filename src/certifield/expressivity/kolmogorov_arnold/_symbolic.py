r"""A formula from a trained network: a function for every edge, all constants fitted together, recognised, held against other points.

An edge is read as c g(a x + b) + d.  For given (a, b) the best c and d are linear, so that (a, b) are searched on a grid that is refined.
Functions are ranked by the information criterion $S \ln(\mathrm{rss}/S) + k \ln S$, k their complexity: a good fit alone would take the
most flexible one.  What the constants are, is decided after all of them are fitted to the data at once: several sets of constants are one
formula, and only those of the expanded formula mean something.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import optimize

from certifield.evidence import Estimate, InputError, MissingExtra

from ._network import KAN

Names = tuple[tuple[tuple[str, ...], ...], ...]  # functions by layer, node and input
_FLOOR = 1e-14  # of the variance: below it a fit is exact
_CHECKED = 32  # of the points that were held back, those with the largest errors, are evaluated to thirty digits


class Function(NamedTuple):
    """A function of the library, ``of(module, x)`` with the functions of NumPy, jax.numpy or SymPy, and its complexity."""

    of: Callable[[Any, Any], Any]
    complexity: int


LIBRARY: Mapping[str, Function] = {
    "0": Function(lambda m, x: 0 * x, 0),
    "x": Function(lambda m, x: x, 1),
    "x^2": Function(lambda m, x: x**2, 2),
    "x^3": Function(lambda m, x: x**3, 3),
    "x^4": Function(lambda m, x: x**4, 3),
    "1/x": Function(lambda m, x: 1 / x, 3),
    "1/x^2": Function(lambda m, x: 1 / x**2, 4),
    "sqrt": Function(lambda m, x: m.sqrt(x), 3),
    "exp": Function(lambda m, x: m.exp(x), 2),
    "log": Function(lambda m, x: m.log(x), 3),
    "sin": Function(lambda m, x: m.sin(x), 3),
    "tan": Function(lambda m, x: m.tan(x), 4),
    "tanh": Function(lambda m, x: m.tanh(x), 4),
    "abs": Function(lambda m, x: abs(x), 3),
}


class Edge(NamedTuple):
    """``name`` in the library, ``constants`` (a, b, c, d), coefficient of determination ``r2``, ``criterion``: lower is better."""

    name: str
    constants: tuple[float, float, float, float]
    r2: float
    criterion: float


def read_edge(x: Any, y: Any, *, noise: float = 0.0, library: Mapping[str, Function] = LIBRARY) -> list[Edge]:
    """All functions of the library that are finite on the samples ``x``, ``y`` [S], the best first.

    ``noise``: the variance below which a misfit says nothing, such as that of a spline; the simpler function is then the better one.
    Raises `InputError` for fewer than eight samples, and for values that are not finite.
    """
    x, y = (np.asarray(each, dtype=float).ravel() for each in (x, y))
    if len(x) != len(y) or len(x) < 8 or not np.all(np.isfinite(x) & np.isfinite(y)):
        raise InputError("x, y", (x.shape, y.shape), "eight finite samples or more of each", "sample the edge more densely")
    spread = float(np.var(y))
    found = []
    for name, function in library.items():
        if spread == 0 or function.complexity == 0:
            constants, rss = (0.0, 0.0, 0.0, float(y.mean())), len(y) * spread
            if function.complexity:
                continue
        else:
            with np.errstate(all="ignore"):
                constants, rss = _affine(x, y, partial(function.of, np))
        if math.isfinite(rss):
            log = math.log(max(rss / len(x), noise, _FLOOR * max(spread, 1e-30)))
            criterion = len(x) * log + function.complexity * math.log(len(x))
            found.append(Edge(name, constants, 1 - rss / (len(y) * spread) if spread else 1.0, criterion))
    return sorted(found, key=lambda edge: edge.criterion)


def _affine(x: np.ndarray, y: np.ndarray, g: Callable[[Any], Any]) -> tuple[tuple[float, float, float, float], float]:
    """The best (a, b, c, d), by a grid that is refined three times and then least squares."""
    a, b, half = 0.0, 0.0, 10.0
    for _ in range(4):
        side = np.linspace(-half, half, 41)
        one, two = np.meshgrid(a + side, b + side, indexing="ij")
        score = _explained(g(one[..., None] * x + two[..., None]), y)
        place = np.unravel_index(int(np.argmax(score)), score.shape)
        if not math.isfinite(score[place]):
            return (0.0, 0.0, 0.0, 0.0), math.inf
        a, b, half = float(one[place]), float(two[place]), half / 8
    c, d = _linear(g(a * x + b), y)

    def residual(p: np.ndarray) -> np.ndarray:
        r = p[2] * g(p[0] * x + p[1]) + p[3] - y
        return np.where(np.isfinite(r), r, 1e6)

    best = optimize.least_squares(residual, [a, b, c, d], method="lm", max_nfev=400, xtol=1e-15, ftol=1e-15)
    whole = g(best.x[0] * x + best.x[1])
    return tuple(best.x.tolist()), float(np.sum(best.fun**2)) if np.all(np.isfinite(whole)) else math.inf  # type: ignore[return-value]


def _explained(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The square of the correlation with ``y``; minus infinity where a value is not finite."""
    away, wanted = values - values.mean(axis=-1, keepdims=True), y - y.mean()
    size = np.sum(away**2, axis=-1)
    score = np.sum(away * wanted, axis=-1) ** 2 / size
    return np.where(np.all(np.isfinite(values), axis=-1) & (size > 1e-20) & np.isfinite(score), score, -np.inf)


def _linear(values: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    away = values - values.mean()
    c = float(np.sum(away * y) / np.sum(away**2))
    return c, float(y.mean() - c * values.mean())


@dataclass(frozen=True, eq=False)
class Formula:
    """``expressions`` of SymPy, one for each output; ``names`` of the functions on the edges, by layer; ``error``: the largest distance
    from the values at points that were held back, and ``numeric``: the same before constants were recognised.

    Both are measured at these points, so that the bias is unknown: between them the distance may be larger.  The errors are those of
    floats, against thirty digits at the points with the largest distances; a formula that is not finite at a point has no error bar."""

    expressions: tuple[Any, ...]
    names: Names
    error: Estimate
    numeric: Estimate

    def __str__(self) -> str:
        return "; ".join(map(str, self.expressions))


def read_formula(
    network: KAN,
    x: Any,
    y: Any,
    held: tuple[Any, Any],
    *,
    tolerance: float = 1e-5,
    accuracy: float = 3e-3,
    library: Mapping[str, Function] = LIBRARY,
) -> Formula:
    """The formula of a network that was trained on ``x`` [S, n], ``y`` [S, m], verified at the points and values ``held`` back.

    ``accuracy``: the part of the spread of a node below which the functions on its edges are not told apart, since splines are not exact.
    Constants that are within ``tolerance`` of a small rational, or one times pi, e, or a root, are taken to be that; others stay numbers.
    Raises `InputError` for networks with product nodes, for samples of other shapes or that are not finite, and `MissingExtra` without
    SymPy and mpmath.
    """
    try:
        import sympy
    except ImportError:
        raise MissingExtra("formulas need SymPy and mpmath: pip install 'certifield[symbolic]'") from None
    if any(layer.products for layer in network.layers):
        raise InputError("network", network.shape, "sums only", "read its layers apart with `read_edge`")
    (points, labels), (at, wanted) = (_samples(network, name, *pair) for name, pair in (("x, y", (x, y)), ("held", held)))
    with jax.enable_x64(True), jax.numpy_rank_promotion("allow"):
        names, constants = _edges(network, points, accuracy, library)
        fitted = _together(names, constants, points, labels, library)
    symbols = sympy.symbols(f"x1:{points.shape[1] + 1}")
    rough = [sympy.expand(one) for one in _expressions(sympy, names, fitted, symbols, library)]
    exact = tuple(_recognised(sympy, one, tolerance) for one in rough)
    return Formula(exact, names, *(_distance(sympy, forms, symbols, at, wanted) for forms in (exact, rough)))


def _samples(network: KAN, name: str, x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Points [S, n] and values [S, m] as arrays."""
    points, values = (np.asarray(each, dtype=float) for each in (x, y))
    inputs, outputs = network.layers[0].mask.shape[1], network.layers[-1].mask.shape[0]
    fit_together = points.shape == (points.size // inputs, inputs) and values.shape == (len(points), outputs)
    if not fit_together or not points.size or not (np.isfinite(points).all() and np.isfinite(values).all()):
        allowed = f"finite points [S, {inputs}] and values [S, {outputs}]"
        raise InputError(name, f"shapes {points.shape} and {values.shape}", allowed, "drop what is not finite, and write values as columns")
    return points, values


def _edges(network: KAN, points: np.ndarray, accuracy: float, library: Mapping[str, Function]) -> tuple[Names, np.ndarray]:
    names, constants = [], []
    for layer, at in zip(network.layers, network.inputs(jnp.asarray(points, network.layers[0].grid.dtype)), strict=True):
        values, given = np.asarray(layer.edges(at), dtype=float), np.asarray(at, dtype=float)
        few = np.linspace(0, len(given) - 1, min(len(given), 200)).astype(int)
        rows = []
        for node in np.moveaxis(values, 1, 0):
            noise = accuracy**2 * float(np.var(node.sum(axis=1)))
            best = [read_edge(given[few, i], node[few, i], noise=noise, library=library)[0] for i in range(node.shape[1])]
            rows.append(tuple(edge.name for edge in best))
            constants += [edge.constants for edge in best]
        names.append(tuple(rows))
    return tuple(names), np.array(constants)


def _together(names: Names, constants: np.ndarray, points: np.ndarray, labels: np.ndarray, library: Mapping[str, Function]) -> np.ndarray:
    """All constants at once, by least squares on the data; one d for each node, and none for an edge that is 0."""
    free = np.zeros((len(constants), 4), dtype=bool)
    start, place = constants.copy(), 0
    for row in (row for rows in names for row in rows):
        here = slice(place, place + len(row))
        live = [k for k, name in enumerate(row) if name != "0"]
        free[here][live, :3] = True
        free[place + (live or [0])[0], 3] = True
        start[here, 3] = np.where(free[here, 3], start[here, 3].sum(), 0.0)
        place += len(row)
    at, wanted = jnp.asarray(points), jnp.asarray(labels)

    @jax.jit
    def residual(given: Any) -> Any:
        rest, values = iter(jnp.asarray(start).at[free].set(given)), at
        for rows in names:
            sums = [sum(_evaluate(partial(library[name].of, jnp), next(rest), values[:, i]) for i, name in enumerate(row)) for row in rows]
            values = jnp.stack(sums, axis=1)
        return jnp.nan_to_num((values - wanted).ravel(), nan=1e6, posinf=1e6, neginf=-1e6)

    jacobian = jax.jit(jax.jacfwd(residual))
    slopes: Any = lambda given: np.nan_to_num(np.asarray(jacobian(given)))  # noqa: E731
    found = optimize.least_squares(
        lambda given: np.asarray(residual(given)), start[free], slopes, method="lm", max_nfev=500, xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    start[free] = found.x
    return start


def _evaluate(g: Callable[[Any], Any], constants: Any, x: Any) -> Any:
    a, b, c, d = constants
    return c * g(a * x + b) + d


def _expressions(sympy: Any, names: Any, constants: np.ndarray, symbols: Any, library: Mapping[str, Function]) -> list[Any]:
    rest, values = iter(constants.tolist()), list(symbols)
    for rows in names:
        new = []
        for row in rows:
            total: Any = 0
            for name, value in zip(row, values, strict=True):
                a, b, c, d = map(sympy.Float, next(rest))
                total += c * library[name].of(sympy, sympy.expand(a * value + b)) + d
            new.append(total)
        values = new
    return values


def _recognised(sympy: Any, expression: Any, tolerance: float) -> Any:
    """The expression with its numbers replaced by constants that are within the tolerance; tiny terms vanish."""
    import mpmath

    bases = [(1, sympy.Integer(1)), *((float(one), one) for one in (sympy.pi, sympy.E, sympy.sqrt(2), sympy.sqrt(3), 1 / sympy.pi))]

    def constant(number: Any) -> Any:
        value = float(number)
        if abs(value) < tolerance:
            return sympy.Integer(0)
        for size, base in bases:
            relation = mpmath.pslq([mpmath.mpf(value), mpmath.mpf(size)], tol=tolerance * max(1.0, abs(value)), maxcoeff=64, maxsteps=1000)
            if relation and relation[0]:
                return sympy.Rational(-relation[1], relation[0]) * base
        return number

    def replaced(one: Any) -> Any:
        return one.xreplace({number: constant(number) for number in one.atoms(sympy.Float)})

    known = replaced(sympy.expand(replaced(expression)))
    return known if known.atoms(sympy.Float) else sympy.simplify(known)  # with other numbers in it there is nothing to find, for hours


def _distance(sympy: Any, expressions: Any, symbols: Any, at: np.ndarray, wanted: np.ndarray) -> Estimate:
    """The largest distance, a value at points and no bound between them; the error is what floats make of the expressions there."""
    with np.errstate(all="ignore"):
        gaps = np.stack([_values(sympy, symbols, one, at) for one in expressions], axis=1) - wanted
    largest, error = float(np.max(np.abs(gaps))), 0.0
    if math.isfinite(largest):
        worst = np.argsort(np.max(np.abs(gaps), axis=1))[-_CHECKED:]
        near = [_precise(sympy, symbols, one, at[worst]) for one in expressions]
        rounded = np.abs(np.stack([_values(sympy, symbols, one, at[worst]) for one in expressions], axis=1) - np.stack(near, axis=1))
        error = max(float(np.max(rounded)), float(np.spacing(np.max(np.abs(wanted[worst]), initial=1.0))))
    method = f"largest distance at {len(at)} points that were held back"
    return Estimate.from_stderr(largest, error, source="points held back", draws=len(at), method=method, bias="unknown")


def _values(sympy: Any, symbols: Any, expression: Any, at: np.ndarray) -> np.ndarray:
    return np.broadcast_to(sympy.lambdify(symbols, expression, "numpy")(*at.T), len(at))


def _precise(sympy: Any, symbols: Any, expression: Any, at: np.ndarray) -> np.ndarray:
    """To thirty digits, then rounded once."""
    import mpmath

    with mpmath.workdps(30):
        function = sympy.lambdify(symbols, expression, "mpmath")
        return np.array([float(mpmath.re(function(*map(mpmath.mpf, row)))) for row in at.tolist()])
