"""Goeritz matrices of the two chessboard surfaces of a diagram."""

from ..diagrams._diagram import Diagram
from ..diagrams._planar import faces

Matrix = list[list[int]]


def goeritz_matrix(diagram: Diagram, surface: int) -> Matrix:
    """The form of Gordon and Litherland (Invent. Math. 47 (1978) 53), up to sign, on loops round the faces of one colour.

    The colour is that of corner ``surface``, 0 or 1, of crossing 0; the surface is made of the faces of the other colour.  The face with
    most corners is left out; the others follow it so that each meets as many earlier ones as can be, which keeps leading minors small.
    |det| is the determinant of the knot.  For a connected diagram with crossings.
    """
    face = {corner: number for number, corners in enumerate(faces(diagram.crossings)) for corner in corners}
    chosen = _coloured(face, surface)
    order = _ordered(face, chosen)
    place = {number: position for position, number in enumerate(order)}
    form = [[0] * len(place) for _ in place]
    for crossing in range(len(diagram.crossings)):
        odd = face[crossing, 0] not in chosen
        one, two = place[face[crossing, int(odd)]], place[face[crossing, 2 + odd]]
        sign = 1 if odd else -1
        for i, j, entry in ((one, one, sign), (two, two, sign), (one, two, -sign), (two, one, -sign)):
            form[i][j] += entry
    return [row[1:] for row in form[1:]]


def _coloured(face: dict[tuple[int, int], int], surface: int) -> set[int]:
    """The faces of the colour of a corner of crossing 0: opposite corners of a crossing agree in colour."""
    opposite: dict[int, set[int]] = {}
    for (crossing, slot), number in face.items():
        opposite.setdefault(number, set()).add(face[crossing, (slot + 2) % 4])
    chosen = [face[0, surface]]
    for number in chosen:  # grows while it is read
        chosen += sorted(opposite[number] - set(chosen))
    return set(chosen)


def _ordered(face: dict[tuple[int, int], int], chosen: set[int]) -> list[int]:
    """The faces from the largest on, each time the one with the largest part of its corners opposite to faces that were taken."""
    corners = {number: [corner for corner, home in face.items() if home == number] for number in sorted(chosen)}
    order = [max(corners, key=lambda number: len(corners[number]))]
    while len(order) < len(chosen):
        taken = set(order[1:])  # the first is left out of the form
        order.append(max((number for number in corners if number not in order), key=lambda number: _part(face, corners[number], taken)))
    return order


def _part(face: dict[tuple[int, int], int], corners: list[tuple[int, int]], taken: set[int]) -> float:
    return sum(face[crossing, (slot + 2) % 4] in taken for crossing, slot in corners) / len(corners)
