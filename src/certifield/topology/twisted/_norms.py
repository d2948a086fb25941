"""Proof that a polynomial over a cyclotomic field is not a norm."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from ..invariants._flint import flint
from ._cyclotomic import CyclotomicPolynomial

PRIMES_TRIED = 24
LARGEST_MODULUS = 1_000_000  # that the checker reads


class OddRoot(NamedTuple):
    """The root (place - s)/(place + s) of odd multiplicity modulo ``modulus``; s^2 is the smallest non-residue (see `odd_root`)."""

    modulus: int
    place: int


def odd_root(polynomial: CyclotomicPolynomial, least: int = 3, tried: int = PRIMES_TRIED) -> OddRoot | None:
    """A proof that D is not c t^k (1-t)^s f(t) conj f(1/t) with c, f over Q(z), where conj z = 1/z; None where none was found.

    Let l = -1 modulo q be an odd prime.  Complex conjugation fixes the primes P of Q(z) above l, and is x -> x^l on their residue field
    F_(l^2).  If D were of this form, with f scaled to be primitive at P and D not 0 modulo P, then so it would be modulo P.  A root a of
    f with a^(l+1) = 1 is one of conj f(1/t), with the same multiplicity, because conj f(1/a) = conj f(a^l) = f(a)^l.  So a root
    a != 1 of D modulo P with a^(l+1) = 1 and odd multiplicity proves the contrary.  (It does so over Q(exp(2 pi i/q^r)) as well: l has the
    order 2 q^j modulo q^r, conjugation is x -> x^(l^(q^j)), and a^(l^(q^j)) = 1/a.)

    The proof exists for every D that equals its conjugate and is not of this form, by Chebotarev's theorem: an irreducible factor
    g = conj g with an odd exponent has a root field K that is quadratic over the fixed field of a -> 1/a; a positive density of primes of
    that field have degree 1 and are inert in K, and each of them gives such a root.

    The elements other than 1 with a^(l+1) = 1 are (k - s)/(k + s) for k modulo l.  Modulo P, z is g^((l^2-1)/q) for the first g = k + s,
    k = 0, 1, ..., for which this is not 1.  ``least`` bounds l from below, ``tried`` is the number of primes l.
    """
    core = _without_root_1(polynomial)
    for modulus in islice(_moduli(polynomial.prime, least), tried if core.degree > 0 else 0):
        context, s = residue_field(modulus)
        reduced = _reduced(core, context, root_of_unity(core.prime, modulus, s))
        if not reduced:
            continue
        places = [_place(root, s) for root, times in reduced.roots() if times % 2 and root != 1 and root ** (modulus + 1) == 1]
        if places:
            return OddRoot(modulus, min(places))
    return None


def _without_root_1(polynomial: CyclotomicPolynomial) -> CyclotomicPolynomial:
    """What is left after all divisions by t - 1; 0 and constants have degree 0 or less."""
    while polynomial.degree > 0 and (quotient := polynomial.divided_by_t_minus_1()) is not None:
        polynomial = quotient
    return polynomial


def residue_field(modulus: int) -> tuple[Any, Any]:
    """The field of l^2 elements, and in it a square root s of the smallest non-residue modulo l."""
    nonresidue = next(d for d in range(2, modulus) if pow(d, (modulus - 1) // 2, modulus) == modulus - 1)
    ring = flint().fmpz_mod_poly_ctx(flint().fmpz_mod_ctx(modulus))
    context = flint().fq_default_ctx(modulus=ring([-nonresidue, 0, 1]))
    return context, context.gen()


def root_of_unity(prime: int, modulus: int, s: Any) -> Any:
    """g^((l^2-1)/q) for the first g = s, 1 + s, 2 + s, ... for which this is not 1."""
    powers = ((k + s) ** ((modulus**2 - 1) // prime) for k in range(modulus))
    return next(root for root in powers if root != 1)


def _reduced(polynomial: CyclotomicPolynomial, context: Any, z: Any) -> Any:
    powers = [z**j for j in range(polynomial.prime - 1)]
    zero = context(0)
    sums = [sum((number * power for number, power in zip(entry, powers, strict=True) if number), zero) for entry in polynomial.coefficients]
    return flint().fq_default_poly_ctx(context)(sums)


def _place(root: Any, s: Any) -> int:
    """The k with root = (k - s)/(k + s)."""
    coefficients = (s * (1 + root) / (1 - root)).to_list()
    return int(coefficients[0]) if coefficients else 0


def _moduli(prime: int, least: int) -> Iterator[int]:
    """The odd primes from ``least`` on that are -1 modulo ``prime``."""
    for candidate in range(2 * prime - 1, LARGEST_MODULUS, 2 * prime):
        if candidate >= least and flint().fmpz(candidate).is_prime():
            yield candidate
