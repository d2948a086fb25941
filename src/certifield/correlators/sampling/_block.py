"""Draws, compiled: fields of many draws, then sums of their products.

Two programs, because the second knows nothing of the ensemble: all widths of a network share it, and compile the first alone.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from certifield.ensembles import Ensemble
from certifield.streams import draw_keys

from ._features import FeatureTable, features

Sums = tuple[Array, Array, Array, Array]  # per chunk of draws: sums, sums of absolute values, largest absolute values, non-finite draws


@eqx.filter_jit
def network_fields(
    ensemble: Ensemble, key: Key[Array, ""], points: Float[Array, "points dim"], start: Array, inner: int, batches: int
) -> Float[Array, "fields draws"]:
    """phi at the points for ``batches`` of ``inner`` networks, from number ``start`` on; field number point * outputs + output."""

    def batch(first: Array) -> Float[Array, "fields inner"]:
        phi = jax.vmap(lambda k: ensemble.draw(k)(points))(draw_keys(key, first, inner))
        return phi.reshape((inner, -1)).T

    return _in_a_row(jax.lax.map(batch, start + jnp.arange(batches, dtype=jnp.uint32) * inner))


@eqx.filter_jit
def neuron_fields(
    ensemble: Ensemble, key: Key[Array, ""], points: Float[Array, "points dim"], start: Array, inner: int, batches: int
) -> Float[Array, "fields draws"]:
    """h(x_i; w, b) for ``batches`` of ``inner`` single neurons, from number ``start`` on; the readout is averaged by hand."""
    neurons = ensemble.neurons
    assert neurons is not None

    def hidden(k: Key[Array, ""]) -> Float[Array, " points"]:
        weights = neurons.weights.sample(jax.random.fold_in(k, 0), (1, neurons.dim))
        biases = neurons.biases.sample(jax.random.fold_in(k, 1), (1,))
        return neurons.feature.at(weights, biases, points)[:, 0]

    def batch(first: Array) -> Float[Array, "fields inner"]:
        return jax.vmap(hidden)(draw_keys(key, first, inner)).T

    return _in_a_row(jax.lax.map(batch, start + jnp.arange(batches, dtype=jnp.uint32) * inner))


def _in_a_row(batches: Float[Array, "batches fields inner"]) -> Float[Array, "fields draws"]:
    return jnp.moveaxis(batches, 0, 1).reshape((batches.shape[1], -1))


@eqx.filter_jit
def summed(
    fields: Float[Array, "fields draws"],
    centre: Float[Array, " fields"],
    kernel: Float[Array, "fields fields"] | None,
    table: FeatureTable,
    chunk: int,
) -> Sums:
    """Sums over each ``chunk`` of consecutive draws of the products in ``table``, of ``fields`` without their ``centre``."""

    def over(part: Float[Array, "fields chunk"]) -> Sums:
        part = part - centre[:, None]
        finite = jnp.all(jnp.isfinite(part), axis=0)
        products = features(table, jnp.where(finite[None, :], part, 0.0), kernel, finite.astype(part.dtype))
        size = jnp.abs(products)
        return jnp.sum(products, axis=1), jnp.sum(size, axis=1), jnp.max(size, axis=1), jnp.sum(~finite)

    return jax.lax.map(over, jnp.moveaxis(fields.reshape((len(fields), -1, chunk)), 1, 0))
