"""The operators + - * / ** of estimates: a value and two derivatives each."""

from collections.abc import Callable

import numpy as np

from ._errors import InputError
from ._estimate import Estimate
from ._exact import Exact
from ._propagation import Part, Push, as_quantity, assemble, values_of

Rule = tuple[Callable, Callable, Callable]

# name: (value, derivative by the left operand, derivative by the right operand), of arrays x and y
_RULES: dict[str, Rule] = {
    "add": (np.add, lambda x, y: 1.0, lambda x, y: 1.0),
    "subtract": (np.subtract, lambda x, y: 1.0, lambda x, y: -1.0),
    "multiply": (np.multiply, lambda x, y: y, lambda x, y: x),
    "divide": (np.divide, lambda x, y: 1 / y, lambda x, y: -x / y**2),
    "power": (np.power, lambda x, y: np.where(y == 0, 0.0, y * x ** np.where(y == 0, 0.0, y - 1)), lambda x, y: x**y * np.log(x)),
}


def operate(name: str, left: object, right: object, *, independent: bool = False) -> Estimate:
    """``left`` and ``right``, one of them an estimate, combined entry by entry; NotImplemented for what is no number."""
    first, second = as_quantity(left), as_quantity(right)
    if first is None or second is None:
        return NotImplemented
    x, y = values_of(first), values_of(second)
    with np.errstate(all="ignore"):  # a division by zero and its like come out refused, with a warning in the diagnostics
        try:
            value = np.asarray(_RULES[name][0](x, y))
        except ValueError:
            raise InputError("operands", (x.shape, y.shape), "of shapes that fit together", "index or reshape one of them") from None
        linear = _is_linear(name, first, second)
        parts = []
        refused = np.zeros(value.shape, dtype=bool)
        for quantity, rule in zip((first, second), _RULES[name][1:], strict=True):
            if isinstance(quantity, Exact) and not np.any(quantity.radius):
                continue
            derivative = np.asarray(rule(x, y))
            parts.append(
                Part(quantity, _push(derivative, value.ndim), float(np.max(np.abs(derivative), initial=0.0)) if linear else np.nan)
            )
            if isinstance(quantity, Estimate):
                refused = refused | quantity.refused
        return assemble(value, parts, refused, independent=independent)


def _is_linear(name: str, left: Estimate | Exact, right: Estimate | Exact) -> bool:
    if name in ("add", "subtract"):
        return True
    if name == "multiply":
        return isinstance(left, Exact) or isinstance(right, Exact)
    return isinstance(right, Exact) and (name == "divide" or bool(np.all(values_of(right) == 1)))


def _push(derivative: np.ndarray, dimensions: int) -> Push:
    def push(deviations: np.ndarray) -> np.ndarray:
        rows, *shape = deviations.shape
        return derivative * deviations.reshape(rows, *(1,) * (dimensions - len(shape)), *shape)

    return push
