"""Elementary functions of results: of an exact value exact, with its radius; of an estimate by first order."""

from collections.abc import Callable
from typing import overload

import numpy as np

from ._ball import ball
from ._errors import InputError
from ._estimate import Estimate, Part, assemble
from ._exact import Exact, as_exact


@overload
def exp(quantity: Estimate) -> Estimate: ...
@overload
def exp(quantity: Exact | float) -> Exact: ...
def exp(quantity):
    """The exponential of every entry."""
    return _monotone(np.exp, np.exp, quantity)


@overload
def log(quantity: Estimate) -> Estimate: ...
@overload
def log(quantity: Exact | float) -> Exact: ...
def log(quantity):
    """The natural logarithm of every entry; the entries of an estimate that are not positive come out refused."""
    return _monotone(np.log, lambda x: 1 / x, quantity)


@overload
def sqrt(quantity: Estimate) -> Estimate: ...
@overload
def sqrt(quantity: Exact | float) -> Exact: ...
def sqrt(quantity):
    """The square root of every entry; the entries of an estimate that are not positive come out refused."""
    return _monotone(np.sqrt, lambda x: 0.5 / np.sqrt(x), quantity)


def _monotone(function: Callable, derivative: Callable, quantity: object) -> Estimate | Exact:
    with np.errstate(all="ignore"):
        if isinstance(quantity, Estimate):
            slope = derivative(quantity.mean)
            return assemble(
                function(quantity.mean), [Part(quantity, lambda deviations: slope * deviations)], quantity.refused, independent=False
            )
        exact = as_exact(quantity)
        if exact is None:
            raise InputError("quantity", quantity, "a result or a number", "pass an Exact or an Estimate")
        value, radius = ball(exact.value, exact.radius)
        centre = function(value)
        if np.iscomplexobj(centre):
            raise InputError("quantity", quantity, "real", "bounds of complex functions are not at hand")
        # Monotone functions map a ball between the images of its ends; four units in the last place cover the library's rounding.
        spread = np.maximum(function(value + radius) - centre, centre - function(value - radius)) + 4 * np.spacing(np.abs(centre))
        if not np.all(np.isfinite(spread)):
            raise InputError("quantity", quantity, "inside the domain of the function, with its radius", "leave out the other entries")
        return Exact(centre, exact.derivation, exact.reference, spread)
