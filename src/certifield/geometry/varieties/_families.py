r"""Families with a name: equations, symmetry, and which of their members are singular.

A point is singular where the differentials of the equations are dependent.  For these families the condition can be solved by hand; the
argument stands beside the equations, and the tests find the singular points again by Newton's method.
"""

import cmath
import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from certifield._arguments import listed, seeded, whole
from certifield.evidence import InputError

from ._configuration import Configuration
from ._polynomial import Polynomial, coordinates, monomials
from ._symmetry import Symmetry
from ._variety import Variety

_EQUAL = 1e-12  # of parameters that are meant to be roots of unity
_RANDOM = "the coefficients are drawn at random, and such members are smooth with probability 1 (Bertini)"


def dwork(psi: complex = 0, dimension: int = 3) -> Variety:
    r"""$\sum_i z_i^d - d\,\psi\prod_i z_i = 0$ in $\mathbb P^{d-1}$, d = n + 2: the Fermat member at $\psi = 0$.

    $\partial_i p = 0$ gives $z_i^d = \psi\prod_j z_j$ for every i; their product is $(\prod z)^d = \psi^d (\prod z)^d$, so that a singular
    point, none of whose coordinates can vanish, needs $\psi^d = 1$; then $z = (1, \dots, 1, \psi^{-1})$ is one.
    """
    d = whole("dimension", dimension, 1, 100, "3 for the quintic, 2 for the quartic K3 surface") + 2
    psi = _number("psi", psi)
    z = coordinates(d)
    p = sum((one**d for one in z[1:]), z[0] ** d) - d * psi * math.prod(z[1:], start=z[0])
    singular = abs(psi**d - 1) < _EQUAL
    # With the product of all coordinates the phases must cancel; without it each coordinate has its own.
    phases = [[Fraction(int(i == j), d) - (Fraction(int(i == j + 1), d) if psi else 0) for i in range(d)] for j in range(d - 1)]
    symmetry = Symmetry(_all_permutations(d), tuple(map(tuple, phases)), psi.imag == 0)
    name = f"Fermat, degree {d}" if psi == 0 else f"Dwork, degree {d}, psi = {_shown(psi)}"
    return Variety((d - 1,), (p,), name, symmetry, not singular, f"psi^{d} {'=' if singular else 'is not'} 1")


def fermat(dimension: int = 3) -> Variety:
    r"""$\sum_i z_i^{n+2} = 0$ in $\mathbb P^{n+1}$: cubic curve, quartic K3, quintic threefold, sextic fourfold."""
    return dwork(0, dimension)


def two_cubics(psi: complex) -> Variety:
    r"""$z_0^3+z_1^3+z_2^3 = 3\psi z_3z_4z_5$ and $z_3^3+z_4^3+z_5^3 = 3\psi z_0z_1z_2$ in $\mathbb P^5$ (Libgober and Teitelbaum).

    With $dp_1 + \mu\,dp_2 = 0$: $z_i^3 = \mu\psi Z$ and $\mu z_{3+i}^3 = \psi W$, $Z = z_0z_1z_2$, $W = z_3z_4z_5$.  If one of Z and W
    vanishes, so does the other by the equations; else the products give $\mu^3\psi^3 = 1$ and $\mu^3 = \psi^3$, hence $\psi^6 = 1$.
    At $\psi = 0$ the differential of one cubic vanishes wherever its three coordinates do: the member is singular along two curves.
    """
    psi = _number("psi", psi)
    z = coordinates(6)
    first, second = z[:3], z[3:]
    p = tuple(
        sum((one**3 for one in own[1:]), own[0] ** 3) - 3 * psi * math.prod(other[1:], start=other[0])
        for own, other in ((first, second), (second, first))
    )
    swaps = ((1, 0, 2, 3, 4, 5), (1, 2, 0, 3, 4, 5), (3, 4, 5, 0, 1, 2))
    third, ninth = Fraction(1, 3), Fraction(1, 9)
    phases = (
        (third, -third, 0, 0, 0, 0), (0, third, -third, 0, 0, 0), (0, 0, 0, third, -third, 0), (0, 0, 0, 0, third, -third),
        (-2 * ninth, ninth, ninth, 3 * ninth, 0, 0),
    )  # fmt: skip
    symmetry = Symmetry(swaps, tuple(tuple(Fraction(turn) for turn in one) for one in phases), psi.imag == 0)
    singular = abs(psi**6 - 1) < _EQUAL or psi == 0
    reason = f"psi^6 {'is' if singular else 'is not'} 0 or 1"
    return Variety((5,), p, f"two cubics, psi = {_shown(psi)}", symmetry, not singular, reason)


def cefalu(parameter: complex) -> Variety:
    r"""$\sum_i z_i^4 - \frac\lambda3 (\sum_i z_i^2)^2 = 0$ in $\mathbb P^3$, a quartic K3 surface.

    $\partial_i p = 0$ gives $z_i = 0$ or $z_i^2 = \lambda S/3$, $S = \sum z^2$; with m coordinates that are not 0, $S = m\lambda S/3$, and
    S is not 0 (else all $z_i^3 = 0$), hence $\lambda = 3/m$ for m = 1, 2, 3, 4.
    """
    value = _number("parameter", parameter)
    z = coordinates(4)
    squares = sum((one**2 for one in z[1:]), z[0] ** 2)
    p = sum((one**4 for one in z[1:]), z[0] ** 4) - (value / 3) * squares**2
    signs = tuple(tuple(Fraction(int(i == j), 2) for i in range(4)) for j in range(3))
    singular = any(abs(value - 3 / m) < _EQUAL for m in (1, 2, 3, 4))
    symmetry = Symmetry(_all_permutations(4), signs, value.imag == 0)
    return Variety(
        (3,), (p,), f"Cefalu quartic, {_shown(value)}", symmetry, not singular, f"3/lambda {'in' if singular else 'not in'} 1..4"
    )


# The configurations that carry a name; `named` makes their generic members.
CONFIGURATIONS: dict[str, Configuration] = {
    "cubic curve": Configuration((2,), ((3,),)),
    "quartic K3": Configuration((3,), ((4,),)),
    "quintic": Configuration((4,), ((5,),)),
    "sextic fourfold": Configuration((5,), ((6,),)),
    "bicubic": Configuration((2, 2), ((3,), (3,))),
    "P5[3,3]": Configuration((5,), ((3, 3),)),
    "P5[2,4]": Configuration((5,), ((2, 4),)),
    "P7[2,2,2,2]": Configuration((7,), ((2, 2, 2, 2),)),
    "tetraquadric": Configuration((1, 1, 1, 1), ((2,), (2,), (2,), (2,))),
    "Tian-Yau": Configuration((3, 3), ((3, 0, 1), (0, 3, 1))),
    "Schoen": Configuration((2, 1, 2), ((3, 0), (1, 1), (0, 3))),
}


def named(name: str, seed: int) -> Variety:
    """A generic member, with Gaussian coefficients, of a configuration in `CONFIGURATIONS`.  Raises `InputError` for other names."""
    if not isinstance(name, str) or name not in CONFIGURATIONS:
        raise InputError("name", name, f"one of {', '.join(CONFIGURATIONS)}", "pass a Configuration to generic")
    return generic(CONFIGURATIONS[name], seed, name=f"generic {name}, seed {seed}")


def generic(configuration: Configuration | Sequence, seed: int, *, name: str = "") -> Variety:
    """A member with independent complex Gaussian coefficients on all monomials, whose real and imaginary parts have variance 1.

    The coefficients are those of `numpy.random.default_rng(seed).normal(size=(monomials, 2))`, real and imaginary parts, for one equation
    after the other, monomials in descending lexicographic order.  By Bertini's theorem it is smooth with probability 1, as all monomials of
    a multidegree have no common zero.
    """
    if not isinstance(configuration, Configuration):
        parts = listed("configuration", configuration, "a Configuration, or ambient space and degrees", "the quintic is ((4,), ((5,),))")
        if len(parts) != 2:
            raise InputError("configuration", configuration, "ambient space and degrees", "the quintic is ((4,), ((5,),))")
        configuration = Configuration(*parts)
    space = configuration
    return Variety(space.ambient, _gaussian_polynomials(space, seed), name or f"generic {space!r}, seed {seed}", reason=_RANDOM)


def _gaussian_polynomials(space: Configuration, seed: int) -> tuple[Polynomial, ...]:
    """One polynomial for each equation, with independent complex Gaussian coefficients, real and imaginary part of variance 1."""
    random = np.random.default_rng(seeded(seed))
    made = []
    for equation in space.equations:
        exponents = multidegree_monomials(space.ambient, equation)
        made.append(Polynomial(exponents, random.normal(size=(len(exponents), 2)) @ np.array([1, 1j])))
    return tuple(made)


def multidegree_monomials(ambient: Sequence[int], degrees: Sequence[int]) -> np.ndarray:
    """The exponents [monomials, coordinates] of all monomials of a multidegree, sorted."""
    tables = [monomials(n + 1, degree) for n, degree in zip(ambient, degrees, strict=True)]
    return np.array([np.concatenate(rows) for rows in itertools.product(*tables)])


def _all_permutations(size: int) -> tuple[tuple[int, ...], ...]:
    """Two generators of the symmetric group: a swap and a cycle."""
    return (1, 0, *range(2, size)), (*range(1, size), 0)


def _number(name: str, given: object) -> complex:
    try:
        value = complex(given)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise InputError(name, given, "a complex number", f"try {name}=0.5") from None
    if not cmath.isfinite(value):
        raise InputError(name, given, "finite", f"try {name}=0.5")
    return value


def _shown(value: complex) -> str:
    return f"{value.real:g}" if value.imag == 0 else f"{value:g}"
