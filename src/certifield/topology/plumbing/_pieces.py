r"""What the components of a normal form are: lens spaces, Seifert manifolds, graph manifolds."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ._forest import PlumbingForest
from ._normal_form import normal_form


@dataclass(frozen=True, order=True)
class LensSpace:
    r"""$L(p, q)$, the chain of weights $-a_i$ with $p/q = [a_1, \dots, a_k] = a_1 - 1/(a_2 - \dots)$; q is the lesser of q, 1/q mod p."""

    p: int
    q: int

    def __str__(self) -> str:
        return f"L({self.p},{self.q})"


@dataclass(frozen=True, order=True)
class Seifert:
    r"""A Seifert manifold over the 2-sphere: the ``centre`` weight, and $(\alpha, \omega)$ of three or more ``fibres`` in ascending order.

    A leg $-a_1, \dots, -a_k$ from the centre outwards has $\alpha/\omega = [a_1, \dots, a_k]$.
    """

    centre: int
    fibres: tuple[tuple[int, int], ...]

    @property
    def euler(self) -> Fraction:
        r"""The orbifold Euler number $e + \sum \omega/\alpha$."""
        return self.centre + sum((Fraction(omega, alpha) for alpha, omega in self.fibres), Fraction(0))

    def __str__(self) -> str:
        return f"S({self.centre}; {', '.join(f'{alpha}/{omega}' for alpha, omega in self.fibres)})"


@dataclass(frozen=True, order=True)
class Graph:
    """A tree with two ``nodes`` or more, a node being a vertex of valence 3 at least; ``code`` tells its class of isomorphism."""

    nodes: int
    code: tuple[int, ...]

    def __str__(self) -> str:
        return f"graph of {self.nodes} nodes"


@dataclass(frozen=True, order=True)
class Handle:
    r"""$S^1\times S^2$, an isolated vertex of weight 0."""

    def __str__(self) -> str:
        return "S1xS2"


Piece = LensSpace | Seifert | Graph | Handle


def continued_fraction(weights: Sequence[int]) -> Fraction:
    r"""$[a_1, \dots, a_k] = a_1 - 1/(a_2 - 1/\dots)$.  Raises `ZeroDivisionError` where a tail is 0."""
    value = Fraction(weights[-1])
    for weight in weights[-2::-1]:
        value = weight - 1 / value
    return value


def pieces(forest: PlumbingForest) -> tuple[Piece, ...]:
    """The components of the normal form of a forest, in a fixed order: the summands of its manifold.  Nothing for the 3-sphere."""
    normal = normal_form(forest).forest
    found = [_piece(normal, tree) for tree in trees(normal)]
    return tuple(sorted(found, key=lambda piece: (type(piece).__name__, piece)))


def trees(forest: PlumbingForest) -> list[list[int]]:
    """The vertices of every tree of a forest."""
    seen: set[int] = set()
    found = []
    for root in range(len(forest.weights)):
        if root in seen:
            continue
        members = [root]
        seen.add(root)
        for vertex in members:
            fresh = [other for other in forest.neighbours[vertex] if other not in seen]
            seen.update(fresh)
            members += fresh
        found.append(members)
    return found


def _piece(normal: PlumbingForest, tree: list[int]) -> Piece:
    nodes = [vertex for vertex in tree if len(normal.neighbours[vertex]) > 2]
    if not nodes:
        ends = [vertex for vertex in tree if len(normal.neighbours[vertex]) < 2]
        if normal.weights[ends[0]] == 0:
            return Handle()
        ratio = -continued_fraction([normal.weights[vertex] for vertex in _path(normal, ends[0], -1)])
        p, q = ratio.numerator, ratio.denominator
        return LensSpace(p, min(q, pow(q, -1, p)))
    if len(nodes) == 1:
        legs = [_path(normal, first, nodes[0]) for first in normal.neighbours[nodes[0]]]
        ratios = [-continued_fraction([normal.weights[vertex] for vertex in leg]) for leg in legs]
        return Seifert(normal.weights[nodes[0]], tuple(sorted((ratio.numerator, ratio.denominator) for ratio in ratios)))
    number = {vertex: place for place, vertex in enumerate(tree)}
    edges = [(number[u], number[w]) for u, w in normal.edges if u in number]
    return Graph(len(nodes), normal_form(PlumbingForest(tuple(normal.weights[vertex] for vertex in tree), tuple(edges))).code)


def _path(forest: PlumbingForest, start: int, behind: int) -> list[int]:
    """The chain from ``start`` away from ``behind``."""
    path = [start]
    while following := [other for other in forest.neighbours[path[-1]] if other != behind]:
        behind = path[-1]
        path.append(following[0])
    return path
