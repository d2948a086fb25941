"""Diagrams as the programs of homology read them: of knots, not too large, without kinks."""

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_knot

MOST_CROSSINGS = 300


def readable_knot(diagram: Diagram) -> Diagram:
    """A diagram of the same knot without kinks.  Raises `InputError` for links, and for diagrams too large for these programs."""
    return without_kinks(checked_knot(diagram, MOST_CROSSINGS))


def without_kinks(diagram: Diagram) -> Diagram:
    """A diagram of the same knot in which no edge joins a crossing to itself: first Reidemeister moves, as many as there are.

    >>> without_kinks(Diagram.from_braid([1, 1, 1, -2])).writhe, without_kinks(Diagram.from_braid([1, -2]))
    (3, Diagram(crossings=(), signs=(), circles=1))
    """
    crossings = [list(crossing) for crossing in diagram.crossings]
    while (kink := next((crossing for crossing in crossings if len(set(crossing)) < 4), None)) is not None:
        crossings.remove(kink)
        outer = [label for label in kink if kink.count(label) == 1]
        for crossing in crossings:
            crossing[:] = [outer[0] if label == outer[1] else label for label in crossing]
    return Diagram.from_pd(crossings) if len(crossings) < len(diagram.crossings) else diagram
