"""An interacting field: a free field whose density is deformed by a local potential,

    P(theta) ~ P_0(theta) exp(-S_int),   S_int = int_B d^dx V(phi_theta(x)),

with the sign of exp(-S).  Limits do not commute: first N to infinity at fixed cutoff and box, then the box, then the cutoff with
renormalised parameters.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from certifield.ensembles import Ensemble
from certifield.evidence import InputError

from ._potential import Potential, checked_potential
from ._region import Region


@dataclass(frozen=True, eq=False)
class InteractingField:
    """``free``: the ensemble of P_0; ``potential``; ``region``: the box B with its quadrature.  Made by `interacting_field`."""

    free: Ensemble
    potential: Potential
    region: Region

    @property
    def cutoff(self) -> float:
        """Of the momenta of the free field; infinite where it has none, or is not known."""
        neurons = self.free.neurons
        return getattr(getattr(neurons, "weights", None), "cutoff", math.inf) if neurons else math.inf


def interacting_field(free: Ensemble, potential: Any, region: Region) -> InteractingField:
    """The field of ``free`` with the action int_B V added; ``potential``: {power: coefficient}, a function of phi, or a `Potential`.

    Raises `InputError` for a potential that is not bounded below, for a region of another dimension, and where the quadrature is too
    coarse: phi^k carries momenta up to k Lambda, so that k Lambda h < 2 pi.
    """
    if not isinstance(free, Ensemble):
        raise InputError("free", free, "an ensemble", "pass cf.fieldtheory.free_field(...), or the ensemble of a periodic box")
    found = InteractingField(free, checked_potential(potential), region)
    if free.dim is not None and region.nodes.shape[1] != free.dim:
        raise InputError("region", f"{region.nodes.shape[1]} dimensions", f"the {free.dim} of the field", "give one length per direction")
    degree = found.potential.degree or 4
    if math.isfinite(found.cutoff) and degree * found.cutoff * region.spacing >= 2 * math.pi:
        least = 2 * math.pi / (degree * found.cutoff)
        raise InputError("spacing", f"{region.spacing:g}", f"below 2 pi/({degree} Lambda) = {least:.3g}", "make the quadrature finer")
    return found


class Deformed(eqx.Module):
    """What is evaluated for one set of parameters: S_int, S_int at twice the spacing, and the field at the points [P]."""

    architecture: Any
    potential: Potential = eqx.field(static=True)
    x: Float[Array, "nodes_and_points dim"]
    rules: Float[Array, "rules nodes"]

    def __call__(self, params: Any) -> tuple[Float[Array, " rules"], Float[Array, " points"]]:
        """S_int by every rule, and the field at the points."""
        phi = self.architecture(params, self.x)[:, 0]
        inside = self.potential(phi[: self.rules.shape[1]])
        # A sum of products rather than a matrix product: its order must not depend on the number of threads.
        return jnp.sum(self.rules * inside[None, :], axis=1), phi[self.rules.shape[1] :]

    def action(self, params: Any) -> Float[Array, ""]:
        """S_int by the first rule."""
        return self(params)[0][0]


def deformed(field: InteractingField, points: np.ndarray, *, rules: np.ndarray | None = None) -> Deformed:
    """The evaluation of ``field`` at ``points`` [P, dim]; ``rules`` [R, Q] instead of the two of the region."""
    region = field.region
    if rules is None:
        rules = np.stack([region.weights] if region.coarse is None else [region.weights, region.coarse])
    x = np.concatenate([region.nodes, points])
    return Deformed(field.free.architecture, field.potential, jnp.asarray(x, dtype=float), jnp.asarray(rules, dtype=float))


def redrawn(free: Ensemble, key: Key[Array, ""], params: Any) -> Any:
    """``params`` with a random share of their rows (neurons, or modes) drawn anew: a move that is reversible under P_0."""
    return mixed_rows(key, params, free.density.sample(jax.random.fold_in(key, 2)))


def mixed_rows(key: Key[Array, ""], old: Any, fresh: Any) -> Any:
    """The rows of ``old``, a random share of them from ``fresh``; arrays of another length than the longest stay as they are.

    The share is log-uniform between one row and all of them, so that no tuning is needed.
    """
    share_key, mask_key = jax.random.split(jax.random.fold_in(key, 1))
    rows = max(leaf.shape[0] for leaf in jax.tree.leaves(old))
    share = jnp.exp(-jax.random.uniform(share_key) * math.log(max(rows, 2)))
    chosen = jax.random.uniform(mask_key, (rows,)) < share

    def mixed(before: Array, after: Array) -> Array:
        if before.shape[0] != rows:
            return before
        return jnp.where(chosen.reshape((rows,) + (1,) * (before.ndim - 1)), after, before)

    return jax.tree.map(mixed, old, fresh)


def checked_rows(field: InteractingField, points: Any, indices: Any) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """Points [P, dim], and what is measured of the field there: fields [..., P] -> [..., T].

    ``indices``: index tuples [T, order], whose products are measured, or such a function itself.  Raises `InputError`.
    """
    dim = field.region.nodes.shape[1]
    try:
        where = np.asarray(points, dtype=float)
    except (TypeError, ValueError):
        where = np.zeros(0)
    if where.ndim != 2 or where.shape[-1] != dim or not len(where) or not np.all(np.isfinite(where)):
        raise InputError("points", points, f"finite, of shape [points, {dim}]", "give one row per point")
    if callable(indices):
        measured: Callable[[np.ndarray], np.ndarray] = indices  # type: ignore[assignment]  # checked by what it returns
        seen = np.asarray(measured(np.ones((3, 2, len(where)))))
        if seen.ndim != 3 or seen.shape[:2] != (3, 2) or not seen.size or seen.dtype.kind != "f":
            raise InputError("indices", seen.shape, "a function of fields [..., P] to real numbers [..., T]", "reduce the last axis only")
        return where, measured
    try:
        table: np.ndarray = np.asarray(indices)
    except (TypeError, ValueError):
        table = np.zeros(0)
    if table.ndim != 2 or table.dtype.kind not in "iu" or table.size == 0 or table.min() < 0 or table.max() >= len(where):
        raise InputError("indices", indices, f"of shape [correlators, order], between 0 and {len(where) - 1}", "try [[0, 0]]")
    return where, lambda phi: np.prod(phi[..., table], axis=-1)
