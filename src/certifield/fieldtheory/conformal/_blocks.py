r"""Conformal blocks of four equal scalars, and the coefficients of generalised free fields.

With $u = z\bar z$, $v = (1-z)(1-\bar z)$ and $k_\beta(z) = z^{\beta/2}\,{}_2F_1(\beta/2, \beta/2; \beta; z)$,

    D = 2:  G = (k_{Delta+l}(z) k_{Delta-l}(zbar) + z <-> zbar) / (1 + delta_{l0})
    D = 4:  G = z zbar/(z - zbar) (k_{Delta+l}(z) k_{Delta-l-2}(zbar) - z <-> zbar)

normalised such that $G \to u^{(\Delta-l)/2} z^l$ for $\bar z \ll z \ll 1$ (Dolan and Osborn, hep-th/0011040).  In every D the series of
a scalar ends for Delta = 0, -2, -4, ...:

    G_{Delta,0} = sum_{mn} (Delta/2)_m^2 (Delta/2)_{m+n}^2 / (m! n! (Delta+1-D/2)_m (Delta)_{2m+n}) u^(Delta/2+m) (1-v)^n.
"""

from fractions import Fraction
from functools import lru_cache
from math import comb, factorial
from typing import Any

import numpy as np

from certifield.evidence import Exact, InputError

from ._balls import ball, exact, precise
from ._four_point import Power, rational

_SOURCE = "hep-th/0011040"


def block(dim: int, dimension: float | Fraction, spin: int, z: Any, zbar: Any = None) -> Exact:
    r"""$G_{\Delta,l}(z, \bar z)$ for numbers or arrays z; ``zbar`` is the conjugate of z where none is given.

    ``zbar = z`` is the limit of the formula.  Raises `InputError` for D other than 2 and 4, but for scalars of dimension 0, -2, -4, ...,
    for a spin that is negative, z = 0 or z = 1 or beyond 1 on the real axis, and for dimensions at which the block has a pole.

    >>> block(4, 2, 0, 0.25 + 0.125j)
    Exact 0.10321792... (radius ...)
    """
    if isinstance(spin, bool) or not isinstance(spin, int) or spin < 0:
        raise InputError("spin", spin, "an integer of 0 or more", "spins of equal scalars are even")
    delta = rational("dimension", dimension)
    ends = spin == 0 and delta <= 0 and delta.denominator == 1 and delta % 2 == 0
    if dim not in _BLOCKS and not ends:
        raise InputError("dim", dim, "2 or 4, but for scalars of dimension 0, -2, -4, ...", "in other D blocks are no closed formulas")
    zs = checked_z("z", z)
    bars = np.conj(zs) if zbar is None else checked_z("zbar", zbar)
    zs, bars = np.broadcast_arrays(zs, bars)
    if zbar is not None and not np.all((zs == np.conj(bars)) | ((np.imag(zs) == 0) & (np.imag(bars) == 0))):
        raise InputError("zbar", zbar, "the conjugate of z, or real as z is", "leave it out for points of Euclidean space")
    with precise():
        pairs = zip(zs.ravel().tolist(), bars.ravel().tolist(), strict=True)
        try:
            found = [_finite(dim, int(delta), a, b) if ends else _BLOCKS[dim](delta, spin, a, b) for a, b in pairs]
        except ZeroDivisionError:
            raise InputError("dimension", dimension, "one at which the block has no pole", "move it by a little") from None
        return exact(found, zs.shape, f"conformal block, D = {dim}", _SOURCE)


def _planar(delta: Fraction, spin: int, z: complex, zbar: complex) -> Any:
    one, other = delta + spin, delta - spin
    total = _k(one, z) * _k(other, zbar) + _k(one, zbar) * _k(other, z)
    return total / 2 if spin == 0 else total


def _four(delta: Fraction, spin: int, z: complex, zbar: complex) -> Any:
    one, other, first, second = delta + spin, delta - spin - 2, ball(z), ball(zbar)
    if z == zbar:  # the limit is a derivative
        return first * second * (_slope(one, first) * _k(other, z) - _k(one, z) * _slope(other, first))
    return first * second / (first - second) * (_k(one, z) * _k(other, zbar) - _k(one, zbar) * _k(other, z))


_BLOCKS = {2: _planar, 4: _four}


def _finite(dim: int, dimension: int, z: complex, zbar: complex) -> Any:
    u, v, total = ball(z) * ball(zbar), (1 - ball(z)) * (1 - ball(zbar)), ball(0.0)
    for (a, b), factor in finite_block(dim, dimension).items():
        total += ball(factor) * u ** ball(a) * v ** ball(b)
    return total


def finite_block(dim: int, dimension: int) -> dict[Power, Fraction]:
    """The block of a scalar of dimension 0, -2, -4, ... as powers of u and v: (a, b) -> factor."""
    half, h, terms = dimension // 2, Fraction(dim, 2), {}
    for m in range(1 - half):
        for n in range(1 - half - m):
            above = _rising(Fraction(half), m) ** 2 * _rising(Fraction(half), m + n) ** 2
            below = factorial(m) * factorial(n) * _rising(dimension + 1 - h, m) * _rising(Fraction(dimension), 2 * m + n)
            for k in range(n + 1):  # (1 - v)^n
                power = (Fraction(half + m), Fraction(k))
                terms[power] = terms.get(power, Fraction(0)) + (-1) ** k * comb(n, k) * above / below
    return terms


def _k(beta: Fraction, z: complex) -> Any:
    return _upper(beta, z) if z.imag >= 0 else _upper(beta, z.conjugate()).conjugate()


@lru_cache(maxsize=1 << 12)  # the blocks of a sum share most of them, and each is a slow series
def _upper(beta: Fraction, z: complex) -> Any:
    at = ball(z)
    return at ** ball(beta / 2) * _gauss(beta / 2, beta / 2, beta, at)


def _slope(beta: Fraction, z: Any) -> Any:
    """The derivative of k_beta."""
    half = beta / 2
    inner = ball(half / 2) * _gauss(half + 1, half + 1, beta + 1, z) if beta else ball(0.0)
    return ball(half) * z ** ball(half - 1) * _gauss(half, half, beta, z) + z ** ball(half) * inner


def _gauss(a: Fraction, b: Fraction, c: Fraction, z: Any) -> Any:
    """2F1, and the polynomial where a numerator ends it before the denominator vanishes."""
    end = min((-x for x in (a, b) if x <= 0 and x.denominator == 1), default=None)
    if end is not None:
        term = total = ball(1.0)
        for k in range(int(end)):
            if c + k == 0:
                raise ZeroDivisionError
            term = term * ball((a + k) * (b + k) / ((c + k) * (k + 1))) * z
            total = total + term
        return total
    if c <= 0 and c.denominator == 1:
        raise ZeroDivisionError
    return z.hypgeom_2f1(ball(a), ball(b), ball(c))


def mean_field_coefficient(dim: int, dimension: float | Fraction, n: int, spin: int) -> Exact:
    r"""The squared OPE coefficient of $[\phi\phi]_{n,l}$, of dimension $2\Delta + 2n + l$, in a generalised free field; 0 for odd l.

    $P_{n,l} = \frac{2 (\Delta-h+1)_n^2 (\Delta)_{l+n}^2}{n!\,l!\,(l+h)_n (2\Delta+n-2h+1)_n (2\Delta+2n+l-1)_l (2\Delta+n+l-h)_n}$,
    h = D/2, for the blocks of `block` (Fitzpatrick and Kaplan, arXiv:1111.6972, eq. 2.9).  A fraction, where the dimension is one.
    Raises `InputError` where a denominator vanishes.

    >>> mean_field_coefficient(4, 2, 0, 2)
    6/5 exactly
    """
    if isinstance(dim, bool) or not isinstance(dim, int) or dim < 1:
        raise InputError("dim", dim, "an integer of 1 or more", "D is the dimension of space")
    for name, value in (("n", n), ("spin", spin)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InputError(name, value, "an integer of 0 or more", "operators [phi phi] have n, l = 0, 1, 2, ...")
    words, delta, h = "generalised free field", rational("dimension", dimension), Fraction(dim, 2)
    if spin % 2:
        return Exact(Fraction(0), words, "arXiv:1111.6972")
    above = 2 * _rising(delta - h + 1, n) ** 2 * _rising(delta, spin + n) ** 2
    below = factorial(n) * factorial(spin) * _rising(spin + h, n) * _rising(2 * delta + n - 2 * h + 1, n)
    below *= _rising(2 * delta + 2 * n + spin - 1, spin) * _rising(2 * delta + n + spin - h, n)
    if below == 0:
        if above == 0:  # operators that decouple, as all but n = 0 for the free field
            return Exact(Fraction(0), words, "arXiv:1111.6972")
        raise InputError("dimension", dimension, "one at which no coefficient has a pole", "move it by a little")
    return Exact(above / below, words, "arXiv:1111.6972")


def mean_field_sum(dim: int, dimension: float | Fraction, z: Any, *, twists: int = 9, spins: int = 21) -> Exact:
    """1 and the blocks of the operators with n < ``twists`` and even l < ``spins``, at numbers z: it tends to `generalised_free`."""
    delta = rational("dimension", dimension)
    total = Exact(np.ones(np.shape(z)) if np.shape(z) else 1.0, "identity")
    for n in range(twists):
        for spin in range(0, spins, 2):
            factor = mean_field_coefficient(dim, delta, n, spin)
            if factor.value:
                total = total + factor * block(dim, 2 * delta + 2 * n + spin, spin, z)
    return total


def _rising(x: Fraction, k: int) -> Fraction:
    """x (x + 1) ... (x + k - 1)."""
    found = Fraction(1)
    for i in range(k):
        found *= x + i
    return found


def checked_z(name: str, given: Any) -> np.ndarray:
    """Complex numbers off the cut from 1 on, and not 0."""
    try:
        array = np.asarray(given, dtype=complex)
    except (TypeError, ValueError):
        raise InputError(name, given, "complex numbers", "u = z zbar and v = (1 - z)(1 - zbar)") from None
    cut = (np.imag(array) == 0) & (np.real(array) >= 1)
    if not np.all(np.isfinite(array)) or np.any(array == 0) or np.any(cut):
        raise InputError(name, given, "finite, not 0, and not on the real axis from 1 on", "points coincide where z is 0, 1 or infinite")
    return array
