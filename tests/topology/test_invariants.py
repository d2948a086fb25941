"""Invariants against tables and against each other.  The route of KnotInfo is independent of ours."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from certifield.topology import (
    Diagram,
    LaurentPolynomial,
    alexander_polynomial,
    arf,
    determinant,
    fox_milnor,
    jones_polynomial,
    levine_tristram,
    nullity,
    parse,
    seifert_matrix,
    signature,
)
from certifield.topology.invariants._alexander import _digits_of_determinant, _from_characteristic_polynomial
from certifield.topology.invariants._levine_tristram import _exact, _nullity

TREFOIL, HOPF = Diagram.from_braid([1, 1, 1]), Diagram.from_braid([1, 1])
UNLINK = Diagram(circles=2)


def wrong(knotinfo, invariant, column):
    """Names of the knots for which an invariant of the PD code differs from a column."""
    return [knot["name"] for knot in knotinfo if invariant(Diagram.from_pd(knot["pd"])) != knot[column]]


def test_signatures_of_500_knots(knotinfo):
    assert wrong(knotinfo, signature, "signature") == []


def test_the_signature_of_the_mirror_image_is_seen(knotinfo):
    """Sabotage twin."""
    amphicheiral_or_zero = sum(knot["signature"] == 0 for knot in knotinfo)
    assert len(wrong(knotinfo, lambda diagram: signature(diagram.mirror()), "signature")) == len(knotinfo) - amphicheiral_or_zero > 300


def test_determinants_and_arf_invariants_of_500_knots(knotinfo):
    assert wrong(knotinfo, determinant, "determinant") == wrong(knotinfo, arf, "arf") == []


def test_jones_polynomials_of_500_knots(knotinfo):
    def as_in_the_table(diagram):
        polynomial = jones_polynomial(diagram)
        return [polynomial.lowest, list(polynomial.coefficients)]

    assert wrong(knotinfo, as_in_the_table, "jones") == []
    assert len(wrong(knotinfo[:50], lambda diagram: as_in_the_table(diagram.mirror()), "jones")) > 30  # sabotage twin


@pytest.mark.knots
def test_alexander_polynomials_of_500_knots(knotinfo):
    for knot in knotinfo:
        polynomial, table = alexander_polynomial(Diagram.from_pd(knot["pd"])), knot["alexander"]
        assert list(polynomial.coefficients) in (table, [-entry for entry in table]), knot["name"]
        assert polynomial(1) == 1 and polynomial == polynomial.inverted() and abs(polynomial(-1)) == knot["determinant"]


@pytest.mark.knots
def test_a_changed_crossing_changes_the_alexander_polynomial(knotinfo):
    """Sabotage twin: with the first crossing exchanged most knots have another polynomial."""
    different = 0
    for knot in knotinfo[:60]:
        diagram = Diagram.from_pd(knot["pd"])
        code = [[-entry if abs(entry) == 1 else entry for entry in walk] for walk in diagram.gauss()]
        changed = Diagram.from_gauss(code, [-diagram.signs[0], *diagram.signs[1:]])
        different += alexander_polynomial(changed) != alexander_polynomial(diagram)
    assert different > 50


@pytest.mark.knots
def test_signature_functions(knotinfo):
    """Off the jumps the value is the table's; the three turns keep away from them by more than the table's digits."""
    turns = (Fraction(1, 7), Fraction(2, 7), Fraction(3, 11))
    for knot in knotinfo[:36] + knotinfo[::12]:
        diagram = Diagram.from_pd(knot["pd"])
        for turn in turns:
            behind = [after for place, _, after in knot["signature_jumps"] if place < 2 * turn]
            assert levine_tristram(diagram, turn) == (behind[-1] if behind else 0, 0), knot["name"]
        assert levine_tristram(diagram, Fraction(1, 2)) == (signature(diagram), 0)


@pytest.mark.knots
def test_the_signature_function_by_balls_and_by_the_cyclotomic_field():
    """Two eliminations of the same form; with half a turn more the second says something else."""
    rng, differ = random.Random(5), 0
    for _ in range(300):
        strands = rng.randint(2, 4)
        link = Diagram.from_braid([rng.choice([-1, 1]) * rng.randint(1, strands - 1) for _ in range(rng.randint(2, 9))], strands)
        order = rng.choice([3, 4, 5, 6, 8, 10, 12])
        turn = Fraction(rng.choice([top for top in range(1, order) if math.gcd(top, order) == 1]), order)
        found = levine_tristram(link, turn)
        assert found == _exact(seifert_matrix(link), turn)
        differ += found != _exact(seifert_matrix(link), (turn + Fraction(1, 2)) % 1)
    assert differ > 30


@pytest.mark.knots
def test_the_signature_function_at_large_denominators_against_eigenvalues():
    """Where the float is far from 0; exact elimination takes minutes here."""
    for name, top in (("8_18", 1), ("10_132", 77), ("12n_309", 250)):
        diagram = parse(name)
        matrix = np.array(seifert_matrix(diagram), dtype=float)
        root = np.exp(2j * np.pi * top / 499)
        values = np.linalg.eigvalsh((1 - root) * matrix + (1 - root.conjugate()) * matrix.T)
        assert np.abs(values).min() > 1e-9
        assert levine_tristram(diagram, Fraction(top, 499)) == (int(np.sign(values).sum()), 0)


@pytest.mark.knots
def test_alexander_polynomials_of_large_torus_knots():
    """T(2, n): 1 - t + t^2 - ... + t^(n - 1), by the characteristic polynomial; and both routes on knots of four strands."""
    found = alexander_polynomial(Diagram.from_braid([1] * 201))
    assert found.coefficients == tuple((-1) ** power for power in range(201))
    rng = random.Random(6)
    for _ in range(60):
        knot = Diagram.from_braid([rng.choice([-1, 1]) * rng.randint(1, 3) for _ in range(15)], 4)
        if knot.components == 1:
            assert _from_characteristic_polynomial(seifert_matrix(knot)) == _digits_of_determinant(seifert_matrix(knot))


def test_the_jones_polynomial_of_many_circles():
    """(-t^(1/2) - t^(-1/2))^(n - 1) has binomial coefficients."""
    found = jones_polynomial(Diagram(circles=301))
    assert found.coefficients[::2] != found.coefficients[1::2] and found(1) == 2**300
    assert found.coefficients == tuple(math.comb(300, place) for place in range(301))


@pytest.mark.knots
def test_the_value_at_a_root_of_the_alexander_polynomial():
    """The trefoil has Delta = 0 at exp(i pi/3): -1 there, 0 before and -2 behind (KnotInfo's table)."""
    assert levine_tristram(TREFOIL, Fraction(1, 6)) == (-1, 1)
    assert levine_tristram(TREFOIL, Fraction(1, 7)) == (0, 0) and levine_tristram(TREFOIL, Fraction(1, 5)) == (-2, 0)
    assert levine_tristram(TREFOIL.mirror(), Fraction(1, 5)) == (2, 0)


@pytest.mark.knots
def test_the_nullity_at_a_double_root_is_not_read_off_the_alexander_polynomial():
    """A sum of two trefoils has nullity 2 there; where a root is simple or none, Delta tells the nullity."""
    assert [_nullity(TREFOIL, order) for order in (5, 6)] == [0, 1]
    for other, both in ((TREFOIL, -2), (TREFOIL.mirror(), 0)):
        double = TREFOIL.connected_sum(other)
        assert _nullity(double, 6) is None and levine_tristram(double, Fraction(1, 6)) == (both, 2)


@pytest.mark.knots
def test_slice_knots_satisfy_fox_and_milnor(knotinfo):
    slices = [knot for knot in knotinfo if knot["slice"]]
    assert len(slices) > 10
    assert all(fox_milnor(Diagram.from_pd(knot["pd"])).holds for knot in slices)


@pytest.mark.knots
def test_what_breaks_the_condition_of_fox_and_milnor():
    stevedore = fox_milnor(Diagram.from_braid([1, 1, 2, -1, -3, 2, -3]))
    assert stevedore.holds and set(stevedore.factors) == {((-2, 1), 1), ((-1, 2), 1)}
    trefoil = fox_milnor(TREFOIL)
    assert not trefoil.holds and trefoil.unpaired == ((1, -1, 1),)
    square = fox_milnor(TREFOIL.connected_sum(TREFOIL.mirror()))
    assert square.holds and square.factors == (((1, -1, 1), 2),)


@pytest.mark.knots
def test_the_conway_knot_looks_slice_to_all_of_them(knotinfo):
    """11n_34: trivial Alexander polynomial, signature 0, Arf 0; none of these tests decides it (Piccirillo, Ann. Math. 191 (2020) 581)."""
    (conway,) = (Diagram.from_pd(knot["pd"]) for knot in knotinfo if knot["name"] == "11n_34")
    assert alexander_polynomial(conway) == LaurentPolynomial((1,)) and fox_milnor(conway).holds
    assert signature(conway) == arf(conway) == 0 and jones_polynomial(conway) != LaurentPolynomial((1,))


@pytest.mark.parametrize(
    ("word", "expected"),
    [([1, 1, 1], -2), ([1, 2] * 4, -6), ([1, -2] * 2, 0), ([1] * 5, -4), ([1] * 7, -6), ([1, 2] * 5, -8), ([1, 1], -1), ([1, 1, 1, 1], -3)],
)
def test_signatures_of_torus_links_are_negative(word, expected):
    """T(2,3), T(3,4) = 8_19, the figure eight, T(2,5), T(2,7), T(3,5), and T(2,2), T(2,4) with parallel strands (Murasugi's tables)."""
    assert signature(Diagram.from_braid(word)) == expected
    assert signature(Diagram.from_braid(word).mirror()) == -expected


@pytest.mark.parametrize(
    ("diagram", "text"),
    [
        (TREFOIL, "t + t^3 - t^4"),
        (TREFOIL.mirror(), "-t^-4 + t^-3 + t^-1"),
        (Diagram.from_braid([1, -2, 1, -2]), "t^-2 - t^-1 + 1 - t + t^2"),
        (HOPF, "-t^(1/2) - t^(5/2)"),
        (HOPF.mirror(), "-t^(-5/2) - t^(-1/2)"),
        (UNLINK, "-t^(-1/2) - t^(1/2)"),
        (Diagram.from_braid([1, -2] * 3), "-t^-3 + 3 t^-2 - 2 t^-1 + 4 - 2 t + 3 t^2 - t^3"),
        (Diagram.from_braid([-1, 2, 3, 3]), "-t^(1/2) - t^(5/2)"),
        (Diagram(circles=1), "1"),
        (Diagram(circles=3), "t^-1 + 2 + t"),
    ],
)
def test_jones_polynomials_of_links(diagram, text):
    """Jones, Bull. Am. Math. Soc. 12 (1985) 103, and the skein relation t^-1 V(+) - t V(-) = (t^(1/2) - t^(-1/2)) V(0)."""
    assert str(jones_polynomial(diagram)) == text


def test_split_links_and_circles():
    split = TREFOIL.split_union(HOPF).split_union(Diagram(circles=1))
    assert (signature(split), nullity(split), determinant(split)) == (-3, 2, 0)
    assert nullity(UNLINK) == 1 and nullity(HOPF) == 0 and determinant(HOPF) == 2 and determinant(Diagram(circles=1)) == 1
    assert seifert_matrix(Diagram(circles=1)) == () and seifert_matrix(UNLINK) == ((0,),)
    assert jones_polynomial(split)(1) == -8  # (-2)^(components - 1)


@pytest.mark.knots
def test_zero_polynomials_do_not_raise():
    for link in (UNLINK, TREFOIL.split_union(HOPF), Diagram.from_braid([], 5)):
        assert str(alexander_polynomial(link)) == "0" and fox_milnor(link).holds
        assert levine_tristram(link, Fraction(1, 3)).nullity == link.pieces - 1


def test_the_seifert_form_of_a_knot_is_unimodular(knotinfo):
    """det(V - V^T) = 1: the intersection form of a surface with one boundary circle."""
    for knot in knotinfo[::10]:
        matrix = seifert_matrix(Diagram.from_pd(knot["pd"]))
        assert exact_determinant([[entry - matrix[j][i] for j, entry in enumerate(row)] for i, row in enumerate(matrix)]) == 1


def exact_determinant(matrix):
    """By elimination over the rationals."""
    rows, result = [[Fraction(entry) for entry in row] for row in matrix], Fraction(1)
    while rows:
        place = next((i for i, row in enumerate(rows) if row[0]), None)
        if place is None:
            return 0
        pivot = rows.pop(place)
        result *= pivot[0] * (-1) ** place
        rows = [[here - row[0] / pivot[0] * there for here, there in zip(row[1:], pivot[1:], strict=True)] for row in rows]
    return result
