"""Sums of line bundles: conditions against a slow route, scans against brute force, slopes proved both ways, bits, lists, the study."""

from fractions import Fraction
from itertools import combinations_with_replacement, product
from types import SimpleNamespace

import jax
import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.bundles import TETRA_QUADRIC, Threefold
from certifield.bundles.line_bundle_sums import (
    LineBundleSum,
    SumBox,
    SumGenome,
    SumScan,
    _slopes,
    common_zero,
    read_published,
    scan_sums,
)
from certifield.evidence import InputError

TWO = Threefold((1, 1, 3), ((2, 0), (0, 2), (2, 2)))


def as_sum(manifold, rows):
    return LineBundleSum(manifold, tuple(tuple(int(one) for one in row) for row in rows))


@pytest.mark.parametrize(("manifold", "order", "low", "high"), [(TWO, 2, -1, 2)])
def test_scan_against_brute_force(manifold, order, low, high):
    """All multisets of five vectors with sum 0, each judged by `misses` alone."""
    vectors = list(product(range(low, high + 1), repeat=manifold.rank))
    least = [v for v in vectors if -3 * order <= manifold.index(v) <= 0 and manifold.index(v) % order == 0]
    places = {v: number for number, v in enumerate(least)}
    found = set()
    for four in combinations_with_replacement(least, 4):
        last = tuple(-sum(column) for column in zip(*four, strict=True))
        if last in places and places[last] >= places[four[-1]]:
            rows = (*four, last)
            if not any(as_sum(manifold, rows).misses(order).values()):
                found.add(rows)
    scan = scan_sums(SumBox(manifold, order, low, high))
    assert {tuple(map(tuple, one)) for one in scan.sums.tolist()} == found and scan.counts[3] == len(found)


def test_the_tetra_quadric():
    scan = scan_sums(SumBox(TETRA_QUADRIC, 4, -2, 2))
    assert scan.counts == (12569, 1368, 1344, 576) and len(scan.classes) == 25
    # Conditions are met by sums with a trivial line, which are no SU(5) models; they are counted and told.
    held = [as_sum(TETRA_QUADRIC, one) for one in scan.classes]
    assert scan.trivial.tolist() == [one.trivial + one.trivial_pairs for one in held] and (scan.trivial == 0).sum() == 14
    assert scan.counts.signs == 576 and "25 classes, 14 without a trivial line" in str(scan) and len(str(scan)) < 400
    paired = as_sum(TETRA_QUADRIC, [[1, -1, 0, 0], [-1, 1, 0, 0], [0, 0, 1, -1], [0, 0, 0, 0], [0, 0, -1, 1]])
    assert (paired.trivial, paired.trivial_pairs) == (1, 2)
    assert SumScan(scan.box, scan.counts, np.array([paired.lines])).trivial.tolist() == [3]
    for one in scan.classes:
        assert not any(as_sum(TETRA_QUADRIC, one).misses(4).values())
        assert any(as_sum(TETRA_QUADRIC, -one).misses(4).values())  # the other sign of the index
    kinds = [common_zero(as_sum(TETRA_QUADRIC, one).slope_forms()).status for one in scan.classes[:8]]
    assert set(kinds) <= {"zero", "none"}


def test_conditions_count_what_is_missed():
    trivial = as_sum(TETRA_QUADRIC, [[0] * 4] * 5)
    assert trivial.misses(4) == {"c1": 0, "index": 12, "anomaly": 0, "lines": 0, "pairs": 0, "divisible": 0, "signs": 0}
    bent = as_sum(TETRA_QUADRIC, [[1, 0, 0, 0], [1, 1, 1, 1], [-2, -2, -2, -2], [0, 0, 1, 1], [0, 1, 0, 0]])
    found = bent.misses(4)
    assert found["c1"] == 0 and found["signs"] > 0 and found["lines"] > 0
    # Two of P1: c_2 and index by hand on the tetra-quadric, d_rst = 2 for different r, s, t.
    one = as_sum(TETRA_QUADRIC, [[1, -1, 0, 0], [-1, 1, 0, 0], [0] * 4, [0] * 4, [0] * 4])
    assert one.c2 == (0, 0, 4, 4) and one.index == 0
    assert as_sum(TETRA_QUADRIC, [[1, 1, 1, 1], [-1, -1, -1, -1], *[[0] * 4] * 3]).indices[0] == 2 * 4 + 2 * 4


def test_slopes_are_proved_both_ways():
    found = common_zero([[[1, 0, 0], [0, -2, 0], [0, 0, 0]], [[0, 1, 0], [1, 0, -1], [0, -1, 0]]])
    x, y, z = found.witness
    assert found.status == "zero" and 2 * abs(x * x - 2 * y * y) < Fraction(1, 1000) and abs(x - z) <= 2 * found.radius + Fraction(1, 10**9)
    assert all(one > found.radius for one in found.witness)
    none = common_zero([[[1, 0], [0, -1]], [[1, 0], [0, -2]]])  # x^2 = y^2 and x^2 = 2 y^2: v = (2, -1) gives x^2
    total = none.witness[0] * np.array([[1, 0], [0, -1]]) + none.witness[1] * np.array([[1, 0], [0, -2]])
    assert none.status == "none" and (total >= 0).all() and (total > 0).any()
    assert common_zero([[[0, 0], [0, 0]]]).status == "zero"
    assert common_zero([[[1, -1], [-1, 1]]]).status == "zero"  # a double zero, which the theorem has with equality
    # x^2 + y^2 > 0 without entries of both signs in one matrix: 2 xy has none, x^2 + y^2 - xy is positive but no combination shows it.
    assert common_zero([[[2, -1], [-1, 2]]]).status == "open"
    for bad in ([[1, 2]], [[[1, 2], [3, 4]]], [[[0.5]]], np.zeros((1, 0, 0), int)):
        with pytest.raises(InputError, match="forms"):
            common_zero(bad)


def test_what_floats_propose_is_checked_in_fractions(monkeypatch):
    """Points near and not near enough to a zero at (1, 1, 1); one whose ball leaves the orthant; and a combination that is none."""
    forms = np.array([[[1, 0, 0], [0, 0, 0], [0, 0, -1]], [[0, 0, 0], [0, 100, 0], [0, 0, -100]]])
    near = _slopes._kantorovich(forms, np.array([1.001, 1.001, 1.0]))
    assert near is not None and near.status == "zero" and Fraction(1, 1000) <= near.radius < Fraction(1, 100)
    assert _slopes._kantorovich(forms, np.array([1.01, 1.01, 1.0])) is None  # 2 beta K eta = 1.97
    assert _slopes._kantorovich(np.array([[[0, 1], [1, 1]]]), np.array([0.1, 1.0])) is None  # 0.99, and 1.0 <= 2 eta = 1.09
    answer = SimpleNamespace(status=0, fun=-1.0, x=np.array([1.0]))
    monkeypatch.setattr(_slopes, "linprog", lambda *_, **__: answer)
    assert common_zero([[[1, 0], [0, -4]]]).status == "zero"  # x^2 - 4 y^2 is not of one sign


def test_bits_judge_as_the_conditions_do():
    box = SumBox(TETRA_QUADRIC, 4, -4, 3)
    genome = SumGenome(box)
    rng = np.random.default_rng(0)
    strings = rng.integers(0, 2, (300, genome.bits)).astype(np.uint8)
    good = scan_sums(SumBox(TETRA_QUADRIC, 4, -2, 2)).sums[::97]
    coded = genome.entry.encode(good[:, :4]).reshape(len(good), -1)
    every = np.concatenate([strings, coded])
    values, solved = (np.asarray(one) for one in jax.vmap(genome.judge)(every))
    lines, misses = np.asarray(genome.lines(every)), np.asarray(jax.vmap(genome.misses)(genome.lines(every)))
    for number, rows in enumerate(lines):
        slow = as_sum(TETRA_QUADRIC, rows).misses(4)
        assert slow["c1"] == 0 and list(slow.values())[1:] == misses[number, :6].tolist()
        assert solved[number] == (not misses[number].any()) == (values[number] == 0)
    assert solved[300:].all() and not solved[:300].any()


def test_published_lists(tmp_path):
    models = scan_sums(SumBox(TETRA_QUADRIC, 4, -2, 2)).classes[:2]
    (tmp_path / "rows.json").write_text(str(models.tolist()))
    braces = "\n".join(str(one.T.tolist()).replace("[", "{").replace("]", "}") + "," for one in models)
    (tmp_path / "columns.txt").write_text("# a list\n" + braces)
    for name in ("rows.json", "columns.txt"):
        assert read_published(tmp_path / name, TETRA_QUADRIC).tolist() == models.tolist()
    for text, said in (("[[[1,2],[3,4]]]", "model 0"), ("{{1,0},{", "line 1"), ("import os", "line 1"),
                       (str([[[1, 0, 0, 0]] * 5]), "sum to 0")):  # fmt: skip
        (tmp_path / "bad.txt").write_text(text)
        with pytest.raises(InputError, match=said):
            read_published(tmp_path / "bad.txt", TETRA_QUADRIC)
    with pytest.raises(InputError, match="path"):
        read_published(tmp_path / "none.txt", TETRA_QUADRIC)


BAD = [
    (lambda: LineBundleSum("bicubic", ()), "manifold"),
    (lambda: LineBundleSum(TETRA_QUADRIC, ((0,) * 4,) * 4), "lines"),
    (lambda: LineBundleSum(TETRA_QUADRIC, ((0,) * 3,) * 5), "lines"),
    (lambda: LineBundleSum(TETRA_QUADRIC, ((0.5,) * 4,) * 5), "lines"),
    (lambda: LineBundleSum(TETRA_QUADRIC, 3), "lines"),
    (lambda: as_sum(TETRA_QUADRIC, [[0] * 4] * 5).misses(0), "order"),
    (lambda: SumBox(TETRA_QUADRIC, 0), "order"),
    (lambda: SumBox(TETRA_QUADRIC, 5), "divisor of the Euler number -128"),
    (lambda: as_sum(TETRA_QUADRIC, [[0] * 4] * 5).misses(3), "Euler"),
    (lambda: Threefold((1, 1, 3), ((2, 0, 2), (0, 2, 2))), "turned is Threefold\\(\\(1, 1, 3\\), \\(\\(2, 0\\), \\(0, 2\\)"),
    (lambda: Threefold((1, 1, 2), ((2,), (2,), (2,))), r"degrees = \(\(2,\), \(2,\), \(2,\)\) .* that of P2 to 2"),
    (lambda: Threefold("1 1 2", ((2,), (2,), (3,))), "from_text"),
    (lambda: Threefold.from_text("P2"), "text"),
    (lambda: SumBox(TETRA_QUADRIC, 4, 2, 1), "high"),
    (lambda: SumBox(TETRA_QUADRIC, 4, -40, 40), "ten million"),
    (lambda: SumBox(None, 4), "manifold"),
    (lambda: SumGenome(SumBox(TETRA_QUADRIC, 4, -2, 2)), "range"),
    (lambda: scan_sums(4), "given"),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_refusals(number):
    call, said = BAD[number]
    with pytest.raises(InputError, match=said):
        call()


def test_line_bundle_models(tmp_path):
    (tmp_path / "list.json").write_text(str(scan_sums(SumBox(TETRA_QUADRIC, 4, -2, 2)).classes[:3].tolist()))
    options = {"boxes": [("tetra-quadric", 4, -2, 2)], "evaluations": 10_000, "searchers": ["random"], "seeds": 1}
    readings, verdicts, sections = answered("line-bundle-models", **options, published=str(tmp_path / "list.json"))
    assert not disagreeing(readings) and verdicts == {"LB-01": "open", "LB-02": "open"}  # the box that is searched is not among these
    one = readings["scan/tetra-quadric/4/from-2to2"]
    assert [one[name].value.value for name in ("classes", "slopes zero", "slopes none", "slopes open")] == [25, 10, 15, 0]
    assert one["classes without a trivial line or pair"].value.value == 14
    assert next(section for section in sections if section.key == "models").rows[14][3] == "no: 1 trivial"
    assert readings["published"]["that meet our conditions"].value.value == 3 and sections[0].key == "counts"
