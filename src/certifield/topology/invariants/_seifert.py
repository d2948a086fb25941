"""Seifert matrices, read off the faces of a diagram."""

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_diagram
from ..diagrams._planar import faces, pieces

Matrix = tuple[tuple[int, ...], ...]


def seifert_matrix(diagram: Diagram) -> Matrix:
    """V[i][j] = lk(x_i, x_j^+) for loops x_i on the surface that Seifert's algorithm gives.

    Convention: V of the right-handed trefoil has V + V^T negative definite, so that the signature is that of V + V^T and positive
    knots have negative signature (SnapPy's matrices have the other sign).  det(V - V^T) = 1 for a knot.
    Size: crossings - Seifert circles + 1 for a connected diagram.

    One loop for each face f, counter-clockwise along its boundary on the surface, but for one face in each region into which the Seifert
    circles cut the sphere: the loops of a region add up to zero.  Seen with both strands upwards, a crossing of sign e has faces
    t, b above and below, l and r at its sides; it contributes -e/2 to (t,t) and (b,b), e to (t,b) or (b,t), and, the discs being
    pushed into one side of the sphere, 1/2 to (l,t), (b,r) and -1/2 to (l,b), (t,r).  A split diagram is joined by tubes, each of
    which adds a zero row and column.  Derived here, compared with KnotInfo and with SnapPy in the tests.
    Raises `InputError` for what is no diagram.
    """
    crossings, signs = checked_diagram(diagram).crossings, diagram.signs
    face_of = {corner: number for number, face in enumerate(faces(crossings)) for corner in face}
    doubled: dict[tuple[int, int], int] = {}
    region = {number: number for number in face_of.values()}
    for crossing, sign in enumerate(signs):
        # The incoming strands enter at slots 0 and 3 of a positive crossing, 0 and 1 of a negative one.
        below = 3 if sign > 0 else 0
        bottom, right, top, left = (face_of[crossing, (below + turn) % 4] for turn in range(4))
        _join(region, top, bottom)
        for entry, value in _contributions(sign, top, bottom, left, right):
            doubled[entry] = doubled.get(entry, 0) + value
    basis = [number for number in sorted(region) if _root(region, number) != number]
    tubes = len(pieces(crossings)) + diagram.circles - 1
    rows = [(*(doubled.get((one, two), 0) // 2 for two in basis), *(0,) * tubes) for one in basis]
    return (*rows, *((0,) * (len(basis) + tubes) for _ in range(tubes)))


def _contributions(sign: int, top: int, bottom: int, left: int, right: int) -> list[tuple[tuple[int, int], int]]:
    """Twice the contributions of one crossing to V."""
    twist = (top, bottom) if sign > 0 else (bottom, top)
    sides = [((left, top), 1), ((left, bottom), -1), ((top, right), -1), ((bottom, right), 1)]
    return [((top, top), -sign), ((bottom, bottom), -sign), (twist, 2 * sign), *sides]


def _root(region: dict[int, int], number: int) -> int:
    while region[number] != number:
        region[number] = region[region[number]]
        number = region[number]
    return number


def _join(region: dict[int, int], one: int, two: int) -> None:
    region[_root(region, one)] = _root(region, two)
