r"""Zero-surgery on a knot as a triangulation, straight from its diagram.

Octahedra.  Between the strands of each crossing stands an octahedron, its top on the upper and its bottom on the lower strand.  The two
vertices at its sides that lie above the lower strand are drawn up to a point P above the plane, the two that lie below the upper strand
down to a point M below.  These octahedra fill the 3-sphere, the knot being one ideal point K (D. Thurston 1999; arXiv:1612.02928).
Each is cut along its axis into four tetrahedra, one for each corner of the crossing, with vertices K, K, P and M.

Filling.  The link of the point K is a torus.  Along an upper strand its vertices on edges to P are one, and so are along a lower strand
those on edges to M.  Where the knot goes from above to below or back, two edges of the torus, on its left and its right, join them.
One edge for each such place makes a closed curve parallel to the knot, of linking number

    writhe + (places where it goes down on the right) - (places where it goes up on the right).

If this is 0, the torus bounds the solid torus of the 0-surgery: cut along a disc on the curve it is a ball, the cone from K.  So the
triangulation is slit along the faces from K to the edges of the curve, and two tetrahedra K D P M are put into each slit, D being the
centre of the disc: one for each side of the disc, sharing the face D P M.  Neighbours along the curve share the faces K D P or K D M.

Where the writhe is too large, kinks are added.  Vertices 2 and 3 of every tetrahedron are P and M.
"""

from ..diagrams._diagram import Diagram
from ..diagrams._planar import edge_ends
from ..diagrams._reading import refuse
from ..diagrams._walks import Crossing
from ._permutations import SWAP
from ._triangulation import Triangulation

Code = list[Crossing]


def zero_surgery(diagram: Diagram) -> Triangulation:
    """The 0-surgery on a knot, oriented as the 3-sphere is: at most 8 tetrahedra for each crossing, kinks counted.

    Raises `InputError` for links of several components and for the circle without crossings.
    """
    if diagram.components != 1 or not diagram.crossings:
        raise refuse("diagram", diagram.crossings, "a knot diagram with crossings", "add a kink to the circle")
    across, places, writhe = _tamed(list(diagram.crossings), diagram.writhe)
    beyond = {(t, 1): _before(across[t]) for t in range(len(across))}  # face 1 of one tetrahedron is face 0 of the other
    sides = []
    unused, right = len(across), abs(writhe)
    for leave, enter in places:
        down = leave % 2 == 1  # odd darts belong to the upper strand
        head = leave
        if right and down == (writhe < 0):
            head, right = enter, right - 1
        first, second, tail = unused, unused + 1, beyond[head, 1]
        beyond |= {(head, 1): first, (first, 1): second, (second, 1): tail}
        sides.append((second, first) if down else (first, second))
        unused += 2
    for k, (one, other) in enumerate(sides):
        face = 2 if places[k][0] % 2 else 3
        following = sides[(k + 1) % len(sides)]
        for t, s in ((one, following[0]), (other, following[1])):
            beyond[t, face], beyond[s, face] = s, t
    for t in range(len(across)):  # around the axis of the octahedron
        beyond[t, 2], beyond[t, 3] = _turns(t)
    return _glued(beyond, unused)


def _turns(t: int) -> tuple[int, int]:
    """The neighbours of a corner across the upper and across the lower strand; corner k lies between the ends k and k + 1."""
    onward, back = (t & ~3) | ((t + 1) & 3), _before(t)
    return (back, onward) if t % 2 else (onward, back)


def _before(t: int) -> int:
    return (t & ~3) | ((t - 1) & 3)


def _glued(beyond: dict[tuple[int, int], int], count: int) -> Triangulation:
    """All gluings exchange the vertices 0 and 1, since the tetrahedra at neighbouring corners are mirror images."""
    for (t, f), s in list(beyond.items()):
        if f == 1:
            beyond[s, 0] = t
    return Triangulation({t: [(beyond[t, f], SWAP[0][1]) for f in range(4)] for t in range(count)})


def _tamed(code: Code, writhe: int) -> tuple[list[int], list[tuple[int, int]], int]:
    """Darts, places of change between strands, and writhe, after kinks on the edge into crossing 0 from below."""
    while True:
        ends = edge_ends(code)
        across = [4 * ends[dart // 4, dart % 4][0] + ends[dart // 4, dart % 4][1] for dart in range(4 * len(code))]
        places = _places(across)
        if 2 * abs(writhe) <= len(places):
            return across, places, writhe
        (enter, *others), loop, leave = code[0], 2 * len(code), 2 * len(code) + 1
        code[0] = (leave, others[0], others[1], others[2])
        code.append((enter, loop, loop, leave) if writhe > 0 else (enter, leave, loop, loop))
        writhe += -1 if writhe > 0 else 1


def _places(across: list[int]) -> list[tuple[int, int]]:
    """The darts by which the knot leaves one crossing and enters the next, where it changes between upper and lower strand."""
    places, dart = [], 2
    while True:
        enter = across[dart]
        if (dart + enter) % 2:
            places.append((dart, enter))
        dart = (enter & ~3) | ((enter + 2) & 3)
        if dart == 2:
            return places
