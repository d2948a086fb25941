"""What the recursion carries from layer to layer: the covariance between two sets of inputs, that within each, and the tangent kernel."""

from dataclasses import dataclass, replace
from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.enclosures import EPSILON
from certifield.evidence import InputError

# Axes: points of x, points of y, positions of x, positions of y.  Without pairs both positions are the same one, on one set of axes.


@partial(jax.tree_util.register_dataclass, data_fields=["cross", "left", "right", "error", "own_error"], meta_fields=[])
@dataclass(frozen=True)
class Tangent:
    """The tangent kernel sum_theta d_theta z d_theta z' of one channel; entries and errors as those of the covariance in `State`."""

    cross: Array
    left: Array
    right: Array
    error: Array
    own_error: Array

    def but(self, **changes: object) -> "Tangent":
        """This tangent kernel with other entries."""
        return replace(self, **changes)

    def worst(self) -> Array:
        """The larger of both errors."""
        return jnp.maximum(self.error, self.own_error)


@partial(jax.tree_util.register_dataclass, data_fields=["cross", "left", "right", "error", "own_error", "key", "tangent"],
         meta_fields=["axes", "pairs", "gaussian", "centred", "complex", "flat", "fan_in", "widths"])  # fmt: skip
@dataclass(frozen=True)
class State:
    """The covariance of the channels of a field at two sets of inputs.

    ``cross`` [n, m, *positions(, *positions)]: E[z(x_i, p) conj z(y_j, q)]; ``left`` [n, *positions(, *positions)] and ``right`` [m, ...]:
    within one input.  ``axes``: of positions; ``pairs``: whether all pairs of positions are kept, or equal positions only.
    ``error``: relative error of ``cross`` (see `duals`), a number or an array that broadcasts against it; ``own_error``: of the others.
    ``gaussian``: whether the channels are a Gaussian field (in the limit); ``centred``: whether they have mean 0; ``complex``: whether it
    is circular complex; ``flat``: whether positions were flattened into channels that are not alike.  ``key``: for logits that are drawn.
    ``tangent``: the tangent kernel, None where nobody asked for it.  ``fan_in``: in standard parametrisation the number of channels, and
    ``widths`` those of the random layers to come; None in the tangent-kernel parametrisation.
    """

    cross: Array
    left: Array
    right: Array
    error: Array
    own_error: Array
    key: Array
    axes: int
    pairs: bool
    gaussian: bool = False
    centred: bool = False
    complex: bool = False
    flat: bool = False
    tangent: Tangent | None = None
    fan_in: int | None = None
    widths: tuple[int, ...] = ()

    def but(self, **changes: object) -> "State":
        """This state with other entries."""
        return replace(self, **changes)

    def variances(self) -> tuple[Array, Array]:
        """K_xx and K_yy at every position, with axes that broadcast against ``cross``."""
        left, right = (self._at_positions(within) for within in (self.left, self.right))
        places = left.shape[1:]
        if not self.pairs:
            return left[:, None], right[None]
        ones = (1,) * self.axes
        return left.reshape((len(left), 1, *places, *ones)), right.reshape((1, len(right), *ones, *right.shape[1:]))

    def own_variances(self, within: Array) -> tuple[Array, Array]:
        """The variances at both positions of ``left`` or ``right``."""
        at = self._at_positions(within)
        if not self.pairs:
            return at, at
        ones = (1,) * self.axes
        return at.reshape((*at.shape, *ones)), at.reshape((len(at), *ones, *at.shape[1:]))

    def _at_positions(self, within: Array) -> Array:
        if not self.pairs or not self.axes:
            return jnp.real(within)
        places = within.shape[1 : 1 + self.axes]
        size = 1
        for place in places:
            size *= place
        square = jnp.real(within).reshape((len(within), size, size))
        return jnp.diagonal(square, axis1=1, axis2=2).reshape((len(within), *places))

    def worst(self) -> Array:
        """The larger of both errors."""
        return jnp.maximum(self.error, self.own_error)


def with_tangent(state: State, widths: tuple[int, ...] | None, channels: int) -> State:
    """The first state with the tangent kernel of inputs, which depend on no parameter; ``widths``: see `State`."""
    cross, left, right = (jnp.zeros_like(part) for part in (state.cross, state.left, state.right))
    nothing = jnp.zeros_like(state.error)
    fan_in = None if widths is None else channels
    return state.but(tangent=Tangent(cross, left, right, nothing, nothing), fan_in=fan_in, widths=widths or ())


def first_state(x: Array, y: Array, pairs: bool, key: Array) -> State:
    """K = x.conj(y)/channels for inputs [n, *positions, channels]."""
    axes = x.ndim - 2
    if x.ndim < 2 or y.shape[1:] != x.shape[1:]:
        raise InputError("x, y", (x.shape, y.shape), "of shape [points, *positions, channels], alike but for the points", "reshape them")
    channels = x.shape[-1]
    both = "...c,...c->..."
    if pairs and axes:
        cross = jnp.tensordot(x, jnp.conj(y), axes=((-1,), (-1,)))  # [n, *p, m, *q]
        cross = jnp.moveaxis(cross, axes + 1, 1)
        left, right = (jax.vmap(lambda one: jnp.tensordot(one, jnp.conj(one), axes=((-1,), (-1,))))(each) for each in (x, y))
    else:
        cross = x @ jnp.conj(y).T if not axes else jnp.einsum("i...c,j...c->ij...", x, jnp.conj(y))
        left, right = (jnp.real(jnp.einsum(both, each, jnp.conj(each))) for each in (x, y))
    error = jnp.asarray(2 * (channels + 2) * EPSILON)
    return State(cross / channels, left / channels, right / channels, error, error, key, axes, pairs and axes > 0,
                 complex=jnp.iscomplexobj(x) or jnp.iscomplexobj(y))  # fmt: skip
