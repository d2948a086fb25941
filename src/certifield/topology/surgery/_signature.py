"""Canonical forms of oriented triangulations."""

from ._permutations import EDGES, EVEN, IMAGES, INVERSE, PRODUCT
from ._triangulation import Triangulation

Signature = tuple[int, ...]
Start = tuple[int, int]

_EVEN = [number for number in range(24) if EVEN[number]]


def signature(triangulation: Triangulation) -> tuple[Signature, Start]:
    """A text that two triangulations share if and only if an orientation-preserving isomorphism takes one to the other.

    Beside it the tetrahedron, and the even permutation of its vertices, at which the canonical labelling starts: the isomorphism takes
    start to start.  Only starts with the smallest sequence of edge degrees are tried.
    """
    number, rings = triangulation.edges()
    degree = {corner: len(rings[edge]) for corner, edge in number.items()}
    best: list[Start] = []
    least: list[int] | None = None
    for t in triangulation.glue:
        for p in _EVEN:
            back = IMAGES[INVERSE[p]]
            degrees = [degree[t, back[i], back[j]] for i, j in EDGES]
            if least is None or degrees < least:
                least, best = degrees, [(t, p)]
            elif degrees == least:
                best.append((t, p))
    return min((_labelled(triangulation, *start), start) for start in best)


def _labelled(triangulation: Triangulation, t: int, p: int) -> Signature:
    """The gluings in the order in which tetrahedra are met, t first with its vertices relabelled by p."""
    order, relabel, word = [t], {t: p}, []
    place = {t: 0}
    for t in order:
        back = INVERSE[relabel[t]]
        for f in range(4):
            other, q = triangulation.glue[t][IMAGES[back][f]]
            if other not in place:
                place[other] = len(order)
                order.append(other)
                # the vertices of a new tetrahedron are named as those of the old one, but for two that are exchanged for the orientation
                relabel[other] = PRODUCT[_REFLECTION[f]][PRODUCT[relabel[t]][INVERSE[q]]]
            word += [place[other], PRODUCT[relabel[other]][PRODUCT[q][back]]]
    return tuple(word)


_REFLECTION = tuple(next(n for n in range(24) if not EVEN[n] and IMAGES[n][f] == f) for f in range(4))
