"""Representations of O(3) by the package e3nn-jax (extra `equivariance`)."""

import importlib
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from certifield._arguments import whole
from certifield.evidence import InputError, MissingExtra


class OrthogonalAction:
    """(R, x) -> D(R) x for a matrix R of O(3) and x in the space of the given irreps; see `orthogonal_action`."""

    def __init__(self, irreps: Any) -> None:
        self.irreps = irreps
        self.dim: int = irreps.dim

    def matrix(self, rotation: Float[Array, "3 3"]) -> Float[Array, "dim dim"]:
        """D(R), orthogonal."""
        return self.irreps.D_from_matrix(jnp.asarray(rotation, dtype=float))

    def __call__(self, rotation: Float[Array, "3 3"], x: Float[Array, " dim"]) -> Float[Array, " dim"]:
        return self.matrix(rotation) @ x


def orthogonal_action(irreps: str) -> OrthogonalAction:
    """The action of O(3) on a sum of irreps, written as e3nn writes them: "2x0e + 1o" is two scalars and a vector.

    Components are those of real spherical harmonics in the conventions of e3nn, whose layers can be examined with it, and whose order for
    1o is (x, y, z).
    Raises `InputError` for what is no sum of irreps, `MissingExtra` without the package.
    """
    try:
        e3nn = importlib.import_module("e3nn_jax")
    except ModuleNotFoundError:
        raise MissingExtra("representations of O(3) need e3nn-jax: pip install 'certifield[equivariance]'") from None
    try:
        return OrthogonalAction(e3nn.Irreps(irreps))
    except (ValueError, TypeError, AttributeError, AssertionError) as error:
        raise InputError("irreps", irreps, "a sum such as '2x0e + 1o'", "l = 0, 1, 2, ... with e (even) or o (odd)") from error


def random_orthogonal(key: Key[Array, ""], draws: int, n: int = 3) -> Float[Array, "draws n n"]:
    """``draws`` matrices of O(n) by Haar's measure, so that half of them are reflections.  Raises `InputError` for numbers below 1."""
    for name, number in {"n": n, "draws": draws}.items():
        whole(name, number, 1)
    orthogonal, upper = jnp.linalg.qr(jax.random.normal(key, (draws, n, n)))
    return orthogonal * jnp.sign(jnp.diagonal(upper, axis1=-2, axis2=-1))[:, None, :]
