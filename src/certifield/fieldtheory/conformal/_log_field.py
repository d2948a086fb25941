r"""The free boson in two dimensions from features with log-uniform momenta, and its central charge.

$\phi = \sqrt{2\sigma^2 \ln(k_1/k_0)/N} \sum_i \cos(k_i \cdot x + c_i)$, |k| log-uniform on $[k_0, k_1]$ and k isotropic:
$K(r) = \sigma^2 \int_{k_0}^{k_1} J_0(kr)\,dk/k$, which is $\sigma^2 (\ln\frac2{k_0 r} - \gamma_E)$ where $1/k_1 \ll r \ll 1/k_0$.
For $\sigma^2 = 2$ this is $-\ln|z|^2$ and a constant, $T = -\frac12 (\partial\phi)^2$, $\langle TT\rangle = \frac{c}{2 z^4}$, c = 1,
and $e^{i\alpha\phi}$ has the scaling dimension $\alpha^2$.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.evidence import Estimate, Exact, InputError, exp
from certifield.streams import stream_key

from ._balls import ball, exact, flint, precise

_FAR, _GROUPS, _CHUNK, _DIRECTIONS = 60.0, 64, 1 << 14, 8
_SOURCE = "free boson"


def log_kernel(distance: Any, low: float, high: float, *, variance: float = 2.0) -> Exact:
    r"""$K(r) = \sigma^2 \int_{k_0}^{k_1} J_0(kr)\,dk/k$ for r = ``distance``, $k_0$ = ``low``, $k_1$ = ``high``.

    $\int_0^x (1 - J_0)\,dt/t = \frac{x^2}8\,{}_2F_3(1, 1; 2, 2, 2; -x^2/4)$; for large x by integration by parts, with the last integral as
    a bound.  Raises `InputError` unless r >= 0 and 0 < low < high.

    >>> log_kernel(1.0, 1e-3, 1e3, variance=1.0)
    Exact 7.02369... (radius ...)
    """
    r = _checked(distance, low, high, variance)
    with precise():
        log_ratio = (ball(high) / ball(low)).log()
        found = [ball(variance) * (log_ratio - _cin(high, x) + _cin(low, x)) for x in r.ravel().tolist()]
        return exact(found, r.shape, "log-uniform momenta", _SOURCE)


def log_window(distance: Any, low: float, high: float, *, variance: float = 2.0) -> Exact:
    r"""$K(r) - \sigma^2 (\ln\frac{2}{k_0 r} - \gamma_E)$: how far the kernel is from that of the conformal field."""
    r = _checked(distance, low, high, variance)
    if np.any(r == 0):
        raise InputError("distance", distance, "above 0", "the kernel of the conformal field diverges at 0")
    with precise():
        gamma = flint().acb(flint().arb.const_euler())
        found = []
        for x in r.ravel().tolist():
            kernel = (ball(high) / ball(low)).log() - _cin(high, x) + _cin(low, x)
            found.append(ball(variance) * (kernel - (ball(2.0) / (ball(low) * ball(x))).log() + gamma))
        return exact(found, r.shape, "distance from the conformal kernel", _SOURCE)


def _cin(momentum: float, distance: float) -> Any:
    """int_0^x (1 - J_0(t)) dt/t for x = momentum * distance."""
    x = ball(momentum) * ball(distance)
    if momentum * distance < _FAR:
        return x * x / 8 * (-x * x / 4).hypgeom([ball(1.0), ball(1.0)], [ball(2.0)] * 3)
    return (x / 2).log() + flint().acb(flint().arb.const_euler()) + _tail(x)


def _tail(x: Any) -> Any:
    """int_x^inf J_0(t) dt/t, by f_n = int J_0 t^-n = -J_1/x^n + (n+1) (J_0/x^(n+1) - (n+1) f_(n+2)), |f_n| <= x^(1-n)/(n-1)."""
    j0, j1, total, factor, n = x.bessel_j(ball(0.0)), x.bessel_j(ball(1.0)), ball(0.0), ball(1.0), 1
    while n < float(x.real.mid()) - 2:
        total += factor * (-j1 / x**n + (n + 1) * j0 / x ** (n + 1))
        factor *= -((n + 1) ** 2)
        n += 2
    bound = abs(factor) * abs(x) ** (1 - n) / (n - 1)
    return total + flint().acb(flint().arb(0, bound.upper()))


def central_charge(*, draws: int, seed: int, reach: float = 7.0) -> tuple[Estimate, Exact]:
    r"""$c = 2 z^4 \langle T(z) T(0)\rangle$ of the free boson from ``draws`` neurons, and what a cutoff $e^{-k^2/k_1^2}$ makes of c = 1.

    Derivatives make of a sharp cutoff an oscillation that never dies out, hence the smooth one; ``reach`` is $k_1 |z|$.  Momenta of
    $\partial\phi$ are drawn from its own spectrum, a Gaussian; phases and amplitudes are averaged exactly, and z is turned to 8 directions.
    The second number is `charge_with_cutoff`; distances in the conformal window are those beyond ``reach`` 6.
    Raises `InputError` for a reach that is not between 1 and 12, beyond which eight directions are too few, and for fewer than 1024 draws.
    """
    if not (isinstance(reach, int | float) and 1 <= reach <= 12):
        raise InputError("reach", reach, "between 1 and 12", "7 is far enough for three digits")
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1024:
        raise InputError("draws", draws, "1024 or more", "three digits need some ten millions")
    size = min(_CHUNK, draws // _GROUPS)
    chunks = -(-draws // (_GROUPS * size))
    keys = jax.random.split(stream_key(seed, "log field"), _GROUPS)
    means = np.asarray(jax.lax.map(partial(_propagator, float(reach), chunks, size), keys))
    # The square of the propagator, without bias: products of two different groups.
    square = (means.sum() ** 2 - np.sum(means**2)) / (_GROUPS * (_GROUPS - 1))
    away = 2 * means.mean() * (means - means.mean()) / np.sqrt(_GROUPS * (_GROUPS - 1))
    source, count = f"log field/{seed}/{draws}/{reach}", _GROUPS * chunks * size
    drawn = Estimate(np.asarray(square), {source: away}, count, _GROUPS, seed, "draws of momenta", "float64")
    return drawn, charge_with_cutoff(reach)


def charge_with_cutoff(reach: float) -> Exact:
    r"""$(1 - (1 + s) e^{-s})^2$ with $s = (k_1 |z|)^2/4$: $2 z^4 \langle T(z) T(0)\rangle$ of the free boson with a cutoff
    $e^{-k^2/k_1^2}$ of its spectrum, for ``reach`` = $k_1 |z|$.
    """
    s = Exact(float(reach)) ** 2 / 4
    return (1 - (1 + s) * exp(-1 * s)) ** 2


def _propagator(reach: float, chunks: int, size: int, key: Array) -> Array:
    r"""The mean of $-z^2 \langle\partial\phi(z)\,\partial\phi(0)\rangle$ over a group: 1 for the free boson."""
    turns = jnp.linspace(0.0, jnp.pi, _DIRECTIONS, endpoint=False)

    def chunk(total: Array, each: Array) -> tuple[Array, None]:
        k = jax.random.normal(each, (2, size)) * (reach / 2**0.5)  # in units of 1/|z|
        angle = jnp.arctan2(k[1], k[0])
        phase = k[0][:, None] * jnp.cos(turns)[None, :] + k[1][:, None] * jnp.sin(turns)[None, :]
        # z = e^{i turn}: z^2 e^{-2 i angle}, of which the imaginary part averages to 0
        values = jnp.cos(2 * (turns[None, :] - angle[:, None])) * jnp.cos(phase)
        return total - reach**2 / 4 * jnp.mean(values), None

    total, _ = jax.lax.scan(chunk, jnp.zeros(()), jax.random.split(key, chunks))
    return total / chunks


def _checked(distance: Any, low: float, high: float, variance: float) -> np.ndarray:
    r = np.asarray(distance, dtype=float)
    if not np.all(np.isfinite(r) & (r >= 0)):
        raise InputError("distance", distance, "finite and 0 or more", "it is |x - y|")
    for name, value in (("low", low), ("high", high), ("variance", variance)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < np.inf:
            raise InputError(name, value, "positive and finite", "without cutoffs the kernel diverges")
    if low >= high:
        raise InputError("low", low, f"below high = {high:g}", "the cutoffs are k_0 < k_1")
    return r
