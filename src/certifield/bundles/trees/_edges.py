r"""Blow-ups of the edges of a toric threefold base: how many there are up to a height, and one drawn uniformly.

An edge (u, w) is blown up at u + w, then its two halves, and so on; the ray a u + b w has the height a + b.  With a greatest height H,

.. math:: T(p, q) = 1 + T(p, p + q)\,T(p + q, q) \text{ where } p + q \le H, \text{ else } 1,

is the number of trees of an edge between heights p and q.  (J. Halverson, C. Long, B. Sung, arXiv:1706.02299.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from certifield.evidence import InputError

Ray = tuple[int, ...]
Allowed = Callable[[Ray], bool]
FULL = 64  # heights beyond which a recursion would be deep for no use


def everything(ray: Ray) -> bool:
    """Allows all rays."""
    return True


@dataclass(frozen=True)
class EdgeTrees:
    """All trees of one edge with rays up to a ``height`` that are ``allowed``: rays are coefficients (a, b) of the two ends.

    >>> [EdgeTrees(height).count for height in range(1, 8)]
    [1, 2, 5, 10, 50, 82, 785]
    """

    height: int = 6
    allowed: Allowed = everything

    def __post_init__(self) -> None:
        if type(self.height) is not int or not 1 <= self.height <= FULL:
            raise InputError("height", self.height, f"a whole number from 1 to {FULL}", "6 keeps all divisors minimal")

    @cached_property
    def count(self) -> int:
        """How many there are, the empty one included."""
        return self._count((1, 0), (0, 1), {})

    def draw(self, rng: np.random.Generator) -> tuple[Ray, ...]:
        """The rays of one of them, each with the same probability."""
        known: dict[tuple[Ray, Ray], int] = {}
        found, waiting = [], [((1, 0), (0, 1))]
        while waiting:
            left, right = waiting.pop()
            total = self._count(left, right, known)
            if total > 1 and below(rng, total):  # 0 stands for the empty tree
                middle = (left[0] + right[0], left[1] + right[1])
                found.append(middle)
                waiting += [(left, middle), (middle, right)]
        return tuple(sorted(found, key=lambda ray: (sum(ray), ray)))

    def _count(self, left: Ray, right: Ray, known: dict[tuple[Ray, Ray], int]) -> int:
        key = left, right
        if key not in known:
            middle = (left[0] + right[0], left[1] + right[1])
            known[key] = 1
            if sum(middle) <= self.height and self.allowed(middle):
                known[key] = 1 + self._count(left, middle, known) * self._count(middle, right, known)
        return known[key]


def below(rng: np.random.Generator, total: int) -> int:
    """A whole number from 0 to total - 1, each with the same probability, of any size."""
    bits = total.bit_length()
    while True:
        value = int.from_bytes(rng.bytes((bits + 7) // 8)) >> (-bits % 8)
        if value < total:
            return value
