"""Obstructions read off the Alexander polynomial."""

from certifield.evidence import Certificate

from ..diagrams._diagram import Diagram
from ..invariants import alexander_polynomial, fox_milnor
from ..invariants._flint import flint
from ._seifert_form import slice_certificate, unknot_certificate

LARGEST_PRIME = 2000


def slice_by_fox_milnor(diagram: Diagram) -> Certificate | None:
    """Delta is not f(t) f(1/t): modulo a prime, t^2 - a t + 1 is irreducible and divides it to an odd power.

    Whether there is such a prime is decided by factors over the integers; the least one is small.  None beyond 2000.
    """
    if diagram.components != 1 or fox_milnor(diagram).holds:
        return None
    coefficients = list(alexander_polynomial(diagram).coefficients)
    for prime in range(3, LARGEST_PRIME):
        if flint().fmpz(prime).is_prime() and (place := _odd_trace(coefficients, prime)):
            trace, exponent = place
            return slice_certificate(diagram, exponent, "fox-milnor", prime=prime, trace=trace)
    return None


def _odd_trace(coefficients: list[int], prime: int) -> tuple[int, int] | None:
    """The least a such that t^2 - a t + 1 is irreducible modulo the prime and has odd exponent, and that exponent."""
    _, factors = flint().nmod_poly(coefficients, prime).factor()
    found = []
    for factor, exponent in factors:
        if factor.degree() == 2 and int(factor[0]) == 1 and exponent % 2:
            found.append((-int(factor[1]) % prime, int(exponent)))
    return min(found, default=None)


def unknot_by_alexander(diagram: Diagram) -> Certificate | None:
    """An Alexander polynomial other than 1 tells the knot from the unknot."""
    coefficients = list(alexander_polynomial(diagram).coefficients)
    if len(coefficients) == 1:
        return None
    return unknot_certificate(diagram, len(coefficients) - 1, "alexander", coefficients=coefficients)
