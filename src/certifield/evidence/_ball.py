r"""Arithmetic of balls: a number with a bound on the error of its digits.

A ball (v, r) stands for some number within r of v.  With t the rounding of the operation itself,

    (a, p) + (b, q):  r = p + q + t
    (a, p) * (b, q):  r = |a| q + |b| p + p q + t
    (a, p) / (b, q):  r = (p + |a/b| q) / (|b| - q) + t,   refused unless |b| > q

t is one unit in the last place of a real result (twice what correct rounding needs, which pays for rounding in r itself) and
eight for a complex one, where numpy multiplies and divides in several steps.  Integers and fractions never come here: they have no radius.
"""

import numpy as np

from ._errors import InputError
from ._numbers import Number, floats, is_rational

Ball = tuple[np.ndarray, np.ndarray]


def ball(value: Number, radius: float | np.ndarray = 0.0) -> Ball:
    """The ball of a number or an array; integers and fractions that are no floats get their own rounding as radius."""
    return floats(value) if is_rational(value) else (np.asarray(value), np.asarray(radius, dtype=float))


def _rounding(value: np.ndarray) -> np.ndarray:
    return (8 if np.iscomplexobj(value) else 1) * np.spacing(np.abs(value))


def add(left: Ball, right: Ball) -> Ball:
    """The sum of two balls; a float sum that is zero is exactly zero."""
    value = left[0] + right[0]
    return value, left[1] + right[1] + np.where(value == 0, 0.0, _rounding(value))


def multiply(left: Ball, right: Ball) -> Ball:
    """The product of two balls; exact only where a factor is exactly zero."""
    value = left[0] * right[0]
    spread = np.abs(left[0]) * right[1] + np.abs(right[0]) * left[1] + left[1] * right[1]
    return value, spread + np.where((left[0] == 0) | (right[0] == 0), 0.0, _rounding(value))


def divide(left: Ball, right: Ball) -> Ball:
    """The quotient of two balls.  Raises `InputError` where the divisor may be zero."""
    room = np.abs(right[0]) - right[1]
    if np.any(room <= 0):
        raise InputError("divisor", right[0].tolist(), "further from zero than its radius", "leave out the entries that vanish")
    value = left[0] / right[0]
    return value, (left[1] + np.abs(value) * right[1]) / room + np.where(left[0] == 0, 0.0, _rounding(value))


def power(base: Ball, exponent: int) -> Ball:
    """The ``exponent``-th power of a ball, a whole number of any sign, by repeated squaring."""
    if exponent < 0:
        return divide(ball(1), power(base, -exponent))
    result, square = (np.ones_like(base[0]), np.zeros_like(base[1])), base
    while exponent:
        if exponent & 1:
            result = multiply(result, square)
        exponent >>= 1
        square = multiply(square, square) if exponent else square
    return result
