"""Unbiased estimators of polynomials in expectations, from power sums.

The product < B_1 > ... < B_p > is estimated without bias by averaging over p distinct draws.  In power sums,

    sum over distinct draws of f_1(i_1) ... f_p(i_p) = sum over partitions sigma of {1..p} of
        prod_{C in sigma} (-1)^(|C|-1) (|C|-1)! S[prod_{j in C} f_j],       S[f] = sum over draws of f,

divided by n (n-1) ... (n-p+1).  Applied to the cumulants this gives Fisher's k-statistics and their joint versions to any order;
with odd moments zero, and for Wick-ordered fields, the statistics for those cases.  Reference: McCullagh, Tensor Methods in
Statistics (1987), ch. 4.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ._partitions import positions, set_partitions
from ._targets import Term

Product = tuple[int, ...]  # the blocks whose features are multiplied within one draw
Join = Callable[[Sequence[int]], Product]


def joined(blocks: Sequence[int]) -> Product:
    """Plain monomials: the product over two blocks is the monomial of their union."""
    return (sum(blocks),)


def side_by_side(blocks: Sequence[int]) -> Product:
    """Wick-ordered products: :A: times :B: is not :A B:, so the factors are kept."""
    return tuple(sorted(blocks))


@dataclass(frozen=True, eq=False)
class UnbiasedTerm:
    """prod known * prod of power sums * sum_p coefficient[p] / (n (n-1) ... (n-p+1))."""

    known: tuple[int, ...]
    sums: tuple[Product, ...]
    coefficients: dict[int, float | np.ndarray]


def unbiased(terms: Sequence[Term], join: Join) -> list[UnbiasedTerm]:
    """The unbiased estimator of a target, equal products of power sums collected."""
    collected: dict[tuple, dict[int, float | np.ndarray]] = defaultdict(dict)
    for term in terms:
        for sigma in set_partitions(len(term.free)):
            weight = math.prod((-1) ** (c.bit_count() - 1) * math.factorial(c.bit_count() - 1) for c in sigma)
            sums = tuple(sorted(join([term.free[place] for place in positions(c)]) for c in sigma))
            slot = collected[term.known, sums]
            slot[len(term.free)] = slot.get(len(term.free), 0) + weight * term.coefficient
    return [UnbiasedTerm(known, sums, by_draws) for (known, sums), by_draws in collected.items()]


def evaluate(
    terms: Sequence[UnbiasedTerm], sum_of: Callable[[Product], np.ndarray], count: np.ndarray, kernel: Callable[[int], np.ndarray]
) -> np.ndarray:
    """The estimator's value [k, tuples]: ``sum_of(product)`` [k, tuples], ``count`` [k] draws, ``kernel(pair)`` [tuples]."""
    count = count[:, None]
    falling = [np.ones_like(count)]
    for p in range(max((max(term.coefficients) for term in terms), default=0)):
        falling.append(falling[-1] * (count - p))
    total = 0 * count  # of the arithmetic of the counts, so that fractions stay fractions
    for term in terms:
        value = sum(coefficient / falling[p] for p, coefficient in term.coefficients.items())
        for pair in term.known:
            value = value * kernel(pair)
        for product in term.sums:
            value = value * sum_of(product)
        total = total + value
    return np.asarray(total)


def fewest_draws(terms: Sequence[Term]) -> int:
    """The number of draws below which the estimator divides by zero."""
    return max((len(term.free) for term in terms), default=1)


def derivative(
    terms: Sequence[UnbiasedTerm], sums: tuple[Product, ...], draws: int, kernel: Callable[[int], np.ndarray], tuples: int
) -> np.ndarray:
    """What one unit of the power sum ``sums`` (a single one) adds to the value [tuples], from the terms that it makes up alone."""
    total = np.zeros(tuples)
    for term in terms:
        if term.sums == sums:
            value = sum(coefficient / math.perm(draws, p) for p, coefficient in term.coefficients.items() if draws >= p)
            total = total + value * math.prod([kernel(pair) for pair in term.known], start=np.ones(tuples))
    return total


def entering(terms: Sequence[UnbiasedTerm], tuples: int) -> np.ndarray:
    """The index tuples into whose value any power sum enters with a coefficient that is not 0 [tuples]."""
    found = np.zeros(tuples, dtype=bool)
    for term in terms:
        for coefficient in term.coefficients.values() if term.sums else ():
            found |= np.asarray(coefficient) != 0
    return found
