"""Oriented triangulations of closed 3-manifolds, and the moves that keep the manifold."""

from collections.abc import Iterable, Iterator

from ._permutations import EDGES, IMAGES, INVERSE, OPPOSITE, PRODUCT, SWAP

Gluing = tuple[int, int]
Face = tuple[int, int]
Move = list[str | int]
Ring = list[tuple[int, int, int, int, int]]


class Triangulation:
    """Tetrahedra glued along their faces, all of them positively oriented, so that every gluing is an odd permutation.

    ``glue[t][f]`` is the tetrahedron beyond the face of t opposite vertex f, and the number of the permutation that takes the vertices of
    t to those of that tetrahedron, f to the one opposite the face.  Tetrahedra keep their numbers; new ones take the next never used.
    ``moves`` is the log, in the words of the checker equal-zero-surgery@1.
    """

    def __init__(self, glue: dict[int, list[Gluing]], unused: int | None = None, moves: tuple = ()) -> None:
        self.glue = glue
        self.unused = len(glue) if unused is None else unused
        self.moves = moves  # a chain (earlier, move), so that copies are cheap

    def copy(self) -> "Triangulation":
        """A triangulation of its own."""
        return Triangulation({t: list(row) for t, row in self.glue.items()}, self.unused, self.moves)

    def log(self) -> list[Move]:
        """All moves made so far."""
        moves, chain = [], self.moves
        while chain:
            chain, move = chain
            moves.append(move)
        return moves[::-1]

    # What is there ------------------------------------------------------------------------------------------------------------

    def ring(self, t: int, i: int, j: int) -> Ring:
        """The corners (tetrahedron, i, j, k, m) around an edge i j: from each to the next through the face opposite k."""
        k, m = OPPOSITE[min(i, j), max(i, j)]
        ring, corner = [], (t, i, j, k, m)
        while True:
            ring.append(corner)
            t, i, j, k, m = corner
            other, p = self.glue[t][k]
            images = IMAGES[p]
            corner = (other, images[i], images[j], images[m], images[k])
            if corner == ring[0]:
                return ring

    def edges(self) -> tuple[dict[tuple[int, int, int], int], list[Ring]]:
        """The number of the edge of every tetrahedron and pair of vertices, both ways round, and the ring of each edge."""
        number: dict[tuple[int, int, int], int] = {}
        rings: list[Ring] = []
        for t in self.glue:
            for i, j in EDGES:
                if (t, i, j) not in number:
                    ring = self.ring(t, i, j)
                    for s, a, b, _, _ in ring:
                        number[s, a, b] = number[s, b, a] = len(rings)
                    rings.append(ring)
        return number, rings

    def vertices(self) -> dict[tuple[int, int], int]:
        """The number of the vertex of every corner."""
        number: dict[tuple[int, int], int] = {}
        count = 0
        for t in self.glue:
            for i in range(4):
                if (t, i) in number:
                    continue
                waiting = [(t, i)]
                number[t, i] = count
                while waiting:
                    s, k = waiting.pop()
                    for f in range(4):
                        if f != k:
                            other, p = self.glue[s][f]
                            corner = (other, IMAGES[p][k])
                            if corner not in number:
                                number[corner] = count
                                waiting.append(corner)
                count += 1
        return number

    def faces(self) -> Iterator[Face]:
        """Every face once, from the tetrahedron with the smaller number."""
        for t, row in self.glue.items():
            for f, (other, p) in enumerate(row):
                if (t, f) <= (other, IMAGES[p][f]):
                    yield t, f

    # Moves --------------------------------------------------------------------------------------------------------------------

    def two_three(self, t: int, f: int) -> None:
        """The face between two tetrahedra is replaced by an edge; there must be two.

        The new tetrahedra, one for each vertex m of the face in the order of t, have the labels of t but for m, now the apex beyond.
        """
        s, p = self.glue[t][f]
        outer: dict[Face, tuple[int, int]] = {}
        face = [m for m in range(4) if m != f]
        new = {m: self.unused + place for place, m in enumerate(face)}
        for m in face:
            outer[t, m] = new[m], 0
            outer[s, IMAGES[p][m]] = new[m], PRODUCT[SWAP[f][m]][INVERSE[p]]
        self.unused += 3
        self._replace((t, s), new.values(), outer)
        for m in face:
            for n in face:
                if m != n:
                    self.glue[new[m]][n] = new[n], SWAP[m][n]
        self.moves = (self.moves, ["2-3", t, f])

    def three_two(self, ring: Ring) -> None:
        """The edge of three different tetrahedra is replaced by a face.

        With a b the edge and x, y the other vertices of the first tetrahedron of the ring: one new tetrahedron has its labels but for
        b, now the third vertex of the face, the next one its labels but for a.
        """
        (t, a, b, x, y), (t1, a1, b1, _, _), (t2, a2, b2, _, _) = ring
        first, second = self.unused, self.unused + 1
        self.unused += 2
        outer: dict[Face, tuple[int, int]] = {(t, b): (first, 0), (t, a): (second, 0)}
        p, q = self.glue[t][x][1], self.glue[t][y][1]
        for s, a_, b_, r, left in ((t1, a1, b1, p, x), (t2, a2, b2, q, y)):
            for missing, gone, number in ((b_, b, first), (a_, a, second)):  # the third vertex of the face takes the label that is gone
                outer[s, missing] = number, PRODUCT[SWAP[gone][left]][INVERSE[r]]
        self._replace((t, t1, t2), (first, second), outer)
        self.glue[first][a] = second, SWAP[a][b]
        self.glue[second][b] = first, SWAP[a][b]
        self.moves = (self.moves, ["3-2", *_named(ring)])

    def flatten(self, ring: Ring, name: str, through: dict[Face, tuple[int, int, int]]) -> None:
        """Tetrahedra vanish; who came in through a face goes on through another one, with a permutation."""
        gone = {corner[0] for corner in ring}
        for t, row in self.glue.items():
            if t in gone:
                continue
            for f, (other, p) in enumerate(row):
                end = IMAGES[p][f]
                while other in gone:
                    leave, leaving, relabel = through[other, end]
                    other, q = self.glue[leave][leaving]
                    p = PRODUCT[q][PRODUCT[relabel][p]]
                    end = IMAGES[q][leaving]
                row[f] = other, p
        for t in gone:
            del self.glue[t]
        self.moves = (self.moves, [name, *_named(ring)])

    def _replace(self, old: Iterable[int], new: Iterable[int], outer: dict[Face, tuple[int, int]]) -> None:
        """Puts new tetrahedra in the place of old ones; ``outer`` names for each face of the whole the new tetrahedron and labels."""
        glue = self.glue
        for number in new:
            glue[number] = [(-1, 0)] * 4
        for (t, f), (number, relabel) in outer.items():
            other, p = glue[t][f]
            target = outer.get((other, IMAGES[p][f]))
            p = PRODUCT[p][INVERSE[relabel]]
            if target is not None:
                other, p = target[0], PRODUCT[target[1]][p]
            place = IMAGES[relabel][f]
            glue[number][place] = other, p
            if target is None:
                glue[other][IMAGES[p][place]] = number, INVERSE[p]
        for t in old:
            del glue[t]


def _named(ring: Ring) -> tuple[int, int, int]:
    """The first name of an edge."""
    return min((t, min(i, j), max(i, j)) for t, i, j, _, _ in ring)
