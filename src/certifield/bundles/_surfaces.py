r"""Line bundles on Hirzebruch and del Pezzo surfaces, in closed form and by an algorithm on integers.

On $F_n$ the classes are $aC + bF$ with $C^2 = -n$, $F^2 = 0$, $C \cdot F = 1$ and $K = -2C - (n + 2)F$.  On $dP_n$, the plane blown up in n
general points, they are $d\,l - \sum m_i e_i$ with $l^2 = 1$, $e_i^2 = -1$ and $K = -3l + \sum e_i$.
"""

from collections.abc import Sequence
from functools import cache
from itertools import product

from certifield.evidence import InputError

Cohomology = tuple[int, ...]


def hirzebruch_cohomology(n: int, a: int, b: int) -> Cohomology:
    r"""$(h^0, h^1, h^2)$ of $O(aC + bF)$ on $F_n$, by the direct image on the projective line and Serre duality.

    $h^0 = \sum_{i=0}^a \max(0, b - in + 1)$ and $h^1 = \sum_{i=0}^a \max(0, in - b - 1)$ for $a \ge 0$, nothing for $a = -1$.
    Raises `InputError` for a negative n.

    >>> hirzebruch_cohomology(2, 1, 0)
    (1, 1, 0)
    """
    if type(n) is not int or n < 0:
        raise InputError("n", n, "a whole number from 0", "F_0 is P1 x P1")
    if a == -1:
        return (0, 0, 0)
    if a < -1:
        return hirzebruch_cohomology(n, -2 - a, -n - 2 - b)[::-1]
    return sum(max(0, b - i * n + 1) for i in range(a + 1)), sum(max(0, i * n - b - 1) for i in range(a + 1)), 0


def hirzebruch_index(n: int, a: int, b: int) -> int:
    r"""$\chi(O(D)) = \tfrac12 D \cdot (D - K) + 1$ for $D = aC + bF$ on $F_n$."""
    return (a + 1) * (b + 1) - n * a * (a + 1) // 2


def del_pezzo_index(degree: int, multiplicities: Sequence[int]) -> int:
    r"""$\chi(O(D)) = \tfrac12 D \cdot (D - K) + 1$ for $D = d\,l - \sum m_i e_i$."""
    return (degree * (degree + 3) - sum(m * (m + 1) for m in multiplicities)) // 2 + 1


@cache
def exceptional_curves(n: int) -> tuple[tuple[int, ...], ...]:
    r"""The classes $(d, m_1, \dots, m_n)$ of the (-1)-curves on $dP_n$: 1, 3, 6, 10, 16, 27, 56, 240 for n = 1, ..., 8.

    They are the solutions of $C^2 = C \cdot K = -1$.  Raises `InputError` for n above 8.
    """
    if type(n) is not int or not 0 <= n <= 8:
        raise InputError("n", n, "a whole number from 0 to 8", "with nine points there are infinitely many")
    found = [(0, *(-1 if place == other else 0 for other in range(n))) for place in range(n)]
    for degree in range(1, 7):  # the greatest degree is 6, with eight points
        found += [(degree, *rest) for rest in _with_sums(n, 3 * degree - 1, degree * degree + 1)]
    return tuple(found)


def _with_sums(count: int, total: int, squares: int) -> list[tuple[int, ...]]:
    """All tuples of numbers from 0 to 3 with this sum and this sum of squares."""
    if count == 0:
        return [()] if total == squares == 0 else []
    return [
        (first, *rest)
        for first in range(4)
        if first <= total and first * first <= squares
        for rest in _with_sums(count - 1, total - first, squares - first * first)
    ]


def del_pezzo_cohomology(degree: int, multiplicities: Sequence[int]) -> Cohomology:
    r"""$(h^0, h^1, h^2)$ of $O(d\,l - \sum m_i e_i)$ on $dP_n$, n being the number of multiplicities.

    For $h^0$, negative (-1)-curves are fixed parts: $D \to D + \sum_{C \cdot D < 0} (D \cdot C)\,C$ until there is none; then
    $h^0 = \chi$.  Classes with $-K \cdot D < 0$ or $D \cdot l < 0$ have no sections.  $h^2$ by Serre duality, $h^1$ by $\chi$.
    Raises `InputError` for more than eight points.

    >>> del_pezzo_cohomology(5, [3, 3, 2])
    (6, 0, 0)
    """
    numbers = (degree, *multiplicities)
    if any(type(number) is not int for number in numbers):
        raise InputError("class", numbers, "whole numbers", "such as 3 and [1, 1]")
    first = _sections(degree, tuple(multiplicities))
    last = _sections(-3 - degree, tuple(-1 - m for m in multiplicities))
    return _complete(first, last, del_pezzo_index(degree, multiplicities), numbers)


def _sections(degree: int, multiplicities: tuple[int, ...]) -> int:
    curves = exceptional_curves(len(multiplicities))
    d, m = degree, list(multiplicities)
    while True:
        if d < 0 or 3 * d - sum(m) < 0 or (len(m) == 1 and d < m[0]):  # nef classes that are not positive on D
            return 0
        negative = [
            (curve, meets) for curve in curves if (meets := d * curve[0] - sum(a * b for a, b in zip(m, curve[1:], strict=True))) < 0
        ]
        if not negative:
            return del_pezzo_index(d, m)
        for (e, *rest), meets in negative:
            d += meets * e
            m = [a + meets * b for a, b in zip(m, rest, strict=True)]


def _complete(first: int, last: int, index: int, numbers: tuple[int, ...]) -> Cohomology:
    middle = first + last - index
    if min(first, middle, last) < 0:
        raise AssertionError(f"a negative dimension for {numbers}: {(first, middle, last)}")
    return first, middle, last


def hirzebruch_box(n: int, size: int) -> dict[tuple[int, int], Cohomology]:
    """The cohomology of all line bundles with |a|, |b| <= ``size``: the data for learning regions."""
    return {(a, b): hirzebruch_cohomology(n, a, b) for a, b in product(range(-size, size + 1), repeat=2)}
