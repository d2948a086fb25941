r"""Line bundles on generic complete intersections in products of projective spaces: intervals, and numbers where all is decided.

The Koszul complex resolves $O_X(k)$ by the sums of $O(k - \sum_{s \in S} q_s)$ over sets S of p equations, so that

.. math:: E_1^{-p, q} = \bigoplus_{|S| = p} H^q(A, O(k - q_S)) \Rightarrow H^{q - p}(X, O(k)).

The first differentials multiply by the equations, and their ranks are computed.  The later ones are not: where one of them could be other
than zero, each of the two dimensions is known up to the rank that it may have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np

from certifield.evidence import InputError

from ._hypersurfaces import ambient_cohomology, warn_unless_calabi_yau
from ._multiplication import MOST_ENTRIES, PRIMES, generic_rank, multiplication, random_polynomial

Cell = tuple[int, int]  # p, q


@dataclass(frozen=True)
class CohomologyBounds:
    r"""Bounds on $h^0, \dots, h^{\dim X}$ of a line bundle on the generic complete intersection.

    ``lower`` and ``upper`` are proved.  ``likely_lower`` and ``likely_upper`` take the ranks that random equations have over a prime
    for the generic ones, which is right with probability all but rank/p; what is left between them are differentials that
    nobody computed.
    """

    lower: tuple[int, ...]
    upper: tuple[int, ...]
    likely_lower: tuple[int, ...]
    likely_upper: tuple[int, ...]

    @property
    def proved(self) -> bool:
        """Whether the dimensions are proved."""
        return self.lower == self.upper

    @property
    def decided(self) -> bool:
        """Whether no later differential is in question."""
        return self.likely_lower == self.likely_upper


def intersection_index(spaces: Sequence[int], equations: Sequence[Sequence[int]], k: Sequence[int]) -> int:
    r"""$\chi(O_X(k)) = \sum_S (-1)^{|S|} \chi(A, k - q_S)$."""
    total = 0
    for chosen in _sets(len(equations)):
        degree, size = ambient_cohomology(spaces, _shifted(k, equations, chosen))
        total += (-1) ** (len(chosen) + degree) * size
    return total


def intersection_cohomology(
    spaces: Sequence[int], equations: Sequence[Sequence[int]], k: Sequence[int], *, seed: int = 0
) -> CohomologyBounds:
    r"""Bounds on the cohomology of $O_X(k)$ for the generic X given by equations of these degrees in $\prod P^{n_i}$.

    ``equations``: the degrees of each, a number for every factor.  Where X is Calabi-Yau, Serre duality sharpens the bounds.
    Needs python-flint.  Warns where X is not Calabi-Yau.
    Raises `InputError` for lists of different lengths, negative degrees, more equations than X has room for, and matrices above forty
    million entries.

    >>> found = intersection_cohomology([2, 3], [[2, 1], [1, 3]], [-3, 4])
    >>> found.lower, found.proved
    ((0, 87, 0, 0), True)
    """
    _check(spaces, equations, k)
    here = _bounds(spaces, equations, k, seed)
    index = intersection_index(spaces, equations, k)
    degrees = [sum(equation[i] for equation in equations) for i in range(len(spaces))]  # 0 without equations
    warn_unless_calabi_yau(spaces, degrees)
    if all(degree == n + 1 for n, degree in zip(spaces, degrees, strict=True)):
        other = [ends[::-1] for ends in _bounds(spaces, equations, [-entry for entry in k], seed)]
        pick = (np.maximum, np.minimum)
        here = [pick[place % 2](mine, theirs) for place, (mine, theirs) in enumerate(zip(here, other, strict=True))]
    proved, likely = _by_index(here[0], here[1], index), _by_index(here[2], here[3], index)
    return CohomologyBounds(*[tuple(int(entry) for entry in ends) for ends in (*proved, *likely)])


def _bounds(spaces: Sequence[int], equations: Sequence[Sequence[int]], k: Sequence[int], seed: int) -> list[np.ndarray]:
    """Proved and likely lower and upper ends, each an entry for every degree from 0 to dim X."""
    parts: dict[Cell, list[tuple[tuple[int, ...], int]]] = {}
    for chosen in _sets(len(equations)):
        degree, size = ambient_cohomology(spaces, _shifted(k, equations, chosen))
        if size:
            parts.setdefault((len(chosen), degree), []).append((chosen, size))
    sizes = {cell: sum(size for _, size in summands) for cell, summands in parts.items()}
    ranks = {cell: _rank(spaces, equations, k, summands, parts.get((cell[0] - 1, cell[1]), []), seed) for cell, summands in parts.items()}
    greatest = {
        (p, q): min(size - ranks.get((p + 1, q), 0), sizes.get((p - 1, q), 0) - ranks.get((p - 1, q), 0)) for (p, q), size in sizes.items()
    }
    top, ends = sum(spaces) - len(equations), []
    for taken in (greatest, ranks):
        upper = {(p, q): size - ranks[p, q] - ranks.get((p + 1, q), 0) for (p, q), size in sizes.items()}
        lower = {(p, q): max(0, size - taken[p, q] - taken.get((p + 1, q), 0)) for (p, q), size in sizes.items()}
        low, high = np.zeros(top + 1, np.int64), np.zeros(top + 1, np.int64)
        for (p, q), most in upper.items():
            lost = sum(min(most, upper[other]) for other in upper if _joined((p, q), other))
            if 0 <= q - p <= top:
                high[q - p] += most
                low[q - p] += max(0, lower[p, q] - lost)
        ends += [low, high]
    return ends


def _joined(one: Cell, other: Cell) -> bool:
    """Whether a differential after the first goes from one of the two to the other."""
    first, second = max(one, other), min(one, other)
    return first[0] - second[0] >= 2 and first[1] - second[1] == first[0] - second[0] - 1


def _rank(
    spaces: Sequence[int],
    equations: Sequence[Sequence[int]],
    k: Sequence[int],
    sources: list[tuple[tuple[int, ...], int]],
    targets: list[tuple[tuple[int, ...], int]],
    seed: int,
) -> int:
    """The rank of a first differential for random equations: the greater one over two primes."""
    rows, columns = sum(size for _, size in sources), sum(size for _, size in targets)
    if rows * columns > MOST_ENTRIES:
        raise InputError("k", list(k), f"such that a matrix has at most {MOST_ENTRIES} entries", f"it has {rows} x {columns}")
    found = 0
    for prime in PRIMES:
        if found == min(rows, columns):
            break
        coefficients = [random_polynomial(spaces, equation, prime, (seed, prime, number)) for number, equation in enumerate(equations)]
        matrix = np.zeros((rows, columns), np.int64)
        row = 0
        for chosen, height in sources:
            column = 0
            for fewer, width in targets:
                if set(fewer) < set(chosen):
                    (left,) = set(chosen) - set(fewer)
                    block = multiplication(
                        spaces, equations[left], coefficients[left], _shifted(k, equations, chosen), _shifted(k, equations, fewer)
                    )
                    matrix[row : row + height, column : column + width] = (-1) ** chosen.index(left) * block % prime
                column += width
            row += height
        found = max(found, generic_rank(matrix, prime))
    return found


def _by_index(low: np.ndarray, high: np.ndarray, index: int) -> tuple[np.ndarray, np.ndarray]:
    """The ends, sharpened by the alternating sum until nothing changes."""
    low, high = low.copy(), high.copy()
    signs = (-1) ** np.arange(len(low))
    while True:
        before = low.sum(), high.sum()
        for place, sign in enumerate(signs):
            others = np.arange(len(low)) != place
            products = signs[others] * low[others], signs[others] * high[others]
            ends = sorted(sign * (index - total) for total in (np.minimum(*products).sum(), np.maximum(*products).sum()))
            low[place], high[place] = max(low[place], ends[0]), min(high[place], ends[1])
        if (low > high).any():
            raise AssertionError(f"bounds that contradict each other: {low}, {high}")
        if before == (low.sum(), high.sum()):
            return low, high


def _sets(count: int) -> list[tuple[int, ...]]:
    return [chosen for size in range(count + 1) for chosen in combinations(range(count), size)]


def _shifted(k: Sequence[int], equations: Sequence[Sequence[int]], chosen: Sequence[int]) -> list[int]:
    return [entry - sum(equations[number][i] for number in chosen) for i, entry in enumerate(k)]


def _check(spaces: Sequence[int], equations: Sequence[Sequence[int]], k: Sequence[int]) -> None:
    if not spaces or any(len(row) != len(spaces) for row in (k, *equations)):
        raise InputError("k, equations", [list(k), *map(list, equations)], f"{len(spaces)} entries each", "one for each factor")
    if any(type(entry) is not int for row in (spaces, k, *equations) for entry in row) or min(spaces) < 1:
        raise InputError("spaces, equations, k", [list(spaces), list(k)], "whole numbers, spaces from 1", "such as [2, 3]")
    if any(min(row) < 0 or not prod(degree + 1 for degree in row) > 1 for row in equations) or len(equations) >= sum(spaces):
        raise InputError("equations", [list(row) for row in equations], f"fewer than {sum(spaces)}, of degrees from 0, not all 0", "")
