"""Set partitions, Hafnians and targets against known counts and against each other."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from certifield.correlators import hafnian
from certifield.correlators.expansion import (
    ALL,
    EVEN,
    INTERACTING,
    cumulant,
    neuron_cumulant,
    neuron_moment,
    positions,
    set_partitions,
    wick_cumulant,
    wick_moment,
)

BELL = [1, 1, 2, 5, 15, 52, 203, 877, 4140]


@pytest.mark.parametrize("size", range(9))
def test_partitions_are_counted_by_bell_numbers(size):
    found = set_partitions(size, ALL)
    assert len(found) == len(set(found)) == BELL[size]
    assert all(sum(blocks) == (1 << size) - 1 for blocks in found)


def test_even_partitions_of_eight():
    """1 + 28 + 35 + 210 + 105 into blocks of sizes 8, 62, 44, 422, 2222; beyond the pair 1 + 35."""
    assert len(set_partitions(8, EVEN)) == 379
    assert len(set_partitions(8, INTERACTING)) == 36


def test_positions_of_a_block():
    assert positions(0b10110) == (1, 2, 4)


@pytest.mark.parametrize("n", [2, 4, 6, 8, 10])
def test_hafnian_of_ones_counts_pairings(n):
    assert hafnian([[1] * n] * n) == int(np.prod(range(n - 1, 0, -2)))


def test_hafnian_against_the_sum_over_permutations():
    matrix = [[Fraction(i * j + i + j, 7) for j in range(6)] for i in range(6)]
    by_permutations = sum(matrix[p[0]][p[1]] * matrix[p[2]][p[3]] * matrix[p[4]][p[5]] for p in permutations(range(6))) / Fraction(2**3 * 6)
    assert hafnian(matrix) == by_permutations
    assert hafnian(matrix) != by_permutations / 2
    assert hafnian([[1, 2, 3]] * 3) == 0
    assert hafnian([]) == 1


def value(terms, moment, kernel=None):
    return sum(
        Fraction(term.coefficient).limit_denominator(10**9)
        * np.prod([kernel(b) for b in term.known] + [moment(b) for b in term.free] + [Fraction(1)])
        for term in terms
    )


def test_cumulants_of_a_poisson_variable_are_all_equal():
    """Moments of Poisson(1) are the Bell numbers; every cumulant is 1."""
    for order in range(1, 9):
        assert value(cumulant(order, even=False), lambda block: BELL[block.bit_count()]) == 1


def test_wick_targets_agree_with_plain_ones():
    """A one-variable law with kappa_2 = 2, kappa_4 = 5, kappa_6 = -3, kappa_8 = 7: three roads to the same cumulants and moments."""
    kappa = {2: 2, 4: 5, 6: -3, 8: 7}
    moments = {n: sum(int(np.prod([kappa[b.bit_count()] for b in blocks])) for blocks in set_partitions(n, EVEN)) for n in (2, 4, 6, 8)}
    ordered = {n: sum(int(np.prod([kappa[b.bit_count()] for b in blocks])) for blocks in set_partitions(n, INTERACTING)) for n in (4, 6, 8)}
    ordered[2] = 0
    pair = lambda _: kappa[2]  # noqa: E731
    for order in (2, 4, 6, 8):
        assert value(cumulant(order, even=True), lambda b: moments[b.bit_count()]) == kappa[order]
        assert value(wick_cumulant(order), lambda b: ordered[b.bit_count()], pair) == kappa[order]
        assert value(wick_moment(order), lambda b: ordered[b.bit_count()], pair) == moments[order]


@pytest.mark.parametrize("width", [1, 2, 5])
def test_neuron_targets_by_adding_up_neurons(width):
    """N independent signs s_i: moments of N^(-1/2) sum s_i by counting, cumulants N^(1-n/2) times those of one sign."""
    from math import comb

    one = lambda block: Fraction(1 - block.bit_count() % 2)  # noqa: E731
    ones = lambda _: 1.0  # noqa: E731
    none = lambda _: 0.0  # noqa: E731
    for order in (2, 4, 6):
        counted = sum(Fraction(comb(width, k), 2**width) * Fraction(width - 2 * k) ** order for k in range(width + 1)) / width ** (
            order // 2
        )
        assert value(neuron_moment(order, width, ones, none, known_pairs=False), one) == counted
        kappa = value(cumulant(order, even=True), one)
        assert abs(value(neuron_cumulant(order, width, ones, known_pairs=False), one) - kappa * Fraction(width) ** (1 - order // 2)) < 1e-6
