"""One block of draws, compiled: draw, evaluate, multiply, sum.  Memory is that of one inner batch, whatever the size of the block."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact, Key

from certifield.ensembles import Ensemble
from certifield.streams import draw_keys

from ._features import FeatureTable, features

Sums = tuple[Array, Array, Array, Array]  # per inner batch: sums, sums of absolute values, largest absolute values, non-finite draws


def _summed(fields: Inexact[Array, "fields draws"], kernel: Float[Array, "fields fields"] | None, table: FeatureTable) -> Sums:
    finite = jnp.all(jnp.isfinite(fields), axis=0)
    products = features(table, jnp.where(finite[None, :], fields, 0.0), kernel, finite.astype(fields.dtype))
    size = jnp.abs(products)
    if jnp.iscomplexobj(products):  # real parts, then imaginary parts; the size of the product stands beside both
        products, size = jnp.concatenate([products.real, products.imag]), jnp.concatenate([size, size])
    return jnp.sum(products, axis=1), jnp.sum(size, axis=1), jnp.max(size, axis=1), jnp.sum(~finite)


@eqx.filter_jit
def network_block(
    ensemble: Ensemble,
    key: Key[Array, ""],
    points: Float[Array, "points dim"],
    centre: Inexact[Array, " fields"],
    kernel: Float[Array, "fields fields"] | None,
    table: FeatureTable,
    inner: int,
    batches: int,
    program: str,
) -> Sums:
    """Sums over ``batches`` of ``inner`` networks; field number point * outputs + output, complex conjugates behind all of them.

    ``program``: its digest; what a closure has changed into is compiled anew.
    """

    def batch(first: Array) -> Sums:
        phi = jax.vmap(lambda k: ensemble.draw(k)(points))(draw_keys(key, first, inner))
        return _with_conjugates(phi.reshape((inner, -1)).T - centre[:, None], kernel, table)

    return jax.lax.map(batch, jnp.arange(batches, dtype=jnp.uint32) * inner)


def outside_block(
    ensemble: Ensemble,
    key: Key[Array, ""],
    points: Float[Array, "points dim"],
    centre: Inexact[Array, " fields"],
    kernel: Float[Array, "fields fields"] | None,
    table: FeatureTable,
    inner: int,
    batches: int,
) -> Sums:
    """The sums of `network_block` for networks drawn outside JAX, one call of their function after the other."""
    parts = []
    for number in range(batches):
        phi = ensemble.evaluate(jax.random.fold_in(key, number), points, inner)
        parts.append(_with_conjugates(phi.reshape((inner, -1)).T - centre[:, None], kernel, table))
    return tuple(jnp.stack(column) for column in zip(*parts, strict=True))  # type: ignore[return-value]


@eqx.filter_jit
def _with_conjugates(fields: Inexact[Array, "fields draws"], kernel: Float[Array, "fields fields"] | None, table: FeatureTable) -> Sums:
    """The sums of fields, behind which stand their complex conjugates where they are complex."""
    return _summed(jnp.concatenate([fields, jnp.conj(fields)]) if jnp.iscomplexobj(fields) else fields, kernel, table)


@eqx.filter_jit
def neuron_block(
    ensemble: Ensemble, key: Key[Array, ""], points: Float[Array, "points dim"], table: FeatureTable, inner: int, batches: int, program: str
) -> Sums:
    """Sums over ``batches`` of ``inner`` single neurons; the readout is averaged by hand, so only h(x_i; w, b) is drawn."""
    neurons = ensemble.neurons
    assert neurons is not None

    def hidden(k: Key[Array, ""]) -> Float[Array, " points"]:
        weights = neurons.weights.sample(jax.random.fold_in(k, 0), (1, neurons.dim))
        biases = neurons.biases.sample(jax.random.fold_in(k, 1), (1,))
        return neurons.feature.at(weights, biases, points)[:, 0]

    def batch(first: Array) -> Sums:
        return _summed(jax.vmap(hidden)(draw_keys(key, first, inner)).T, None, table)

    return jax.lax.map(batch, jnp.arange(batches, dtype=jnp.uint32) * inner)
