"""Claims about the link of a diagram, as the checkers read them."""

from itertools import accumulate, pairwise

from ..diagrams._diagram import Diagram


def code(diagram: Diagram) -> list[list[int]]:
    """The planar diagram code, in which every circle without crossings gets a kink, but for the unknot, whose code is empty."""
    rows = [list(row) for row in diagram.crossings]
    if diagram.components == 1:
        return rows
    edges = 2 * len(rows)
    return rows + [[first, first + 1, first + 1, first] for first in range(edges, edges + 2 * diagram.circles, 2)]


def is_code_of(given: object, diagram: Diagram) -> bool:
    """Whether the code in a claim is that of ``diagram``, as it is or as a checker orients it."""
    return given in (code(diagram), code(as_read(diagram)))


def as_read(diagram: Diagram) -> Diagram:
    """The same link with the orientation that a checker reads off the code.

    A code does not orient a component that never passes below; the checker lets it enter its first crossing at slot 1.
    """
    if diagram.components == 1:
        return diagram
    turned = []
    for number, walk in enumerate(diagram.gauss()):
        if min(walk, default=0) > 0 and diagram.signs[min(walk) - 1] > 0:
            turned.append(number)
    return diagram.reverse(turned) if turned else diagram


def least_darts(diagram: Diagram) -> list[int]:
    """The least dart of each component that has crossings; dart 4c + s is the end of an edge at slot s of crossing c."""
    labels = [label for row in diagram.crossings for label in row]
    behind = list(accumulate((len(walk) for walk in diagram.gauss() if walk), initial=0))
    return [next(d for d, label in enumerate(labels) if start <= label < stop) for start, stop in pairwise(behind)]


def not_slice(diagram: Diagram, category: str = "topological") -> dict[str, object]:
    """The components bound no disjoint discs in the four-ball: locally flat ones, or smooth ones."""
    return {"kind": "not slice", "category": category, "diagram": code(diagram)}


def not_the_unknot(diagram: Diagram) -> dict[str, object]:
    """The knot is knotted."""
    return {"kind": "not the unknot", "diagram": code(diagram)}
