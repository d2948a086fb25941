r"""Formulas of potentials as trees: sums, products, squares, cosines and exponentials of one another, with $c\phi$ and c at the leaves.

A tree is complete: each of its nodes has an operation on the two nodes below, of which some leave out the second.  So trees of all
depths up to its own are among them, all have arrays of the same shapes, and one compiled program evaluates them all.
"""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from certifield.evidence import InputError

_MOST = 50.0  # of the argument of an exponential: beyond it the formula is held constant, so that no branch overflows


class Operation(NamedTuple):
    """``text`` with ``a`` and ``b`` in braces.  How tightly it holds together, from 0 for sums to 3 for what needs no brackets:
    ``holds``, None for that of its part; ``asks``: how tightly its parts must.  ``commutes``: a and b may be exchanged.
    """

    text: str
    holds: int | None
    asks: tuple[int, ...]
    commutes: bool
    apply: Callable[[Array, Array], Array]


def _falling(a: Array) -> Array:
    return jnp.exp(-jnp.clip(a, -_MOST, _MOST))


OPERATIONS = (
    Operation("{a} + {b}", 0, (0, 0), True, lambda a, b: a + b),
    Operation("{a} - {b}", 0, (0, 1), False, lambda a, b: a - b),
    Operation("{a} {b}", 1, (1, 1), True, lambda a, b: a * b),
    Operation("{a}", None, (-1,), False, lambda a, b: a),
    Operation("{a}^2", 2, (3,), False, lambda a, b: a * a),
    Operation("1 - cos({a})", 0, (-1,), False, lambda a, b: 1 - jnp.cos(a)),
    Operation("exp(-{a})", 3, (1,), False, lambda a, b: _falling(a)),
    Operation("1 - exp(-{a})", 0, (1,), False, lambda a, b: 1 - _falling(a)),
)
_NEGATIVE, _PRODUCT, _ATOM = -1, 1, 3


class Formula(eqx.Module):
    r"""A potential: ``operations`` [$2^d - 1$] of the nodes, from the top and from the left, by their place in `OPERATIONS`; and the
    $2^d$ leaves, $c\phi$ where ``variable`` and else c, with ``constants`` c.  The arguments of exponentials end at $\pm50$.

    Raises `InputError` for arrays of other sizes and operations that there are not.
    """

    operations: Int[Array, " nodes"]
    variable: Bool[Array, " leaves"]
    constants: Float[Array, " leaves"]

    def __check_init__(self) -> None:
        shapes = tuple(jnp.shape(one) for one in (self.operations, self.variable, self.constants))
        leaves = shapes[2][0] if len(shapes[2]) == 1 else 0
        if leaves < 2 or leaves & (leaves - 1) or shapes != ((leaves - 1,), (leaves,), (leaves,)):
            raise InputError("formula", shapes, "2^d - 1 operations, 2^d marks and 2^d constants", "such as shapes (7,), (8,), (8,)")
        if isinstance(self.operations, np.ndarray) and not np.isin(self.operations, np.arange(len(OPERATIONS))).all():
            raise InputError("operations", self.operations.tolist(), f"places from 0 to {len(OPERATIONS) - 1}", "see OPERATIONS")

    def __call__(self, phi: Float[Array, ""]) -> Float[Array, ""]:
        """The value, level by level from the leaves."""
        constants = jnp.asarray(self.constants)
        values = jnp.where(jnp.asarray(self.variable), constants * phi, constants)
        while values.shape[0] > 1:
            half = values.shape[0] // 2
            a, b, chosen = values[0::2], values[1::2], jnp.asarray(self.operations)[half - 1 : 2 * half - 1]
            values = jnp.select([chosen == place for place in range(len(OPERATIONS))], [one.apply(a, b) for one in OPERATIONS])
        return values[0]

    @property
    def text(self) -> str:
        """The formula, with parts without phi worked out."""
        return self._written(0, True)[0]

    @property
    def form(self) -> str:
        """The same with c for every constant, terms and factors in alphabetical order: equal for formulas of one family."""
        return self._written(0, False)[0]

    def _written(self, node: int, shown: bool) -> tuple[str, int, float | None]:
        """Text, how tightly it holds together, and the value where phi is not in it."""
        leaf = node - self.operations.shape[0]
        if leaf >= 0:
            number = float(self.constants[leaf])
            varies = bool(self.variable[leaf])
            told, holds = _number(number, shown)
            return (f"{told} phi", min(holds, _PRODUCT), None) if varies else (told, holds, number)
        one = OPERATIONS[int(self.operations[node])]
        parts = [self._written(2 * node + 1 + side, shown) for side in range(len(one.asks))]
        numbers = [number for _, _, number in parts if number is not None]
        if len(numbers) == len(parts):
            value = float(one.apply(jnp.asarray(numbers[0]), jnp.asarray(numbers[-1])))
            return (*_number(value, shown), value)
        told = [text if holds >= asked else f"({text})" for (text, holds, _), asked in zip(parts, one.asks, strict=True)]
        if one.commutes and not shown:
            told.sort()
        return one.text.format(a=told[0], b=told[-1]), parts[0][1] if one.holds is None else one.holds, None


def _number(value: float, shown: bool) -> tuple[str, int]:
    return (f"{value:.4g}", _NEGATIVE if value < 0 else _ATOM) if shown else ("c", _ATOM)
