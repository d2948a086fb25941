"""Local potentials V(phi), and the refusal of those under which no density can be normalised."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from certifield.evidence import InputError

_FAR = np.geomspace(10, 1e6, 11)


@dataclass(frozen=True)
class Potential:
    """V(phi): a polynomial with ``coefficients`` c_0, c_1, ..., or any ``function`` made of JAX operations (and no coefficients)."""

    coefficients: tuple[float, ...] = ()
    function: Callable[[Array], Array] | None = None

    def __call__(self, phi: Float[Array, "..."]) -> Float[Array, "..."]:
        """V at every entry of ``phi``."""
        if self.function is not None:
            return self.function(phi)
        value = jnp.zeros_like(phi)
        for coefficient in reversed(self.coefficients):
            value = value * phi + coefficient
        return value

    def __mul__(self, factor: float) -> "Potential":
        """``factor`` times V."""
        function = self.function
        return Potential(tuple(factor * one for one in self.coefficients), None if function is None else lambda phi: factor * function(phi))

    __rmul__ = __mul__

    @property
    def even(self) -> bool:
        """Whether V(phi) = V(-phi): by the coefficients, or at 64 fields for a function."""
        if self.function is None:
            return not any(self.coefficients[1::2])
        with jax.enable_x64(True):
            phi = jnp.linspace(0.1, 5.0, 64)
            return bool(jnp.allclose(self(phi), self(-phi), rtol=1e-12, atol=1e-12))

    @property
    def degree(self) -> int | None:
        """The degree of a polynomial; None for a function."""
        return None if self.function is not None else len(self.coefficients) - 1


def polynomial(terms: Mapping[int, float]) -> Potential:
    """V = sum_k c_k phi^k from {k: c_k}; raises `InputError` where it is not bounded below, naming its leading term.

    >>> polynomial({4: 6.0 / 24}).coefficients
    (0.0, 0.0, 0.0, 0.0, 0.25)
    """
    given = dict(terms) if isinstance(terms, Mapping) else {}
    whole = all(isinstance(k, int) and not isinstance(k, bool) and 0 <= k <= 12 for k in given)
    if not given or not whole or not all(isinstance(c, int | float) and math.isfinite(c) for c in given.values()):
        raise InputError("terms", terms, "a table from powers (0 to 12) to finite coefficients", "try {4: 6.0 / 24}")
    leading = max((k for k, c in given.items() if c), default=0)
    if leading and (leading % 2 or given[leading] < 0):
        why = "an odd power" if leading % 2 else "a negative coefficient"
        raise InputError(
            "terms", f"leading term {given[leading]:g} phi^{leading}", "bounded below", f"{why} leads: exp(-int V) has no norm"
        )
    return Potential(tuple(float(given.get(k, 0.0)) for k in range(leading + 1)))


def quartic(coupling: float) -> Potential:
    """Lambda phi^4/4!; raises `InputError` for a negative coupling."""
    if isinstance(coupling, bool) or not isinstance(coupling, int | float) or not math.isfinite(coupling) or coupling < 0:
        raise InputError("coupling", coupling, "a number, 0 or more", "lambda phi^4/4! with lambda < 0 is not bounded below")
    return polynomial({4: coupling / 24})


def checked_potential(given: object) -> Potential:
    """A `Potential` from what a caller may give; raises `InputError` where V falls without bound, as far as is looked."""
    if isinstance(given, Potential):
        return given
    if isinstance(given, Mapping):
        return polynomial(given)
    if not callable(given):
        raise InputError("potential", given, "a table {power: coefficient} or a function of phi", "try cf.fieldtheory.quartic(6.0)")
    found = Potential(function=given)  # type: ignore[arg-type]  # checked by what it returns
    with jax.enable_x64(True):
        near, far = (np.asarray(found(jnp.asarray(phi))) for phi in (np.linspace(-10, 10, 401), np.stack([-_FAR, _FAR])))
    if near.shape != (401,) or not np.all(np.isfinite(near)):
        raise InputError("potential", given, "a function of arrays with finite values", "make it of jax.numpy operations, entry by entry")
    falling = np.nan_to_num(far[:, -1]) < min(near.min(), 0.0) - 1e3
    if np.any(falling):
        raise InputError(
            "potential", f"V({_FAR[-1]:g}) = {far[int(np.argmax(falling)), -1]:.3g}", "bounded below", "change its leading term"
        )
    return found
