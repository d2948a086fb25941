"""An ensemble is an architecture and a density on its parameters."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr
from jaxtyping import Array, Inexact, Key, PyTree

from certifield.evidence import InputError
from certifield.streams import draw_keys

from ._architecture import AbstractArchitecture, Feature, LinearField, ModuleArchitecture, SingleLayer
from ._checked import checked_count
from ._density import AbstractDensity, Independent, Sampler, over_arrays
from ._law import Law
from ._momenta import AbstractMomenta
from ._program import program_digest, traced


@dataclasses.dataclass(frozen=True)
class Neurons:
    """The independent, identical neurons of a single hidden layer: phi = N^(-1/2) sum_i alpha_i h_i + c.

    ``readout`` is the law of alpha = sqrt(N) a, so that nothing here but ``width`` knows N.
    """

    width: int
    dim: int
    outputs: int
    feature: Feature
    readout: Law
    weights: Law | AbstractMomenta
    biases: Law
    output_bias: Law


class Network(eqx.Module):
    """One draw: a function of x."""

    architecture: AbstractArchitecture
    params: PyTree

    def __call__(self, x: Inexact[Array, "*points dim"]) -> Inexact[Array, "*points out"]:
        """The field at the points ``x``."""
        return self.architecture(self.params, _points(x))


class Ensemble(eqx.Module):
    """A random function: an architecture with a density on its parameters.

    ``architecture``: an `AbstractArchitecture`, or any Equinox module that maps a point [dim] to a vector or a number.
    ``density``: an `AbstractDensity`; a function key -> parameters; and for a module also a `Law` for all its arrays, or a tree of laws
    like the module.  The parameters of a module are its arrays of floating-point numbers; a function may return a whole module.
    ``even``: True states that odd correlators vanish (phi and -phi have the same law); None lets Certifield decide from the laws.
    ``dim``: the number of inputs, if it is known.  ``name``: what reports call the ensemble; ``scale``: its width conventions in words.
    Raises `InputError` for a density that does not fit the architecture, and for a module without parameters.
    """

    architecture: AbstractArchitecture
    density: AbstractDensity
    even: bool = eqx.field(static=True)
    dim: int | None = eqx.field(static=True)
    name: str = eqx.field(static=True)
    scale: str = eqx.field(static=True)

    def __init__(
        self,
        architecture: Any,
        density: Any,
        *,
        even: bool | None = None,
        dim: int | None = None,
        name: str = "",
        scale: str = "as in the module and its laws",
    ) -> None:
        if not callable(architecture):
            raise InputError(
                "architecture", architecture, "an architecture or an Equinox module that can be called", "pass eqx.nn.MLP(...)"
            )
        if not isinstance(architecture, AbstractArchitecture):
            parameters, static = eqx.partition(architecture, eqx.is_inexact_array)
            if not jax.tree.leaves(parameters):
                remedy = "pass an Equinox module such as eqx.nn.MLP(...), or use cf.ensembles.single_layer(activation, ...)"
                raise InputError("architecture", architecture, "a module with arrays of floating-point numbers", remedy)
            name = name or type(architecture).__name__
            architecture, density = ModuleArchitecture(static), _density_for(parameters, density)
        density = density if isinstance(density, AbstractDensity) else _sampler(density)
        self.architecture, self.density = architecture, density
        self.name = name or type(architecture).__name__
        self.dim, self.scale = None if dim is None else checked_count("dim", dim), scale
        self.even = _is_even(architecture, density) if even is None else bool(even)

    @property
    def promised_even(self) -> bool:
        """Whether `even` rests on the word of the user alone."""
        return self.even and not _is_even(self.architecture, self.density)

    def draw(self, key: Key[Array, ""]) -> Network:
        """One network, with its parameters drawn from the density."""
        return Network(self.architecture, self.density.sample(key))

    def evaluate(self, key: Key[Array, ""], x: Inexact[Array, "*points dim"], draws: int) -> Inexact[Array, "draws *points out"]:
        """``draws`` independent networks at the points ``x``; draw number j has the key fold_in(key, j).

        All networks are held in memory at once.  Raises `InputError` for draws below 1, and for points that do not have ``dim``
        coordinates.
        """
        x = _points(x)
        if x.ndim == 0 or self.dim not in (None, x.shape[-1]):
            raise InputError("x", f"array of shape {list(x.shape)}", f"of shape [*points, {self.dim or 'dim'}]", "give one row per point")
        count = checked_count("draws", draws)
        outside = getattr(self.architecture, "evaluate", None)
        if outside is not None:  # networks that JAX cannot trace
            rows = outside(key, np.asarray(x, dtype=float).reshape(-1, x.shape[-1]), count)
            return jnp.asarray(rows).reshape((count, *x.shape[:-1], -1))
        return _evaluate(self, key, x, count, program_digest(self.program(x)))

    def program(self, x: Inexact[Array, "*points dim"]) -> ClosedJaxpr:
        """The program of one draw evaluated at points like ``x``: what JAX makes of architecture and density as they are now.

        Raises `InputError` for a network that cannot be evaluated at such points.
        """
        x = _points(x)  # a tracer inside jit: of its shape and kind alone is made use
        return traced(
            lambda key, where: self.draw(key)(where),
            jax.random.key(0),
            jnp.zeros(x.shape, x.dtype),
            argument="ensemble",
            given=self.name,
            allowed=f"a network of JAX operations for points with {x.shape[-1]} coordinates",
            remedy="compare the number of inputs of the module; switch dropout and the like off (equinox.nn.inference_mode); use jax.numpy",
        )

    @property
    def neurons(self) -> Neurons | None:
        """The independent neurons, if this is a single hidden layer of them; None otherwise."""
        if not isinstance(self.architecture, SingleLayer) or not isinstance(self.density, Independent):
            return None
        laws, shapes = self.density.laws, self.density.shapes
        if self.architecture.feature.name == "complex activation" or any(getattr(law, "complex", False) for law in laws):
            return None  # moments of one neuron would need conjugations of their own
        (width, outputs), (_, dim), *_ = shapes
        return Neurons(width, dim, outputs, self.architecture.feature, laws.readout, laws.weights, laws.biases, laws.output_bias)


def _points(x: Any) -> Array:
    """Points as numbers of the precision in use, real or complex."""
    return jnp.asarray(x, dtype=complex if jnp.iscomplexobj(x) else float)


@eqx.filter_jit
def _evaluate(ensemble: Ensemble, key: Key[Array, ""], x: Inexact[Array, "*points dim"], draws: int, program: str) -> Array:
    """``program``: its digest, so that what a closure has changed into is compiled anew."""
    return jax.vmap(lambda k: ensemble.draw(k)(x))(draw_keys(key, 0, draws))


def _density_for(parameters: PyTree, density: Any) -> AbstractDensity:
    """The density on a user's module, from the forms that `Ensemble` accepts."""
    if not isinstance(density, AbstractDensity) and (isinstance(density, eqx.Module) or not callable(density)):
        return over_arrays(parameters, density)
    density = density if isinstance(density, AbstractDensity) else _sampler(density)
    remedy = "give a law, e.g. cf.ensembles.normal(), or cf.ensembles.fan_in(module, law); an initializer of jax.nn fills one array only"
    allowed = "a law, a tree of laws, or a function from a key to all parameters"
    traced(density.sample, jax.random.key(0), argument="density", given=getattr(density, "draw", density), allowed=allowed, remedy=remedy)
    drawn = jax.eval_shape(density.sample, jax.random.key(0))
    drawn = jax.tree.map(lambda array: array.shape if jnp.issubdtype(array.dtype, jnp.inexact) else None, drawn)
    wanted = jax.tree.map(lambda array: array.shape, parameters)
    if drawn != wanted:
        raise InputError("density", drawn, f"draws of the shapes {wanted}", "let it return a module of the same kind, or its arrays")
    return density


def _sampler(density: Any) -> Sampler:
    if not callable(density) or isinstance(density, eqx.Module):
        remedy = "pass e.g. cf.ensembles.Independent(laws, shapes), or a function of a key"
        raise InputError("density", density, "a density on the parameters of this architecture", remedy)
    return Sampler(density)


def _is_even(architecture: AbstractArchitecture, density: AbstractDensity) -> bool:
    """Whether the laws alone show that phi and -phi have the same law: a linear last layer with symmetric readout and bias."""
    if isinstance(architecture, SingleLayer) and isinstance(density, Independent):
        return density.laws.readout.symmetric and density.laws.output_bias.symmetric
    if isinstance(architecture, LinearField) and isinstance(density, Independent):
        return density.laws.symmetric
    return False
