"""Functions of thick intervals that are made of pieces: choices, kinks, steps and comparisons."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ._thick import Thick, neg, thick


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
