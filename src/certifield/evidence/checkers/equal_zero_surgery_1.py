r"""Checks equal-zero-surgery@1: the 0-surgeries on two knots are homeomorphic by a map that preserves orientation.

Both 3-manifolds are triangulated here, from the planar diagram codes alone.  Moves change the two triangulations into isomorphic ones.
Nothing but elementary topology is used: no geometry, no recognition of groups.  The code fixes the chirality of each knot.

Triangulations.  Tetrahedra have vertices 0, 1, 2, 3 and are positively oriented.  ``glue[t][f]`` is the tetrahedron beyond the face of t
opposite vertex f, with the vertices there of those of t (that of f is opposite the face): an odd permutation.

From the code.  Crossing c has darts 4c, ..., 4c + 3 along its edges, counter-clockwise from the incoming lower end; odd ones are upper.
``across[d]`` is the dart at the other end of the edge.  An octahedron stands between the strands of a crossing; of the vertices at its
sides those above the lower strand are drawn up to one point P, those below the upper strand down to one point M.  The octahedra fill the
3-sphere, the knot being an ideal point K (D. Thurston; arXiv:1612.02928).  Cut along their axes they give the tetrahedra 4c + k, in the
corner from dart 4c + k on counter-clockwise, with vertices 0 and 1 at K, the first on the strand of that dart, 2 at P and 3 at M.
All gluings exchange 0 and 1: face 1 of t with face 0 of the corner before across[t], faces 2 and 3 with the corners at the same crossing,
face 2 across the upper strand, face 3 across the lower.

The link of K is a torus.  Where the knot leaves by a dart d and enters by across[d] on another level, face 1 of d on its left and face 1
of across[d] on its right meet the torus in edges.  One for each such place make a closed curve along the knot, with linking number

    writhe + (places where the knot goes down and the right edge is taken) - (places where it goes up and the right edge is taken).

It is made 0: from dart 2 on, right edges are taken at the first |writhe| places where the knot goes up, or down for a negative writhe.
A kink is added for each place that is missing, on the edge of dart 0: [a, l, l, b] for a positive writhe and [a, b, l, l] for a negative
one is appended to the code, where a is the edge up to the kink, b the new edge that replaces it in dart 0, and l the loop.

The solid torus that is glued in is, cut along a disc on that curve with centre D, the cone from K on its boundary.  So two tetrahedra are
put into the n-th of the faces, 4C + 2n at the tetrahedron with face 1 and 4C + 2n + 1 at the other, C crossings in all.  They share face
1 of the former and 0 of the latter; all gluings exchange 0 and 1.  Those on the right of the curve, 4C + 2n + 1 where the knot goes
down and 4C + 2n where it goes up, are glued in cyclic order, and those on the left: by faces 2 after a place where it goes down, else
by faces 3.

Moves.  Tetrahedra keep their numbers, and new ones take the next never used.

    2-3 t f           The face f of t has another tetrahedron s > t beyond.  For each vertex m of the face, in increasing order, there is
                      a new tetrahedron with the vertices of t, but for m: there it has the vertex of s beyond the face.
    3-2 t i j         The edge i j is in three different tetrahedra.  Two new ones have the vertices of t, but for j and for i: there
                      they have the third vertex of the link of the edge.
    2-0 t i j         The edge is in two different tetrahedra, which are flattened onto each other: the opposite edges, and the faces
                      opposite i and j, are identified.  The edges must differ; the two identifications of faces must form no cycle.
    collapse t i j    The edge joins two vertices and is in different tetrahedra.  It shrinks to a point.  Each triangle at it becomes
                      an edge, and each tetrahedron a triangle.  The identifications of edges must form no cycle, nor those of faces.

i < j, and t is the smallest tetrahedron at the edge.  In 2-0 and collapse the preimages of points are points or trees, hence the quotient
is the same manifold (Armentrout 1969).

claim    {"kind": "equal zero surgery", "first": PD code of a knot with crossings, "second": the same, labels any integers from 0}
value    "0", the framing
witness  {"first": moves, "second": moves, "isomorphism": [t, [a, b, c, d]], "trace": text}: the smallest tetrahedron of the first
         triangulation at the end goes to t of the second, its vertices 0, 1, 2, 3 to a, b, c, d, an even permutation.  The trace proves
         nothing: the CRC-32 of [first, second, isomorphism] as JSON, in eight digits, by which symmetries give no second witness
"""

import json
import sys
import zlib
from typing import Any

CHECKER = "equal-zero-surgery@1"
Outcome = tuple[bool, str, int]
Permutation = tuple[int, ...]
Face = tuple[int, int]
Glue = dict[int, list[tuple[int, Permutation]]]

LARGEST_LABEL = 10**9
MOST_CROSSINGS = 2_000  # kinks counted


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether ``witness`` shows the 0-surgeries on the knots of ``claim`` to be the same; the reason names the first wrong move."""
    steps = 0
    try:
        for given, fields in ((claim, ("kind", "first", "second")), (witness, ("first", "second", "isomorphism", "trace"))):
            _require(isinstance(given, dict) and set(given) == set(fields), f"the fields must be {', '.join(fields)}")
        _require(claim["kind"] == "equal zero surgery", 'claim.kind must be "equal zero surgery"')
        _require(isinstance(value, str) and value == "0", 'the value must be "0", the framing')
        made: list[Glue] = []
        for name in ("first", "second"):
            triangulation = _Triangulation(_zero_surgery(claim[name], f"claim.{name}"))
            _require(isinstance(witness[name], list), f"witness.{name} must be a list")
            for place, move in enumerate(witness[name]):
                try:
                    triangulation.move(move)
                except _Refused as refusal:
                    raise _Refused(f"witness.{name}[{place}]: {refusal}") from None
                steps += 1
            made.append(triangulation.glue)
        _isomorphic(made[0], made[1], witness["isomorphism"])
        text = json.dumps([witness["first"], witness["second"], witness["isomorphism"]], separators=(",", ":"))
        _require(witness["trace"] == f"{zlib.crc32(text.encode()):08x}", "witness.trace does not belong to this witness")
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


def _zero_surgery(code: Any, name: str) -> Glue:
    across = _darts(code, name)
    _check_knot(across, name)
    code = [list(crossing) for crossing in code]
    writhe = sum(1 if enter & 3 == 3 else -1 for _, enter in _passages(across) if enter & 1)  # at place 3 it comes from the left
    while 2 * abs(writhe) > len(_places(across)):
        start, loop = code[0][0], max(max(crossing) for crossing in code) + 1
        code[0][0] = loop + 1
        code.append([start, loop, loop, loop + 1] if writhe > 0 else [start, loop + 1, loop, loop])
        writhe -= 1 if writhe > 0 else -1
        _require(len(code) <= MOST_CROSSINGS, f"{name} needs too many kinks")
        across = _darts(code, name)
    beyond: dict[Face, int] = {}
    for dart, other in enumerate(across):
        beyond[dart, 1] = _turned(other, -1)
        beyond[dart, 2 + dart % 2] = _turned(dart, 1)
        beyond[dart, 3 - dart % 2] = _turned(dart, -1)
    _fill(beyond, _places(across), writhe, len(across))
    for (t, face), other in list(beyond.items()):
        if face == 1:
            beyond[other, 0] = t
    return {t: [(beyond[t, face], _exchange(0, 1)) for face in range(4)] for t in range(len(beyond) // 4)}


def _fill(beyond: dict[Face, int], places: list[tuple[int, int]], writhe: int, unused: int) -> None:
    """Two tetrahedra for each place at which the knot changes its level."""
    right, sides = abs(writhe), []
    for place, (head, enter) in enumerate(places):
        down = head % 2 == 1
        if right and down == (writhe < 0):
            head, right = enter, right - 1
        near, far = unused + 2 * place, unused + 2 * place + 1
        beyond[near, 1], beyond[far, 1], beyond[head, 1] = far, beyond[head, 1], near
        sides.append((2, far, near) if down else (3, near, far))
    for (face, *here), (_, *there) in zip(sides, sides[1:] + sides[:1], strict=True):
        for t, s in zip(here, there, strict=True):
            beyond[t, face], beyond[s, face] = s, t


def _passages(across: list[int]) -> list[tuple[int, int]]:
    """The darts by which the knot leaves one crossing and enters the next, from dart 2 on."""
    passages, dart = [], 2
    while not passages or dart != 2:
        passages.append((dart, across[dart]))
        dart = _turned(across[dart], 2)
    return passages


def _places(across: list[int]) -> list[tuple[int, int]]:
    """The passages at which the knot changes its level."""
    return [(leave, enter) for leave, enter in _passages(across) if (leave + enter) % 2]


def _turned(dart: int, quarters: int) -> int:
    """The dart of the same crossing that many places further counter-clockwise."""
    return (dart & ~3) | ((dart + quarters) & 3)


def _darts(code: Any, name: str) -> list[int]:
    """The dart at the other end of the edge of each."""
    _require(isinstance(code, list) and 0 < len(code) <= MOST_CROSSINGS, f"{name} must be a list of crossings")
    _require(all(isinstance(c, list) and len(c) == 4 for c in code), f"{name} must be quadruples")
    labels = [label for crossing in code for label in crossing]
    _require(all(type(label) is int and 0 <= label < LARGEST_LABEL + MOST_CROSSINGS for label in labels), f"{name} must have labels from 0")
    ends: dict[int, list[int]] = {}
    for dart, label in enumerate(labels):
        ends.setdefault(label, []).append(dart)
    for label, darts in ends.items():
        _require(len(darts) == 2, f"label {label} occurs {len(darts)} times in {name}")
    return [sum(ends[label]) - dart for dart, label in enumerate(labels)]


def _check_knot(across: list[int], name: str) -> None:
    """Refuses what is not one knot in the plane, oriented as the code says."""
    passages = _passages(across)
    _require(all(enter & 3 != 2 for _, enter in passages), f"{name} has crossings that do not begin with the incoming lower end")
    _require(2 * len(passages) == len(across), f"{name} has more than one component")
    faces, unseen = 0, set(range(len(across)))
    while unseen:
        faces, dart = faces + 1, min(unseen)
        while dart in unseen:
            unseen.remove(dart)
            dart = _turned(across[dart], -1)
    _require(faces == len(across) // 4 + 2, f"{name} does not lie in the plane")


class _Triangulation:
    """Gluings, and the next number for a tetrahedron."""

    def __init__(self, glue: Glue) -> None:
        self.glue, self.unused = glue, len(glue)

    def move(self, move: Any) -> None:
        """Makes one move of a witness."""
        _require(isinstance(move, list) and len(move) > 0 and isinstance(move[0], str) and move[0] in _MOVES, "not a move")
        rule, count = _MOVES[move[0]]
        _require(len(move) == count + 1 and all(type(entry) is int for entry in move[1:]), f"{move[0]} has {count} integers")
        _require(move[1] in self.glue, "there is no tetrahedron of this number")
        _require(all(0 <= entry < 4 for entry in move[2:]), "vertices and faces are 0 to 3")
        if count == 2:
            return rule(self, *move[1:])
        t, i, j = move[1:]
        _require(i < j, "the vertices of an edge are given in increasing order")
        ring = self.ring(t, i, j)
        _require(len({corner[0] for corner in ring}) == len(ring), "a tetrahedron is at the edge twice")
        _require(t == min(corner[0] for corner in ring), "the edge is named by its smallest tetrahedron")
        return rule(self, ring)

    def ring(self, t: int, i: int, j: int) -> list[tuple[int, ...]]:
        """The corners t, i, j, k, m around the edge i j: the face opposite k leads from each to the next."""
        ring = [(t, i, j, *(vertex for vertex in range(4) if vertex not in (i, j)))]
        while True:
            t, i, j, k, m = ring[-1]
            other, p = self.glue[t][k]
            corner = (other, p[i], p[j], p[m], p[k])
            if corner == ring[0]:
                return ring
            ring.append(corner)

    def edge(self, t: int, i: int, j: int) -> tuple[int, int, int]:
        """One name for each edge."""
        return min((s, min(a, b), max(a, b)) for s, a, b, *_ in self.ring(t, i, j))

    def face(self, t: int, f: int) -> Face:
        """One name for each face."""
        other, p = self.glue[t][f]
        return min((t, f), (other, p[f]))

    def two_three(self, t: int, f: int) -> None:
        s, p = self.glue[t][f]
        _require(s > t, "the face must have another tetrahedron with a larger number beyond")
        face = [m for m in range(4) if m != f]
        new = {m: self.unused + place for place, m in enumerate(face)}
        outer: dict[Face, tuple[int, Permutation]] = {}
        for m in face:
            outer[t, m] = (new[m], (0, 1, 2, 3))
            outer[s, p[m]] = (new[m], _product(_exchange(f, m), _inverse(p)))
        inner = {(new[m], n): (new[n], _exchange(m, n)) for m in face for n in face if m != n}
        self._put((t, s), outer, inner)

    def three_two(self, ring: list) -> None:
        _require(len(ring) == 3, "the edge must be in three tetrahedra")
        (t, i, j, k, m), following, previous = ring
        first, second = self.unused, self.unused + 1
        outer: dict[Face, tuple[int, Permutation]] = {(t, j): (first, (0, 1, 2, 3)), (t, i): (second, (0, 1, 2, 3))}
        for (s, a, b, _, _), shared in ((following, k), (previous, m)):
            back = _inverse(self.glue[t][shared][1])  # takes the third vertex of the link to ``shared``
            outer[s, b] = (first, _product(_exchange(j, shared), back))
            outer[s, a] = (second, _product(_exchange(i, shared), back))
        self._put((t, following[0], previous[0]), outer, {(first, i): (second, _exchange(i, j)), (second, j): (first, _exchange(i, j))})

    def two_zero(self, ring: list) -> None:
        _require(len(ring) == 2, "the edge must be in two tetrahedra")
        (t, i, j, k, m), (s, a, b, c, d) = ring
        _require(self.edge(t, k, m) != self.edge(s, c, d), "the opposite edges are the same")
        _trees([(self.face(t, i), self.face(s, a)), (self.face(t, j), self.face(s, b))], "faces")
        p, q = self.glue[t][k][1], self.glue[s][c][1]
        self._flatten({(t, i): (s, a, p), (t, j): (s, b, p), (s, a): (t, i, q), (s, b): (t, j, q)})

    def collapse(self, ring: list) -> None:
        t, i, j, _, _ = ring[0]
        _require((t, j) not in self.corners(t, i), "the ends of the edge are the same vertex")
        this = self.edge(t, i, j)
        pairs = [(self.edge(s, a, d), self.edge(s, b, d)) for s, a, b, _, d in ring]
        _require(all(this not in pair for pair in pairs), "a triangle has the edge twice")
        _trees(pairs, "edges")
        _trees([(self.face(s, a), self.face(s, b)) for s, a, b, _, _ in ring], "faces")
        pressed = [(s, a, b) for s, a, b, _, _ in ring] + [(s, b, a) for s, a, b, _, _ in ring]
        self._flatten({(s, a): (s, b, _exchange(a, b)) for s, a, b in pressed})

    def corners(self, t: int, i: int) -> set[tuple[int, int]]:
        """All corners at the vertex i of t."""
        seen, waiting = {(t, i)}, [(t, i)]
        while waiting:
            s, k = waiting.pop()
            near = {(other, p[k]) for f, (other, p) in enumerate(self.glue[s]) if f != k} - seen
            seen |= near
            waiting += near
        return seen

    def _put(self, old: tuple[int, ...], outer: dict[Face, tuple[int, Permutation]], inner: dict[Face, tuple[int, Permutation]]) -> None:
        """Replaces tetrahedra: ``outer`` says for each outer face which new tetrahedron it belongs to, and the new names of vertices."""
        for number in {number for number, _ in outer.values()}:
            self.glue[number] = [(number, (0, 1, 2, 3))] * 4
            self.unused = max(self.unused, number + 1)
        for (t, f), (number, names) in outer.items():
            other, p = self.glue[t][f]
            p = _product(p, _inverse(names))
            place = names[f]
            if (other, p[place]) in outer:
                other, further = outer[other, p[place]]
                p = _product(further, p)
            self._join(number, place, other, p)
        for (number, place), (other, p) in inner.items():
            self._join(number, place, other, p)
        for t in old:
            del self.glue[t]

    def _flatten(self, through: dict) -> None:
        """Takes tetrahedra away: what met one of their faces goes on through another, with the vertices renamed."""
        gone = {t for t, _ in through}
        outside = [(other, p[f]) for t, f in through for other, p in [self.glue[t][f]] if other not in gone]
        for t, f in outside:
            other, p = self.glue[t][f]
            while other in gone:
                leave, face, names = through[other, p[f]]
                other, q = self.glue[leave][face]
                p = _product(q, _product(names, p))
            self.glue[t][f] = (other, p)
        for t in gone:
            del self.glue[t]
        _require(len(self.glue) > 0, "no tetrahedron would be left")

    def _join(self, t: int, f: int, other: int, p: Permutation) -> None:
        self.glue[t][f], self.glue[other][p[f]] = (other, p), (t, _inverse(p))


_MOVES: dict[str, tuple[Any, int]] = {
    "2-3": (_Triangulation.two_three, 2),
    "3-2": (_Triangulation.three_two, 3),
    "2-0": (_Triangulation.two_zero, 3),
    "collapse": (_Triangulation.collapse, 3),
}


def _trees(pairs: list[tuple], what: str) -> None:
    """Refuses identifications that form a cycle."""
    parent: dict = {}
    for one, other in pairs:
        while one in parent:
            one = parent[one]
        while other in parent:
            other = parent[other]
        _require(one != other, f"the identifications of {what} form a cycle")
        parent[one] = other


def _product(p: Permutation, q: Permutation) -> Permutation:
    """First q, then p."""
    return tuple(p[image] for image in q)


def _inverse(p: Permutation) -> Permutation:
    return tuple(p.index(vertex) for vertex in range(4))


def _exchange(i: int, j: int) -> Permutation:
    return tuple({i: j, j: i}.get(vertex, vertex) for vertex in range(4))


def _isomorphic(first: Glue, second: Glue, start: Any) -> None:
    _require(isinstance(start, list) and len(start) == 2, "witness.isomorphism must have a tetrahedron and a permutation")
    goal, images = start
    _require(type(goal) is int and goal in second, "witness.isomorphism names no tetrahedron")
    whole = isinstance(images, list) and all(type(image) is int for image in images)
    _require(whole and sorted(images) == [0, 1, 2, 3], "witness.isomorphism must have a permutation of 0, 1, 2, 3")
    _require(sum(images[i] > images[j] for j in range(4) for i in range(j)) % 2 == 0, "the isomorphism reverses the orientation")
    _require(len(first) == len(second), "the triangulations have different numbers of tetrahedra")
    image = {min(first): (goal, tuple(images))}
    waiting = [min(first)]
    for t in waiting:
        s, r = image[t]
        for face, (other, p) in enumerate(first[t]):
            beyond, q = second[s][r[face]]
            expected = (beyond, _product(q, _product(r, _inverse(p))))
            if other not in image:
                image[other] = expected
                waiting.append(other)
            _require(image[other] == expected, "the triangulations at the end are not isomorphic in this way")
    _require(len({s for s, _ in image.values()}) == len(first), "the map of tetrahedra is not one to one")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Refused(otherwise)


def _without_duplicates(pairs: list) -> dict:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a field is given twice")
    return dict(pairs)


def main(arguments: list[str]) -> int:
    """Prints the verdict on the certificate in the file named by the one argument."""
    try:
        with open(arguments[0], encoding="utf-8") as file:
            certificate = json.load(file, object_pairs_hook=_without_duplicates)
        if certificate["checker"] != CHECKER:
            raise ValueError(f"the certificate asks for another checker than {CHECKER}")
        accepted, reason, steps = check(certificate["claim"], certificate["value"], certificate["witness"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        print(json.dumps({"accepted": False, "reason": f"not a certificate: {error}", "steps": 0}))
        return 2
    print(json.dumps({"accepted": accepted, "reason": reason, "steps": steps}))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
