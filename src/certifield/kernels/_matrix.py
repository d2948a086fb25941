"""A kernel as a matrix: the recursion block by block, with a bound on the error of every entry, or from draws of logits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.ensembles._checked import checked_count
from certifield.evidence import Estimate, Exact, InputError, NotConverged
from certifield.layers import Activation, Attention, Layer, LayerNorm, Serial
from certifield.layers._combined import abbreviated
from certifield.streams import stream_key

from . import _attending as _attending  # its rule joins the others
from ._rules import draws_logits, pairs_needed, parts_of, through
from ._state import State, Tangent, first_state, with_tangent
from .duals import Dual, Resolution, dual_of
from .duals._hermite import Expanded

_ENTRIES = 1 << 18  # of a block of the kernel: what fits into the cache
RESOLUTIONS = (Resolution(64, 64), Resolution(192, 128), Resolution(192, 512))  # the last one where inputs are large
_ENOUGH = 1e-11  # relative error at which a coarser resolution will do

Block = tuple[slice, slice]


@dataclass(frozen=True)
class Asked:
    """Which kernel of which network; ``widths``: of the random layers in standard parametrisation, None for the other one."""

    network: Layer
    tangent: bool = False
    widths: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.network, Layer):
            raise InputError("network", self.network, "made of layers", "try cf.layers.serial(cf.layers.dense(), cf.layers.relu())")

    def behind(self, x: Array, y: Array, key: Array, resolution: Resolution) -> State:
        """The state behind the last layer.  Raises `InputError` where a flattened field is left."""
        state = first_state(x, y, pairs_needed(self.network, True), key)
        state = through(self.network, with_tangent(state, self.widths, x.shape[-1]) if self.tangent else state, resolution)
        if state.flat:
            raise InputError("network", str(self.network), "one with random weights behind flatten()", "add cf.layers.dense()")
        return state

    def of(self, state: State) -> State | Tangent:
        """The kernel that is asked for."""
        return state.tangent if self.tangent and state.tangent is not None else state


def matrix(asked: Asked, x: Any, y: Any, block: int | None, words: str, reference: str) -> Exact | Estimate:
    """The kernel for checked arguments; see `nngp`.  Where the error of a quadrature is not bounded it is an estimate.

    Raises `InputError` where an average diverges, `NotConverged` where errors grow from layer to layer until nothing is known.
    """
    resolution, missed = _resolved(asked, x, x if y is None else y, block)
    value, radius = _assembled(asked, x, y, resolution, missed or 0.0, block)
    if not np.all(np.isfinite(value)):
        allowed = "one whose activations have finite averages at these points"
        raise InputError("network", str(asked.network), allowed, "take smaller weights or inputs")
    if not np.all(np.isfinite(radius)):
        raise NotConverged(
            f"through {abbreviated(asked.network)} errors grow until nothing is known of the kernel; take fewer layers, "
            "or smaller weights where they are so large that nearby inputs move apart"
        )
    if missed is None:
        return Exact(value, words, reference, radius)
    # One deviation: the errors of all entries come from the same rule.
    return Estimate(value, {f"quadrature/{words}": radius[None]}, 0, 0, None, "quadratures compared with finer ones", "float64", "unknown")


def checked(x: Any, y: Any, block: int | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Both sets of points.  Raises `InputError`."""
    if block is not None:
        checked_count("block", block)
    return _points("x", x), None if y is None else _points("y", y)


@partial(jax.jit, static_argnums=(0, 4))
def _block(asked: Asked, x: Array, y: Array, key: Array, resolution: Resolution) -> tuple[Array, ...]:
    """The kernel of a block, its relative error and that of the diagonal, and the roots of the diagonal at x and at y."""
    state = asked.behind(x, y, key, resolution)
    kernel = asked.of(state)
    left, right = (jnp.sqrt(jnp.maximum(state._at_positions(within), 0.0)) for within in (kernel.left, kernel.right))
    return kernel.cross, kernel.worst(), kernel.own_error, left, right


def _points(name: str, given: Any) -> np.ndarray:
    try:
        array = np.asarray(given)
    except ValueError:  # rows of different lengths
        array = np.empty(0)
    # Squares and products of squares are 64-bit numbers.
    if array.dtype.kind not in "iufc" or array.ndim < 2 or not array.size or not float(np.max(np.abs(array))) < 1e75:
        allowed = "finite numbers below 1e75 of shape [points, dim] or [points, *positions, channels]"
        raise InputError(name, given, allowed, "give one row per point")
    return array.astype(complex if array.dtype.kind == "c" else float)


def _resolved(asked: Asked, x: np.ndarray, y: np.ndarray, block: int | None) -> tuple[Resolution, float | None]:
    """The coarsest resolution that is good enough for one block, or for all points against the first one; and the relative error of its
    quadrature, by a rule twice as fine, or None where the errors are bounds that hold it already.
    """
    duals = list(_duals(asked.network, RESOLUTIONS[0]))
    if not any(isinstance(dual, Expanded) for dual in duals):
        return RESOLUTIONS[0], None
    probes = _probes(x, y, block or _block_size(asked.network, x))
    chosen, worst, missed = RESOLUTIONS[0], np.inf, np.inf
    if all(dual.bounded and (not asked.tangent or dual.derivative().bounded) for dual in duals):
        for chosen in RESOLUTIONS:
            found = [_block(asked, *pair, jax.random.key(0), chosen) for pair in probes]
            worst = float(np.max([np.max(np.maximum(error, own)) for _, error, own, _, _ in found]))
            if worst < _ENOUGH:
                break
        if np.isfinite(worst):
            return chosen, None
    for chosen in (replace(resolution, bounded=False) for resolution in RESOLUTIONS[:-1]):
        worst, missed = 0.0, 0.0
        for pair in probes:
            coarse, error, _, left, right = _block(asked, *pair, jax.random.key(0), chosen)
            fine = _block(asked, *pair, jax.random.key(0), replace(chosen, panels=2 * chosen.panels))
            scale = np.maximum(np.max(left) * np.max(right), 1e-300)
            change = max(float(np.max(np.abs(coarse - fine[0]))) / scale, float(np.max(np.abs(left - fine[3]))) / np.max(left))
            missed, worst = max(missed, 10 * change), max(worst, float(np.max(error)))
        if worst + missed < _ENOUGH:
            break
    return chosen, missed


def _probes(x: np.ndarray, y: np.ndarray, size: int) -> list[tuple[np.ndarray, np.ndarray]]:
    if max(len(x), len(y)) <= size:
        return [(x, y)]
    rows = [np.concatenate([each[:1], each]) for each in (x, y)]
    return [(each[start : start + 256], each[start : start + 1]) for each in rows for start in range(0, len(each), 256)]


def _duals(network: Layer, resolution: Resolution) -> Iterator[Dual]:
    """The averages of all activations in it."""
    if isinstance(network, Activation):
        yield dual_of(network, resolution)
    for part in parts_of(network):
        yield from _duals(part, resolution)


def blocks(n: int, m: int | None, size: int) -> Iterator[Block]:
    """Blocks of ``size`` that cover n x m, all of one shape (the last ones overlap); without ``m`` the upper half of n x n."""
    for i in starts(n, size):
        for j in starts(n if m is None else m, size):
            if m is not None or j >= i:
                yield slice(i, min(i + size, n)), slice(j, min(j + size, n if m is None else m))


def starts(count: int, size: int) -> list[int]:
    """Where blocks begin."""
    return [0] if count <= size else [*range(0, count - size, size), count - size]


def _block_size(network: Layer, x: np.ndarray) -> int:
    places = int(np.prod(x.shape[1:-1]))
    entries = places**2 if pairs_needed(network, True) else places
    most = max(1, int((_ENTRIES / entries) ** 0.5))
    return -(-len(x) // -(-len(x) // most))  # as many blocks as that takes, all of one size: then the last ones overlap little


def _assembled(
    asked: Asked, x: np.ndarray, y: np.ndarray | None, resolution: Resolution, missed: float, block: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """The matrix and its radius, block by block."""
    other, key = x if y is None else y, jax.random.key(0)
    value, radius = np.empty(0), np.empty(0)
    for rows, columns in blocks(len(x), None if y is None else len(y), block or _block_size(asked.network, x)):
        found, error, own, left, right = map(np.asarray, _block(asked, x[rows], other[columns], key, resolution))
        axes = left.ndim - 1
        if not value.size:
            shape = (len(x), len(other), *found.shape[2:])
            value, radius = np.empty(shape, found.dtype), np.empty(shape)
        ones = (1,) * axes
        at_x, at_y = left.reshape((len(left), 1, *left.shape[1:], *ones)), right.reshape((1, len(right), *ones, *right.shape[1:]))
        value[rows, columns], bound = found, radius[rows, columns]
        np.multiply(at_x, at_y, out=bound)  # in place: the memory of temporary blocks costs as much as the arithmetic
        np.multiply(bound, error + missed, out=bound)
        if y is None and rows != columns:
            turn = (1, 0, *range(2 + axes, 2 + 2 * axes), *range(2, 2 + axes))
            np.conjugate(found.transpose(turn), out=value[columns, rows])
            radius[columns, rows] = bound.transpose(turn)
        elif y is None and not axes:  # equal points are equal: no difference between two ways to round
            inside = np.arange(rows.start, rows.stop)
            value[inside, inside], radius[inside, inside] = left**2, (own + missed) * left**2
    return value, radius


def sampled(asked: Asked, x: np.ndarray, y: np.ndarray | None, draws: int, seed: int) -> Estimate:
    """The mean over 16 independent replicates of the whole recursion."""
    from ._logits import DRAWS

    if checked_count("draws", draws) < 16 * DRAWS:
        raise InputError("draws", draws, f"a whole number, {16 * DRAWS} or more", f"try draws={16 * DRAWS}")
    each = -(-draws // (16 * DRAWS))
    network = asked.network
    root = stream_key(seed, f"logits/{network}")
    other = x if y is None else y
    replicates = []
    for replicate in range(16):
        keys = [jax.random.fold_in(root, replicate * each + part) for part in range(each)]
        replicates.append(np.mean([np.asarray(_block(asked, x, other, key, RESOLUTIONS[1])[0]) for key in keys], axis=0))
    stack = np.stack(replicates)
    if y is None:  # two ways to draw the same entry
        axes = (stack.ndim - 3) // 2
        stack = (stack + stack.transpose((0, 2, 1, *range(3 + axes, 3 + 2 * axes), *range(3, 3 + axes)))) / 2
    mean = stack.mean(axis=0)
    deviations = {f"logits/{network}/{seed}": (stack - mean) / np.sqrt(16 * 15)}
    bias = "unknown" if _nonlinear_after_logits(network) else "none"
    return Estimate(mean, deviations, 16 * DRAWS * each, 16, seed, "logits drawn, covariances exact", "float64", bias)


def _nonlinear_after_logits(network: Layer) -> bool:
    """Whether something that is not linear in the covariance follows a layer whose logits are drawn."""
    seen = False
    for part in parts_of(network):
        if seen and isinstance(network, Serial) and _contains(part, (Activation, Attention, LayerNorm)):
            return True
        seen = seen or draws_logits(part)
        if _nonlinear_after_logits(part):
            return True
    return False


def _contains(layer: Layer, kinds: tuple[type, ...]) -> bool:
    return isinstance(layer, kinds) or any(_contains(part, kinds) for part in parts_of(layer))
