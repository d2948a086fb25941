"""Twisted polynomials against floats, against Alexander's polynomial, and from one diagram to another."""

import cmath
import random
from collections import Counter
from functools import cache
from itertools import product

import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.topology import Diagram, alexander_polynomial
from certifield.topology.twisted import Character, CyclotomicPolynomial, characters, twisted_alexander_polynomial

pytestmark = pytest.mark.knots
TREFOIL, EIGHT = Diagram.from_braid([1, 1, 1]), Diagram.from_braid([1, -2, 1, -2])
STEVEDORE = Diagram.from_pd([[1, 7, 2, 6], [3, 10, 4, 11], [5, 3, 6, 2], [7, 1, 8, 12], [9, 4, 10, 5], [11, 9, 12, 8]])
WORD_8_20, WORD_8_9 = [1, 1, 1, -2, -1, -1, -1, -2], [-1, -1, -1, 2, -1, 2, 2, 2]


def all_characters(diagram, sheets, prime):
    """Every character, 0 included."""
    basis = characters(diagram, sheets, prime)
    zero = Character(sheets, prime, ((0,) * sheets,) * max(len(diagram.crossings), 1))
    for weights in product(range(prime), repeat=len(basis)):
        chi = zero
        for weight, one in zip(weights, basis, strict=True):
            chi = chi + one.combined([weight])
        yield chi


# The order of H_1, by an independent route -----------------------------------------------------------------------------------


def order_of_homology(diagram, sheets):
    """|prod Delta(w)| over w^sheets = 1, in floats."""
    delta = alexander_polynomial(diagram)
    values = (np.polyval(delta.coefficients[::-1], cmath.exp(2j * cmath.pi * k / sheets)) for k in range(sheets))
    return round(abs(np.prod(list(values))))


def test_characters_exist_where_the_prime_divides_the_order_of_homology(knots):
    for name in ("6_1", "8_8", "8_9", "8_20", "9_46", "10_3", "12n_812", "11n_145"):
        diagram = knots[name][0]
        for sheets, prime in product((2, 3, 4, 5), (3, 5, 7, 11)):
            order, rank = order_of_homology(diagram, sheets), len(characters(diagram, sheets, prime))
            assert (order % prime == 0) is (rank > 0) and order % prime**rank == 0


def test_the_rank_of_9_46_and_of_6_1(knots):
    """Both have Delta = 2 - 5t + 2t^2; H_1 of the double cover is Z/3 + Z/3 for 9_46 and Z/9 for 6_1."""
    assert len(characters(knots["9_46"][0], 2, 3)) == 2 and len(characters(STEVEDORE, 2, 3)) == 1


# The polynomial in floats ----------------------------------------------------------------------------------------------------


def words(diagram):
    """Wirtinger's relators as words of (generator, +1 or -1), from the Gauss code and the signs, without the code under test."""
    walk = diagram.gauss()[0]
    below = [place for place, entry in enumerate(walk) if entry < 0]
    arcs = {place: abs(walk[max((b for b in below if b < place), default=below[-1])]) - 1 for place in range(len(walk))}
    over = {entry - 1: arcs[place] for place, entry in enumerate(walk) if entry > 0}
    return [
        [(over[c], -sign), (arcs[place], 1), (over[c], sign), (c, -1)]
        for place, entry in enumerate(walk)
        if entry < 0
        for c, sign in [(-entry - 1, diagram.signs[-entry - 1])]
    ]


def representation(chi, t, power=1):
    """X_i e_k = z^chi(x_i, k+1) e_(k+1), with t where k = n - 1, as complex matrices."""
    n, matrices = chi.sheets, []
    for row in chi.values:
        matrix = np.zeros((n, n), dtype=complex)
        for k in range(n):
            matrix[(k + 1) % n, k] = cmath.exp(2j * cmath.pi * power * row[(k + 1) % n] / chi.prime) * (t if k == n - 1 else 1)
        matrices.append(matrix)
    return matrices


def fox_row(word, matrices):
    """The free derivatives of a word, mapped by the representation, by the product rule."""
    n = len(matrices[0])
    row, prefix = np.zeros((len(matrices), n, n), dtype=complex), np.eye(n, dtype=complex)
    for generator, sign in word:
        step = matrices[generator] if sign > 0 else np.linalg.inv(matrices[generator])
        row[generator] += prefix if sign > 0 else -prefix @ step
        prefix = prefix @ step
    return row, prefix


def wada(diagram, chi, t, dropped=0, left_out=0):
    """det of the Fox matrix without the generator ``dropped`` and one relation, over det(X_dropped - 1)."""
    matrices = representation(chi, t)
    rows = [fox_row(word, matrices)[0] for number, word in enumerate(words(diagram)) if number != left_out]
    kept = [np.hstack([row[g] for g in range(len(matrices)) if g != dropped]) for row in rows]
    return np.linalg.det(np.vstack(kept)) / np.linalg.det(matrices[dropped] - np.eye(chi.sheets))


def value(polynomial, t):
    z = cmath.exp(2j * cmath.pi / polynomial.prime)
    return sum(number * z**j * t**k for k, entry in enumerate(polynomial.coefficients) for j, number in enumerate(entry))


@pytest.mark.parametrize("name", ["6_1", "8_9", "9_46", "10_3", "12n_31"])
def test_the_polynomial_is_wadas_invariant_in_floats(knots, name):
    """Derivatives of relators by the product rule, other relation and generator left out: same modulus on the unit circle."""
    diagram = knots[name][0]
    for sheets, prime in ((2, 3), (3, 7), (4, 3), (4, 5)):
        for chi in characters(diagram, sheets, prime)[:2]:
            assert all(np.allclose(fox_row(word, representation(chi, 0.7 + 0.1j))[1], np.eye(sheets)) for word in words(diagram))
            polynomial = twisted_alexander_polynomial(diagram, chi)
            for angle in (0.3, 1.1, 2.5):
                t = cmath.exp(1j * angle)
                for dropped, left_out in ((0, 0), (1, 2), (3, 1)):
                    assert abs(value(polynomial, t)) == pytest.approx(abs(wada(diagram, chi, t, dropped, left_out)), rel=1e-8, abs=1e-8)


def test_a_table_with_one_value_changed_is_no_representation():
    """Sabotage twin: neither we nor the relators accept it."""
    (chi,) = characters(STEVEDORE, 2, 3)
    rows = [list(row) for row in chi.values]
    rows[2][1] += 1
    wrong = Character(2, 3, tuple(map(tuple, rows)))
    assert not all(np.allclose(fox_row(word, representation(wrong, 1.5))[1], np.eye(2)) for word in words(STEVEDORE))
    with pytest.raises(InputError):
        twisted_alexander_polynomial(STEVEDORE, wrong)


# Alexander's polynomial ------------------------------------------------------------------------------------------------------


def norm_of_alexander(diagram, sheets, power):
    """Coefficients in t of prod_(w^n = 1) Delta(w s), t = s^n, by floats on a circle of points s; ``power`` replaces n by another."""
    delta = alexander_polynomial(diagram).coefficients
    degree = len(delta) - 1
    count = 2 * degree * sheets + 1
    points = [cmath.exp(2j * cmath.pi * k / count) for k in range(count)]
    roots = [cmath.exp(2j * cmath.pi * j / power) for j in range(sheets)]
    values = [np.prod([np.polyval(delta[::-1], w * s) for w in roots]) for s in points]
    return [round((np.fft.fft(values)[k * sheets] / count).real) for k in range(degree + 1)]


@pytest.mark.parametrize("name", ["6_1", "8_8", "9_46", "10_42", "12n_210"])
def test_the_trivial_character_gives_alexanders_polynomial(knots, name):
    diagram = knots[name][0]
    for sheets in (2, 3, 5):
        chi = Character(sheets, 3, ((0,) * sheets,) * len(diagram.crossings))
        polynomial = twisted_alexander_polynomial(diagram, chi)
        expected = norm_of_alexander(diagram, sheets, sheets)
        assert CyclotomicPolynomial(3, tuple((number, 0) for number in expected)).normalised() == polynomial
        wrong = norm_of_alexander(diagram, sheets, sheets + 1)  # sabotage twin
        assert CyclotomicPolynomial(3, tuple((number, 0) for number in wrong)).normalised() != polynomial


# Invariance ------------------------------------------------------------------------------------------------------------------


def spectrum(diagram, sheets, prime):
    """All polynomials of a cover, with multiplicities."""
    known = cache(lambda chi: twisted_alexander_polynomial(diagram, chi))
    return Counter(known(chi) for chi in all_characters(diagram, sheets, prime))


def moved(word, strands, rng):
    """Another braid word with the same closure: conjugations, a stabilisation, a braid relation."""
    letter = rng.choice([1, -1]) * rng.randrange(1, strands)
    word = [letter, *word, -letter]
    turn = rng.randrange(len(word))
    word = word[turn:] + word[:turn]
    word = [*word, rng.choice([1, -1]) * strands]
    place = rng.randrange(len(word))
    return [*word[:place], 1, 2, 1, -2, -1, -2, *word[place:]]


@pytest.mark.parametrize(("word", "sheets", "prime"), [([1, -2, 1, -2], 2, 5), (WORD_8_20, 2, 3), (WORD_8_9, 2, 5), (WORD_8_20, 4, 3)])
def test_other_diagrams_give_the_same_polynomials(word, sheets, prime):
    rng = random.Random(5)
    diagram = Diagram.from_braid(word)
    expected = spectrum(diagram, sheets, prime)
    assert sum(expected.values()) > 1
    for _ in range(2):
        assert spectrum(Diagram.from_braid(moved(word, 3, rng)), sheets, prime) == expected
    assert spectrum(diagram.canonical(), sheets, prime) == expected
    assert spectrum(diagram.connected_sum(TREFOIL), sheets, prime) != expected  # sabotage twin


@pytest.mark.parametrize(("name", "sheets", "prime"), [("6_1", 3, 7), ("12n_841", 2, 3), ("12n_31", 3, 7)])
def test_the_polynomial_is_its_conjugate_and_follows_galois(knots, name, sheets, prime):
    diagram = knots[name][0]
    for chi in characters(diagram, sheets, prime):
        polynomial = twisted_alexander_polynomial(diagram, chi)
        assert polynomial.conjugated().normalised() == polynomial
        assert polynomial.galois(2).normalised() == twisted_alexander_polynomial(diagram, chi.combined([2]))
        assert twisted_alexander_polynomial(diagram, chi.translated()) == polynomial
        assert name != "12n_31" or polynomial.galois(3).normalised() != polynomial  # sabotage twin: 3 generates the units modulo 7


# Small things ----------------------------------------------------------------------------------------------------------------


def test_normal_forms_and_text():
    polynomial = CyclotomicPolynomial(5, ((0, 0, 0, 0), (0, 1, 0, 0), (2, 0, 0, 1), (0, 0, 0, 0)))
    multiples = [polynomial.galois(1).normalised(), CyclotomicPolynomial(5, ((0, 0, -1, 0), (0, -2, 0, 0), (0, 0, 0, 0))).normalised()]
    assert str(polynomial.normalised()) == str(multiples[0]) and polynomial.normalised().degree == 1
    assert multiples[1] == CyclotomicPolynomial(5, ((0, 1, 0, 0), (2, 0, 0, 0))).normalised()
    assert str(CyclotomicPolynomial(3, ())) == "0" and CyclotomicPolynomial(3, ((0, 0),)).normalised().degree == -1
    assert str(CyclotomicPolynomial(3, ((0, -1), (-1, 0), (3, 0), (1, -2)))) == "-z - t + 3 t^2 + (1 - 2 z) t^3"


@pytest.mark.parametrize("factor", [((1, 0), (0, 1)), ((0, 2), (1, 1), (-3, 0)), ((5, -1),)])
def test_division_by_t_minus_1(factor):
    times = [tuple(a - b for a, b in zip(one, two, strict=True)) for one, two in zip([(0, 0), *factor], [*factor, (0, 0)], strict=True)]
    assert CyclotomicPolynomial(3, tuple(times)).divided_by_t_minus_1() == CyclotomicPolynomial(3, factor)
    assert CyclotomicPolynomial(3, factor).divided_by_t_minus_1() is None


@pytest.mark.parametrize(("sheets", "prime"), [(1, 3), (2, 2), (2, 9), (33, 3), (2, 10_007), (2.0, 3), (2, True)])
def test_covers_out_of_range_are_refused(sheets, prime):
    with pytest.raises(InputError):
        characters(TREFOIL, sheets, prime)


def test_links_and_strange_tables_are_refused():
    with pytest.raises(InputError):
        characters(Diagram.from_braid([1, 1]), 2, 3)
    for values in ((), ((0, 0), (1,)), "values", ((0, 0), (0, 0.5))):
        with pytest.raises(InputError):
            Character(2, 3, values)  # type: ignore[arg-type]
    (chi,), (other,) = characters(TREFOIL, 2, 3), characters(EIGHT, 2, 5)
    with pytest.raises(InputError):
        twisted_alexander_polynomial(EIGHT, chi)
    with pytest.raises(InputError):
        chi.__add__(other)
