"""Smaller triangulations of the same manifold."""

import random

from ._permutations import IMAGES, SWAP
from ._triangulation import Face, Ring, Triangulation

PATIENCE = 40  # moves that gain nothing before the triangulation is made larger
STUCK = 400  # and before the search goes back to the smallest one
EdgeNumbers = dict[tuple[int, int, int], int]


def collapse(triangulation: Triangulation, ring: Ring, number: EdgeNumbers) -> bool:
    """Shrinks an edge to a point if that keeps the manifold.

    Its ends must differ (the caller sees to that).  The triangles at the edge become edges and the tetrahedra around it triangles; what
    is identified in this way must be trees of edges and of triangles, so that all preimages of points are contractible.
    """
    if len({corner[0] for corner in ring}) < len(ring):
        return False
    edges, faces, through = _Forest(), _Forest(), {}
    this = number[ring[0][:3]]
    for t, i, j, _, m in ring:
        one, other = number[t, i, m], number[t, j, m]
        if this in (one, other) or not edges.join(one, other) or not faces.join(_face(triangulation, t, i), _face(triangulation, t, j)):
            return False
        through[t, i] = t, j, SWAP[i][j]
        through[t, j] = t, i, SWAP[i][j]
    triangulation.flatten(ring, "collapse", through)
    return True


def two_zero(triangulation: Triangulation, ring: Ring, number: EdgeNumbers) -> bool:
    """Flattens the two tetrahedra around an edge onto each other if that keeps the manifold: as for `collapse`."""
    (t, i, j, k, m), (s, a, b, c, d) = ring
    if t == s or number[t, k, m] == number[s, c, d]:
        return False
    faces = _Forest()
    if not faces.join(_face(triangulation, t, i), _face(triangulation, s, a)):
        return False
    if not faces.join(_face(triangulation, t, j), _face(triangulation, s, b)):
        return False
    forth, back = triangulation.glue[t][k][1], triangulation.glue[s][c][1]
    through = {(t, i): (s, a, forth), (t, j): (s, b, forth), (s, a): (t, i, back), (s, b): (t, j, back)}
    triangulation.flatten(ring, "2-0", through)
    return True


def three_two(triangulation: Triangulation, ring: Ring) -> bool:
    """Replaces an edge of three different tetrahedra by a face."""
    if len({corner[0] for corner in ring}) < 3:
        return False
    first = min(range(3), key=lambda place: ring[place][0])
    ring = ring[first:] + ring[:first]
    if ring[0][1] > ring[0][2]:  # read the edge the other way, so that the name of the move says what it does
        ring = [(s, b, a, d, c) for s, a, b, c, d in (ring[0], ring[2], ring[1])]
    triangulation.three_two(ring)
    return True


def _face(triangulation: Triangulation, t: int, f: int) -> Face:
    other, p = triangulation.glue[t][f]
    return min((t, f), (other, IMAGES[p][f]))


class _Forest:
    """Which things are identified so far; `join` says whether that left all identifications trees."""

    def __init__(self) -> None:
        self.parent: dict = {}

    def _root(self, thing: object) -> object:
        while thing in self.parent:
            thing = self.parent[thing]
        return thing

    def join(self, one: object, other: object) -> bool:
        one, other = self._root(one), self._root(other)
        if one == other:
            return False
        self.parent[one] = other
        return True


def reduced_once(triangulation: Triangulation, rng: random.Random) -> bool:
    """Makes one move that leaves fewer tetrahedra, if there is one."""
    number, rings = triangulation.edges()
    rng.shuffle(rings)
    vertex = triangulation.vertices()
    if len(set(vertex.values())) > 1:
        for ring in sorted(rings, key=len, reverse=True):
            t, i, j, _, _ = ring[0]
            if vertex[t, i] != vertex[t, j] and collapse(triangulation, ring, number):
                return True
    for ring in rings:
        if len(ring) == 2 and two_zero(triangulation, ring, number):
            return True
    return any(len(ring) == 3 and three_two(triangulation, ring) for ring in rings)


def simplified(triangulation: Triangulation, rng: random.Random, budget: int) -> Triangulation:
    """The smallest triangulation met: reductions wherever possible, else 4-4 moves, and now and then a few 2-3 moves."""
    best, current, idle = triangulation, triangulation.copy(), 0
    for _ in range(budget):
        if reduced_once(current, rng):
            if len(current.glue) < len(best.glue):
                best, idle = current.copy(), 0
            continue
        idle += 1
        if idle % STUCK == 0:
            current = best.copy()
        elif (idle % PATIENCE == 0 or not _four_four(current, rng)) and not _grown(current, rng):
            break
    return best


def _grown(triangulation: Triangulation, rng: random.Random) -> bool:
    """Makes up to three 2-3 moves, if there are any."""
    faces = [(t, f) for t, f in triangulation.faces() if triangulation.glue[t][f][0] != t]
    for t, f in rng.sample(faces, min(3, len(faces))):
        if t in triangulation.glue and triangulation.glue[t][f][0] != t:
            triangulation.two_three(t, f)
    return bool(faces)


def _four_four(triangulation: Triangulation, rng: random.Random) -> bool:
    """Turns the axis of an octahedron around an edge of four different tetrahedra: a 2-3 move and a 3-2 move."""
    _, rings = triangulation.edges()
    rings = [ring for ring in rings if len(ring) == 4 and len({corner[0] for corner in ring}) == 4]
    if not rings:
        return False
    ring = rng.choice(rings)
    t, _, _, k, _ = ring[rng.randrange(4)]
    apart = next(corner for corner in ring if corner[0] not in (t, triangulation.glue[t][k][0]))
    if t > triangulation.glue[t][k][0]:
        other, p = triangulation.glue[t][k]
        t, k = other, IMAGES[p][k]
    triangulation.two_three(t, k)
    return three_two(triangulation, triangulation.ring(*apart[:3]))
