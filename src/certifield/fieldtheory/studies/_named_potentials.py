"""What an option of a study may call a potential: a shipped one by its name, or one's own by its coefficients.

"double-well"               one of POTENTIALS
"2:-1.2,4:0.35"             V = -1.2 phi^2 + 0.35 phi^4, by even powers; = stands for : as well
{2 = -1.2, 4 = 0.35}        the same as a table of TOML
"""

import difflib
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator

from certifield.evidence import Exact, InputError
from certifield.fieldtheory import Potential, oracles, polynomial

POTENTIALS: dict[str, dict[int, float]] = {
    "lambda=1": {4: 1 / 24},
    "lambda=6": {4: 6 / 24},
    "lambda=24": {4: 1.0},
    "double-well": {2: -1.0, 4: 0.25},
    "sextic": {6: 1 / 20},
}


def named_potential(name: str) -> Potential:
    """The potential that a name of `PotentialName` stands for.

    >>> named_potential("double-well").coefficients
    (0.0, 0.0, -1.0, 0.0, 0.25)
    """
    return polynomial(POTENTIALS.get(name) or _terms(name))


def described(name: str) -> str:
    """V(phi) as text.

    >>> described("double-well")
    'double-well: V = -1 phi^2 + 0.25 phi^4'
    """
    coefficients = named_potential(name).coefficients
    terms = [f"{factor:g} phi^{power}".removesuffix(" phi^0") for power, factor in enumerate(coefficients) if factor]
    return f"{name}: V = {' + '.join(terms).replace('+ -', '- ')}"


def _canonical(given: Any) -> str:
    """The name of what was given: itself where it is shipped, else its coefficients in the order of their powers, "2=-1.2,4=0.35"."""
    if isinstance(given, str) and given in POTENTIALS:
        return given
    try:
        terms = _terms(given) if isinstance(given, str) else {int(power): _number(factor) for power, factor in given.items()}
    except (ValueError, TypeError, AttributeError) as error:
        near = difflib.get_close_matches(given, POTENTIALS, n=1) if isinstance(given, str) else []
        written = 'V = -1.2 phi^2 + 0.35 phi^4 is "2:-1.2,4:0.35", or in a file {2 = -1.2, 4 = 0.35}'
        allowed = f"one of {', '.join(POTENTIALS)}, or coefficients by power"
        raise InputError("value", given, allowed, f"did you mean {near[0]!r}?" if near else written) from error
    if any(power % 2 for power in terms):
        allowed = "of even powers: this study takes <phi> = 0 for granted"
        raise InputError("value", given, allowed, "odd powers are for cf.fieldtheory.interacting_field in Python")
    if not any(factor for power, factor in terms.items() if power):
        raise InputError("value", given, "more than a constant", "add a term such as 4:0.35")
    try:
        polynomial(terms)
    except InputError as error:
        raise InputError("value", given, f"{error.allowed}, where it has {error.given!r}", error.remedy) from error
    return ",".join(f"{power}={repr(factor).removesuffix('.0')}" for power, factor in sorted(terms.items()) if factor)


def _terms(text: str) -> dict[int, float]:
    """{2: -1.2, 4: 0.35} of "2:-1.2,4:0.35"; raises `ValueError` for what is none, or names a power twice."""
    pairs = [part.replace("=", ":").split(":") for part in text.split(",")]
    terms = {int(power): float(factor) for power, factor in pairs}
    if len(terms) < len(pairs):
        raise ValueError("a power is named twice")
    return terms


def _number(factor: Any) -> float:
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        raise TypeError("not a number")
    return float(factor)


PotentialName = Annotated[str, BeforeValidator(_canonical)]


@lru_cache
def exact_pairs(name: str, length: float, times: tuple[tuple[float, float], ...]) -> Exact:
    """<phi(t1) phi(t2)> of infinitely many neurons of mass 1 in the open box: quantum mechanics between two free ground states."""
    return oracles.open_box(named_potential(name).coefficients, 1.0, length).correlator(times)


@lru_cache
def exact_four(name: str, length: float) -> Exact:
    """The connected <phi(0)^4> of the same; 0 for a V without powers above 2."""
    potential = named_potential(name)
    if len(potential.coefficients) <= 3:
        return Exact(0.0, "a Gaussian field")
    box = oracles.open_box(potential.coefficients, 1.0, length)
    return box.moment(4) - box.moment(2) ** 2 * 3
