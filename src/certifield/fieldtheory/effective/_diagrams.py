"""The connected diagrams of an action whose vertices are connected correlators, with their symmetry factors.

A diagram has vertices G_c^(n), n >= 3, factor +1; lines between them, factor -Delta each, Delta = (G_c2)^(-1); and r external legs, factor
Delta each (arXiv:2307.03223).  It is a multigraph: ``lines[v][w]`` counts the lines between two vertices, ``lines[v][v]`` the loops of one,
``legs[v]`` its external legs, and ``degree = legs + 2 loops + lines to others``.  With labelled legs its symmetry factor is

    S = prod_v 2^(loops) loops! prod_{v<w} lines! * (permutations of legless vertices that change nothing),

and r! / (prod legs! * permutations that keep legs and lines, up to those already in S) different ways to attach the labels.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property

from certifield.evidence import InputError

Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Diagram:
    """One connected diagram: ``degrees`` of its vertices, ``legs`` on each of them, ``lines`` between them (loops on the diagonal)."""

    degrees: tuple[int, ...]
    legs: tuple[int, ...]
    lines: Matrix

    @property
    def internal(self) -> int:
        """The number of internal lines, loops included."""
        return sum(self.lines[v][w] for v in range(len(self.legs)) for w in range(v, len(self.legs)))

    @property
    def loops(self) -> int:
        """The number of independent loops: internal lines - vertices + 1."""
        return self.internal - len(self.legs) + 1

    @property
    def sign(self) -> int:
        """(-1)^(internal lines)."""
        return -1 if self.internal % 2 else 1

    @cached_property
    def symmetry(self) -> int:
        """The symmetry factor S with labelled legs: the diagram enters with 1/S."""
        free = [v for v, legs in enumerate(self.legs) if not legs]
        moves = sum(1 for move in self._automorphisms() if all(move[v] == v for v in range(len(move)) if v not in free))
        return self._line_factor() * moves

    @cached_property
    def labellings(self) -> int:
        """In how many different ways r labels can be attached to the legs."""
        weight = Fraction(math.factorial(sum(self.legs)), math.prod(map(math.factorial, self.legs)))
        weight /= self._line_factor() * len(self._automorphisms())
        return int(weight * self.symmetry)

    def _line_factor(self) -> int:
        size = range(len(self.legs))
        loops = math.prod(2 ** self.lines[v][v] * math.factorial(self.lines[v][v]) for v in size)
        return loops * math.prod(math.factorial(self.lines[v][w]) for v in size for w in size if v < w)

    def _automorphisms(self) -> list[tuple[int, ...]]:
        size = range(len(self.legs))
        return [move for move in itertools.permutations(size) if all(self._same(move, v, w) for v in size for w in size)]

    def _same(self, move: tuple[int, ...], v: int, w: int) -> bool:
        return (
            self.degrees[v] == self.degrees[move[v]]
            and self.legs[v] == self.legs[move[v]]
            and self.lines[v][w] == self.lines[move[v]][move[w]]
        )

    def __str__(self) -> str:
        size = range(len(self.legs))
        vertices = " ".join(f"G{degree}({legs} legs)" for degree, legs in zip(self.degrees, self.legs, strict=True))
        lines = [f"{v}-{w} x{self.lines[v][w]}" for v in size for w in size if v <= w and self.lines[v][w]]
        return f"{vertices}; lines {', '.join(lines) or 'none'}; {self.labellings} labellings / {self.symmetry}, sign {self.sign:+d}"


def diagrams_by_width(legs: int, order: int) -> tuple[Diagram, ...]:
    """All connected diagrams with ``legs`` external legs up to order (1/N)^order, even vertices: G_c^(2k) counts k - 1.

    >>> [str(sum_over(diagrams_by_width(legs, 2)[1:], 4)) for legs in (2, 4, 6)]
    ['-2/3', '7/2', '-10']
    """
    _checked(legs, order)
    degrees = [degree for k in range(2, order + 2) for degree in [2 * k]]
    chosen = (combination for number in range(1, order + 1) for combination in itertools.combinations_with_replacement(degrees, number))
    within = sorted(
        (one for one in chosen if sum(n // 2 - 1 for n in one) <= order), key=lambda one: (sum(n // 2 - 1 for n in one), len(one))
    )
    return tuple(diagram for one in within for diagram in diagrams(legs, one))


def diagrams_by_dependence(legs: int, order: int, highest: int) -> tuple[Diagram, ...]:
    """All connected diagrams up to ``order`` vertices G_c^(n), n = 4, 6, ..., ``highest``: every connected correlator counts 1.

    That is the expansion in a parameter that breaks the independence of neurons: at first order single vertices with any number of
    tadpoles, g_r = sum_m (-1)^m/(2^m m!) [G_c^(r+2m) with m self-contractions].
    """
    _checked(legs, order)
    if highest < max(4, legs) or highest % 2:
        raise InputError("highest", highest, f"an even number, {max(4, legs)} or more", "try highest=8")
    degrees = range(4, highest + 1, 2)
    chosen = (one for number in range(1, order + 1) for one in itertools.combinations_with_replacement(degrees, number))
    return tuple(diagram for one in chosen for diagram in diagrams(legs, one))


@cache
def diagrams(legs: int, degrees: tuple[int, ...]) -> tuple[Diagram, ...]:
    """The different connected diagrams of these vertices with so many external legs, each once.

    >>> [(one.labellings, one.symmetry) for one in diagrams(4, (4, 4))]
    [(4, 2), (3, 2)]
    """
    if not degrees or any(degree < 3 for degree in degrees):
        raise InputError("degrees", degrees, "degrees of vertices, 3 or more each", "two-point functions are the lines")
    found: dict[tuple, Diagram] = {}
    for graph in _graphs(degrees, legs):
        if _connected(graph.lines):
            found.setdefault(_canonical(graph), graph)
    return tuple(sorted(found.values(), key=lambda one: (one.loops, -one.labellings, one.legs)))


def sum_over(chosen: Sequence[Diagram], degree: int) -> Fraction:
    """The sum of sign * labellings / S over those whose vertices all have this degree: the coefficient in one variable."""
    return sum((Fraction(one.sign * one.labellings, one.symmetry) for one in chosen if set(one.degrees) == {degree}), Fraction(0))


def _graphs(degrees: tuple[int, ...], legs: int) -> Iterator[Diagram]:
    """All ways to use up the degrees of the vertices with loops, lines to later vertices, and legs."""
    size = len(degrees)

    def vertex(v: int, left: tuple[int, ...], external: int, rows: list[list[int]], ends: list[int]) -> Iterator[Diagram]:
        if v == size:
            if external == 0:
                yield Diagram(degrees, tuple(ends), _symmetric(rows))
            return
        for loops in range(left[v] // 2 + 1):
            for shares in itertools.product(*(range(min(left[v], left[w]) + 1) for w in range(v + 1, size))):
                end = left[v] - 2 * loops - sum(shares)
                if not 0 <= end <= external:
                    continue
                row = [0] * v + [loops, *shares]
                after = (*left[: v + 1], *(left[w] - shares[w - v - 1] for w in range(v + 1, size)))
                yield from vertex(v + 1, after, external - end, [*rows, row], [*ends, end])

    yield from vertex(0, degrees, legs, [], [])


def _symmetric(rows: list[list[int]]) -> Matrix:
    return tuple(tuple(rows[min(v, w)][max(v, w)] for w in range(len(rows))) for v in range(len(rows)))


def _connected(lines: Matrix) -> bool:
    reached, new = {0}, [0]
    while new:
        v = new.pop()
        more = [w for w in range(len(lines)) if lines[v][w] and w not in reached]
        reached.update(more)
        new += more
    return len(reached) == len(lines)


def _canonical(graph: Diagram) -> tuple:
    size = range(len(graph.legs))
    return min(
        tuple((graph.degrees[v], graph.legs[v], tuple(graph.lines[v][w] for w in move)) for v in move)
        for move in itertools.permutations(size)
    )


def _checked(legs: int, order: int) -> None:
    if isinstance(legs, bool) or not isinstance(legs, int) or not 2 <= legs <= 8 or legs % 2:
        raise InputError("legs", legs, "2, 4, 6 or 8", "odd couplings vanish with the odd correlators")
    if isinstance(order, bool) or not isinstance(order, int) or not 1 <= order <= 4:
        raise InputError("order", order, "a whole number from 1 to 4", "try order=2")
