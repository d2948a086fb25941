"""equal-zero-surgery@1: the triangulations are those of 0-surgeries, every move keeps the manifold, false claims are refused."""

import itertools
import json
import random
import re
import zlib
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from mutations import mutations
from planar_walks import loaded, mirrored, scrambled_unknot

from certifield.evidence import Certificate, Certified, checker_path
from certifield.topology import Diagram
from certifield.topology.surgery import Triangulation, equal_zero_surgery, zero_surgery
from certifield.topology.surgery._permutations import IMAGES
from certifield.topology.surgery._simplify import simplified

SOURCE = checker_path("equal-zero-surgery@1").read_text()
CHECKER = loaded(SOURCE)
TREFOIL = [[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]]
FIGURE_EIGHT = [[4, 2, 5, 1], [8, 6, 1, 5], [6, 3, 7, 4], [2, 7, 3, 8]]
STEVEDORE = [[1, 7, 2, 6], [3, 10, 4, 11], [5, 3, 6, 2], [7, 1, 8, 12], [9, 4, 10, 5], [11, 9, 12, 8]]
WORDS = [[1], [-1], [1, 1, 1], [-1, -1, -1], [1, -2, 1, -2], [1] * 7, [1, 2] * 4, [1, 2, 3, 4, 5], [-1, -2, 3, 4], [1, 1, 1, 2, -1, 2]]


def _code(word: list[int]) -> list[list[int]]:
    return [list(crossing) for crossing in Diagram.from_braid(word).crossings]


# What a triangulation is, counted without the code under test -----------------------------------------------------------------


def _is_oriented_manifold(glue: dict) -> bool:
    """Gluings are odd and go both ways, and the link of every vertex has Euler characteristic 2."""
    for t, row in glue.items():
        for f, (s, p) in enumerate(row):
            odd = sum(p[i] > p[j] for i, j in itertools.combinations(range(4), 2)) % 2
            if not odd or s not in glue or glue[s][p[f]] != (t, tuple(p.index(k) for k in range(4))) or (s, p[f]) == (t, f):
                return False
    corners = _classes([(t, k) for t in glue for k in range(4)], glue, lambda s, p, c: (s, p[c]), lambda c: (c,))
    edges = _classes([(t, e) for t in glue for e in itertools.combinations(range(4), 2)], glue, _edge_image, lambda e: e)
    euler = dict.fromkeys(set(corners.values()), 0)
    for corner in corners:  # half of V - F/2, as E = 3F/2
        euler[corners[corner]] -= 1
    for t, (i, j) in {name: edge for edge, name in edges.items()}.values():
        euler[corners[t, i]] += 2
        euler[corners[t, j]] += 2
    return set(euler.values()) == {4} and len(_component(glue)) == len(glue)


def _edge_image(s: int, p: tuple, e: tuple) -> tuple:
    return s, tuple(sorted((p[e[0]], p[e[1]])))


def _classes(cells: list, glue: dict, image: Any, vertices: Any) -> dict:
    """The smallest cell of each class under the gluings."""
    name: dict = {}
    for cell in cells:
        if cell in name:
            continue
        name[cell], waiting = cell, [cell]
        while waiting:
            t, c = waiting.pop()
            for f, (s, p) in enumerate(glue[t]):
                near = image(s, p, c)
                if f not in vertices(c) and near not in name:
                    name[near] = cell
                    waiting.append(near)
    return name


def _component(glue: dict) -> set:
    seen, waiting = {min(glue)}, [min(glue)]
    while waiting:
        near = {s for s, _ in glue[waiting.pop()]} - seen
        seen |= near
        waiting += near
    return seen


def _betti(glue: dict, prime: int) -> int:
    """The dimension of H_1 modulo a prime: loops of tetrahedra modulo those around edges."""
    tree, seen, waiting = set(), {min(glue)}, [min(glue)]
    while waiting:
        t = waiting.pop()
        for f, (s, p) in enumerate(glue[t]):
            if s not in seen:
                seen.add(s)
                waiting.append(s)
                tree |= {(t, f), (s, p[f])}
    column, sign = {}, {}
    for t in glue:
        for f, (s, p) in enumerate(glue[t]):
            if (t, f) not in tree and (t, f) not in column:
                column[t, f] = column[s, p[f]] = len(sign)
                sign[t, f], sign[s, p[f]] = 1, -1
                sign[len(column), "unused"] = 0
    numbers = {face: place for place, face in enumerate(sorted({min(g for g in column if column[g] == c) for c in set(column.values())}))}
    place = {face: next(numbers[g] for g in numbers if column[g] == column[face]) for face in column}
    rows = []
    for t, i, j in {(t, i, j) for t in glue for i, j in itertools.combinations(range(4), 2)}:
        row = [0] * len(numbers)
        k, m = (v for v in range(4) if v not in (i, j))
        corner = start = (t, i, j, k, m)
        while True:
            s, a, b, c, d = corner
            if (s, c) in column:
                row[place[s, c]] += sign[s, c]
            other, p = glue[s][c]
            corner = (other, p[a], p[b], p[d], p[c])
            if corner == start:
                break
        rows.append(row)
    return len(numbers) - _rank(rows, prime)


def _rank(rows: list[list[int]], prime: int) -> int:
    rank, rows = 0, [list(row) for row in rows]
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column] % prime), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        inverse = pow(rows[rank][column], -1, prime)
        for r in range(rank + 1, len(rows)):
            factor = rows[r][column] * inverse % prime
            if factor:
                rows[r] = [(a - factor * b) % prime for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


PRIMES = (2, 3, 5, 7, 101)


def _homology(glue: dict, primes: tuple[int, ...] = PRIMES) -> tuple[int, ...]:
    return tuple(_betti(glue, prime) for prime in primes)


# The triangulation of the 0-surgery --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", WORDS)
def test_the_zero_surgery_has_the_homology_of_a_circle_times_a_sphere(word):
    glue = CHECKER._zero_surgery(_code(word), "claim")
    assert _is_oriented_manifold(glue)
    assert _homology(glue) == (1,) * len(PRIMES)


@pytest.mark.parametrize("word", WORDS)
def test_two_programs_make_the_same_triangulation(word):
    ours = zero_surgery(Diagram.from_braid(word)).glue
    assert {t: [(s, IMAGES[p]) for s, p in row] for t, row in ours.items()} == CHECKER._zero_surgery(_code(word), "claim")


FRAMING = [
    ("right and down == (writhe < 0)", "right and down == (writhe > 0)", (1, 1, 1, 1, 1)),  # framing 2 w
    ("right, sides = abs(writhe), []", "right, sides = 0, []", (1, 1, 1, 1, 1)),  # framing w
    ("right, sides = abs(writhe), []", "right, sides = abs(writhe) - 1, []", (1, 1, 1, 1, 1)),  # framing 1
]


@pytest.mark.parametrize(("right", "wrong", "zero"), FRAMING)
def test_another_framing_is_seen(right, wrong, zero):
    """Sabotage twins: a curve of another linking number n gives a manifold with H_1 of order n."""
    assert SOURCE.count(right) == 1
    spoiled = loaded(SOURCE.replace(right, wrong))
    for code in (TREFOIL, mirrored(TREFOIL)):
        glue = spoiled._zero_surgery(code, "claim")
        assert _is_oriented_manifold(glue) and _homology(glue) != zero


def test_the_wrong_side_of_the_slit_is_no_manifold():
    right = "(2, far, near) if down else (3, near, far)"
    assert SOURCE.count(right) == 1
    for wrong in ("(2, far, near) if down else (3, far, near)", "(3, far, near) if down else (2, near, far)"):
        assert not _is_oriented_manifold(loaded(SOURCE.replace(right, wrong))._zero_surgery(TREFOIL, "claim"))


# Moves -------------------------------------------------------------------------------------------------------------------------


def _surgeries() -> list[dict]:
    """Small triangulations of surgeries of several framings: the 0-surgeries, lens spaces, the sphere."""
    found = []
    for word, framing in itertools.product(([1], [1, 1, 1], [1, -2, 1, -2]), (0, 1, 2)):
        glue = loaded(SOURCE.replace("writhe, len(across))", f"writhe - {framing}, len(across))"))._zero_surgery(_code(word), "claim")
        numbers = {t: [(s, IMAGES.index(p)) for s, p in row] for t, row in glue.items()}
        small = simplified(Triangulation(numbers), random.Random(0), 150).glue
        found.append({t: [(s, IMAGES[p]) for s, p in row] for t, row in small.items()})
    return found


def _moves(glue: dict) -> list[list]:
    named = [[kind, t, i, j] for t in glue for kind in ("3-2", "2-0", "collapse") for i, j in itertools.combinations(range(4), 2)]
    return named + [["2-3", t, f] for t in glue for f in range(4)]


def _moved(module: ModuleType, glue: dict, move: list) -> dict | None:
    """The gluings after a move, or nothing where it is refused."""
    after = module._Triangulation({t: list(row) for t, row in glue.items()})
    after.unused = max(glue) + 1
    try:
        after.move(move)
    except module._Refused:
        return None
    return after.glue


@cache
def _met() -> list[tuple[dict, list[list]]]:
    """Triangulations of at most 7 tetrahedra met on random walks, each with the moves that the checker allows."""
    met = []
    for seed, glue in enumerate(_surgeries()):
        rng = random.Random(seed)
        for _ in range(10):
            allowed = [move for move in _moves(glue) if _moved(CHECKER, glue, move) is not None]
            met.append((glue, allowed))
            fitting = [move for move in allowed if move[0] != "2-3" or len(glue) < 7]
            if not fitting:
                break
            after = _moved(CHECKER, glue, rng.choice(fitting))
            assert after is not None
            glue = after
    return met


def _kept(before: dict, after: dict) -> bool:
    return _is_oriented_manifold(after) and _homology(after, (2, 3)) == _homology(before, (2, 3))


def test_every_move_keeps_the_manifold():
    """Gluings, links of vertices and homology, for every move at every triangulation met."""
    count = dict.fromkeys(("2-3", "3-2", "2-0", "collapse"), 0)
    for glue, allowed in _met():
        for move in allowed:
            after = _moved(CHECKER, glue, move)
            assert after is not None and _kept(glue, after), (glue, move)
            count[move[0]] += 1
    assert min(count.values()) > 5, count


def test_collapses_and_all_moves_keep_large_triangulations():
    for word in ([1, 1, 1], [1, -2, 1, -2]):
        glue, rng = CHECKER._zero_surgery(_code(word), "claim"), random.Random(len(word))
        for _ in range(12):
            allowed = [(move, after) for move in _moves(glue) if (after := _moved(CHECKER, glue, move)) is not None]
            kind = rng.choice(sorted({move[0] for move, _ in allowed}))
            move, after = rng.choice([pair for pair in allowed if pair[0][0] == kind])
            assert _kept(glue, after), move
            glue = after


SABOTAGE = [
    ("_require(self.edge(t, k, m) != self.edge(s, c, d)", "_require(True", "2-0"),
    ("_trees([(self.face(t, i), self.face(s, a)), (self.face(t, j), self.face(s, b))]", "_trees([]", "2-0"),
    ("_require((t, j) not in self.corners(t, i)", "_require(True", "collapse"),
    ('_trees(pairs, "edges")', "pass", "collapse"),
    ("_product(_exchange(f, m), _inverse(p))", "_inverse(p)", "2-3"),
    ("_exchange(m, n)) for m", "_exchange(f, n)) for m", "2-3"),
    ("_product(_exchange(j, shared), back)", "_product(_exchange(i, shared), back)", "3-2"),
    ("_require(len({corner[0] for corner in ring}) == len(ring)", "_require(True", "collapse"),
]


@pytest.mark.parametrize(("right", "wrong", "kind"), SABOTAGE)
def test_unsound_moves_are_seen(right, wrong, kind):
    """Sabotage twins: a checker with one condition or formula spoiled makes moves that break the manifold or fail altogether."""
    assert SOURCE.count(right) == 1
    module = loaded(SOURCE.replace(right, wrong).replace("while other in gone:", "for _ in range(99 if other in gone else 0):"))
    broken = set()
    for glue, _ in _met():
        for move in _moves(glue):
            if move[0] != kind or kind in broken:
                continue
            try:
                after = _moved(module, glue, move)
            except Exception:
                broken.add(kind)
                continue
            if after is not None and not _kept(glue, after):
                broken.add(kind)
    assert broken == {kind}


# Certificates ------------------------------------------------------------------------------------------------------------------


def _certified(first: Diagram, second: Diagram) -> Certificate:
    answer = equal_zero_surgery(first, second, 1500)
    assert isinstance(answer, Certified)
    return answer.certificate


def _answer(document: dict) -> tuple[bool, str, int]:
    return CHECKER.check(document["claim"], document["value"], document["witness"])


@pytest.mark.parametrize("code", [TREFOIL, mirrored(TREFOIL), FIGURE_EIGHT])
def test_two_diagrams_of_one_knot(code):
    knot = Diagram.from_pd(code)
    kinked = Diagram.from_pd([*([40, *code[0][1:]], *code[1:]), [code[0][0], 41, 41, 40]])
    certificate = _certified(knot, kinked)
    assert certificate.replay().accepted and certificate.replay(isolated=True).accepted
    assert certificate.demote().value == 0


def test_a_scrambled_diagram_of_the_unknot():
    code, _ = scrambled_unknot(loaded(), random.Random(5), 8)
    certificate = _certified(Diagram.from_pd(code), Diagram.from_braid([1]))
    assert certificate.replay().accepted


def test_the_mirror_image_is_refused_by_its_orientation():
    """The triangulations of a knot and its mirror image are mirror images, with P and M exchanged: only the orientation tells."""
    claim = {"kind": "equal zero surgery", "first": TREFOIL, "second": mirrored(TREFOIL)}
    blind = loaded(SOURCE.replace('% 2 == 0, "the isomorphism', '% 2 >= 0, "the isomorphism'))
    witnesses = [_witness(isomorphism=(t, images)) for t in range(24) for images in itertools.permutations(range(4))]
    reflections = [witness for witness in witnesses if blind.check(claim, "0", witness)[0]]
    assert reflections  # sabotage twin: without the sign the false claim is accepted
    for witness in reflections:
        accepted, reason, _ = CHECKER.check(claim, "0", witness)
        assert not accepted and "orientation" in reason


def test_moves_of_one_knot_prove_nothing_of_another():
    document = _certified(Diagram.from_pd(FIGURE_EIGHT), Diagram.from_pd(FIGURE_EIGHT).mirror()).document()
    assert _answer(document)[0]  # the figure-eight knot is its own mirror image
    for code in (TREFOIL, mirrored(TREFOIL), STEVEDORE, [[2, 2, 1, 1]]):
        for side in ("first", "second"):
            assert not _answer(document | {"claim": document["claim"] | {side: code}})[0]


def test_every_single_change_is_refused():
    """A changed claim could be true of another diagram; for this certificate none of the changes is accepted."""
    document = _certified(Diagram.from_pd(TREFOIL), Diagram.from_braid([1, 1, 1])).document()
    refused = 0
    for field in ("claim", "value", "witness"):
        for mutated in mutations(document[field]):
            accepted, reason, _ = _answer(document | {field: mutated})
            if accepted:
                assert field == "claim" and all(_same_diagram(mutated[side], document["claim"][side]) for side in ("first", "second"))
            else:
                assert reason
                refused += 1
    assert refused > 1000


def _same_diagram(code: list[list[int]], other: list[list[int]]) -> bool:
    """Whether two codes differ in the names of labels alone."""
    return Diagram.from_pd(code) == Diagram.from_pd(other)


def _witness(first: object = (), second: object = (), isomorphism: object = (0, (0, 1, 2, 3))) -> dict:
    parts = json.loads(json.dumps([first, second, isomorphism]))
    trace = f"{zlib.crc32(json.dumps(parts, separators=(',', ':')).encode()):08x}"
    return {"first": parts[0], "second": parts[1], "isomorphism": parts[2], "trace": trace}


STAY = _witness()


@pytest.mark.parametrize(
    ("first", "witness", "reason"),
    [
        (STEVEDORE, STAY, "numbers of tetrahedra"),
        (mirrored(TREFOIL), STAY, "isomorphic"),
        (TREFOIL, STAY | {"isomorphism": [0, [1, 0, 2, 3]]}, "orientation"),
        (TREFOIL, STAY | {"isomorphism": [0, [1, 2, 0, 3]]}, "isomorphic"),
        (TREFOIL, STAY | {"isomorphism": [24, [0, 1, 2, 3]]}, "no tetrahedron"),
        (TREFOIL, STAY | {"isomorphism": [0, [0, 1, 2, 2]]}, "permutation"),
        (TREFOIL, STAY | {"isomorphism": [0, [False, True, 2, 3]]}, "permutation"),
        (TREFOIL, STAY | {"first": [["2-3", 0]]}, r"first\[0\]"),
        (TREFOIL, STAY | {"first": [["2-3", 24, 0]]}, "no tetrahedron"),
        (TREFOIL, STAY | {"first": [["2-3", 0, 4]]}, "0 to 3"),
        (TREFOIL, STAY | {"first": [["2-3", 23, 0]]}, "larger number"),
        (TREFOIL, STAY | {"first": [["3-2", 0, 1, 0]]}, "increasing order"),
        (TREFOIL, STAY | {"first": [["collapse", 0, 0, 1]]}, r"first\[0\]"),
        (TREFOIL, STAY | {"second": [["1-4", 0]]}, "not a move"),
        (TREFOIL, STAY | {"second": [[["2-3"], 0, 1]]}, "not a move"),
        (TREFOIL, STAY | {"second": {}}, "list"),
        ([], STAY, "crossings"),
        ([[1, 4, 2, 5], [5, 2, 6, 3], [6, 3, 1, 4]], STAY, "plane|begin"),
        ([[1, 3, 2, 4], [3, 1, 4, 2]], STAY, "component|begin"),
        ([[1, 1, 2, 3]], STAY, "occurs"),
        ([[10**4000] * 4], STAY, "labels"),
    ],
)
def test_false_proofs_are_refused(first, witness, reason):
    accepted, why, _ = CHECKER.check({"kind": "equal zero surgery", "first": first, "second": TREFOIL}, "0", witness)
    assert not accepted and re.search(reason, why), why


def test_a_knot_and_itself():
    claim = {"kind": "equal zero surgery", "first": TREFOIL, "second": TREFOIL}
    accepted, reason, _ = CHECKER.check(claim, "0", STAY)
    assert accepted, reason
    assert "trace" in CHECKER.check(claim, "0", STAY | {"trace": "00000000"})[1]
