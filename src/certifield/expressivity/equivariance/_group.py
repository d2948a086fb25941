"""Finite groups, each as the permutations of a few points that it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from certifield._arguments import listed, reals, whole
from certifield.evidence import InputError

MOST = 1024  # elements: the table of products has their square


@dataclass(frozen=True, eq=False)
class FiniteGroup:
    """A finite group of permutations.

    ``permutations`` [order, points]: element g takes point i to ``permutations[g, i]``; element 0 is the unit.  ``table[g, h]`` is the
    number of the product gh, which is h first, and ``inverses[g]`` that of g^-1.  ``generators``: numbers of elements of which all others
    are products; ``steps[g]`` is (s, h) with g = sh, s a generator and h an earlier element.
    """

    name: str
    permutations: np.ndarray
    generators: tuple[int, ...]
    steps: tuple[tuple[int, int], ...] = field(repr=False)

    @property
    def order(self) -> int:
        """The number of elements."""
        return len(self.permutations)

    @cached_property
    def table(self) -> np.ndarray:
        """Products [order, order]."""
        number = {row.tobytes(): index for index, row in enumerate(self.permutations)}
        return np.array([[number[product.tobytes()] for product in left[self.permutations]] for left in self.permutations])

    @cached_property
    def inverses(self) -> np.ndarray:
        """Numbers of the inverse elements [order]."""
        return np.argmin(self.table, axis=1)  # the unit is number 0

    def __str__(self) -> str:
        return self.name


def permutation_group(generators: Sequence[Any], name: str = "") -> FiniteGroup:
    """The group of all products of ``generators``, each a permutation of 0, ..., n-1 as the list of its images.

    Elements are numbered as they are met, by the number of generators that they take.
    Raises `InputError` for what is no permutation, and for groups of more than 1024 elements.

    >>> permutation_group([[1, 2, 0], [1, 0, 2]]).order
    6
    """
    wanted = ("permutations of 0, ..., n-1, all of one n", "try [[1, 2, 0], [1, 0, 2]]")
    given = [reals("generators", one, *wanted, dimensions=1) for one in listed("generators", generators, *wanted)]
    if not given or any(one.shape != given[0].shape or sorted(one.tolist()) != list(range(len(given[0]))) for one in given):
        raise InputError("generators", generators, *wanted)
    moves = [one.astype(np.int64) for one in given]
    unit = np.arange(len(moves[0]), dtype=np.int64)
    found, elements, steps = {unit.tobytes(): 0}, [unit], [(0, 0)]
    for earlier in range(MOST + 1):
        if earlier == len(elements):
            break
        for move in moves:
            product = move[elements[earlier]]
            if product.tobytes() not in found:
                found[product.tobytes()] = len(elements)
                elements.append(product)
                steps.append((found.get(move.tobytes(), 0), earlier))
    if len(elements) > MOST:
        raise InputError("generators", name or generators, f"a group of at most {MOST} elements", "take a subgroup, or sample elements")
    numbers = tuple(found[move.tobytes()] for move in moves)
    return FiniteGroup(name or f"group of {len(elements)} permutations", np.array(elements), numbers, tuple(steps))


def cyclic(n: int) -> FiniteGroup:
    """C_n, the rotations of n points on a circle; element g turns by g places.  Raises `InputError` for n below 1."""
    size = whole("n", n, 1)
    return permutation_group([np.roll(np.arange(size), -1)], f"C{size}")


def dihedral(n: int) -> FiniteGroup:
    """D_n, of order 2n: the rotations and reflections of a polygon of n corners.  Raises `InputError` for n below 3."""
    size = whole("n", n, 3)
    return permutation_group([np.roll(np.arange(size), -1), -np.arange(size) % size], f"D{size}")


def symmetric(n: int) -> FiniteGroup:
    """S_n, all n! permutations of n points, n up to 6.  Raises `InputError`."""
    size = whole("n", n, 1, 6, "n! elements are listed; `equivariant_maps` needs generators alone")
    swap = np.arange(size)
    swap[:2] = swap[:2][::-1]
    return permutation_group([np.roll(np.arange(size), -1), swap], f"S{size}")
