"""Architectures: functions of parameters and inputs."""

import abc
from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Inexact, PyTree

from certifield.evidence import InputError


class AbstractArchitecture(eqx.Module):
    """A map (parameters, inputs) -> outputs; inputs [*points, dim], outputs [*points, out]."""

    @abc.abstractmethod
    def __call__(self, params: PyTree, x: Inexact[Array, "*points dim"]) -> Inexact[Array, "*points out"]:
        """The network with parameters ``params`` at the points ``x``."""


class Feature(NamedTuple):
    """What one hidden unit computes, h(x; w, b, constants), and the name under which closed forms are filed.

    Equal features compare equal, so that two ensembles of one kind share one compiled program.
    """

    name: str
    function: Callable[..., Array]
    constants: tuple[float, ...] = ()

    def __call__(self, weights: Inexact[Array, " dim"], bias: Inexact[Array, ""], x: Inexact[Array, " dim"]) -> Inexact[Array, ""]:
        """H at one point for one neuron."""
        return self.function(weights, bias, x, *self.constants)

    def at(
        self, weights: Inexact[Array, "neurons dim"], biases: Inexact[Array, " neurons"], x: Inexact[Array, "points dim"]
    ) -> Inexact[Array, "points neurons"]:
        """H for many neurons at many points."""
        over_neurons = jax.vmap(self, in_axes=(0, 0, None))
        return jax.vmap(over_neurons, in_axes=(None, None, 0))(weights, biases, x)


class SingleLayerParameters(NamedTuple):
    """Parameters of one hidden layer of N neurons: alpha = sqrt(N) a [N, outputs], w [N, dim], b [N], c [outputs]."""

    readout: PyTree
    weights: PyTree
    biases: PyTree
    output_bias: PyTree


class SingleLayer(AbstractArchitecture):
    """phi(x) = N^(-1/2) sum_{i=1..N} alpha_i h(x; w_i, b_i) + c: the readout a = alpha/sqrt(N) carries the fan-in.

    Keeping alpha, whose law does not know N, makes one neuron the same object at every width.
    """

    feature: Feature = eqx.field(static=True)

    def __call__(self, params: SingleLayerParameters, x: Inexact[Array, "*points dim"]) -> Inexact[Array, "*points out"]:
        """The field at the points ``x``."""
        hidden = self.feature.at(params.weights, params.biases, _rows(x, params.weights.shape[1]))
        parts = (hidden, params.readout, params.output_bias)
        kind = next((part.dtype for part in parts if jnp.iscomplexobj(part)), hidden.dtype)
        hidden, readout, bias = (part.astype(kind) for part in parts)
        # A product and a sum rather than a matrix product: the order of summation must not depend on the number of threads.
        summed = jnp.sum(hidden[:, None, :] * readout.T[None, :, :], axis=-1)
        output = summed * hidden.shape[1] ** -0.5 + bias[None, :]
        return output.reshape((*x.shape[:-1], output.shape[-1]))


class LinearField(AbstractArchitecture):
    """phi(x) = d^(-1/2) sum_j theta_j x_j, theta of shape [d]."""

    def __call__(self, params: Inexact[Array, " inputs"], x: Inexact[Array, "*points dim"]) -> Inexact[Array, "*points out"]:
        """The field at the points ``x``."""
        flat = _rows(x, params.size)
        return (jnp.sum(flat * params[None, :], axis=1) * params.size**-0.5).reshape((*x.shape[:-1], 1))


class ModuleArchitecture(AbstractArchitecture):
    """A user's own Equinox module ``module(x[dim]) -> [out]`` or a scalar: its arrays are the parameters."""

    static: PyTree

    def __call__(self, params: PyTree, x: Inexact[Array, "*points dim"]) -> Inexact[Array, "*points out"]:
        """The module with its arrays replaced by ``params``, at each of the points ``x``."""
        module = eqx.combine(params, self.static)
        output = jax.vmap(lambda point: jnp.atleast_1d(module(point)))(_rows(x))
        if output.ndim != 2:
            raise InputError("architecture", module, "a module with a number or a vector as output", "flatten its output at one point")
        return output.reshape((*x.shape[:-1], output.shape[-1]))


def _rows(x: Inexact[Array, "*points dim"], dim: int | None = None) -> Inexact[Array, "rows dim"]:
    """All points, one a row; raises `InputError` for a wrong number of coordinates, which would else be broadcast in silence."""
    if x.ndim == 0 or dim not in (None, x.shape[-1]):
        raise InputError("x", f"array of shape {list(x.shape)}", f"of shape [*points, {dim or 'dim'}]", "give one row per point")
    return x.reshape((-1, x.shape[-1]))
