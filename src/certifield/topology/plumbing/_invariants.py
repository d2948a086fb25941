r"""Invariants of plumbed manifolds, in exact integers and fractions.

$H_1(M_\Gamma) = \operatorname{coker} Q$, $b_1 = \dim\ker Q$, and the linking form on the torsion is $\pm Q^{-1}$ modulo 1.  Inertia and
determinant come from rational elimination of the leaves, never from floats; the Smith form from python-flint.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import prod

from ..invariants._flint import flint
from ..invariants._inertia import Inertia
from ._forest import PlumbingForest


@dataclass(frozen=True)
class Homology:
    r"""A finitely generated abelian group $\mathbb Z^b \oplus \mathbb Z/d_1 \oplus \dots$ with $1 < d_1 \mid d_2 \mid \dots$."""

    betti: int
    torsion: tuple[int, ...]

    @property
    def order(self) -> int:
        """The number of elements; 0 if that is infinite."""
        return 0 if self.betti else prod(self.torsion)

    def __str__(self) -> str:
        return " + ".join(["Z"] * self.betti + [f"Z/{divisor}" for divisor in self.torsion]) or "0"


def leaf_order(forest: PlumbingForest) -> list[tuple[int, int]]:
    """All vertices with their parents (-1 for roots), children before parents."""
    order: list[tuple[int, int]] = []
    seen = [False] * len(forest.weights)
    for root in range(len(seen)):
        if seen[root]:
            continue
        start = len(order)
        order.append((root, -1))
        for vertex, parent in _growing(order, start):
            seen[vertex] = True
            order += [(other, vertex) for other in forest.neighbours[vertex] if other != parent]
    return order[::-1]


def _growing(order: list[tuple[int, int]], place: int):
    while place < len(order):
        yield order[place]
        place += 1


def pivots(forest: PlumbingForest) -> list[Fraction]:
    r"""Diagonal entries of a matrix congruent to Q over the rationals by unimodular matrices, so that their product is $\det Q$.

    A child of pivot $d \ne 0$ is eliminated and its parent loses 1/d.  Where a child has pivot 0, it and its parent make a hyperbolic
    plane, entries 1 and -1 (of determinant -1), and the parent is cut from everything else.
    """
    value = [Fraction(weight) for weight in forest.weights]
    zeros = [0] * len(value)  # children of pivot 0
    found = []
    for vertex, parent in leaf_order(forest):
        if zeros[vertex]:
            found += [Fraction(1), Fraction(-1), *[Fraction(0)] * (zeros[vertex] - 1)]
        elif value[vertex] == 0 and parent >= 0:
            zeros[parent] += 1
        else:
            found.append(value[vertex])
            if parent >= 0:
                value[parent] -= 1 / value[vertex]
    return found


def inertia(forest: PlumbingForest) -> Inertia:
    """How many eigenvalues of the linking matrix are positive, zero and negative."""
    signs = [(pivot > 0) - (pivot < 0) for pivot in pivots(forest)]
    return Inertia(signs.count(1), signs.count(0), signs.count(-1))


def determinant(forest: PlumbingForest) -> int:
    r"""$\det Q$; its size is the order of $H_1$ unless it is 0.  1 for the empty forest."""
    return int(prod(pivots(forest), start=Fraction(1)))


def homology(forest: PlumbingForest) -> Homology:
    r"""$H_1(M_\Gamma;\mathbb Z)$, by the Smith form of a small presentation.

    In a tree with a root, the relation of a vertex tells its parent's generator by those of its own side, so that one generator for each
    leaf and one relation for each of the others remain.  Needs python-flint; raises `MissingExtra` without it.
    """
    rows, generators = _presentation(forest)
    if not generators:
        return Homology(0, ())
    matrix = flint().fmpz_mat([[row.get(column, 0) for column in range(generators)] for row in rows] or [[0] * generators])
    form = matrix.snf()
    found = [abs(int(form[place, place])) for place in range(min(form.nrows(), form.ncols()))]
    found += [0] * (generators - len(found))
    return Homology(found.count(0), tuple(sorted(divisor for divisor in found if divisor > 1)))


def _presentation(forest: PlumbingForest) -> tuple[list[dict[int, int]], int]:
    """Relations as sparse rows, and the number of generators."""
    told: dict[int, dict[int, int]] = {}  # the generator of a vertex, by those that are left
    sums: dict[int, dict[int, int]] = {}  # the sum over the children of a vertex
    rows: list[dict[int, int]] = []
    generators = 0
    for vertex, parent in leaf_order(forest):
        if vertex not in told:
            told[vertex] = {generators: 1}
            generators += 1
        relation = _plus(sums.get(vertex, {}), told[vertex], forest.weights[vertex])
        if parent < 0:
            rows.append(relation)
            continue
        sums[parent] = _plus(sums.get(parent, {}), told[vertex], 1)
        if parent in told:
            rows.append(_plus(relation, told[parent], 1))
        else:
            told[parent] = {generator: -number for generator, number in relation.items()}
    return [row for row in rows if row], generators


def _plus(one: dict[int, int], other: dict[int, int], times: int) -> dict[int, int]:
    found = dict(one)
    for key, number in other.items():
        found[key] = found.get(key, 0) + times * number
    return {key: number for key, number in found.items() if number}
