"""What is asked for, as a polynomial in expectations of products: the one table behind exact values and estimates.

Let < B > be the expectation of the product over the positions in a block B.  Every quantity of this package is

    sum over terms of  coefficient * prod_{B known} K_B * prod_{B free} < B > .

* n-point function:        < 1...n >
* joint cumulant:          sum over set partitions pi of (-1)^(|pi|-1) (|pi|-1)! prod_{B in pi} < B >
* the same, in Wick-ordered fields (odd moments zero, kernel K known): < :B: > vanishes for pairs, so only blocks of 4, 6, 8 are left:
  G_c4 = < :4: >, G_c6 = < :6: >, G_c8 = < :8: > - sum_35 < :4: > < :4: >
* N independent neurons phi = N^(-1/2) sum_i alpha_i h_i: cumulants are N^(1-n/2) times those of one neuron (exactly, at every N);
  n-point functions put the blocks of a partition on distinct neurons: N (N-1) ... (N-|pi|+1) N^(-n/2) prod < B >
  with < B > = E[alpha^|B|] E[prod_B h].  The output bias adds its own cumulant, or takes a block of positions for itself.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ._partitions import ALL, EVEN, INTERACTING, set_partitions

Weight = Callable[[int], np.ndarray]  # block -> factor for each index tuple, e.g. E[alpha^|B|]


@dataclass(frozen=True, eq=False)
class Term:
    """One product: its coefficient (a number, or one per index tuple), the pairs with known kernel, the blocks to average."""

    coefficient: float | np.ndarray
    known: tuple[int, ...]
    free: tuple[int, ...]


def _sign(blocks: int) -> int:
    return (-1) ** (blocks - 1) * math.factorial(blocks - 1)


def moment(order: int) -> list[Term]:
    """The n-point function itself."""
    return [Term(1, (), ((1 << order) - 1,))]


def cumulant(order: int, *, even: bool) -> list[Term]:
    """The joint cumulant; ``even``: odd moments are known to vanish."""
    return [Term(_sign(len(blocks)), (), blocks) for blocks in set_partitions(order, EVEN if even else ALL)]


def wick_cumulant(order: int) -> list[Term]:
    """The joint cumulant from expectations of Wick-ordered products, for a known kernel and vanishing odd moments."""
    if order == 2:
        return [Term(1, (0b11,), ()), Term(1, (), (0b11,))]
    return [Term(_sign(len(blocks)), (), blocks) for blocks in set_partitions(order, INTERACTING)]


def wick_moment(order: int) -> list[Term]:
    """The n-point function from Wick-ordered products: sum over contracted pairs times < :rest: >, where < :pair: > = 0 is left out."""
    if order == 2:
        return wick_cumulant(2)
    everything = (1 << order) - 1
    terms = []
    for rest in range(everything + 1):
        size = rest.bit_count()
        if size % 2 or size == 2:
            continue
        gone = [place for place in range(order) if not rest >> place & 1]
        for pairs in set_partitions(len(gone), frozenset({2})):
            known = tuple(sum(1 << gone[place] for place in range(len(gone)) if pair >> place & 1) for pair in pairs)
            terms.append(Term(1, known, (rest,) if rest else ()))
    return terms


def _with_known_pairs(coefficient: float | np.ndarray, blocks: Sequence[int], weight: Weight, known_pairs: bool) -> Term:
    known = tuple(block for block in blocks if known_pairs and block.bit_count() == 2)
    free = tuple(block for block in blocks if block not in known)
    for block in free:  # the known kernel of a pair already contains its weight
        coefficient = coefficient * weight(block)
    return Term(coefficient, known, free)


def neuron_cumulant(order: int, width: int, weight: Weight, *, known_pairs: bool) -> list[Term]:
    """Joint cumulant at width N from one neuron: N^(1-n/2) kappa_n[alpha h]."""
    scale = float(width) ** (1 - order / 2)
    return [_with_known_pairs(scale * _sign(len(blocks)), blocks, weight, known_pairs) for blocks in set_partitions(order)]


def neuron_moment(order: int, width: int, weight: Weight, bias_weight: Weight, *, known_pairs: bool) -> list[Term]:
    """n-point function at width N: the output bias takes some positions, the others are spread over distinct neurons."""
    everything = (1 << order) - 1
    terms = []
    for taken in range(everything + 1):
        left = [place for place in range(order) if not taken >> place & 1]
        for blocks in set_partitions(len(left)):
            if len(blocks) > width:
                continue
            spread = tuple(sum(1 << left[place] for place in range(len(left)) if block >> place & 1) for block in blocks)
            scale = math.perm(width, len(blocks)) * float(width) ** (-len(left) / 2)
            terms.append(_with_known_pairs(scale * (bias_weight(taken) if taken else 1.0), spread, weight, known_pairs))
    return terms


def nonzero(terms: Sequence[Term]) -> list[Term]:
    """The terms whose coefficient does not vanish for all index tuples."""
    return [term for term in terms if np.any(term.coefficient != 0)]
