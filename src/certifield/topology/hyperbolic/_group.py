"""The fundamental group that SnapPy reads off its triangulation, held against the knot: homology, framing, Alexander polynomial."""

from collections.abc import Sequence
from math import gcd
from typing import Any

from certifield.evidence import Contradiction

from ..diagrams._diagram import Diagram
from ..invariants import alexander_polynomial
from ..invariants._flint import flint

PRIME = 2**61 - 1
PLACE = 1_234_567_890_123_456_789  # where polynomials are compared, modulo the prime
Word = Sequence[int]


def hold(group: dict[str, Any], diagram: Diagram, program: str) -> None:
    """Raises `Contradiction` unless the triangulation can be one of the exterior of the knot with its framing.

    ``group``: the number of "generators", and as words in +-1, +-2, ... the "relators", "meridian" and "longitude".  The group must become
    Z with the meridian at a generator and the longitude at 0, and by Fox calculus its Alexander polynomial must be that of the diagram,
    compared at one place modulo a prime of 61 bits.
    """
    degrees = _degrees(group)
    if degrees is None or abs(_degree(group["meridian"], degrees)) != 1 or _degree(group["longitude"], degrees):
        raise Contradiction(f"{program}: the homology of its triangulation is not that of the exterior of a knot with this framing")
    if len(group["relators"]) != group["generators"] - 1:  # then no single minor is the polynomial
        return
    found = _alexander(group, degrees, PLACE) * _alexander(group, degrees, pow(PLACE, -1, PRIME)) % PRIME
    exact = alexander_polynomial(diagram)
    known = sum(entry * pow(PLACE, int(exact.lowest) + k, PRIME) for k, entry in enumerate(exact.coefficients)) % PRIME
    if found != known * known % PRIME:  # Delta(t) is known up to a unit +-t^k, so that Delta(t) Delta(1/t) is compared
        raise Contradiction(f"{program}: the group of its triangulation does not have the Alexander polynomial {exact}")


def _degrees(group: dict[str, Any]) -> list[int] | None:
    """The images of the generators in Z; None where the group does not become Z."""
    count = group["generators"]
    exponents = flint().fmpz_mat([[_exponent(word, g) for g in range(1, count + 1)] for word in group["relators"]] or [[0] * count])
    kernel, nullity = exponents.nullspace()
    divisors = [abs(int(entry)) for entry in _diagonal(exponents.snf()) if entry]
    if nullity != 1 or any(entry != 1 for entry in divisors):
        return None
    column = [int(kernel[row, 0]) for row in range(count)]
    return [entry // gcd(*column) for entry in column]


def _diagonal(matrix: Any) -> list[Any]:
    return [matrix[k, k] for k in range(min(matrix.nrows(), matrix.ncols()))]


def _exponent(word: Word, generator: int) -> int:
    return sum((letter > 0) - (letter < 0) for letter in word if abs(letter) == generator)


def _degree(word: Word, degrees: Sequence[int]) -> int:
    return sum(degrees[abs(letter) - 1] * (1 if letter > 0 else -1) for letter in word)


def _alexander(group: dict[str, Any], degrees: Sequence[int], t: int) -> int:
    """Delta(t) modulo the prime, up to +-t^k: a minor of the Fox matrix times (t - 1) / (t^k - 1), k the degree of the column left out."""
    left_out = next(g for g, degree in enumerate(degrees) if degree)
    rows = [[entry for g, entry in enumerate(_fox(word, degrees, t)) if g != left_out] for word in group["relators"]]
    minor = int(flint().nmod_mat(len(rows), len(rows), [entry for row in rows for entry in row], PRIME).det()) if rows else 1
    return minor * (t - 1) * pow(pow(t, degrees[left_out], PRIME) - 1, -1, PRIME) % PRIME


def _fox(word: Word, degrees: Sequence[int], t: int) -> list[int]:
    """The Fox derivatives of a word by each generator, at x_g = t^(degree of g)."""
    found, power = [0] * len(degrees), 1
    for letter in word:
        step = pow(t, degrees[abs(letter) - 1], PRIME)
        if letter < 0:
            power = power * pow(step, -1, PRIME) % PRIME
        found[abs(letter) - 1] = (found[abs(letter) - 1] + (power if letter > 0 else -power)) % PRIME
        if letter > 0:
            power = power * step % PRIME
    return found
