"""Blow-ups of the faces of a toric threefold base that leave its edges alone: counted, and drawn uniformly, as distinct fans.

The first blow-up of a face leaves three cones, which are independent but for the order of events on their three common edges.  A fan of
each, with the orders that it allows, is part of a fan of the face exactly if one order of all events allows all three: orders of two
chains each that contradict each other in a circle have none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product

import numpy as np

from certifield.evidence import InputError

from ._edges import Allowed, Ray, below, everything
from ._triangles import Cone, Fan, Words, fans_of_a_cone, inner_rays, words_of

HIGHEST = 6  # beyond, the common edges are blown up in more than chains
CORNERS = ((0, 1), (1, 2), (2, 0))  # of the face, which are u and w of the three cones


@dataclass(frozen=True, eq=False)
class _Class:
    """Fans of one cone with the same rays on its two chains and the same words."""

    words: Words
    fans: list[Fan]  # in coordinates of the cone
    rays: list[frozenset[Ray]]  # their inner rays, in coordinates of the face


@dataclass(frozen=True)
class FaceTrees:
    """All trees of one face with rays up to a ``height`` that are ``allowed``: rays are coefficients (a, b, c) of the three corners.

    >>> [FaceTrees(height).count for height in (2, 3, 4, 5)]
    [1, 2, 17, 4231]
    """

    height: int = 6
    allowed: Allowed = everything

    def __post_init__(self) -> None:
        if type(self.height) is not int or not 1 <= self.height <= HIGHEST:
            raise InputError("height", self.height, f"a whole number from 1 to {HIGHEST}", "6 keeps all divisors minimal")

    @cached_property
    def count(self) -> int:
        """How many distinct fans there are, the empty tree included."""
        return 1 + sum(int(weights.sum()) for _, weights in self._blocks)

    @cached_property
    def by_rays(self) -> tuple[int, ...]:
        """How many there are with 0, 1, 2, ... added rays."""
        totals: dict[int, int] = {0: 1}
        for lengths, _ in self._blocks:
            parts = [self._classes[number][_ends(lengths, number)] for number in range(3)]
            exists = _compatible(lengths, *[tuple(one.words for one in part) for part in parts])
            tables = [np.array([np.bincount([len(rays) for rays in one.rays], minlength=20) for one in part]) for part in parts]
            found = np.einsum("xyz,xi,yj,zk->ijk", exists.astype(np.int64), *tables, optimize=True)
            for place in np.argwhere(found):
                rays = 1 + sum(lengths) + int(place.sum())
                totals[rays] = totals.get(rays, 0) + int(found[tuple(place)])
        return tuple(totals.get(rays, 0) for rays in range(max(totals) + 1))

    def draw(self, rng: np.random.Generator) -> tuple[Ray, ...]:
        """The added rays of one of them, every fan with the same probability.  Two fans may have the same rays."""
        lengths, parts = self._draw(rng)
        rays = {(1, 1, 1), *_chains(lengths)} if parts else set()
        return tuple(sorted(rays.union(*(one.rays[place] for one, place in parts)), key=lambda ray: (sum(ray), ray)))

    def draw_cones(self, rng: np.random.Generator) -> tuple[Cone, ...]:
        """One of them by its cones, every fan with the same probability; the fan of `draw` for the same state of ``rng``."""
        _, parts = self._draw(rng)
        if not parts:
            return (frozenset([(1, 0, 0), (0, 1, 0), (0, 0, 1)]),)
        cones = [
            frozenset(_placed(ray, corners) for ray in cone)
            for (one, place), corners in zip(parts, CORNERS, strict=True)
            for cone in one.fans[place]
        ]
        return tuple(sorted(cones, key=sorted))

    def _draw(self, rng: np.random.Generator) -> tuple[tuple[int, int, int], list[tuple[_Class, int]]]:
        """Lengths of the chains, and for each of the three cones a class and the number of one of its fans; none without blow-ups."""
        chosen = below(rng, self.count)
        if chosen == 0:
            return (0, 0, 0), []
        block = int(np.searchsorted(self._sums[0], chosen - 1, side="right"))
        lengths, weights = self._blocks[block]
        within = chosen - 1 - (int(self._sums[0][block - 1]) if block else 0)
        place = int(np.searchsorted(self._sums[1][block], within, side="right"))
        classes = [
            self._classes[number][_ends(lengths, number)][int(index)] for number, index in enumerate(np.unravel_index(place, weights.shape))
        ]
        return lengths, [(one, below(rng, len(one.fans))) for one in classes]

    @cached_property
    def _sums(self) -> tuple[np.ndarray, list[np.ndarray]]:
        """Running sums of the fans over the blocks, and over the classes of each."""
        inside = [np.cumsum(weights) for _, weights in self._blocks]
        return np.cumsum([sums[-1] for sums in inside]), inside

    @cached_property
    def _classes(self) -> list[dict[tuple[int, int], list[_Class]]]:
        """For each of the three cones and each pair of lengths of its chains, the classes of its fans."""
        found = []
        for corners in CORNERS:
            groups: dict[tuple[int, int], dict[Words, _Class]] = {}
            for fan, words in fans_of_a_cone(self.height):
                rays = frozenset(_placed(ray, corners) for ray in inner_rays(fan))
                if all(map(self.allowed, rays)):
                    word = next(iter(words))
                    ends = groups.setdefault((word.count("0"), word.count("1")), {})
                    one = ends.setdefault(words, _Class(words, [], []))
                    one.fans.append(fan)
                    one.rays.append(rays)
            found.append({ends: list(classes.values()) for ends, classes in groups.items()})
        return found

    @cached_property
    def _blocks(self) -> list[tuple[tuple[int, int, int], np.ndarray]]:
        """For the lengths of the three chains, the numbers of fans by classes [first cone, second, third]."""
        return list(self._made())

    def _made(self) -> Iterator[tuple[tuple[int, int, int], np.ndarray]]:
        if self.height < 3 or not self.allowed((1, 1, 1)):
            return
        chain = range(self.height - 2)
        for lengths in product(chain, chain, chain):
            parts = [self._classes[number].get(_ends(lengths, number), []) for number in range(3)]
            if all(parts) and all(map(self.allowed, _chains(lengths))):
                exists = _compatible(lengths, *[tuple(one.words for one in part) for part in parts])
                sizes = [np.array([len(one.fans) for one in part]) for part in parts]
                yield lengths, exists * sizes[0][:, None, None] * sizes[1][None, :, None] * sizes[2][None, None, :]


def _ends(lengths: tuple[int, int, int], number: int) -> tuple[int, int]:
    """The lengths of the chains of cone ``number``: from its two corners to the centre."""
    first, second = CORNERS[number]
    return lengths[first], lengths[second]


def _chains(lengths: tuple[int, int, int]) -> list[Ray]:
    """The rays on the edges between the corners and the centre."""
    return [tuple(1 + step * (i == corner) for i in range(3)) for corner, length in enumerate(lengths) for step in range(1, length + 1)]


def _placed(ray: Ray, corners: tuple[int, int]) -> Ray:
    """A ray of the cone of u, w and c in the coordinates of the face."""
    (third,) = {0, 1, 2} - set(corners)
    moved = dict(zip((*corners, third), ray, strict=True))
    return moved[0], moved[1], moved[2]


@cache
def _compatible(lengths: tuple[int, int, int], *words: tuple[Words, ...]) -> np.ndarray:
    """Which classes [first cone, second, third] have an order of all events on the three chains that allows all of them."""
    orders = list(_orders(lengths))
    tables = []
    for number, classes in enumerate(words):
        first, second = CORNERS[number]
        seen = ["".join("0" if letter == first else "1" for letter in order if letter in (first, second)) for order in orders]
        tables.append(np.array([[word in allowed for word in seen] for allowed in classes], np.float32))
    both = tables[0][:, None, :] * tables[1][None, :, :]
    return (both @ tables[2].T) > 0


def _orders(lengths: tuple[int, int, int]) -> Iterator[tuple[int, ...]]:
    """All orders of so many events on each of three chains."""
    two = words_of(lengths[0], lengths[1])
    for word in two:
        for merged in words_of(len(word), lengths[2]):
            letters = iter(word)
            yield tuple(2 if step == "1" else int(next(letters)) for step in merged)
