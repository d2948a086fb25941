"""The kernel of the Gaussian process that a network becomes at infinite width."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.evidence import Estimate, Exact, InputError, NoClosedForm
from certifield.layers import Layer
from certifield.streams import stream_key

from ._rules import draws_logits, pairs_needed, propagate
from ._state import State, first_state
from .duals import Resolution

_ENTRIES = 1 << 18  # of a block of the kernel: what fits into the cache
_RESOLUTIONS = (Resolution(64, 64), Resolution(192, 128))
_ENOUGH = 1e-12  # relative error at which a coarser resolution will do
_REFERENCE = "arXiv:1711.00165 (dense), arXiv:1810.05148 (convolution), arXiv:2006.10540 (attention)"

Block = tuple[slice, slice]


def kernel_function(network: Layer, *, resolution: Resolution = _RESOLUTIONS[0]) -> Callable[[Array, Array], Array]:
    """The kernel as a function of JAX, (x [n, *positions, channels], y [m, ...]) -> K [n, m(, *positions, *positions)], in one piece.

    For programs of one's own: it can be compiled and differentiated, with finite gradients at coincident and at zero inputs; it carries
    no error bound and checks little.  `nngp` is the safe way to a matrix.  Activations without closed form are expanded at ``resolution``.
    Raises `NoClosedForm` for softmax attention with untied keys, whose logits must be drawn.
    """
    if draws_logits(network):
        raise NoClosedForm("softmax attention with untied keys has no closed kernel; use cf.kernels.nngp, which draws the logits")
    return lambda x, y: _last(network, x, y, jax.random.key(0), resolution).cross


def _last(network: Layer, x: Array, y: Array, key: Array, resolution: Resolution) -> State:
    """The state behind the last layer."""
    state = propagate(network, first_state(x, y, pairs_needed(network, True), key), resolution)
    if state.flat:
        raise InputError("network", str(network), "one with random weights behind flatten()", "add cf.layers.dense()")
    return state


@partial(jax.jit, static_argnums=(0, 4))
def _block(network: Layer, x: Array, y: Array, key: Array, resolution: Resolution) -> tuple[Array, ...]:
    """K of a block, its relative error and that of the variances, and the deviations at x and at y."""
    state = _last(network, x, y, key, resolution)
    left, right = (jnp.sqrt(jnp.maximum(state._at_positions(within), 0.0)) for within in (state.left, state.right))
    return state.cross, state.worst(), state.own_error, left, right


def nngp(network: Layer, x: Any, y: Any = None, *, draws: int = 1024, seed: int = 0, block: int | None = None) -> Exact | Estimate:
    """The kernel K(x, y) = E[phi(x) conj phi(y)] of one output channel at infinite width (channels, heads): [n, m].

    ``network``: layers of `certifield.layers`; ``x`` [n, dim] or [n, *positions, channels]; ``y`` likewise, or None for K(x, x), whose
    symmetric half is computed once.  Where positions are left at the end the kernel is that of all their pairs, [n, m, *positions,
    *positions].  Different output channels are independent.  Always computed in 64 bit, in blocks of ``block`` points, so that only the
    result itself grows with the points.

    An `Exact`, whose radius bounds rounding (to first order), and for activations without closed form the rest of the Hermite expansion
    and, by comparison of two rules, the quadrature.  Softmax attention with untied keys gives an `Estimate` from ``draws`` draws of the
    logits under ``seed``, in 16 replicates; its bias is unknown where an activation follows, O(1/draws).

    Raises `InputError` for inputs that do not fit, and for networks without a Gaussian limit, such as an activation of an activation.

    >>> import certifield as cf
    >>> net = cf.layers.serial(cf.layers.dense(1.0, 1.0), cf.layers.relu(), cf.layers.dense())
    >>> cf.kernels.nngp(net, [[0.3, -0.2], [1.0, 0.5]])[0, 1]
    Exact 0.5632008280775... (radius ...)
    """
    if block is not None and (isinstance(block, bool) or not isinstance(block, int) or block < 1):
        raise InputError("block", block, "a whole number of points, 1 or more", "leave it out")
    with jax.enable_x64(True):
        points, others = _points("x", x), None if y is None else _points("y", y)
        if draws_logits(network):
            return _sampled(network, points, others, draws, seed)
        resolution, missed = _resolved(network, points, points if others is None else others)
        value, radius = _assembled(network, points, others, resolution, missed, block)
    derivation = f"covariance recursion of {network}"
    return Exact(value, derivation, _REFERENCE, radius)


def _points(name: str, given: Any) -> np.ndarray:
    array = np.asarray(given)
    if array.dtype.kind not in "iufc" or array.ndim < 2 or not array.size or not np.all(np.isfinite(array)):
        raise InputError(name, given, "finite numbers of shape [points, dim] or [points, *positions, channels]", "give one row per point")
    return array.astype(complex if array.dtype.kind == "c" else float)


def _resolved(network: Layer, x: np.ndarray, y: np.ndarray) -> tuple[Resolution, float]:
    """The coarsest resolution that is good enough, and the relative error of its quadrature: all points against the first one."""
    probes = [np.concatenate([each[:1], each]) for each in (x, y)]
    chosen, missed = _RESOLUTIONS[0], 0.0
    if not _expanded(network):
        return chosen, missed
    for chosen in _RESOLUTIONS:
        worst, missed = 0.0, 0.0
        for probe in probes:
            for start in range(0, len(probe), 256):
                part = probe[start : start + 256]
                coarse, error, _, left, right = _block(network, part, part[:1], jax.random.key(0), chosen)
                fine = _block(network, part, part[:1], jax.random.key(0), Resolution(chosen.order, 2 * chosen.panels))
                scale = np.maximum(np.max(left) * np.max(right), 1e-300)
                change = max(float(np.max(np.abs(coarse - fine[0]))) / scale, float(np.max(np.abs(left - fine[3]))) / np.max(left))
                missed, worst = max(missed, 10 * change), max(worst, float(np.max(error)))
        if worst + missed < _ENOUGH:
            break
    return chosen, missed


def _expanded(network: Layer) -> bool:
    """Whether an activation in it has no closed form."""
    from certifield.layers import Activation, Residual, Serial

    from .duals._table import is_closed

    parts = network.layers if isinstance(network, Serial) else network.branches if isinstance(network, Residual) else ()
    return (isinstance(network, Activation) and not is_closed(network)) or any(map(_expanded, parts))


def blocks(n: int, m: int | None, size: int) -> Iterator[Block]:
    """Blocks of ``size`` that cover n x m, all of one shape (the last ones overlap); without ``m`` the upper half of n x n."""
    for i in _starts(n, size):
        for j in _starts(n if m is None else m, size):
            if m is not None or j >= i:
                yield slice(i, min(i + size, n)), slice(j, min(j + size, n if m is None else m))


def _starts(count: int, size: int) -> list[int]:
    return [0] if count <= size else [*range(0, count - size, size), count - size]


def _block_size(network: Layer, x: np.ndarray) -> int:
    places = int(np.prod(x.shape[1:-1]))
    entries = places**2 if pairs_needed(network, True) else places
    most = max(1, int((_ENTRIES / entries) ** 0.5))
    return -(-len(x) // -(-len(x) // most))  # as many blocks as that takes, all of one size: then the last ones overlap little


def _assembled(
    network: Layer, x: np.ndarray, y: np.ndarray | None, resolution: Resolution, missed: float, block: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """The matrix and its radius, block by block."""
    other, key = x if y is None else y, jax.random.key(0)
    value, radius = np.empty(0), np.empty(0)
    for rows, columns in blocks(len(x), None if y is None else len(y), block or _block_size(network, x)):
        found, error, own, left, right = map(np.asarray, _block(network, x[rows], other[columns], key, resolution))
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


def _sampled(network: Layer, x: np.ndarray, y: np.ndarray | None, draws: int, seed: int) -> Estimate:
    """The mean over 16 independent replicates of the whole recursion."""
    from ._logits import DRAWS

    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 16 * DRAWS:
        raise InputError("draws", draws, f"a whole number, {16 * DRAWS} or more", f"try draws={16 * DRAWS}")
    each = -(-draws // (16 * DRAWS))
    root = stream_key(seed, f"logits/{network}")
    other = x if y is None else y
    replicates = []
    for replicate in range(16):
        keys = [jax.random.fold_in(root, replicate * each + part) for part in range(each)]
        replicates.append(np.mean([np.asarray(_block(network, x, other, key, _RESOLUTIONS[1])[0]) for key in keys], axis=0))
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
    from certifield.layers import Activation, Attention, LayerNorm, Residual, Serial

    seen = False
    parts = network.layers if isinstance(network, Serial) else network.branches if isinstance(network, Residual) else ()
    for part in parts:
        if seen and isinstance(network, Serial) and _contains(part, (Activation, Attention, LayerNorm)):
            return True
        seen = seen or draws_logits(part)
        if _nonlinear_after_logits(part):
            return True
    return False


def _contains(layer: Layer, kinds: tuple[type, ...]) -> bool:
    from certifield.layers import Residual, Serial

    parts = layer.layers if isinstance(layer, Serial) else layer.branches if isinstance(layer, Residual) else ()
    return isinstance(layer, kinds) or any(_contains(part, kinds) for part in parts)
