"""Draws and sums, compiled apart: the fields of a block of draws, and the sums of their products.

A program of fields belongs to one ensemble and its width; that of the sums is shared by all fields of one shape.  Memory is that of a call.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact, Key

from certifield.ensembles import Ensemble
from certifield.streams import draw_keys

from ._features import FeatureTable, features

Sums = tuple[Array, Array, Array, Array]  # per chunk of draws: sums, sums of absolute values, largest absolute values, non-finite draws


@eqx.filter_jit
def network_fields(
    ensemble: Ensemble, key: Key[Array, ""], points: Float[Array, "points dim"], start: Array, inner: int, batches: int, program: str
) -> Inexact[Array, "fields draws"]:
    """phi at the points for ``batches`` of ``inner`` networks, from number ``start`` on; field number point * outputs + output.

    ``program``: its digest; what a closure has changed into is compiled anew.
    """

    def batch(first: Array) -> Inexact[Array, "fields inner"]:
        phi = jax.vmap(lambda k: ensemble.draw(k)(points))(draw_keys(key, first, inner))
        return phi.reshape((inner, -1)).T

    return _in_a_row(jax.lax.map(batch, start + jnp.arange(batches, dtype=jnp.uint32) * inner))


@eqx.filter_jit
def neuron_fields(
    ensemble: Ensemble, key: Key[Array, ""], points: Float[Array, "points dim"], start: Array, inner: int, batches: int, program: str
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


def outside_fields(
    ensemble: Ensemble, key: Key[Array, ""], points: Float[Array, "points dim"], start: int, inner: int, batches: int
) -> Inexact[Array, "fields draws"]:
    """The fields of networks drawn outside JAX, one call of their function for each batch."""
    numbers = range(start // inner, start // inner + batches)
    drawn = (ensemble.evaluate(jax.random.fold_in(key, number), points, inner).reshape((inner, -1)).T for number in numbers)
    return jnp.concatenate(list(drawn), axis=1)


def _in_a_row(batches: Inexact[Array, "batches fields inner"]) -> Inexact[Array, "fields draws"]:
    return jnp.moveaxis(batches, 0, 1).reshape((batches.shape[1], -1))


@eqx.filter_jit
def summed(
    fields: Inexact[Array, "fields draws"],
    centre: Inexact[Array, " fields"],
    kernel: Float[Array, "fields fields"] | None,
    table: FeatureTable,
    chunk: int,
) -> Sums:
    """Sums over each ``chunk`` of consecutive draws of the products in ``table``, of ``fields`` without their ``centre``.

    Behind complex fields stand their conjugates, as further fields; of complex products there are real parts, then imaginary parts.
    """

    def over(part: Inexact[Array, "fields chunk"]) -> Sums:
        part = part - centre[:, None]
        part = jnp.concatenate([part, jnp.conj(part)]) if jnp.iscomplexobj(part) else part
        finite = jnp.all(jnp.isfinite(part), axis=0)
        products = features(table, jnp.where(finite[None, :], part, 0.0), kernel, finite.astype(part.dtype))
        size = jnp.abs(products)
        if jnp.iscomplexobj(products):  # the size of the product stands beside both parts
            products, size = jnp.concatenate([products.real, products.imag]), jnp.concatenate([size, size])
        return jnp.sum(products, axis=1), jnp.sum(size, axis=1), jnp.max(size, axis=1), jnp.sum(~finite)

    return jax.lax.map(over, jnp.moveaxis(fields.reshape((len(fields), -1, chunk)), 1, 0))


@eqx.filter_jit
def sums_of_neurons(
    ensemble: Ensemble, key: Key[Array, ""], points: Float[Array, "points dim"], start: Array, inner: int, batches: int, program: str,
    centre: Float[Array, " fields"], kernel: Float[Array, "fields fields"] | None, table: FeatureTable, chunk: int,
) -> Sums:  # fmt: skip
    """`summed` of `neuron_fields`, as one program: neurons are so cheap that keeping their fields in between took a twentieth."""
    return summed(neuron_fields(ensemble, key, points, start, inner, batches, program), centre, kernel, table, chunk)
