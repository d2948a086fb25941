"""Analytic functions of thick intervals: the image of the interval, and a bound on the derivative in the box."""

import math

import numpy as np
from scipy.special import erf as erf_of, erfc as erfc_of, expit

from ._thick import SLACK, Bound, Thick, add, constant, integer_pow, scaled, thick, times


def _image(v: Thick, low, high, slope, *, smooth: np.ndarray | bool = True, near: Bound = np.inf, **more) -> Thick:
    """The image [low, high] with a bound ``slope`` on the derivative; ``near``: another bound on the distance from the image."""
    with np.errstate(invalid="ignore"):
        return thick(low, high, np.fmin(times(v.thick, np.where(np.isnan(slope), np.inf, slope)), near), v.smooth & smooth, **more)


def exp(v: Thick) -> Thick:
    """e^v."""
    top = np.exp(v.right)
    return _image(v, np.exp(v.low), np.exp(v.high), top, near=top + np.exp(v.high), power=v.line)


def expm1(v: Thick) -> Thick:
    """e^v - 1."""
    return add(exp(v), constant(-1.0, v))


def _positive(v: Thick, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Where v + shift > 0 in the whole box, and how far it keeps from 0."""
    return v.low + shift > 0, np.maximum(v.left + shift, 0.0)


def log(v: Thick) -> Thick:
    """log v."""
    known, away = _positive(v)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _image(v, np.log(v.low), np.log(v.high), 1 / away, smooth=known)


def log1p(v: Thick) -> Thick:
    """log(1 + v)."""
    known, away = _positive(v, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _image(v, np.log1p(v.low), np.log1p(v.high), 1 / away, smooth=known)


def real_pow(v: Thick, exponent: float) -> Thick:
    """V^exponent for v >= 0; smooth for v > 0."""
    if exponent == round(exponent) and abs(exponent) < 64:
        return integer_pow(v, round(exponent))
    known, away = _positive(v)
    inside = v.low >= 0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ends = np.sort(np.stack([np.power(v.low, exponent), np.power(v.high, exponent)]), axis=0)
        slope = abs(exponent) * np.maximum(np.power(away, exponent - 1), np.power(v.size, exponent - 1))
    low, high = np.where(inside, ends[0], -np.inf), np.where(inside, ends[1], np.inf)
    grows = (1 + v.line[0], v.line[1]) if 0 < exponent < 1 else (np.inf, np.inf)
    return _image(v, low, high, slope, smooth=known, line=grows)


def tanh(v: Thick) -> Thick:
    """Tanh v, with poles at v = i pi/2: |cosh|^2 = sinh(x)^2 + cos(y)^2."""
    close = np.minimum(v.thick, math.pi / 2)
    with np.errstate(divide="ignore"):  # a box that may hold a pole has no bound
        slope = 1 / (np.sinh(np.minimum(v.apart, 300.0)) ** 2 + np.where(v.thick < math.pi / 2, np.cos(close), 0.0) ** 2)
    far = 2 / np.expm1(2 * v.apart) + 2 * np.exp(-2 * np.minimum(np.abs(v.low), np.abs(v.high)))
    return _image(v, np.tanh(v.low), np.tanh(v.high), slope, near=np.where(v.apart > 0, far, np.inf))


def logistic(v: Thick) -> Thick:
    """1/(1 + e^(-v)) = (1 + tanh(v/2))/2, in numbers that do not cancel for negative v."""
    half = scaled(v, 0.5)
    spread = tanh(half).thick / 2
    return thick(expit(v.low), expit(v.high), spread, v.smooth)


def softplus(v: Thick) -> Thick:
    """log(1 + e^v): its derivative 1/(1 + e^(-v)) is at most 1 for |Im v| < pi/2, and 1/sin(Im v) up to pi."""
    below = np.minimum(v.thick, 3.14)  # of the poles at v = i pi
    slope = np.where(v.thick <= math.pi / 2, 1.0, np.where(v.thick <= below, 1 / np.sin(below), np.inf))
    return _image(v, np.logaddexp(0, v.low), np.logaddexp(0, v.high), slope, line=(v.line[0] + math.log(2), v.line[1]))


def erf(v: Thick) -> Thick:
    """Erf v: |erf'| = (2/sqrt pi) e^(-Re v^2)."""
    return _image(v, erf_of(v.low), erf_of(v.high), _bell(v))


def erfc(v: Thick) -> Thick:
    """1 - erf v."""
    return _image(v, erfc_of(v.high), erfc_of(v.low), _bell(v))


def _bell(v: Thick) -> np.ndarray:
    return 2 / math.sqrt(math.pi) * np.exp(np.where(np.isfinite(v.thick), v.thick**2 - v.apart**2, np.inf))


def sin(v: Thick) -> Thick:
    """Sin v: the derivative is at most cosh(Im v)."""
    return _wave(v, 0.25)


def cos(v: Thick) -> Thick:
    """Cos v."""
    return _wave(v, 0.0)


def _wave(v: Thick, phase: float) -> Thick:
    """Cos(v - 2 pi phase): 1 at whole turns, -1 at half turns between them."""
    with np.errstate(invalid="ignore"):
        first, last = v.low / (2 * math.pi) - phase, v.high / (2 * math.pi) - phase
        slack = 4 * SLACK * (1 + np.abs(first) + np.abs(last))
        tops = np.floor(last + slack) >= np.ceil(first - slack)
        bottoms = np.floor(last + slack - 0.5) >= np.ceil(first - slack - 0.5)
        ends = np.sort(np.cos(2 * math.pi * np.stack([first, last])), axis=0)
        endless = ~np.isfinite(first) | ~np.isfinite(last)
        return _image(
            v, np.where(bottoms | endless, -1.0, ends[0] - slack), np.where(tops | endless, 1.0, ends[1] + slack), np.cosh(v.thick)
        )


def tan(v: Thick) -> Thick:
    """Tan v between its poles: |cos|^2 >= cos(x)^2."""
    with np.errstate(invalid="ignore"):
        inside = np.floor(v.left / math.pi + 0.5) == np.floor(v.right / math.pi + 0.5)
        nearest = np.minimum(np.abs(np.cos(v.left)), np.abs(np.cos(v.right)))
        return _image(v, np.where(inside, np.tan(v.low), -np.inf), np.where(inside, np.tan(v.high), np.inf), nearest**-2.0, smooth=inside)


def atan(v: Thick) -> Thick:
    """Arctan v: |1 + v^2| >= 1 + x^2 - y^2."""
    room = 1 + v.apart**2 - np.where(np.isfinite(v.thick), v.thick, np.inf) ** 2
    return _image(v, np.arctan(v.low), np.arctan(v.high), np.where(room > 0, 1 / np.where(room > 0, room, 1.0), np.inf))


def asinh(v: Thick) -> Thick:
    """Arsinh v."""
    room = 1 + v.apart**2 - np.where(np.isfinite(v.thick), v.thick, np.inf) ** 2
    slope = np.where(room > 0, 1 / np.sqrt(np.where(room > 0, room, 1.0)), np.inf)
    return _image(v, np.arcsinh(v.low), np.arcsinh(v.high), slope, line=v.line)


def sinh(v: Thick) -> Thick:
    """(e^v - e^(-v))/2."""
    return _image(v, np.sinh(v.low), np.sinh(v.high), np.cosh(v.size), power=v.line)


def cosh(v: Thick) -> Thick:
    """(e^v + e^(-v))/2."""
    ends = np.cosh(np.stack([v.low, v.high]))
    low = np.where((v.low < 0) & (v.high > 0), 1.0, ends.min(axis=0))
    return _image(v, low, ends.max(axis=0), np.cosh(v.size), power=v.line)
