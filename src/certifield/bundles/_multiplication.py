"""Multiplication by a polynomial between the cohomologies of line bundles on a product of projective spaces, and its rank.

A basis are the monomials with exponents >= 0 on factors of degree >= 0 and <= -1 on the others; a product that leaves it is 0.
"""

from collections.abc import Sequence
from itertools import product as choices

import numpy as np

from certifield.evidence import InputError, MissingExtra

PRIMES = (2147483629, 4611686018427387847)  # below 2^31 and 2^62
MOST_ENTRIES = 40_000_000  # of a matrix


def random_polynomial(spaces: Sequence[int], degrees: Sequence[int], prime: int, seed: Sequence[int]) -> np.ndarray:
    """Coefficients of all monomials of these degrees, in the order of their basis, none of them 0 modulo ``prime``."""
    return np.random.Generator(np.random.PCG64(list(seed))).integers(1, prime, len(basis(spaces, degrees)))


def products(
    spaces: Sequence[int], degrees: Sequence[int], source: Sequence[int], target: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(row, column, term) of each product of an element of the basis of source with a monomial that is one of the basis of target."""
    rows, columns, terms = basis(spaces, source), basis(spaces, target), basis(spaces, degrees)
    if not (len(rows) and len(columns) and len(terms)):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    low, high = np.minimum(rows.min(0) + terms.min(0), columns.min(0)), np.maximum(rows.max(0) + terms.max(0), columns.max(0))
    radix = np.cumprod(np.append(1, (high - low + 1)[:-1]))
    keys = (columns - low) @ radix
    order = np.argsort(keys)
    sums = (rows[:, None, :] + terms[None, :, :] - low) @ radix
    place = np.minimum(np.searchsorted(keys[order], sums), len(keys) - 1)
    row, term = np.nonzero(keys[order][place] == sums)
    return row, order[place[row, term]], term


def multiplication(
    spaces: Sequence[int], degrees: Sequence[int], coefficients: np.ndarray, source: Sequence[int], target: Sequence[int]
) -> np.ndarray:
    """The matrix of the polynomial with these coefficients from O(source) to O(target), a row for each element of the basis of source."""
    matrix = np.zeros((len(basis(spaces, source)), len(basis(spaces, target))), np.int64)
    row, column, term = products(spaces, degrees, source, target)
    matrix[row, column] = coefficients[term]
    return matrix


def generic_rank(matrix: np.ndarray, prime: int) -> int:
    """The rank modulo ``prime`` of a matrix of random entries, all but certainly the generic one.  Needs python-flint.

    Raises `InputError` for a prime that is not greater than the sides: the rank may then be too small more often than not.
    """
    if prime <= max(matrix.shape):
        raise InputError("prime", prime, f"greater than the sides of the matrix, {matrix.shape}", "see PRIMES")
    return rank(matrix, prime)


def rank(matrix: np.ndarray, prime: int) -> int:
    """The rank modulo ``prime``.  Needs python-flint."""
    try:
        from flint import nmod_mat
    except ImportError:
        raise MissingExtra("ranks over finite fields need python-flint: pip install 'certifield[precision]'") from None
    return int(nmod_mat(len(matrix), matrix.shape[1], matrix.ravel().tolist(), prime).rank()) if matrix.size else 0


def _monomials(n: int, degree: int, negative: bool) -> np.ndarray:
    """Exponents of n + 1 variables with this sum, all >= 0 or all <= -1."""
    if negative:
        return -1 - _monomials(n, -degree - n - 1, False)
    rows = [(*head, degree - sum(head)) for head in choices(range(degree + 1), repeat=n) if sum(head) <= degree]
    return np.array(rows, np.int64).reshape(-1, n + 1)


def basis(spaces: Sequence[int], k: Sequence[int]) -> np.ndarray:
    """Exponents of all variables, a row for each monomial of the basis of the cohomology of O(k)."""
    parts = [_monomials(n, entry, entry < 0) for n, entry in zip(spaces, k, strict=True)]
    grids = np.meshgrid(*[np.arange(len(part)) for part in parts], indexing="ij")
    return np.concatenate([part[grid.ravel()] for part, grid in zip(parts, grids, strict=True)], axis=1)
