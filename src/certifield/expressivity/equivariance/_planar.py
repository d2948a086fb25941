"""The symmetries p4 and p4m of the square lattice, quarter turns and reflections, acting on images and on fields over the group."""

from collections.abc import Callable
from functools import cached_property

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.evidence import InputError

from ._group import FiniteGroup, permutation_group

_SQUARE = np.arange(9).reshape(3, 3)  # the least image on which quarter turns and reflections are all different


class PlanarGroup(FiniteGroup):
    """The point group of p4 (order 4) or p4m (order 8): element g is ``motions[g]``, a reflection or none, and then quarter turns."""

    @cached_property
    def motions(self) -> tuple[tuple[int, bool], ...]:
        """(quarter turns, whether mirrored first), element by element."""
        named = {_places(turns, mirrored): (turns, mirrored) for turns in range(4) for mirrored in (False, True)}
        return tuple(named[tuple(row)] for row in self.permutations.tolist())

    def move(self, element: int, image: Array) -> Array:
        """The transform of an image [..., n, n]: (g f)(x) = f(g^-1 x)."""
        turns, mirrored = self.motions[element]
        return jnp.rot90(jnp.flip(image, -1) if mirrored else image, turns, axes=(-2, -1))


def _places(turns: int, mirrored: bool) -> tuple[int, ...]:
    """Where each place of the 3 x 3 square goes."""
    moved = np.rot90(np.flip(_SQUARE, 1) if mirrored else _SQUARE, turns)
    return tuple(np.argsort(moved.ravel()).tolist())


def p4(mirrors: bool = False) -> PlanarGroup:
    """The quarter turns (order 4), or with ``mirrors`` the point group of p4m with its reflections (order 8)."""
    generators = [_places(1, False), *([_places(0, True)] if mirrors else [])]
    group = permutation_group(generators, "p4m" if mirrors else "p4")
    return PlanarGroup(group.name, group.permutations, group.generators, group.steps)


def image_action(group: PlanarGroup) -> Callable[[int, Array], Array]:
    """(g, image [channels, n, n]) -> the image, turned and mirrored.  Raises `InputError` for what is no planar group."""
    if not isinstance(group, PlanarGroup):
        raise InputError("group", group, "p4() or p4(mirrors=True)", "quarter turns and reflections are what a square lattice has")
    return _Images(group)


def orbit_action(group: PlanarGroup) -> Callable[[int, Array], Array]:
    """(g, field [channels, |G|, n, n]) -> (g F)(h, x) = F(g^-1 h, g^-1 x).  Raises `InputError` for what is no planar group."""
    image_action(group)
    return _Orbits(group)


class _Images:
    def __init__(self, group: PlanarGroup) -> None:
        self.group = group

    def __call__(self, element: int, image: Array) -> Array:
        return self.group.move(element, image)


class _Orbits(_Images):
    def __call__(self, element: int, image: Array) -> Array:
        return self.group.move(element, image)[:, self.group.table[self.group.inverses[element]]]
