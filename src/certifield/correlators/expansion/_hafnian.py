"""The free field: Wick's theorem as a Hafnian."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np


def hafnian(matrix: Sequence[Sequence[Any]] | np.ndarray) -> Any:
    """Sum over perfect matchings of prod matrix[i][j]: the free n-point function for the kernel matrix of its n points.

    Works in the arithmetic of the entries (int, Fraction, float); odd n give 0, n = 0 gives 1.  Cost: n 2^n by memory of the points left.

    >>> hafnian([[1] * 8] * 8)
    105
    """
    n = len(matrix)
    if n % 2:
        return 0

    @cache
    def over(left: int) -> Any:
        if left == 0:
            return 1
        first = left.bit_length() - 1
        rest = left ^ (1 << first)
        return sum(matrix[first][other] * over(rest ^ (1 << other)) for other in range(first) if rest >> other & 1)

    return over((1 << n) - 1)
