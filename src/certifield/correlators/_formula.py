"""Closed forms as JAX functions of points and scales, to be differentiated: forces on points, sensitivities to parameters.

`exact` gives values with rigorous radii, in NumPy; here are the same formulas in JAX.  Square roots and angles are written such that
coincident points and the origin have derivatives: where a one-sided derivative jumps (the rectifier at an input 0 without bias), the mean
of both sides is taken.
"""

import math
from collections.abc import Callable
from itertools import product as sign_vectors
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from certifield.ensembles import Ensemble, Independent, Law, LinearField, Neurons
from certifield.evidence import InputError, NoClosedForm

from ._question import checked_indices, checked_points
from .closed_forms import closed_form_applies
from .closed_forms._quadrature import unit_interval
from .expansion import (
    component_cumulant,
    component_moments,
    law_cumulant,
    neuron_cumulant,
    neuron_moment,
    nonzero,
    positions,
    set_partitions,
)

_NODES = {4: 96, 6: 32}  # of the arcsine integrals: 12 digits and more for preactivations of variance up to 10
_SCALES = ("sigma_w", "sigma_b", "sigma_a", "sigma_c")

Moment = Callable[[Array, Array, Array], Array]  # points [T, n, d], weight deviation, bias deviation -> [T]


def formula(
    ensemble: Ensemble, dim: int, order: int, *, indices: Any = None, components: Any = None, connected: bool = False
) -> Callable[..., Array]:
    """The function (points, **scales) -> correlator of `exact` in JAX, for jax.grad, jax.hessian, jax.jit and jax.vmap.

    ``points`` [P, dim], with P = ``order`` unless ``indices`` [T, order] choose among more; the value is a number, or a vector with
    ``indices``.  ``scales``: sigma_w, sigma_b, sigma_a, sigma_c of the named networks, as in the ensemble unless given (a weight has the
    deviation sigma_w/sqrt(dim)).  The numbers are those of `exact` to rounding, without a radius.
    Orders: up to 8 for cos-, Gauss- and linear nets and linear fields, 6 for the Erf-net, and for the ReLU-net 2, or 8 in d = 1.
    Raises `NoClosedForm` where no such formula is known, `InputError` as `exact`.

    >>> import jax, jax.numpy as jnp, certifield as cf
    >>> kernel = cf.correlators.formula(cf.ensembles.erf_net(dim=1, width=20), dim=1, order=2)
    >>> jax.grad(kernel)(jnp.array([[0.3], [0.3]])).shape
    (2, 1)
    """
    shown = np.zeros((order if indices is None else int(np.max(indices)) + 1, dim))
    checked_points(ensemble, shown)
    neurons = ensemble.neurons
    table, parts, single = checked_indices(shown, indices, components, neurons.outputs if neurons else 1)
    if table.shape[1] != order:
        raise InputError("indices", indices, f"tuples of {order} points", "let order be their length")
    if neurons is not None:
        value = _of_neurons(neurons, table, parts, connected)
    elif isinstance(ensemble.architecture, LinearField) and isinstance(ensemble.density, Independent):
        value = _of_linear_field(ensemble.density.laws, table, connected)
    else:
        raise NoClosedForm(f"no closed form is known for the correlators of {ensemble.name}; differentiate a sampled mean instead")

    def correlator(points: Float[Array, "points dim"], **scales: Any) -> Array:
        unknown = set(scales) - set(_SCALES if neurons is not None else ())
        if unknown or jnp.ndim(points) != 2 or jnp.shape(points)[1] != dim:
            given = sorted(unknown) or f"array of shape {list(jnp.shape(points))}"
            raise InputError(
                "points, scales", given, f"points of shape [P, {dim}], and scales among {', '.join(_SCALES)}", "correct the call"
            )
        # Ranks and types mix below on purpose, whatever a user's session thinks of that.
        with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
            result = value(jnp.asarray(points, dtype=float), scales)
            return result[0] if single else result

    return correlator


def _of_neurons(neurons: Neurons, table: np.ndarray, components: np.ndarray, connected: bool) -> Callable[[Array, dict], Array]:
    """The sum over set partitions, with the scales of readout and output bias taken out of their moments."""
    order, outer = table.shape[1], (neurons.readout, neurons.output_bias)
    law, known = neurons.weights, neurons.feature.name in MOMENTS
    if any(one.location for one in outer) or not known or not isinstance(law, Law) or not closed_form_applies(neurons):
        raise NoClosedForm(f"no differentiable formula is known for {neurons.feature.name} with these laws; use exact, or estimate")
    readout, bias = (Law(one.family, shape=one.shape) for one in outer)
    if connected:
        terms = nonzero(neuron_cumulant(order, neurons.width, component_moments(readout, components), known_pairs=False))
    else:
        weights = component_moments(readout, components), component_moments(bias, components)
        terms = nonzero(neuron_moment(order, neurons.width, *weights, known_pairs=False))
    moment = MOMENTS[neurons.feature.name]
    sizes = {block.bit_count() for term in terms for block in term.free}
    if neurons.feature.name == "erf" and max(sizes, default=0) > 6:
        raise NoClosedForm("the differentiable formula of the Erf-net goes up to order 6; use exact")
    if neurons.feature.name == "relu" and neurons.dim > 1 and max(sizes, default=0) > 2:
        raise NoClosedForm("the differentiable formula of the ReLU-net goes up to order 2 for dim > 1; use exact, or estimate")
    own = (law.scale * math.sqrt(neurons.dim), neurons.biases.scale, *(one.scale for one in outer))
    constant = component_cumulant(bias, components)

    def value(points: Array, scales: dict) -> Array:
        sigma_w, sigma_b, sigma_a, sigma_c = (jnp.asarray(scales.get(name, default)) for name, default in zip(_SCALES, own, strict=True))
        blocks = {block for term in terms for block in term.free}
        means = {block: moment(points[table[:, positions(block)]], sigma_w / math.sqrt(neurons.dim), sigma_b) for block in sorted(blocks)}
        total = constant * sigma_c**order if connected else jnp.zeros(len(table))
        for term in terms:
            spread = sum(block.bit_count() for block in term.free)
            factors = [means[block] for block in term.free]
            outside = 1.0 if connected or order == spread else sigma_c ** (order - spread)
            total = total + term.coefficient * sigma_a**spread * outside * math.prod(factors, start=jnp.ones(len(table)))
        return total

    return value


def _of_linear_field(law: Law, table: np.ndarray, connected: bool) -> Callable[[Array, dict], Array]:
    order = table.shape[1]
    cumulants = {n: law_cumulant(law, n) for n in range(1, order + 1)}
    if not all(math.isfinite(entry) for entry in cumulants.values()):
        raise NoClosedForm(f"a moment of {law} that this correlator needs does not exist")

    def value(points: Array, _: dict) -> Array:
        def joint(block: int) -> Array:
            rows, n = points[table[:, positions(block)]], block.bit_count()
            return cumulants[n] * points.shape[1] ** (-n / 2) * jnp.sum(jnp.prod(rows, axis=1), axis=1)

        partitions = [((1 << order) - 1,)] if connected else set_partitions(order)
        terms = [math.prod((joint(block) for block in blocks), start=jnp.ones(len(table))) for blocks in partitions]
        return sum(terms, start=jnp.zeros(len(table)))

    return value


# --- moments of one neuron --------------------------------------------------------------------------------------------------------------


def _overlaps(points: Array, sigma_w: Array, sigma_b: Array) -> Array:
    return sigma_b**2 + sigma_w**2 * jnp.einsum("mid,mjd->mij", points, points)


def _gauss(points: Array, sigma_w: Array, sigma_b: Array) -> Array:
    n = points.shape[1]
    squares = jnp.sum(jnp.sum(points, axis=1) ** 2, axis=1) - 2 * jnp.sum(points**2, axis=(1, 2))
    return jnp.exp(0.5 * n * (n - 2) * sigma_b**2 + 0.5 * sigma_w**2 * squares)


def _cos(points: Array, sigma_w: Array, _: Array) -> Array:
    n = points.shape[1]
    signs = [s for s in sign_vectors((1.0, -1.0), repeat=n) if sum(s) == 0]
    if not signs:
        return jnp.zeros(len(points))
    sums = jnp.einsum("si,mid->msd", jnp.array(signs), points)
    return jnp.sum(jnp.exp(-0.5 * sigma_w**2 * jnp.sum(sums**2, axis=2)), axis=1) / 2**n


def _linear(points: Array, sigma_w: Array, sigma_b: Array) -> Array:
    overlaps = _overlaps(points, sigma_w, sigma_b)
    pairings = set_partitions(points.shape[1], frozenset({2}))
    terms = [math.prod((overlaps[:, i, j] for i, j in map(positions, pairs)), start=jnp.ones(len(points))) for pairs in pairings]
    return sum(terms, start=jnp.zeros(len(points)))


def _erf(points: Array, sigma_w: Array, sigma_b: Array) -> Array:
    n = points.shape[1]
    if n % 2:
        return jnp.zeros(len(points))
    overlaps = _overlaps(points, sigma_w, sigma_b)
    spread = jnp.sqrt(1 + 2 * jnp.diagonal(overlaps, axis1=1, axis2=2))
    off = 2 * overlaps / (spread[:, :, None] * spread[:, None, :]) * (1 - jnp.eye(n))
    return _signs(off + jnp.eye(n))


def _signs(correlation: Array) -> Array:
    """E[prod sign] by Price's theorem, as in `closed_forms._erf`."""
    n = correlation.shape[-1]
    if n == 2:
        return 2 / math.pi * jnp.arcsin(correlation[..., 0, 1])
    times, weights = (jnp.asarray(part) for part in unit_interval(_NODES[n]))
    moved = jnp.eye(n) + times[:, None, None] * (correlation - jnp.eye(n))[..., None, :, :]
    total = jnp.zeros(correlation.shape[:-2])
    for i in range(n):
        for j in range(i + 1, n):
            rho = correlation[..., i, j][..., None]
            slope = 2 / math.pi * rho / jnp.sqrt(1 - (times * rho) ** 2)
            total = total + jnp.sum(weights * slope * _signs(_given(moved, i, j)), axis=-1)
    return total


def _given(correlation: Array, i: int, j: int) -> Array:
    """Correlation matrix of the others given that y_i = y_j = 0."""
    others = np.array([k for k in range(correlation.shape[-1]) if k not in (i, j)])
    rho = correlation[..., i, j][..., None, None]
    a, b = correlation[..., others, i], correlation[..., others, j]
    cross = a[..., :, None] * b[..., None, :]
    removed = a[..., :, None] * a[..., None, :] + b[..., :, None] * b[..., None, :] - rho * (cross + jnp.swapaxes(cross, -1, -2))
    covariance = correlation[..., others, :][..., others] - removed / (1 - rho**2)
    spread = jnp.sqrt(jnp.diagonal(covariance, axis1=-2, axis2=-1))
    return covariance / (spread[..., :, None] * spread[..., None, :])


def _root(square: Array) -> Array:
    """The square root, with derivative 0 at 0."""
    return jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1.0)), 0.0)


@jax.custom_jvp
def _arc_cosine(xx: Array, yy: Array, xy: Array) -> Array:
    """E[max(u,0) max(v,0)] for variances xx, yy and covariance xy: (p + (pi - t) xy)/(2 pi), p = sqrt(xx yy - xy^2), t = atan2(p, xy)."""
    rest, angle = _rest_and_angle(xx, yy, xy)
    return (rest + (math.pi - angle) * xy) / (2 * math.pi)


def _rest_and_angle(xx: Array, yy: Array, xy: Array) -> tuple[Array, Array]:
    rest = _root(jnp.maximum(xx * yy - xy**2, 0.0))
    nothing = (rest == 0) & (xy == 0)  # at the origin: halfway between inputs of one sign and of opposite signs
    return rest, jnp.where(nothing, math.pi / 2, jnp.arctan2(rest, jnp.where(nothing, 1.0, xy)))


@_arc_cosine.defjvp
def _(primals: tuple, tangents: tuple) -> tuple[Array, Array]:
    xx, yy, xy = primals
    rest, angle = _rest_and_angle(xx, yy, xy)
    by_xx, by_yy = (jnp.where(square > 0, rest / (4 * math.pi * jnp.where(square > 0, square, 1.0)), 0.0) for square in (xx, yy))
    return _arc_cosine(xx, yy, xy), by_xx * tangents[0] + by_yy * tangents[1] + (math.pi - angle) / (2 * math.pi) * tangents[2]


def _relu(points: Array, sigma_w: Array, sigma_b: Array) -> Array:
    n = points.shape[1]
    overlaps = _overlaps(points, sigma_w, sigma_b)
    if n == 1:
        return _root(overlaps[:, 0, 0] / (2 * math.pi))
    if n == 2:
        return _arc_cosine(overlaps[:, 0, 0], overlaps[:, 1, 1], overlaps[:, 0, 1])
    # One input and the bias: (w, b) in polar coordinates, on the arc where all preactivations are positive; they vanish at its ends.
    along, across = sigma_w * points[:, :, 0], jnp.broadcast_to(sigma_b, points.shape[:2])
    nothing = (along == 0) & (across == 0)
    angles = jnp.where(nothing, 0.0, jnp.arctan2(across, jnp.where(nothing, 1.0, along)))
    angles = jnp.where(nothing, jnp.where(nothing, 0.0, angles).max(axis=1, keepdims=True), angles)
    apart = jnp.remainder(angles - angles[:, :1] + math.pi, 2 * math.pi) - math.pi
    low, span = apart.max(axis=1) - math.pi / 2, jnp.maximum(apart.min(axis=1) - apart.max(axis=1) + math.pi, 0.0)
    times, weights = (jnp.asarray(part) for part in unit_interval(32))
    t = (low + angles[:, 0])[:, None] + span[:, None] * times
    values = jnp.prod(along[:, None, :] * jnp.cos(t)[:, :, None] + across[:, None, :] * jnp.sin(t)[:, :, None], axis=2)
    return 2 ** (n / 2) * math.gamma(n / 2 + 1) / (2 * math.pi) * span * (values @ weights)


MOMENTS: dict[str, Moment] = {"erf": _erf, "relu": _relu, "gauss": _gauss, "cos": _cos, "linear": _linear}
