"""Groups given by generators and relators."""

from dataclasses import dataclass

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_knot

Word = tuple[int, ...]


@dataclass(frozen=True)
class Presentation:
    """<x_1, ..., x_n | relators>: a relator is a word in letters +g for x_g and -g for its inverse."""

    generators: int
    relators: tuple[Word, ...]

    def __str__(self) -> str:
        names = ", ".join(f"x{g}" for g in range(1, self.generators + 1))
        words = ", ".join(" ".join(f"x{abs(g)}" + ("^-1" if g < 0 else "") for g in relator) or "1" for relator in self.relators)
        return f"<{names} | {words}>"


def wirtinger(diagram: Diagram) -> Presentation:
    """The Wirtinger presentation of a knot group, without the relator of the last crossing.

    x_(c+1) is the meridian of the arc that leaves crossing c at its lower strand.  If x_a comes in below x_o at crossing c, of sign e,
    then the relator is x_(c+1)^-1 x_o^-e x_a x_o^e.  Each relator follows from the others, so one is left out
    (Crowell and Fox, Introduction to Knot Theory, VI.3).  The circle has one generator.
    Raises `InputError` for links of several components.

    >>> print(wirtinger(Diagram.from_braid([1, 1, 1])))
    <x1, x2, x3 | x1^-1 x3^-1 x2 x3, x2^-1 x1^-1 x3 x1>
    """
    checked_knot(diagram)
    arcs = _arcs(diagram)
    relators = (
        (-(number + 1), -sign * arcs[crossing[1]], arcs[crossing[0]], sign * arcs[crossing[1]])
        for number, (crossing, sign) in enumerate(zip(diagram.crossings, diagram.signs, strict=True))
    )
    return Presentation(max(len(diagram.crossings), 1), tuple(relators)[:-1])


def _arcs(diagram: Diagram) -> dict[int, int]:
    """The generator of every edge."""
    start = {crossing[2]: number + 1 for number, crossing in enumerate(diagram.crossings)}
    edges = 2 * len(diagram.crossings)
    arcs, current = {}, 0
    for position in range(2 * edges):  # edges are numbered along the knot; the first round finds the arc that passes edge 0
        current = start.get(position % edges, current)
        arcs[position % edges] = current
    return arcs
