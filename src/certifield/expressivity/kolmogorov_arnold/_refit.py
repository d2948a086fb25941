"""Other grids for the same functions: finer ones, and ones that follow the data; least squares with a rank that is looked at."""

from collections.abc import Callable
from dataclasses import dataclass

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from certifield._arguments import positive
from certifield.evidence import InputError

from ._network import KAN, Layer
from ._splines import adapted, basis, is_uniform, knots

_RANK = 1e-10  # of the largest singular value
_SMOOTH = 1e-8  # weight of second differences where the rank is short, in units of the mean square of the basis


@dataclass(frozen=True, eq=False)
class Refit:
    """The ``network`` on its new grids; ``residual``: the largest change of a spline at a sample; ``smoothed``: (layer, input) whose
    samples did not fix a spline, which is then the smoothest through them."""

    network: KAN
    residual: float
    smoothed: tuple[tuple[int, int], ...]


def refit(network: KAN, x: object, *, intervals: int | None = None, share: float = 1.0, margin: float = 0.01) -> Refit:
    """The network on grids over what its layers are given at ``x`` [S, n], with ``intervals`` (as before, if None).

    ``margin``: how far a grid goes beyond the samples on both sides, of their width.  ``share``: of equal intervals in the new grid, the
    rest follows quantiles (0.02 in arXiv:2404.19756); 1 keeps all equal.
    Splines are refitted layer by layer at the inputs of that layer, 16 points an interval are added where there are fewer samples.
    Raises `InputError` for samples that are not finite or of another width, and for ``intervals`` below 1.
    """
    points = np.asarray(x, dtype=float)
    width = network.layers[0].grid.shape[0]
    if points.ndim != 2 or not len(points) or points.shape[1] != width or not np.all(np.isfinite(points)):
        raise InputError("x", f"shape {points.shape}", f"finite samples [S, {width}]", "give the training data")
    if not 0 <= share <= 1:
        raise InputError("share", share, "between 0 and 1", "try share=0.02")
    positive("margin", margin)

    def grid_of(layer: Layer, samples: np.ndarray) -> np.ndarray:
        count = layer.intervals if intervals is None else intervals
        if count < 1:
            raise InputError("intervals", count, "1 or more", "try intervals=10")
        if share < 1:
            return adapted(samples, count, layer.order, share, margin)
        low, high = samples.min(axis=0), samples.max(axis=0)
        width = np.maximum(high - low, 1e-6 * (1 + np.abs(low)))
        return knots(low - margin * width, low + (1 + margin) * width, count, layer.order)

    return _onto(network, points, grid_of)


def extended(network: KAN, intervals: int) -> Refit:
    """The network on finer grids over the same ranges, by points of the grid: no data are needed.

    Where the new number of intervals is a multiple of the old one the functions are the same.
    """
    if intervals < 1:
        raise InputError("intervals", intervals, "1 or more", "try intervals=10")

    def grid_of(layer: Layer, samples: np.ndarray) -> np.ndarray:
        old = np.asarray(layer.grid, dtype=float)
        return knots(old[:, layer.order], old[:, -layer.order - 1], intervals, layer.order)

    return _onto(network, None, grid_of)


def _onto(network: KAN, points: np.ndarray | None, grid_of: Callable[[Layer, np.ndarray], np.ndarray]) -> Refit:
    layers, worst, smoothed = [], 0.0, []
    for place, layer in enumerate(network.layers):
        samples = points if points is not None else _inner(layer)
        grid = grid_of(layer, samples)
        new = jnp.asarray(grid, layer.grid.dtype)
        uniform = is_uniform(grid)
        at = jnp.asarray(samples, layer.grid.dtype)
        design, old = (np.asarray(each, dtype=float) for each in (basis(at, new, layer.order, uniform), layer.basis(at)))
        rows = np.asarray(layer.coefficients, dtype=float)
        found = np.empty((*rows.shape[:2], design.shape[2]))
        for i in range(rows.shape[1]):
            wanted = old[:, i] @ rows[:, i].T
            found[:, i], short = _solved(design[:, i], wanted)
            smoothed += [(place, i)] if short else []
            worst = max(worst, float(np.max(np.abs(design[:, i] @ found[:, i].T - wanted), initial=0.0)))
        layer = eqx.tree_at(lambda one: (one.coefficients, one.grid), layer, (jnp.asarray(found, layer.coefficients.dtype), new))
        layers.append(Layer(layer.coefficients, layer.scale, layer.base, layer.grid, layer.mask, layer.order, uniform, layer.products))
        points = None if points is None else np.asarray(layers[-1](at), dtype=float)
    return Refit(KAN(tuple(layers)), worst, tuple(smoothed))


def _inner(layer: Layer) -> np.ndarray:
    """Sixteen points in each interval of every grid [16 G + 1, n]."""
    grid = np.asarray(layer.grid, dtype=float)
    low, high = grid[:, layer.order], grid[:, -layer.order - 1]
    return low + (high - low) * np.linspace(0, 1, 16 * layer.intervals + 1)[:, None]


def _solved(design: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, bool]:
    """Coefficients [o, m], and whether the samples did not fix them."""
    left, values, right = np.linalg.svd(design, full_matrices=False)
    if len(values) == design.shape[1] and values[-1] > _RANK * values[0]:
        return ((left.T @ wanted) / values[:, None]).T @ right, False
    m = design.shape[1]
    size = np.sqrt(np.mean(design**2)) * np.sqrt(len(design))
    bend = np.diff(np.eye(m), 2, axis=0) if m > 2 else np.zeros((0, m))
    whole = np.concatenate([design, _SMOOTH**0.5 * size * bend, 1e-7 * size * np.eye(m)])
    return np.linalg.lstsq(whole, np.concatenate([wanted, np.zeros((len(bend) + m, wanted.shape[1]))]), rcond=None)[0].T, True
