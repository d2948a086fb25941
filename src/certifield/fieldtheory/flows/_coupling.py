"""Real-NVP flows of a scalar lattice field: affine couplings with checkerboard masks (arXiv:1904.12072), built on bijx."""

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from certifield._arguments import of_kind, seeded, whole
from certifield.evidence import InputError, MissingExtra
from certifield.streams import stream_key

from ..oracles import LatticeScalar


class CouplingFlow(eqx.Module):
    """``parameters`` and ``constants`` of the bijection with ``graph`` (of Flax); ``shape`` of the lattice.  Made by `coupling_flow`."""

    parameters: Any
    constants: Any
    graph: Any = eqx.field(static=True)
    shape: tuple[int, ...] = eqx.field(static=True)

    def draw(self, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array]:
        """``count`` independent fields [count, *shape] and the logarithms of their densities [count]."""
        with lenient():
            noise = jax.random.normal(key, (count, *self.shape, 1), jax.tree.leaves(self.parameters)[0].dtype)
            fields, density = self._bijection().forward(noise, _normal(noise))
            return fields[..., 0], density

    def log_density(self, fields: jax.Array) -> jax.Array:
        """log q of given fields [count, *shape]."""
        with lenient():
            noise, gain = self._bijection().reverse(fields[..., None], jnp.zeros(len(fields), fields.dtype))
            return _normal(noise) - gain

    def mismatch(self, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array, jax.Array]:
        """``count`` fields with their log q, which are exact: the third array is zero."""
        fields, density = self.draw(key, count)
        return fields, density, jnp.zeros_like(density)

    def _bijection(self) -> Any:
        from flax import nnx

        return nnx.merge(self.graph, self.parameters, jax.lax.stop_gradient(self.constants))


def coupling_flow(lattice: LatticeScalar, *, layers: int = 8, channels: int = 12, seed: int = 0) -> CouplingFlow:
    """An untrained `CouplingFlow`: ``layers`` couplings, whose scales and shifts come from networks of two convolutions of ``channels``.

    Raises `InputError` for lattices that are not two-dimensional with even sides, and counts below 1 (2 ``layers``); `MissingExtra` without
    bijx.
    """
    of_kind("lattice", lattice, LatticeScalar, "such as LatticeScalar((8, 8), -4.0, 8.0, 'unhalved')")
    if len(lattice.shape) != 2 or any(side % 2 for side in lattice.shape):
        raise InputError("lattice", lattice.shape, "two even sides, as on a checkerboard", "take `continuous_flow` on other shapes")
    layers, channels = whole("layers", layers, 2, 64), whole("channels", channels, 1, 512)
    bijx = bijx_or_missing()
    from flax import nnx

    number = int(jax.random.randint(stream_key(seeded(seed), "lattice flows/coupling"), (), 0, 2**31 - 1, jnp.int32))
    with lenient():
        made = bijx.realnvp_conv_flow((*lattice.shape, 1), n_coupling_layers=layers, hidden_channels=[channels, channels],
                                      rngs=nnx.Rngs(number))  # fmt: skip
        graph, parameters, constants = nnx.split(made, nnx.Param, ...)
    return CouplingFlow(parameters, constants, graph, lattice.shape)


def bijx_or_missing() -> Any:
    """The package bijx; raises `MissingExtra` without it."""
    try:
        with lenient():  # it computes constants when it is imported
            import bijx
    except ImportError as error:
        raise MissingExtra("coupling flows need bijx: pip install 'certifield[flows]'") from error
    return bijx


@contextmanager
def lenient() -> Iterator[None]:
    """Within it JAX promotes ranks and dtypes as bijx takes for granted."""
    with ExitStack() as stack:
        stack.enter_context(jax.numpy_dtype_promotion("standard"))
        stack.enter_context(jax.numpy_rank_promotion("allow"))
        yield


def _normal(noise: jax.Array) -> jax.Array:
    return -jnp.sum(noise**2, axis=(1, 2, 3)) / 2 - math.prod(noise.shape[1:]) * math.log(2 * math.pi) / 2
