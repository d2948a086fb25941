"""not-slice-lattice@1: Goeritz matrices against determinants and signatures of KnotInfo, embeddings against a search by rows.

The other route builds M row by row, |G| = M M^T: every row is any integer vector with the right products with the rows before, but for
the symmetries of Z^n that fix those.  It shares nothing with the search of the checker for columns in the dual lattice.
"""

import json
import math
import random
from fractions import Fraction
from pathlib import Path

import pytest
from mutations import mutations
from planar_walks import connected_sum, loaded, mirrored

from certifield.evidence import Certificate, checker_path
from certifield.topology import Diagram

SOURCE = checker_path("not-slice-lattice@1").read_text()
CHECKER = loaded(SOURCE)
SAMPLE = json.loads((Path(__file__).parents[1] / "topology" / "knotinfo_sample.json").read_text(encoding="utf-8"))
TREFOIL = [[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]]
STEVEDORE = [[1, 7, 2, 6], [3, 10, 4, 11], [5, 3, 6, 2], [7, 1, 8, 12], [9, 4, 10, 5], [11, 9, 12, 8]]


def not_slice(code):
    return {"kind": "not slice", "category": "smooth", "diagram": code}


def alternating(knot):
    """Whether the code goes over and under in turn."""
    (walk,) = Diagram.from_pd(knot["pd"]).gauss()
    return all((one > 0) != (two > 0) for one, two in zip(walk, walk[1:] + walk[:1], strict=True))


KNOTS = [knot for knot in SAMPLE if alternating(knot)]


def form_of(module, code, surface):
    return module._goeritz(module._claimed(not_slice(code)), surface)


def eigenvalue_signs(form):
    """Numbers of positive and negative pivots, by fractions; only for definite forms, which need no other pivots."""
    rows, signs = [[Fraction(entry) for entry in row] for row in form], []
    while rows:
        pivot, *above = rows.pop(0)
        signs.append(pivot > 0)
        rows = [[here - row[0] / pivot * there for here, there in zip(row[1:], above, strict=True)] for row in rows]
    return signs.count(True), signs.count(False)


def embeds(form):
    """Whether |form| = M M^T for a square integer M, by trying rows."""
    sign = 1 if form[0][0] > 0 else -1
    gram = [[sign * entry for entry in row] for row in form]
    return extended(gram, [])


def extended(gram, rows):
    place, size = len(rows), len(gram)
    return place == size or any(extended(gram, [*rows, row]) for row in next_rows(gram, rows, place, size))


def next_rows(gram, rows, place, size):
    """Rows with the right products; where columns agree so far the entries do not increase, and in empty ones they are not negative."""
    columns = [tuple(row[j] for row in rows) for j in range(size)]
    waiting = [((), gram[place][place], tuple(gram[place][i] for i in range(place)))]
    while waiting:
        row, left, products = waiting.pop()
        j = len(row)
        if j == size:
            if left == 0 and not any(products):
                yield row
            continue
        before = next((row[k] for k in range(j - 1, -1, -1) if columns[k] == columns[j]), None)
        reach = int(left**0.5 + 1e-9)
        lowest = -reach if any(columns[j]) else 0
        for entry in range(lowest, (reach if before is None else min(reach, before)) + 1):
            waiting.append(((*row, entry), left - entry * entry, tuple(p - entry * c for p, c in zip(products, columns[j], strict=True))))


def verdict(module, code, surface):
    """The determinant, and whether the checker finds an obstruction; None if it stumbles or refuses for another reason."""
    try:
        form = form_of(module, code, surface)
        return module._factored(form)[1][-1], not framed(module, form)
    except Exception:
        return None


def framed(module, form):
    search = module._Search()
    vectors, weights = search.unit_vectors(*module._factored(form))
    return search.has_frame(vectors, weights)


HEXAGONAL = [[4, -2], [-2, 4]]  # three unit vectors up to sign in the dual lattice, no two of them orthogonal


def wrong_verdicts(module, knots):
    """Names of knots, and of a lattice that is none of a knot, whose verdicts contradict the table or the search by rows."""
    found = ["hexagonal"] if framed(module, HEXAGONAL) is not embeds(HEXAGONAL) else []
    for knot in knots:
        for surface in (0, 1):
            if verdict(module, knot["pd"], surface) != (knot["determinant"], not row_search(knot["name"], surface)):
                found.append(knot["name"])
    return found


CACHE = {}


def row_search(name, surface):
    if (name, surface) not in CACHE:
        code = next(knot["pd"] for knot in SAMPLE if knot["name"] == name)
        CACHE[name, surface] = embeds(form_of(CHECKER, code, surface))
    return CACHE[name, surface]


SMALL = [knot for knot in KNOTS if len(knot["pd"]) <= 8]


def test_goeritz_matrices_of_alternating_knots():
    """|det| is the determinant; one surface is positive, the other negative, the ranks add up to the crossings, and the signature is
    the difference of the rank of either and the number of crossings of one sign (Traczyk, Fund. Math. 184 (2004) 311)."""
    for knot in KNOTS[::2]:
        forms = [form_of(CHECKER, knot["pd"], surface) for surface in (0, 1)]
        signs = [eigenvalue_signs(form) for form in forms]
        assert sorted(bool(positive) for positive, _ in signs) == [False, True] and all(0 in pair for pair in signs)
        assert sum(map(len, forms)) == len(knot["pd"])
        crossings = Diagram.from_pd(knot["pd"]).signs
        ranks = [len(form) for form in forms]
        assert knot["signature"] in {sign * (rank - crossings.count(e)) for sign in (1, -1) for e in (1, -1) for rank in ranks}
        for form in forms:
            assert abs(CHECKER._factored(form)[1][-1]) == knot["determinant"]


def test_verdicts_of_the_search_by_rows():
    assert len(SMALL) >= 25 and wrong_verdicts(CHECKER, SMALL) == []
    assert 3 <= sum(row_search(knot["name"], surface) for knot in SMALL for surface in (0, 1)) < len(SMALL)


@pytest.mark.parametrize("size", range(2, 7))
def test_sublattices_of_z_embed(size):
    """Random square M: |M M^T| always has the frame, whatever the determinant."""
    rng = random.Random(size)
    for _ in range(20):
        rows = [[rng.randrange(-2, 3) for _ in range(size)] for _ in range(size)]
        gram = [[sum(x * y for x, y in zip(one, two, strict=True)) for two in rows] for one in rows]
        try:
            assert framed(CHECKER, gram)
        except CHECKER._Refused as refusal:
            assert str(refusal) == "the form is not definite"  # M is singular


def test_no_slice_knot_is_obstructed():
    slices = [knot for knot in KNOTS if knot["slice"]]
    squares = [connected_sum(knot["pd"], mirrored(knot["pd"])) for knot in KNOTS[:12]]  # not oriented as the code says
    assert len(slices) >= 5
    for code in [knot["pd"] for knot in slices] + [oriented(code) for code in squares]:
        assert [verdict(CHECKER, code, surface)[1] for surface in (0, 1)] == [False, False]


def oriented(code):
    """The code of a knot, each crossing beginning with its incoming lower end, by trying both ends of each."""
    across, place = {}, {}
    for dart, label in enumerate(entry for row in code for entry in row):
        if label in place:
            across[dart], across[place[label]] = place[label], dart
        place[label] = dart
    dart, rows = 0, [list(row) for row in code]
    for _ in range(2 * len(code)):
        if dart % 4 == 2:
            rows[dart // 4] = rows[dart // 4][2:] + rows[dart // 4][:2]
        dart = across[dart & ~3 | (dart + 2) % 4]
    return rows


SABOTAGE = [
    ("not sum(map(mul, one, two))", "True"),
    ("range(lowest, (reach - offset) // step + 1)", "range(lowest, (reach - offset) // step)"),
    ("range(lowest, (reach - offset) // step + 1)", "range(max(lowest, -1), min(1, (reach - offset) // step) + 1)"),
    ("lowest = -((reach + offset) // step) if any(c) else 0", "lowest = 0"),
    ("if not rest:", "if True:"),
    ("form[i][j] += entry", "form[i][j] += sign"),
    ("(one, one, sign), (two, two, sign)", "(one, one, sign), (two, two, -sign)"),
    ("for row in rows[k:]:", "for row in rows[k + 1 :]:"),
    ("if candidates.bit_count() < missing:", "if candidates.bit_count() <= missing:"),
    ("odd = face[dart] not in white", "odd = face[dart] in white"),
    ("lower.append([rows[k][size + order[j]] for j in range(k + 1)])", "lower.append([rows[k][size + j] for j in range(k + 1)])"),
]


@pytest.mark.parametrize(("true", "spoiled"), SABOTAGE)
def test_a_spoiled_checker_is_seen(true, spoiled):
    """Sabotage twins."""
    assert SOURCE.count(true) == 1
    assert wrong_verdicts(loaded(SOURCE.replace(true, spoiled)), SMALL)


def certificate(knot, surface):
    form = form_of(CHECKER, knot["pd"], surface)
    vectors, _ = CHECKER._Search().unit_vectors(*CHECKER._factored(form))
    witness = {"surface": surface, "vectors": len(vectors)}
    return Certificate(not_slice(knot["pd"]), str(len(form) if form[0][0] > 0 else -len(form)), witness, "not-slice-lattice@1")


def test_every_single_change_is_refused():
    """The other surface of the figure eight gives another proof, with another value."""
    refused = 0
    for name in ("4_1", "5_2", "7_7"):
        knot = next(knot for knot in SAMPLE if knot["name"] == name)
        good = next(c for c in (certificate(knot, 0), certificate(knot, 1)) if c.replay().accepted)
        document = good.document()
        for field in ("claim", "value", "witness"):
            for mutated in mutations(document[field]):
                changed = document | {field: mutated}
                answer, reason, _ = CHECKER.check(changed["claim"], changed["value"], changed["witness"])
                assert not answer and reason, changed
                refused += 1
    assert refused > 1000


def test_other_knots_are_refused():
    """A certificate of the figure eight does not serve the Stevedore knot, nor a knot whose surfaces are indefinite."""
    eight = next(knot for knot in SAMPLE if knot["name"] == "4_1")
    witness = certificate(eight, 0).document()["witness"]
    for code in (STEVEDORE, next(knot["pd"] for knot in SAMPLE if knot["name"] == "8_19"), [], [[0, 1, 1, 0]]):
        for rank in ("1", "2", "-2", "3", "4", "-4"):
            assert not CHECKER.check(not_slice(code), rank, witness)[0]
    reason = CHECKER.check(not_slice(next(knot["pd"] for knot in SAMPLE if knot["name"] == "8_19")), "2", witness)[1]
    assert reason == "the form is not definite"


def test_a_search_without_end_is_refused():
    """The chessboard form of a large alternating diagram, with a limit of ten states."""
    small = loaded(SOURCE.replace("MOST_STATES = 2_000_000", "MOST_STATES = 10"))
    accepted, reason, steps = small.check(not_slice(STEVEDORE), "4", {"surface": 0, "vectors": 4})
    assert not accepted and reason == "more than 10 states" and steps == 11


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ([[1, 4, 2, 5], [5, 2, 6, 3], [6, 3, 1, 4]], "plane"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 6]], "occurs"),
        ([[4, 1, 3, 2], [2, 3, 1, 4]], "more than one component"),
        ([[2, 4, 1, 5], [3, 1, 4, 6], [5, 3, 6, 2]], "incoming lower end"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 10**5000]], "integers"),
        ("[]", "quadruples"), ([None], "quadruples"), ([], "circle"),
    ],
)  # fmt: skip
def test_what_is_no_diagram_of_a_knot(code, reason):
    accepted, why, _ = CHECKER.check(not_slice(code), "3", {"surface": 0, "vectors": 0})
    assert not accepted and reason in why, why


@pytest.mark.parametrize(
    "witness", [None, {}, [], {"surface": 2, "vectors": 0}, {"surface": True, "vectors": 0}, {"surface": 0, "vectors": 10**5000}]
)
def test_malformed_witnesses_are_refused(witness):
    accepted, reason, _ = CHECKER.check(not_slice(TREFOIL), "1", witness)
    assert not accepted and reason


def test_the_program(tmp_path, capsys):
    good = certificate(SAMPLE[0], 0)
    good = good if good.replay().accepted else certificate(SAMPLE[0], 1)
    wrong, other = good.document() | {"value": "7/3"}, good.document() | {"checker": "other@1"}
    for text, status in ((good.canonical(), 0), (json.dumps(wrong), 1), (json.dumps(other), 2)):
        (tmp_path / "file.json").write_text(text)
        assert CHECKER.main([str(tmp_path / "file.json")]) == status
        assert json.loads(capsys.readouterr().out)["accepted"] is (status == 0)


# Limits ------------------------------------------------------------------------------------------------------------------------


def test_the_table_of_products_counts_as_work(monkeypatch):
    """The sum of 14 trefoils has the lattice 3 Z^14 and a thousand vectors; each row of their products counts as so many states."""
    trefoil = Diagram.from_braid([1, 1, 1])
    knot = trefoil
    for _ in range(13):
        knot = knot.connected_sum(trefoil)
    code = [list(crossing) for crossing in knot.crossings]
    surface = next(surface for surface in (0, 1) if len(form_of(CHECKER, code, surface)) == 14)
    search = CHECKER._Search()
    vectors, weights = search.unit_vectors(*CHECKER._factored(form_of(CHECKER, code, surface)))
    assert len(vectors) == 4 * math.comb(14, 3)
    monkeypatch.setattr(CHECKER, "MOST_STATES", search.states + 2 * len(vectors))
    with pytest.raises(CHECKER._Refused, match="states"):
        search.has_frame(vectors, weights)
    assert search.states <= CHECKER.MOST_STATES + len(vectors)


def test_large_diagrams_are_refused_at_once():
    code = [list(crossing) for crossing in Diagram.from_braid([1] * 201).crossings]
    accepted, reason, _ = CHECKER.check(not_slice(code), "1", {"surface": 0, "vectors": 0})
    assert not accepted and "more than 200 crossings" in reason
