r"""All deformations of $\sum_iz_i^d = 0$, d = n + 2, by monomials: norms and couplings in closed form.

The phases $z_i\to e^{2\pi i/d}z_i$ make $\partial\Omega$ along different monomials orthogonal, and each of pure type (n-1, 1).  The
integral of Gaussian type that gives $\int|\Omega|^2$ (`exact_omega_volume`) has $\int d^2z\,|z|^{2a}e^{2i\mathrm{Re}(sz^d)} =
\frac\pi d\gamma(\frac{a+1}d)|s|^{-2(a+1)/d}$ for each coordinate when $|z^a|^2$ is inserted, so that

$G_{a\bar a} = \prod_i\gamma\big(\tfrac{a_i+1}d\big)\big/\gamma\big(\tfrac1d\big)$, $\gamma(x) = \Gamma(x)/\Gamma(1-x)$,

which is 0 where some $a_i = d - 1$: a change of coordinates.  In the ring of polynomials modulo $\partial p$ the monomials of n directions
multiply to $\prod_iz_i^{d-2}$, whose coupling is $\pi^n/d^{n+1}$, or to 0 (Candelas, Nucl. Phys. B298 (1988) 458).
"""

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from certifield._arguments import listed, whole
from certifield.evidence import Exact, InputError

from ..points import exact_omega_volume
from ..points._self_test import log_gamma

_WHERE = "Candelas, Nucl. Phys. B298 (1988) 458"
_MONOMIAL = "the exponents of a monomial of degree d in d variables, 3 to 10 of them", "(1, 1, 1, 1, 1) for the quintic"


def fermat_metric(exponents: Sequence[int]) -> Exact:
    r"""$G_{\psi\bar\psi}$ at $\psi = 0$ of $\sum_iz_i^d + \psi\,z^a$, a = ``exponents``, in the normalisation of `weil_petersson`.

    >>> fermat_metric((1, 1, 1, 1, 1))
    Exact 0.0076902581843382965 (radius 9.0e-19)
    """
    logarithm = _logarithm(_monomial(exponents))
    value = 0.0 if logarithm is None else float(logarithm.exp())
    return Exact(value, "complex beta integrals", _WHERE, radius=math.ulp(value) if value else 0.0)


def fermat_yukawa(directions: Sequence[Sequence[int]]) -> tuple[Exact, Exact]:
    r"""$|\int\Omega\wedge\partial_1\cdots\partial_n\Omega|$ of n = d - 2 monomials, and the coupling of fields with standard kinetic terms,
    as `yukawa` has them.  Raises `InputError` for directions of norm 0.
    """
    rows = [_monomial(one) for one in listed("directions", directions, "a list of monomials", "repeat one for its own coupling")]
    d = len(rows[0]) if rows else 0
    n = d - 2
    if len(rows) != n or any(len(one) != d for one in rows):
        given = f"{len(rows)} of them in {d} variables"
        raise InputError("directions", given, "d - 2 in d variables", "three for the quintic; repeat one for its own coupling")
    logarithms = [_logarithm(one) for one in rows]
    if None in logarithms:
        raise InputError("directions", directions, f"without z^{d - 1}, a change of coordinates", "take exponents up to d - 2")
    present = np.all(np.sum(rows, axis=0) == n)
    kappa = math.pi**n / d ** (n + 1) if present else 0.0
    norms = math.prod(float((one / 2).exp()) for one in logarithms if one is not None)
    size = kappa / (float(exact_omega_volume(n).value) * norms)  # type: ignore[arg-type]
    # A dozen roundings to floats: of the powers, the factors and the quotient.
    bounds = [16 * math.ulp(one) if present else 0.0 for one in (kappa, size)]
    return Exact(kappa, "Yukawa coupling", _WHERE, radius=bounds[0]), Exact(size, "coupling", _WHERE, radius=bounds[1])


def _logarithm(exponents: tuple[int, ...]) -> Decimal | None:
    """ln G within 1e-30, None where G is 0."""
    d = len(exponents)
    if max(exponents) >= d - 1:
        return None
    with localcontext() as digits:
        digits.prec = 60
        return sum((_log_ratio(a + 1, d) - _log_ratio(1, d) for a in exponents), Decimal(0))


def _log_ratio(a: int, d: int) -> Decimal:
    r"""$\ln\gamma(a/d)$."""
    return log_gamma(Fraction(a, d)) - log_gamma(Fraction(d - a, d))


def _monomial(given: Sequence[int]) -> tuple[int, ...]:
    row = tuple(whole("exponents", one, 0, 10, _MONOMIAL[1]) for one in listed("exponents", given, *_MONOMIAL))
    if not 3 <= len(row) <= 10 or sum(row) != len(row):
        raise InputError("exponents", given, *_MONOMIAL)
    return row
