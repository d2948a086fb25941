"""The summands into which the picture of a knot falls."""

from ._diagram import Diagram
from ._shadow import part_of, sides_and_summands


def summands(diagram: Diagram) -> list[Diagram]:
    """The diagrams of which the diagram of a knot is plainly the connected sum, without nugatory crossings; one where it is prime.

    >>> trefoil = Diagram.from_braid([1, 1, 1])
    >>> [part.writhe for part in summands(trefoil.connected_sum(trefoil.mirror()))]
    [3, -3]
    """
    if not diagram.crossings:
        return []
    (walk,) = diagram._walks.walks
    _, parts = sides_and_summands([(crossing, 0) for crossing, _ in walk])
    return [Diagram._of(part_of(walk, diagram.signs, sorted(crossing for crossing, _ in part))) for part in parts if len(part) > 1]
