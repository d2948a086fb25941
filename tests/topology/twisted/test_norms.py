"""Odd roots: found for polynomials that are no norms, never for norms; and the modules of characters against brute force."""

import random
from itertools import product

import pytest

from certifield.topology import Diagram
from certifield.topology.twisted import CyclotomicPolynomial, characters, odd_root
from certifield.topology.twisted._submodules import isotypic_parts, rank

pytestmark = pytest.mark.knots


def times(one, two):
    """The product, straight from the definition."""
    prime = one.prime
    product_ = [[0] * prime for _ in range(one.degree + two.degree + 1)]
    for (i, a), (j, b) in product(enumerate(one.coefficients), enumerate(two.coefficients)):
        for (k, x), (m, y) in product(enumerate(a), enumerate(b)):
            product_[i + j][(k + m) % prime] += x * y
    return CyclotomicPolynomial(prime, tuple(tuple(entry - row[-1] for entry in row[:-1]) for row in product_))


def some_polynomial(rng, prime, degree):
    rows = [tuple(rng.randint(-3, 3) for _ in range(prime - 1)) for _ in range(degree + 1)]
    return CyclotomicPolynomial(prime, (*rows[:-1], (1, *rows[-1][1:])))


def plus_conjugate(polynomial):
    """A polynomial that is its own conjugate; random ones are hardly ever norms."""
    other = polynomial.conjugated()
    rows = zip(polynomial.coefficients, other.coefficients, strict=True)
    return CyclotomicPolynomial(polynomial.prime, tuple(tuple(a + b for a, b in zip(*row, strict=True)) for row in rows))


@pytest.mark.parametrize("prime", [3, 5, 7, 11])
def test_norms_have_no_odd_roots(prime):
    rng = random.Random(prime)
    root_1 = CyclotomicPolynomial(prime, ((-1,) + (0,) * (prime - 2), (1,) + (0,) * (prime - 2)))
    for degree in (1, 2, 3, 4):
        factor = some_polynomial(rng, prime, degree)
        norm = times(factor, factor.conjugated())
        assert odd_root(norm) is None and odd_root(times(norm, root_1)) is None
        assert odd_root(times(norm, CyclotomicPolynomial(prime, (tuple(rng.randint(1, 9) for _ in range(prime - 1)),)))) is None


@pytest.mark.parametrize("prime", [3, 5, 7, 11])
def test_odd_roots_are_found_where_there_is_no_norm(prime):
    """The sabotage twin of the test above: f f, or f conj f times a self-conjugate g, in place of f conj f."""
    rng = random.Random(prime)
    for degree in (2, 4):
        factor, middle = some_polynomial(rng, prime, 2), plus_conjugate(some_polynomial(rng, prime, degree))
        assert odd_root(middle) is not None
        found = odd_root(times(middle, times(factor, factor.conjugated())))
        assert found is not None and (found.modulus + 1) % prime == 0 and 0 <= found.place < found.modulus
        assert odd_root(times(middle, middle)) is None


def test_what_the_factor_over_the_field_says():
    """1 + t + t^2 = (t - z)(t - z^2) with self-conjugate factors is no norm over Q(z), z^3 = 1; 1 + t^2 is one only over Q(i)."""
    assert odd_root(CyclotomicPolynomial(3, ((1, 0), (1, 0), (1, 0)))) is not None
    assert odd_root(CyclotomicPolynomial(3, ((1, 0), (0, 0), (1, 0)))) is not None
    assert odd_root(CyclotomicPolynomial(3, ((-2, 0), (5, 0), (-2, 0)))) is None  # (2 - t)(-1 + 2t)
    assert odd_root(CyclotomicPolynomial(3, ((1, 0), (-3, 0), (1, 0)))) is not None  # (3 + sqrt 5)/2 is real: conj f is f
    assert odd_root(CyclotomicPolynomial(3, ())) is None and odd_root(CyclotomicPolynomial(3, ((4, 1),))) is None


def brute_force(part_basis, sheets, prime):
    """The irreducible submodules in the span of some characters: minimal spans of orbits."""
    spans = {}
    zero = part_basis[0].combined([0])
    for weights in product(range(prime), repeat=len(part_basis)):
        chi = zero
        for weight, one in zip(weights, part_basis, strict=True):
            chi = chi + one.combined([weight])
        if not chi.trivial:
            members = frozenset(chi.combined(w).values for w in product(range(prime), repeat=sheets))
            spans[members] = chi
    return [members for members in spans if not any(other < members for other in spans)]


@pytest.mark.parametrize(
    ("word", "sheets", "prime", "shape"), [([1, -2] * 2, 2, 5, [1]), ([1, -2] * 4, 2, 3, [1]), ([1, -2] * 2, 4, 3, [2])]
)
def test_submodules_against_brute_force(word, sheets, prime, shape):
    """The figure eight twice, and 8_18: each isotypic part is a plane over the field of q or, for 4 sheets, of 9 elements."""
    diagram = Diagram.from_braid(word)
    diagram = diagram if len(word) > 4 else diagram.connected_sum(diagram)
    basis = characters(diagram, sheets, prime)
    assert [part.degree for part in isotypic_parts(basis)] == shape and all(len(part.basis) == 2 for part in isotypic_parts(basis))
    parts = isotypic_parts(basis)
    assert sum(part.dimension for part in parts) == len(basis) == rank(list(basis), 1)
    found = [generator for part in parts for generator in part.generators()]
    assert len(found) == sum(part.submodules for part in parts)
    spans = {frozenset(chi.combined(w).values for w in product(range(prime), repeat=sheets)) for chi in found}
    assert spans == set(brute_force(basis, sheets, prime)) and len(spans) == len(found)
    for part in parts:
        for generator in part.generators():
            assert rank([generator], sheets) == part.degree and generator.combined(part.factor).trivial
            classes = list(part.others(generator))
            members = {chi.translated(k).combined([a]).values for chi in classes for k in range(sheets) for a in range(1, prime)}
            assert len(members) == prime**part.degree - 1
