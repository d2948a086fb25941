"""Representations of finite groups by matrices, and what their characters count."""

from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield._arguments import of_kind, whole
from certifield.evidence import Exact, InputError

from ._group import FiniteGroup

_DIGITS = 1e-9  # relative, to which products of given matrices must be the matrices of products


@dataclass(frozen=True, eq=False)
class Representation:
    """Matrices rho(g), ``matrices`` [order, dim, dim], with rho(gh) = rho(g) rho(h); as a function it acts: (g, vector) -> rho(g) vector.

    Sums and products are ``+`` (direct sum) and ``*`` (tensor product, indices in the order of `numpy.kron`).
    """

    group: FiniteGroup
    matrices: np.ndarray
    name: str

    @property
    def dim(self) -> int:
        """The dimension of the space."""
        return self.matrices.shape[-1]

    @property
    def character(self) -> np.ndarray:
        """Traces [order]."""
        return np.trace(self.matrices, axis1=1, axis2=2)

    @property
    def dual(self) -> "Representation":
        """rho(g^-1)^T."""
        return Representation(self.group, self.matrices[self.group.inverses].swapaxes(1, 2), f"dual of {self.name}")

    def __call__(self, element: int, vector: Array) -> Array:
        return jnp.asarray(self.matrices[element]) @ vector

    def __add__(self, other: "Representation") -> "Representation":
        first, second = self.matrices, _of_the_group(self, other).matrices
        zeros = np.zeros((len(first), self.dim, other.dim))
        blocks = [np.concatenate([first, zeros], 2), np.concatenate([zeros.swapaxes(1, 2), second], 2)]
        return Representation(self.group, np.concatenate(blocks, 1), f"{self.name} + {other.name}")

    def __mul__(self, other: "Representation") -> "Representation":
        product = np.einsum("gij,gkl->gikjl", self.matrices, _of_the_group(self, other).matrices)
        return Representation(self.group, product.reshape(self.group.order, self.dim * other.dim, -1), f"({self.name}) ({other.name})")

    def __str__(self) -> str:
        return f"{self.name} of {self.group}"


def represent(group: FiniteGroup, images: Sequence[np.ndarray], name: str = "given matrices") -> Representation:
    """The representation with the matrices ``images`` [generators, dim, dim] for the generators of the group, in their order.

    Raises `InputError` unless the products of these matrices obey every relation of the group, with the element where one fails: it is
    checked that rho(s) rho(h) = rho(sh) for every generator s and element h, from which all products follow.
    """
    _group(group)
    try:
        given = np.asarray(images)
    except ValueError:
        given = np.array(None)
    if given.ndim != 3 or given.shape[0] != len(group.generators) or given.shape[1] != given.shape[2] or given.dtype.kind not in "iufc":
        allowed = f"square matrices, one for each of the {len(group.generators)} generators of {group}"
        raise InputError("images", f"an array of shape {list(given.shape)}", allowed, "give them in the order of `generators`")
    image = dict(zip(group.generators, given, strict=True))
    matrices: list[np.ndarray] = [np.eye(given.shape[1])]
    for generator, earlier in group.steps[1:]:
        matrices.append(image[generator] @ matrices[earlier])
    stacked = np.array(matrices)
    for generator, matrix in image.items():
        off = abs(matrix @ stacked - stacked[group.table[generator]]).max(axis=(1, 2))
        if not off.max() <= _DIGITS * max(1.0, abs(stacked).max()):
            given_as = f"rho({generator}) rho({int(np.argmax(off))}) is off by {off.max():.2g}"
            raise InputError("images", given_as, f"matrices that obey the relations of {group}", "check signs and the order of products")
    return Representation(group, stacked, name)


def trivial(group: FiniteGroup, dim: int = 1) -> Representation:
    """rho(g) = 1 in ``dim`` dimensions: maps into it are invariants."""
    whole("dim", dim, 1)
    _group(group)
    return Representation(group, np.broadcast_to(np.eye(dim), (group.order, dim, dim)), f"trivial {dim}")


def defining(group: FiniteGroup) -> Representation:
    """Permutation matrices on the points of the group: rho(g) e_i = e_g(i)."""
    points = _group(group).permutations.shape[1]
    return Representation(group, np.eye(points)[group.permutations].swapaxes(1, 2), f"{points} points")


def regular(group: FiniteGroup) -> Representation:
    """Functions on the group: rho(g) e_h = e_gh, in as many dimensions as there are elements."""
    return Representation(group, np.eye(_group(group).order)[group.table].swapaxes(1, 2), "regular")


def equivariant_dimension(rho_in: Representation, rho_out: Representation) -> Exact:
    """The dimension of the space of linear maps with W rho_in(g) = rho_out(g) W: <chi_in, chi_out> = sum_g chi_in(g)* chi_out(g)/|G|.

    A whole number, which rounding cannot change while the sum is close to it.
    Raises `InputError` for representations of different groups, and where the sum is no whole number, so that one is no representation.

    >>> from certifield.expressivity.equivariance import symmetric
    >>> points = defining(symmetric(4))
    >>> equivariant_dimension(points * points, points * points).value  # the Bell number B_4
    15
    """
    for name, given in (("rho_in", rho_in), ("rho_out", rho_out)):
        of_kind(name, given, Representation, "make one with defining, regular, trivial or represent")
    characters = rho_in.character.conj() * _of_the_group(rho_in, rho_out).character
    mean = complex(characters.sum()) / rho_in.group.order
    rounded = round(mean.real)
    if not abs(mean - rounded) < 1e-6:
        raise InputError("rho_in, rho_out", f"<chi_in, chi_out> = {mean:.6g}", "representations", "make them with `represent`")
    return Exact(rounded, f"<chi_in, chi_out> over the {rho_in.group.order} elements of {rho_in.group}")


def _group(given: object) -> FiniteGroup:
    return of_kind("group", given, FiniteGroup, "such as symmetric(4)")


def _of_the_group(first: Representation, second: Representation) -> Representation:
    one, other = first.group, second.group
    if one is not other and not np.array_equal(one.permutations, other.permutations):
        raise InputError("representations", f"{first} and {second}", "two of one group", "make both from the same group")
    return second
