"""Thick intervals: where the values of a function lie on a cell of the real line, and on the complex box above and below it; arithmetic.

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
from dataclasses import dataclass

import numpy as np

EPSILON = 2.0**-52  # of 64-bit numbers
SLACK = 4 * EPSILON
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
    slack=SLACK,
    **more,
) -> Thick:
    """A value with its bounds made consistent: what is not a number becomes infinite, what is bounded does not grow."""
    low, high = (np.where(np.isnan(end), fill, end) for end, fill in ((low, -np.inf), (high, np.inf)))
    low, high = low - slack * np.abs(np.where(np.isfinite(low), low, 0.0)), high + slack * np.abs(np.where(np.isfinite(high), high, 0.0))
    thickness = np.where(np.isnan(thickness), np.inf, thickness) * (1 + SLACK)
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
