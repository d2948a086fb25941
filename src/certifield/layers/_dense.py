"""The fully connected layer."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from certifield.ensembles._checked import checked_scale

from ._layer import Layer, Shape, Widths, affine


@dataclass(frozen=True)
class Dense(Layer):
    """z_i = sigma_w n^(-1/2) sum_j W_ij x_j + sigma_b b_i at every position; see `dense`."""

    sigma_w: float = 1.0
    sigma_b: float = 0.0
    complex: bool = False
    has_weights = True

    def __str__(self) -> str:
        return "complex dense" if self.complex else "dense"

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """W [inputs, width] and b [width]; complex parameters have real and imaginary parts."""
        width = widths.next()
        shapes = {"weights": (shape[-1], width), **({"bias": (width,)} if self.sigma_b else {})}
        return ({"real": shapes, "imaginary": shapes} if self.complex else shapes), (*shape[:-1], width)

    def apply(self, params: PyTree, x: Array) -> Array:
        """The preactivations."""
        if self.complex:
            parts = params["real"], params["imaginary"]
            params = {name: jax.lax.complex(parts[0][name], parts[1][name]) * 2**-0.5 for name in parts[0]}
        with jax.numpy_dtype_promotion("standard"):  # real inputs meet complex weights, whatever the caller allows
            x = x.astype(jnp.result_type(x.dtype, params["weights"].dtype))
        return affine(x, params["weights"], params.get("bias"), self.sigma_w, self.sigma_b, x.shape[-1])


def dense(sigma_w: float = 1.0, sigma_b: float = 0.0, *, complex: bool = False) -> Dense:
    """A fully connected layer: weights of variance sigma_w^2/(number of inputs), bias of variance sigma_b^2, Gaussian.

    ``complex``: circular complex Gaussian parameters with E|W|^2 = 1, so that the field has the kernel K(x,y) = E[z(x) conj z(y)] and
    E[z z] = 0; a later activation acts on real and imaginary part, and all later random layers are complex too.
    Kernel: K -> sigma_b^2 + sigma_w^2 K, which begins with K = x.conj(y)/d.
    Raises `InputError` for a negative or non-finite sigma.

    Reference: Neal 1996; arXiv:1711.00165.
    """
    return Dense(checked_scale("sigma_w", sigma_w), checked_scale("sigma_b", sigma_b), bool(complex))
