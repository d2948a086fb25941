"""Symmetry by duality: a transformation of the field that a change of parameters absorbs.

Z[J] is invariant under phi -> g phi where a map f of the parameters has phi_f(theta) = g phi_theta and leaves P(theta) d theta invariant:
log P(f(theta)) + log |det df/dtheta| = log P(theta).  The converse does not hold without further assumptions: a symmetric law of the field
need not come from a map of the parameters.  Source: arXiv:2106.00694.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from certifield.correlators import exact
from certifield.ensembles import Ensemble
from certifield.evidence import Estimate, Exact, InputError
from certifield.streams import draw_keys, stream_key

from ._transformations import Transformation, in_reals

_ROUNDING = 1e-10


@dataclass(frozen=True)
class MapCheck:
    """Whether a map of parameters absorbs a transformation.

    ``field``: the largest |phi_f(theta)(x) - (g phi_theta)(x)| over random parameters and points, relative to the largest field;
    ``measure``: the largest |log P(f(theta)) + log|det df/dtheta| - log P(theta)|, relative to 1 + |log P|; ``draws``: random parameters.
    ``holds`` where both vanish to rounding.  Identities between analytic functions that hold at random points hold everywhere.
    """

    transformation: str
    field: float
    measure: float
    draws: int

    @property
    def holds(self) -> bool:
        """Whether field and measure are invariant to rounding (1e-10)."""
        return self.field < _ROUNDING and self.measure < _ROUNDING


def check_parameter_map(
    ensemble: Ensemble, transformation: Transformation, parameter_map: Callable[[Any], Any], points: Any, *, draws: int = 8, seed: int = 0
) -> MapCheck:
    """Whether ``parameter_map`` (parameters -> parameters of the same shapes) absorbs ``transformation``, at random parameters.

    The determinant is taken by forward differentiation, so it wants few parameters (some hundreds); everything is in 64 bits.
    Raises `InputError` for a map that changes shapes, and `NoClosedForm` where the density of the parameters is not known.
    """
    where = np.asarray(points, dtype=float)
    worst = np.zeros(2)
    with jax.enable_x64(True):
        for key in draw_keys(stream_key(seed, f"parameter map/{transformation.name}"), 0, draws):
            worst = np.maximum(worst, _violations(ensemble, transformation, parameter_map, where, key))
    return MapCheck(transformation.name, float(worst[0]), float(worst[1]), draws)


def _violations(ensemble: Ensemble, transformation: Transformation, parameter_map: Callable, points: np.ndarray, key: Any) -> np.ndarray:
    params = jax.tree.map(lambda array: jnp.asarray(array, dtype=float), ensemble.density.sample(key))
    flat, restore = ravel_pytree(params)
    moved = parameter_map(params)
    if jax.tree.map(jnp.shape, moved) != jax.tree.map(jnp.shape, params):
        raise InputError("parameter_map", jax.tree.map(jnp.shape, moved), f"of shapes {jax.tree.map(jnp.shape, params)}", "keep all shapes")
    wanted = transformation.of_outputs(in_reals(ensemble.architecture(params, jnp.asarray(transformation.sources(points)))))
    got = in_reals(ensemble.architecture(moved, jnp.asarray(points)))
    jacobian = jax.jacfwd(lambda vector: ravel_pytree(parameter_map(restore(vector)))[0])(flat)
    volume = float(jnp.linalg.slogdet(jacobian)[1])
    before, after = float(ensemble.density.log_density(params)), float(ensemble.density.log_density(moved))
    gap = abs(after + volume - before) if np.isfinite(after + volume) else np.inf
    return np.array([np.max(np.abs(got - wanted)) / max(np.max(np.abs(wanted)), 1e-300), gap / (1 + abs(before))])


def exact_violation(
    ensemble: Ensemble, transformation: Transformation, points: Any, *, order: int = 4, connected: bool = False, components: int = 1
) -> Exact | Estimate:
    """G^(n) of g phi less G^(n) of phi at the n = ``order`` first points, from closed forms: [D] * n for D = ``components`` outputs.

    Zero within its error where the correlator is invariant.  An `Exact` where the transformation takes the points to 64-bit numbers without
    rounding (a shift or a scale by powers of two, of points that are such sums).  Otherwise rounded points move a correlator by an unknown
    derivative: an `Estimate` of unknown bias, whose error is the bound of both correlators and an allowance for that rounding, 40 units in
    the last place for each leg.  Raises as `cf.correlators.exact`, and `InputError` for points that are too few.
    """
    where = np.asarray(points, dtype=float)[:order]
    if len(where) < order:
        raise InputError("points", len(where), f"{order} points", "give one point for each leg")
    moved = transformation.sources(where)
    before, after = (_tensor(ensemble, x, order, connected, components) for x in (where, moved))
    output = np.eye(components) if transformation.output is None else np.asarray(transformation.output, dtype=float)
    value, radius, size = np.asarray(after.value), np.asarray(after.radius), np.abs(np.asarray(after.value))
    for axis in range(order):
        value = np.moveaxis(np.tensordot(output, value, axes=(1, axis)), 0, axis)
        radius, size = (np.moveaxis(np.tensordot(np.abs(output), one, axes=(1, axis)), 0, axis) for one in (radius, size))
    largest = np.max(size) + np.max(np.abs(np.asarray(before.value)))
    slack = radius + before.radius + order * (components + 1) * 2.0**-53 * largest  # each contraction rounds D + 1 times
    gap, words = value - np.asarray(before.value), f"{transformation.name}: G_{order} after less before"
    if _takes_to(transformation, moved, where):
        return Exact(gap, words, "arXiv:2106.00694", slack)
    slack = slack + order * 40 * 2.0**-53 * largest  # allows for points rounded by some units, and a logarithmic derivative of about 10
    source = f"{words}/{ensemble.name}/{hashlib.sha256(gap.tobytes()).hexdigest()[:16]}"
    return Estimate.from_stderr(gap, slack, source=source, method=f"{words}, at rounded points", bias="unknown")


def _takes_to(transformation: Transformation, sources: np.ndarray, points: np.ndarray) -> bool:
    """Whether A y + b = x for the rational numbers that ``sources`` y and ``points`` x [P, d] are."""
    dim = points.shape[1]
    linear = np.eye(dim) if transformation.linear is None else np.asarray(transformation.linear, dtype=float)
    shift = np.zeros(dim) if transformation.shift is None else np.asarray(transformation.shift, dtype=float)
    rational = np.vectorize(Fraction, otypes=[object])
    return bool(np.all(rational(sources) @ rational(linear).T + rational(shift) == rational(points)))


def _tensor(ensemble: Ensemble, points: np.ndarray, order: int, connected: bool, components: int) -> Exact:
    every = np.array(list(np.ndindex((components,) * order)))
    rows = np.tile(np.arange(order), (len(every), 1))
    chosen = {"components": every} if components > 1 else {}
    found = exact(ensemble, points, indices=rows, connected=connected, **chosen)
    shape = (components,) * order
    value, radius = (np.reshape(np.asarray(part), shape) for part in (found.value, found.radius))
    return Exact(value, found.derivation, found.reference, radius)
