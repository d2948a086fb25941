"""Ball arithmetic by Arb: every number of this package is a ball that holds the true value, and becomes an `Exact` with its radius."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

import numpy as np

from certifield.evidence import Exact, MissingExtra, NotConverged

BITS = 212
_UP = 1 + 2.0**-50


def flint() -> Any:
    """The package python-flint.  Raises `MissingExtra` without it."""
    try:
        import flint
    except ModuleNotFoundError as error:
        raise MissingExtra("conformal blocks need the balls of python-flint: pip install 'certifield[precision]'") from error
    return flint


def precise() -> AbstractContextManager:
    """Within it balls have `BITS` bits."""
    return flint().ctx.workprec(BITS)


def ball(number: float | complex | Fraction) -> Any:
    """The ball of a number that is exactly this one."""
    package = flint()
    if isinstance(number, Fraction):
        return package.acb(package.arb(package.fmpq(number.numerator, number.denominator)))
    return package.acb(complex(number).real, complex(number).imag)


def exact(balls: Sequence[Any], shape: tuple[int, ...], words: str, reference: str) -> Exact:
    """The real parts of complex balls, as floats whose radius holds each ball.  Raises `NotConverged` for a ball without bound."""
    values, radii = np.empty(len(balls)), np.empty(len(balls))
    for place, found in enumerate(balls):
        if not found.is_finite():
            raise NotConverged(f"{words}: the number is not bounded at this precision; keep away from the singular points")
        values[place] = float(found.real.mid())
        radii[place] = float(found.real.rad()) * _UP + 2.0**-53 * abs(values[place]) + 1e-300
    return Exact(values.reshape(shape) if shape else float(values[0]), words, reference, radii.reshape(shape) if shape else float(radii[0]))
