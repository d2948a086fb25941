"""The presentation of Wirtinger, which the obstruction and its checker number in the same way."""

from typing import NamedTuple

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_knot


class Relation(NamedTuple):
    """x_over x_before = x_after x_over, between generators of the group."""

    over: int
    before: int
    after: int


class Presentation(NamedTuple):
    """Generators x_0, ..., x_(generators - 1), all of them meridians, and relations, of which any one follows from the others."""

    generators: int
    relations: tuple[Relation, ...]


def wirtinger(diagram: Diagram) -> Presentation:
    """The group of a knot: one generator for each arc from a lower crossing to the next, one relation for each crossing.

    Arc k begins where the lower strand leaves crossing k.  Raises `InputError` for a link that is not a knot.
    """
    checked_knot(diagram)
    leaving = {crossing[2]: number for number, crossing in enumerate(diagram.crossings)}
    edges = 2 * len(diagram.crossings)
    arc, owner = [0] * edges, 0
    for step in range(2 * edges):  # the second round knows on which arc the first one began
        owner = leaving.get(step % edges, owner)
        arc[step % edges] = owner
    relations = []
    for (entering, _, going, above), sign in zip(diagram.crossings, diagram.signs, strict=True):
        ends = (arc[going], arc[entering]) if sign > 0 else (arc[entering], arc[going])
        relations.append(Relation(arc[above], *ends))
    return Presentation(max(len(relations), 1), tuple(relations))
