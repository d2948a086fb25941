r"""Monads $0 \to V \to B \to C \to 0$ with sums of line bundles B, C: topology in exact integers, and one form for each model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from certifield.evidence import InputError

from .._threefolds import Threefold, Vector, divided


@dataclass(frozen=True)
class Monad:
    r"""$B = \oplus O(b_i)$, $C = \oplus O(c_a)$ on ``manifold``, as rows of vectors.

    Raises `InputError` for vectors of wrong length or that are not whole numbers or too large for cubic forms of 64 bits, $r_B \le r_C$,
    and $c_1(V) \ne 0$, which it names.
    """

    manifold: Threefold
    b: tuple[Vector, ...]
    c: tuple[Vector, ...]

    def __post_init__(self) -> None:
        for name in ("b", "c"):
            rows = tuple(tuple(row) for row in getattr(self, name))
            for number, row in enumerate(rows):
                if len(row) != self.manifold.rank:
                    raise InputError(name, list(row), f"{self.manifold.rank} entries in each vector", f"mend number {number}")
                if any(isinstance(entry, bool) or not isinstance(entry, int | np.integer) for entry in row):
                    raise InputError(name, list(row), "whole numbers", f"mend number {number}")
            object.__setattr__(self, name, tuple(tuple(int(entry) for entry in row) for row in rows))
        if not self.c or len(self.b) <= len(self.c):
            raise InputError(
                "b", f"{len(self.b)} line bundles over {len(self.c)}", "more in B than in C, and one in C", "V has the rank left"
            )
        self.manifold.require_small("b, c", self.b + self.c)
        for row, total in enumerate(self.c1):
            if total:
                raise InputError("c", self.c, f"such that c_1(V) = 0; its entry {row} is {total}", "the last of C makes up for the others")

    @property
    def rank(self) -> int:
        """The rank of V."""
        return len(self.b) - len(self.c)

    @property
    def c1(self) -> Vector:
        r"""$\sum_i b_i - \sum_a c_a$."""
        return tuple(int(entry) for entry in np.sum(self.b, axis=0) - np.sum(self.c, axis=0))

    @property
    def c2(self) -> Vector:
        r"""$c_{2,r}(V) = -\frac12 d_{rst} (\sum_i b_i^s b_i^t - \sum_a c_a^s c_a^t)$."""
        b, c = np.array(self.b, np.int64), np.array(self.c, np.int64)
        square = np.einsum("rst,st->r", self.manifold.intersections, b.T @ b - c.T @ c)
        return tuple(int(entry) for entry in divided(-square, 2))

    @property
    def index(self) -> int:
        r"""$\chi(V) = \sum_i \chi(O(b_i)) - \sum_a \chi(O(c_a)) = \frac12 c_3(V)$."""
        m = self.manifold
        return int(m.indices(np.array(self.b, np.int64)).sum() - m.indices(np.array(self.c, np.int64)).sum())

    def canonical(self) -> "Monad":
        """The lexicographically least of its forms under permutations within B and C and the symmetries of the configuration."""
        forms = [(_sorted(self.b, order), _sorted(self.c, order)) for order in self.manifold.symmetries]
        return Monad(self.manifold, *min(forms))

    def __str__(self) -> str:
        return f"B {' '.join(map(_written, self.b))} -> C {' '.join(map(_written, self.c))}"


def _sorted(rows: Sequence[Vector], order: Vector) -> tuple[Vector, ...]:
    return tuple(sorted(tuple(row[i] for i in order) for row in rows))


def _written(row: Vector) -> str:
    return f"({','.join(map(str, row))})"


def canonical_rows(manifold: Threefold, states: np.ndarray, split: int) -> np.ndarray:
    """Canonical forms of many states [states, vectors, h], the first ``split`` vectors being B, each once, in ascending order."""
    if len(states) == 0:
        return states
    low, width = int(states.min()), int(states.max() - states.min()) + 1
    radix = width ** np.arange(states.shape[2] - 1, -1, -1, dtype=np.int64)
    forms = []
    for order in manifold.symmetries:
        codes = (states[:, :, list(order)].astype(np.int64) - low) @ radix
        forms.append(np.concatenate([np.sort(codes[:, :split], axis=1), np.sort(codes[:, split:], axis=1)], axis=1))
    least = forms[0]
    for form in forms[1:]:
        differs = form != least
        first = np.argmax(differs, axis=1)
        rows = np.arange(len(form))
        less = differs.any(axis=1) & (form[rows, first] < least[rows, first])
        least = np.where(less[:, None], form, least)
    unique = np.unique(least, axis=0)
    return unique[:, :, None] // radix % width + low
