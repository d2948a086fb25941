"""Plumbing forests: weighted trees, each of which is a closed oriented 3-manifold."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..diagrams._reading import refuse

MOST_VERTICES = 100_000
MOST_WEIGHT = 10**9
FOREST = "a forest of unsigned edges and vertices of genus 0"
_TOKEN = re.compile(r"\s*([()]|[+-]?\d+)")


@dataclass(frozen=True)
class PlumbingForest:
    r"""A forest $\Gamma$ with integer ``weights``, one for each vertex 0, 1, ..., and ``edges`` between them.

    It stands for the boundary $M_\Gamma$ of the 4-manifold that is plumbed from disc bundles over spheres, $e_v$ being the Euler number
    over sphere v.  The linking matrix has $Q_{vv} = e_v$ and $Q_{uv} = 1$ on edges.  Disjoint union is connected sum, the empty forest is
    the 3-sphere, and one vertex of weight 0 is $S^1\times S^2$.
    Raises `InputError` for loops, multiple edges, cycles and weights that are no integers, and names them.
    Source: W. D. Neumann, Trans. Amer. Math. Soc. 268 (1981) 299.

    >>> chain(2, 2)
    PlumbingForest(weights=(2, 2), edges=((0, 1),))
    """

    weights: tuple[int, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "weights", tuple(_weight(vertex, weight) for vertex, weight in enumerate(_entries("weights", self.weights)))
        )
        if len(self.weights) > MOST_VERTICES:
            raise refuse("weights", f"{len(self.weights)} vertices", f"at most {MOST_VERTICES}", "cut the forest into its components")
        object.__setattr__(self, "edges", tuple(_edge(edge, len(self.weights)) for edge in _entries("edges", self.edges)))
        _refuse_cycles(self.edges, len(self.weights))

    @classmethod
    def from_text(cls, text: str) -> "PlumbingForest":
        """The forest of a text: every vertex is its weight and its children in brackets, as in "(-2(-2)(-3))(0)".

        Raises `InputError` where the brackets do not fit.
        """
        return cls(*_read(text))

    @classmethod
    def from_networkx(cls, graph: Any, weight: str = "weight") -> "PlumbingForest":
        """The forest of a graph of networkx whose nodes have an integer attribute ``weight``, in the order of its nodes.

        Signs of edges (attribute "sign") can all be made positive on a forest and are not looked at; a "genus" other than 0 is refused.
        """
        nodes = list(graph.nodes(data=True))
        number = {node: place for place, (node, _) in enumerate(nodes)}
        for node, given in nodes:
            if given.get("genus", 0) != 0:
                raise refuse(f"genus of vertex {node!r}", given["genus"], f"0: version 1 has {FOREST}", "split the vertex off")
            if weight not in given:
                raise refuse(f"vertex {node!r}", given, f"a node with the attribute {weight!r}", "set it, or name another attribute")
        edges = [(number[u], number[w]) for u, w in graph.edges()]
        return cls(tuple(given[weight] for _, given in nodes), tuple(edges))

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """The vertices next to each vertex, in ascending order."""
        found: list[list[int]] = [[] for _ in self.weights]
        for u, w in self.edges:
            found[u].append(w)
            found[w].append(u)
        return tuple(tuple(sorted(row)) for row in found)

    @property
    def components(self) -> int:
        """The number of trees."""
        return len(self.weights) - len(self.edges)

    def matrix(self) -> list[list[int]]:
        """The linking matrix Q."""
        rows = [[0] * len(self.weights) for _ in self.weights]
        for vertex, weight in enumerate(self.weights):
            rows[vertex][vertex] = weight
        for u, w in self.edges:
            rows[u][w] = rows[w][u] = 1
        return rows

    def mirror(self) -> "PlumbingForest":
        r"""A forest of the same manifold with the other orientation, $-M_\Gamma$: all weights change their signs."""
        return PlumbingForest(tuple(-weight for weight in self.weights), self.edges)

    def __add__(self, other: "PlumbingForest") -> "PlumbingForest":
        """The disjoint union, which is the connected sum of the manifolds."""
        size = len(self.weights)
        return PlumbingForest(self.weights + other.weights, self.edges + tuple((u + size, w + size) for u, w in other.edges))

    def document(self) -> dict[str, list]:
        """Weights and edges as JSON data, which is what certificates speak of."""
        return {"weights": list(self.weights), "edges": [list(edge) for edge in self.edges]}

    def __str__(self) -> str:
        seen: set[int] = set()
        return "".join(self._text(root, seen) for root in range(len(self.weights)) if root not in seen) or "()"

    def _text(self, root: int, seen: set[int]) -> str:
        parts: list[str] = []
        waiting: list[int | None] = [root]
        while waiting:
            vertex = waiting.pop()
            if vertex is None:
                parts.append(")")
                continue
            seen.add(vertex)
            parts.append(f"({self.weights[vertex]}")
            waiting += [None, *(other for other in reversed(self.neighbours[vertex]) if other not in seen)]
        return "".join(parts)


def chain(*weights: int) -> PlumbingForest:
    """The chain with these weights: a lens space, the 3-sphere or $S^1\\times S^2$."""
    return PlumbingForest(weights, tuple((place, place + 1) for place in range(len(weights) - 1)))


def star(centre: int, *legs: int | Sequence[int]) -> PlumbingForest:
    """The star with this centre and these legs, each one weight or the weights from the centre outwards: a Seifert manifold."""
    weights, edges = [centre], []
    for leg in legs:
        before = 0
        for weight in leg if isinstance(leg, Sequence) else [leg]:
            edges.append((before, len(weights)))
            before = len(weights)
            weights.append(weight)
    return PlumbingForest(tuple(weights), tuple(edges))


def read_forests(text: str) -> Iterator[PlumbingForest]:
    """The forests of a text or file: one on each line in brackets, or as a JSON object {"weights": [...], "edges": [[u, w], ...]}.

    Empty lines and what follows # are left out.  Raises `InputError` with the number of the line.
    """
    import json

    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line.startswith("{"):
            if line:
                yield PlumbingForest(*_read(line, f"line {number}"))
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise refuse(f"line {number}", line, f"JSON ({error})", 'such as {"weights": [2, 2], "edges": [[0, 1]]}') from None
        if set(given) != {"weights", "edges"}:
            raise refuse(f"line {number}", line, "an object with weights and edges", "leave everything else out")
        yield PlumbingForest(given["weights"], given["edges"])


def _read(text: str, argument: str = "text") -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    weights: list[int] = []
    edges: list[tuple[int, int]] = []
    open_at: list[int] = []
    text = "" if text.strip() == "()" else text.rstrip()
    place, in_vertex = 0, False  # whether the next token must be a weight
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is not None and token[1] == ")" and not in_vertex and not open_at:
            raise refuse(argument, text, f"balanced; there is one ) too many at place {token.end()}", "leave it out, or open one before")
        if token is None or (token[1] not in "()") != in_vertex:
            allowed = f"brackets around each weight and its children; place {place + 1} does not fit"
            raise refuse(argument, text, allowed, "such as (-2(-2)(-3))")
        place = token.end()
        if in_vertex:
            edges += [(open_at[-1], len(weights))] if open_at else []
            open_at.append(len(weights))
            weights.append(int(token[1]))
        elif token[1] == ")":
            open_at.pop()
        in_vertex = token[1] == "("
    if in_vertex:
        raise refuse(argument, text, "closed; the last ( has no weight", "such as (-2(-2)(-3))")
    if open_at:
        missing = ")" * len(open_at) if len(open_at) <= 20 else f"{len(open_at)} times )"
        raise refuse(argument, text, f"closed; {len(open_at)} ) too few at the end", f"if only the end is missing, add {missing}")
    return tuple(weights), tuple(edges)


def _entries(argument: str, given: Any) -> list:
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        raise refuse(argument, given, "a list", "pass weights and edges as lists")
    return list(given)


def _weight(vertex: int, weight: Any) -> int:
    if isinstance(weight, bool) or not hasattr(weight, "__index__") or abs(weight) > MOST_WEIGHT:
        raise refuse(f"weight of vertex {vertex}", weight, f"an integer of size at most {MOST_WEIGHT}", "round it or scale it yourself")
    return int(weight)


def _edge(edge: Any, size: int) -> tuple[int, int]:
    ends = list(edge) if isinstance(edge, Iterable) and not isinstance(edge, str) else []
    if len(ends) != 2 or any(isinstance(end, bool) or not hasattr(end, "__index__") or not 0 <= end < size for end in ends):
        raise refuse("edge", edge, f"two vertices from 0 to {size - 1}", "vertices are numbered as their weights are")
    return int(ends[0]), int(ends[1])


def _refuse_cycles(edges: Sequence[tuple[int, int]], size: int) -> None:
    root = list(range(size))
    seen = set()

    def find(vertex: int) -> int:
        while root[vertex] != vertex:
            root[vertex] = vertex = root[root[vertex]]
        return vertex

    for edge in edges:
        u, w = edge
        if u == w:
            raise refuse("edge", edge, f"between two vertices: version 1 has {FOREST}", "a loop has no place here")
        if frozenset(edge) in seen:
            raise refuse("edge", edge, f"given once: version 1 has {FOREST}", "a double edge is a cycle")
        seen.add(frozenset(edge))
        if find(u) == find(w):
            raise refuse("edge", edge, f"no edge that closes a cycle: version 1 has {FOREST}", "signs on cycles matter; cut it")
        root[find(u)] = find(w)
