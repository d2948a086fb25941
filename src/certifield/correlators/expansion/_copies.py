"""Moments and cumulants over two copies of n positions: what the variance of an n-point estimator is made of.

Position n + i is a second copy of position i, and a subset S of the 2n positions is a bit mask.  With the first position of S in the
block T, moments m and cumulants kappa are related by

    m(S) = sum over T of kappa(T) m(S - T),

which gives the moments from the cumulants, and solved for kappa(S) the cumulants from the moments: 3^(2n) products instead of a sum over
the set partitions of 2n positions.  Arrays are [4^n masks, tuples]; the mask 0 has the moment 1 and the cumulant 0.
"""

from functools import cache

import numpy as np


@cache
def first_of_alike(order: int) -> np.ndarray:
    """For every mask the smallest one with the same number of copies of each position: all of them hold the same fields."""
    masks = np.arange(4**order)
    low, high = masks & (2**order - 1), masks >> order
    return (low | high) | (low & high) << order


@cache
def _splits(mask: int, even: bool) -> tuple[np.ndarray, np.ndarray]:
    """The subsets of ``mask`` with its first position, the whole last, and what each leaves; ``even``: only those of even size."""
    first = mask & -mask
    parts = np.array([first])
    for place in range(first.bit_length(), mask.bit_length()):
        if mask >> place & 1:
            parts = np.concatenate([parts, parts | 1 << place])
    parts = parts[np.bitwise_count(parts) % 2 == 0] if even else parts
    return parts, mask ^ parts


def cumulants_of(moments: np.ndarray, order: int, *, even: bool) -> np.ndarray:
    """Cumulants from moments that are those of copies; ``even``: all of odd order vanish."""
    found, alike = np.zeros_like(moments), first_of_alike(order)
    for mask in range(1, len(moments)):
        if even and mask.bit_count() % 2:
            continue
        if alike[mask] != mask:
            found[mask] = found[alike[mask]]
            continue
        parts, rest = _splits(mask, even)
        found[mask] = moments[mask] - np.einsum("pt,pt->t", found[parts[:-1]], moments[rest[:-1]])
    return found


def moments_of(cumulants: np.ndarray, order: int, *, even: bool, alike: bool = True) -> np.ndarray:
    """Moments from cumulants; ``alike``: the two copies of a position have the same cumulants, and so the same moments."""
    found, first = np.zeros_like(cumulants), first_of_alike(order)
    found[0] = 1.0
    for mask in range(1, len(cumulants)):
        if even and mask.bit_count() % 2:
            continue
        if alike and first[mask] != mask:
            found[mask] = found[first[mask]]
            continue
        parts, rest = _splits(mask, even)
        found[mask] = np.einsum("pt,pt->t", cumulants[parts], found[rest])
    return found
