"""Knots that are plainly their own mirror images: by their diagram, or since first and second moves alone undo it."""

from ._canonical import canonical
from ._nugatory import without_nugatory
from ._planar import faces
from ._walks import Walks, planar_code, without

LARGEST = 300  # crossings, beyond which nothing is plain


def is_its_mirror_image(given: Walks) -> bool:
    """Whether a knot is plainly isotopic to its reflection in the plane of the picture, orientation kept; False where it is not plain."""
    if len(given.signs) > LARGEST:
        return False
    left = undone(given)
    return not left.signs or canonical(left) == canonical(left._replace(signs=tuple(-sign for sign in left.signs)))


def undone(given: Walks) -> Walks:
    """The same link after first and second Reidemeister moves, as many as there are."""
    while True:
        given = without_nugatory(given)
        pair = _free_bigon(given)
        if pair is None:
            return given
        given = without(given, pair)


def _free_bigon(given: Walks) -> set[int] | None:
    """Two crossings at a face with two corners, one strand above the other at both."""
    for face in faces(planar_code(given)):
        if len(face) == 2 and face[0][0] != face[1][0] and (face[0][1] + face[1][1]) % 2:
            return {face[0][0], face[1][0]}
    return None
