"""Thick intervals: where the values of a function lie on a cell of the real line, and on the complex box above and below it.

A cell is [x0, x1] or a ray [x0, inf), its box all x + i y with x in the cell and |y| <= t.  A value knows, for many cells at once,

    low, high     an interval that holds it for real arguments in the cell,
    thick         how far it can be from that interval for arguments in the box,
    left, right   bounds on its real part in the box, where these are better than low - thick and high + thick,
    smooth        whether one analytic formula holds on the cell (no comparison was left undecided), which is then continued to the box,
    line, power   on a ray: |value| <= line[0] + line[1] s  and  log |value| <= power[0] + power[1] s  at the distance s from its end.

A function f moves a point at distance t from the interval by at most t sup |f'|, so that every rule below is an image of an interval
and a bound on a derivative.  Rounding is covered by widening each result by some units in the last place.
Reference: Tucker, Validated Numerics (2011), ch. 2 to 5.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import erf as erf_of, erfc as erfc_of, expit

_SLACK = 2.0**-50
Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Thick:
    """Values on many cells; build it with `thick`.  ``base``, ``factor``: this is ``factor`` times another value."""

    low: np.ndarray
    high: np.ndarray
    thick: np.ndarray
    left: np.ndarray
    right: np.ndarray
    smooth: np.ndarray
    line: Pair
    power: Pair
    base: "Thick | None" = None
    factor: float = 1.0

    @property
    def size(self) -> np.ndarray:
        """A bound on the modulus in the box; infinite on rays along which it grows, and where no bound was found."""
        return np.maximum(np.abs(self.low), np.abs(self.high)) + self.thick

    @property
    def apart(self) -> np.ndarray:
        """A lower bound on |real part| in the box."""
        return np.maximum(np.maximum(self.left, -self.right), 0.0)


Bound = np.ndarray | float  # of all cells, or one for all


def times(x: np.ndarray, y: Bound) -> np.ndarray:
    """The product, in which 0 times infinity is 0."""
    return np.where((x == 0) | (y == 0), 0.0, x * y)


def thick(
    low,
    high,
    thickness,
    smooth,
    *,
    left: Bound = -np.inf,
    right: Bound = np.inf,
    line=(np.inf, np.inf),
    power=(np.inf, np.inf),
    slack=_SLACK,
    **more,
) -> Thick:
    """A value with its bounds made consistent: what is not a number becomes infinite, what is bounded does not grow."""
    low, high = (np.where(np.isnan(end), fill, end) for end, fill in ((low, -np.inf), (high, np.inf)))
    low, high = low - slack * np.abs(np.where(np.isfinite(low), low, 0.0)), high + slack * np.abs(np.where(np.isfinite(high), high, 0.0))
    thickness = np.where(np.isnan(thickness), np.inf, thickness) * (1 + _SLACK)
    left, right = np.fmax(low - thickness, left), np.fmin(high + thickness, right)
    size = np.maximum(np.abs(low), np.abs(high)) + thickness
    bounded = np.isfinite(size)
    with np.errstate(divide="ignore"):
        logarithm = np.log(size)
    line = tuple(np.where(bounded, given, np.where(np.isnan(part), np.inf, part)) for given, part in ((size, line[0]), (0.0, line[1])))
    # log(p + q s) <= log p + (q/p) s
    with np.errstate(divide="ignore", invalid="ignore"):
        steep = np.where(line[1] == 0, 0.0, line[1] / line[0])
        by_line = (np.log(line[0]), np.where(np.isnan(steep), np.inf, steep))
    power = tuple(np.where(np.isfinite(by_line[0] + by_line[1]), two, one) for one, two in zip(power, by_line, strict=True))
    power = tuple(np.where(bounded, given, np.where(np.isnan(p), np.inf, p)) for given, p in ((logarithm, power[0]), (0.0, power[1])))
    return Thick(low, high, thickness, left, right, np.asarray(smooth), (line[0], line[1]), (power[0], power[1]), **more)


def constant(value: float, like: Thick) -> Thick:
    """One number on all cells."""
    full = np.full(like.low.shape, float(value))
    return Thick(full, full, 0 * full, full, full, full == full, (np.abs(full), 0 * full), (_log(np.abs(full)), 0 * full))


def is_constant(v: Thick) -> bool:
    """Whether it is one number."""
    return bool(np.all(v.low == v.low.flat[0]) and np.all(v.high == v.low.flat[0]) and not v.thick.any())


def _log(x: Bound) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(x)


def variable(low: np.ndarray, high: np.ndarray, thickness: np.ndarray) -> Thick:
    """The argument itself: cells with ends ``low`` and ``high``; a ray has one infinite end."""
    near = np.where(np.isfinite(low), np.abs(np.where(np.isfinite(low), low, 0.0)), np.abs(np.where(np.isfinite(high), high, 0.0)))
    one = np.ones_like(near)
    return thick(low, high, thickness, one == 1, line=(near + thickness, one))


# --- arithmetic ---------------------------------------------------------------------------------------------------------------------


def neg(v: Thick) -> Thick:
    """-v."""
    return scaled(v, -1.0)


def scaled(v: Thick, factor: float) -> Thick:
    """``factor`` times v."""
    low, high, left, right = (v.low, v.high, v.left, v.right) if factor >= 0 else (v.high, v.low, v.right, v.left)
    size = abs(factor)
    return thick(
        times(low, factor), times(high, factor), times(v.thick, size), v.smooth, left=times(left, factor), right=times(right, factor),
        line=(times(v.line[0], size), times(v.line[1], size)), power=(v.power[0] + _log(size), v.power[1]),
        base=v.base if v.base is not None else v, factor=factor * v.factor,
    )  # fmt: skip


def add(u: Thick, v: Thick) -> Thick:
    """U + v."""
    with np.errstate(invalid="ignore"):
        return thick(
            u.low + v.low, u.high + v.high, u.thick + v.thick, u.smooth & v.smooth, left=u.left + v.left, right=u.right + v.right,
            line=(u.line[0] + v.line[0], u.line[1] + v.line[1]),
            power=(np.logaddexp(u.power[0], v.power[0]), np.maximum(u.power[1], v.power[1])),
        )  # fmt: skip


def sub(u: Thick, v: Thick) -> Thick:
    """U - v; a value minus itself is 0."""
    return constant(0.0, u) if u is v else add(u, neg(v))


def mul(u: Thick, v: Thick) -> Thick:
    """U v; a value times a multiple of itself is a multiple of a square."""
    if is_constant(u) or is_constant(v):
        given, other = (u, v) if is_constant(u) else (v, u)
        return scaled(other, float(given.low.flat[0]))
    base_u, base_v = u.base or u, v.base or v
    if base_u is base_v:
        return scaled(integer_pow(base_u, 2), u.factor * v.factor)
    ends = [times(a, b) for a in (u.low, u.high) for b in (v.low, v.high)]
    real_u, real_v = np.maximum(np.abs(u.low), np.abs(u.high)), np.maximum(np.abs(v.low), np.abs(v.high))
    spread = times(real_u, v.thick) + times(real_v, u.thick) + times(u.thick, v.thick)
    line = [np.minimum(times(u.size, b), times(v.size, a)) for a, b in zip(u.line, v.line, strict=True)]
    power = tuple(a + b for a, b in zip(u.power, v.power, strict=True))
    return thick(np.min(ends, axis=0), np.max(ends, axis=0), spread, u.smooth & v.smooth, line=tuple(line), power=power)


def reciprocal(v: Thick) -> Thick:
    """1/v where v keeps away from 0, without bounds elsewhere."""
    if is_constant(v) and v.low.flat[0]:
        return constant(1 / v.low.flat[0], v)
    away = (v.low > 0) | (v.high < 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = np.where(away, 1 / v.high, -np.inf), np.where(away, 1 / v.low, np.inf)
        spread = np.fmin(times(v.thick, 1 / v.apart**2), 1 / v.apart + np.maximum(np.abs(low), np.abs(high)))
    return thick(low, high, spread, v.smooth & away)


def integer_pow(v: Thick, n: int) -> Thick:
    """V^n."""
    if n < 0:
        return reciprocal(integer_pow(v, -n))
    if n == 0:
        return constant(1.0, v)
    ends = np.stack([v.low**n, v.high**n])
    crosses = (v.low < 0) & (v.high > 0) & (n % 2 == 0)
    spread = times(np.float64(n) * np.power(v.size, n - 1), v.thick)
    # Re w^n = |w|^n cos(n arg w), and |w| is at least its distance from the imaginary axis.
    height = np.where(np.isfinite(v.thick), v.thick, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        angle = n * np.arctan2(height, v.apart)
        real = np.where(angle < math.pi / 2, v.apart**n * np.cos(angle), -np.inf)
    positive = (v.left > 0) | (n % 2 == 0)
    left, right = np.where(positive, real, -np.inf), np.where(positive, np.inf, np.where(v.right < 0, -real, np.inf))
    low = np.where(crosses, 0.0, ends.min(axis=0))
    power = (n * v.power[0], n * v.power[1])
    return thick(low, ends.max(axis=0), spread, v.smooth, left=left, right=right, line=v.line if n == 1 else (np.inf, np.inf), power=power)


# --- analytic functions ---------------------------------------------------------------------------------------------------------------


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
        slack = 4 * _SLACK * (1 + np.abs(first) + np.abs(last))
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


# --- functions made of pieces ----------------------------------------------------------------------------------------------------------


def choose(first: np.ndarray, second: np.ndarray, u: Thick, v: Thick) -> Thick:
    """U where ``first``, v where ``second``, and both where neither is decided: no longer smooth."""

    def pick(one, two, both):
        return np.where(first, one, np.where(second, two, both))

    both = ~first & ~second
    line, power = (
        tuple(pick(a, b, np.maximum(a, b)) for a, b in zip(x, y, strict=True)) for x, y in ((u.line, v.line), (u.power, v.power))
    )
    return thick(
        pick(u.low, v.low, np.minimum(u.low, v.low)),
        pick(u.high, v.high, np.maximum(u.high, v.high)),
        pick(u.thick, v.thick, np.maximum(u.thick, v.thick)),
        pick(u.smooth, v.smooth, False) & ~both,
        left=pick(u.left, v.left, np.minimum(u.left, v.left)),
        right=pick(u.right, v.right, np.maximum(u.right, v.right)),
        line=line,
        power=power,
    )


def larger(u: Thick, v: Thick) -> Thick:
    """Max(u, v); undecided cells keep the tighter lower end."""
    picked = choose(u.low >= v.high, v.low > u.high, u, v)
    return thick(np.maximum(u.low, v.low), np.maximum(u.high, v.high), picked.thick, picked.smooth, left=picked.left, right=picked.right,
                 line=picked.line, power=picked.power)  # fmt: skip


def smaller(u: Thick, v: Thick) -> Thick:
    """Min(u, v)."""
    return neg(larger(neg(u), neg(v)))


def absolute(v: Thick) -> Thick:
    """|v|, analytic where v keeps its sign."""
    found = larger(v, neg(v))
    return replace(found, low=np.maximum(found.low, 0.0))


def sign(v: Thick) -> Thick:
    """Sign v: constant where v keeps its sign."""
    low, high = np.sign(v.low), np.sign(v.high)
    return thick(low, high, 0 * low, low == high, slack=0.0)


def rounded(v: Thick, rule: Callable[[np.ndarray], np.ndarray]) -> Thick:
    """Floor, ceil or round to even: constant between its steps."""
    low, high = rule(v.low), rule(v.high)
    return thick(low, high, np.zeros(low.shape), low == high, line=(v.line[0] + 1, v.line[1]), slack=0.0)


def remainder(v: Thick, divisor: float) -> Thick:
    """V - divisor trunc(v/divisor)."""
    turns = np.trunc(v.low / divisor), np.trunc(v.high / divisor)
    same = turns[0] == turns[1]
    shift = np.where(same, turns[0] * divisor, 0.0)
    most = abs(divisor)
    low, high = np.where(same, v.low - shift, -most), np.where(same, v.high - shift, most)
    return thick(low, high, np.where(same, v.thick, 0.0), v.smooth & same)


def truth(yes: np.ndarray, no: np.ndarray) -> Thick:
    """A condition: 1 where it surely holds, 0 where it surely does not, [0, 1] elsewhere."""
    low, high = yes.astype(float), 1.0 - no.astype(float)
    return thick(low, high, 0 * low, low == high, slack=0.0)
