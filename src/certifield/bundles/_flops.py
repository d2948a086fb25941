r"""Sections of line bundles on generic hypersurfaces of degree two over projective lines, exactly, by flops.

Where a factor i is a projective line and X has degree 2 in it, X is a double cover of the other factors, up to curves and less.  The
exchange of its sheets is an isomorphism of X but for codimension 2, and acts on line bundles by

.. math:: k_i \to -k_i, \qquad k_j \to k_j + q_j k_i \quad (j \ne i),

so that it preserves $h^0$.  A bundle with $k_i < 0$ is reflected; $h^0$ of a bundle with no negative entry is known, since its
map is between spaces of which one is zero or is onto; and no bundle that is negative on the curves of a covering family has sections.
(C. R. Brodie, A. Constantin, A. Lukas, arXiv:2010.06597.)
"""

from collections.abc import Sequence
from itertools import product as choices
from math import factorial, prod

import numpy as np

from certifield.evidence import InputError


def flop_reflection(spaces: Sequence[int], degrees: Sequence[int], factor: int) -> np.ndarray:
    """The matrix of the reflection in a factor that is a line of degree 2; it acts on columns k.

    Raises `InputError` for another factor.

    >>> flop_reflection([1, 3], [2, 4], 0).tolist()
    [[-1, 0], [4, 1]]
    """
    if not 0 <= factor < len(spaces) or (spaces[factor], degrees[factor]) != (1, 2):
        raise InputError("factor", factor, "a projective line in which X has degree 2", f"of {list(spaces)}, {list(degrees)}")
    matrix = np.eye(len(spaces), dtype=np.int64)
    matrix[:, factor] = degrees
    matrix[factor, factor] = -1
    return matrix


def hypersurface_sections(spaces: Sequence[int], degrees: Sequence[int], bundles: np.ndarray) -> np.ndarray:
    r"""$h^0(O_X(k))$ for every row k of ``bundles``, exactly, on the generic X of dimension 2 or more.

    Raises `InputError` where X has a projective line as a factor and another degree than 2 in it, and for tables of another width.

    >>> hypersurface_sections([1, 1, 1, 1], [2, 2, 2, 2], [[-2, 5, 4, 4], [3, -2, 6, 6]]).tolist()
    [6, 2]
    """
    k = np.array(bundles, np.int64).reshape(-1, len(spaces)) if np.size(bundles) % max(1, len(spaces)) == 0 else np.empty((0, 0))
    if np.asarray(bundles).shape[-1:] != (len(spaces),) or len(degrees) != len(spaces) or sum(spaces) < 3:
        raise InputError("bundles", np.shape(bundles), f"rows of {len(spaces)} whole numbers, X of dimension 2 or more", "one a factor")
    if any(degree < 1 or (n == 1 and degree != 2) for n, degree in zip(spaces, degrees, strict=True)):
        raise InputError("degrees", list(degrees), "from 1, and 2 in every projective line", "use hypersurface_cohomology")
    lines = np.array([n == 1 for n in spaces])
    positive = _curve_degrees(spaces, degrees)
    found = np.zeros(len(k), np.int64)
    open_rows = np.arange(len(k))
    while len(open_rows):
        here = k[open_rows]
        along = here @ positive  # with an ample curve class: an effective class that is not 0 is positive on it
        alive = (here[:, ~lines] >= 0).all(axis=1) & ((along > 0) | ~here.any(axis=1))
        open_rows, here = open_rows[alive], here[alive]
        negative = here < 0
        done = ~negative.any(axis=1)
        found[open_rows[done]] = _nef_sections(spaces, degrees, here[done])
        open_rows, here, negative = open_rows[~done], here[~done], negative[~done]
        first = np.argmax(negative, axis=1)
        for factor in np.unique(first):
            chosen = first == factor
            k[open_rows[chosen]] = here[chosen] @ flop_reflection(spaces, degrees, int(factor)).T
    return found


def _nef_sections(spaces: Sequence[int], degrees: Sequence[int], k: np.ndarray) -> np.ndarray:
    """dim H^0(A, k) - dim H^0(A, k - q) + dim H^1(A, k - q), since H^1(A, k) = 0 and multiplication of polynomials is injective."""
    shifted = k - np.array(degrees)
    total = np.prod([_binomial(k[:, i] + n, n) for i, n in enumerate(spaces)], axis=0)
    for lowered in (None, *range(len(spaces))):  # no factor of negative degree, or one line
        if lowered is None or spaces[lowered] == 1:
            sizes = [_binomial(-shifted[:, i] - 1, n) if i == lowered else _binomial(shifted[:, i] + n, n) for i, n in enumerate(spaces)]
            total = total + (1 if lowered is not None else -1) * np.prod(sizes, axis=0)
    return total


def _binomial(top: np.ndarray, n: int) -> np.ndarray:
    """top over n where top >= n, else 0."""
    return np.where(top >= n, np.prod([np.maximum(top, n) - i for i in range(n)], axis=0) // factorial(n), 0)


def _curve_degrees(spaces: Sequence[int], degrees: Sequence[int]) -> np.ndarray:
    r"""$D_i \cdot J^{\dim X - 1}$ on X with $J = \sum D_j$."""
    top, found = sum(spaces) - 2, []
    for i in range(len(spaces)):
        total = 0
        for j in range(len(spaces)):
            left = [n - (a == i) - (a == j) for a, n in enumerate(spaces)]
            if min(left) >= 0:
                total += degrees[j] * factorial(top) // prod(factorial(entry) for entry in left)
        found.append(total)
    return np.array(found)


def box(*sides: tuple[int, int]) -> np.ndarray:
    """All points with whole coordinates between the ends of the sides, both included: rows.

    >>> len(box((-1, 1), (0, 3)))
    12
    """
    return np.array(list(choices(*[range(low, high + 1) for low, high in sides])), np.int64)
