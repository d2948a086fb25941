"""Nugatory crossings: those that a circle in the plane meets alone."""

from ._planar import faces
from ._walks import Walks, planar_code, without


def nugatory(given: Walks) -> set[int]:
    """The crossings that have one face at two opposite corners: kinks, and crossings between the two parts of a connected sum.

    A circle through that face and the crossing meets nothing else, so that both passes belong to one component.
    """
    home = {corner: number for number, face in enumerate(faces(planar_code(given))) for corner in face}
    corners = [[home[crossing, slot] for slot in range(4)] for crossing in range(len(given.signs))]
    return {crossing for crossing, (one, two, three, four) in enumerate(corners) if one == three or two == four}


def without_nugatory(given: Walks) -> Walks:
    """The same link without nugatory crossings.

    Half a turn of what is on one side of the circle undoes the crossing and leaves a connected sum of the two sides, whose walks are those
    of the diagram with the crossing left out; no other crossing becomes nugatory by that, or ceases to be.
    """
    gone = nugatory(given)
    if not gone:
        return given
    return without(given, gone)
