r"""Power spectra from the mode equations, beyond slow roll.

Background in e-folds, $x = d\phi/dN$: $x' = -(3 - x^2/2)(x + V'/V)$, $H^2 = V/(3 - x^2/2)$, end at $\epsilon_H = x^2/2 = 1$.  Modes:
$R'' + (3 - \epsilon_H + 2x'/x) R' + (k/aH)^2 R = 0$, tensors without $2x'/x$; from $k = 100\,aH$ in the Bunch-Davies state, in which
$v = a R x = e^{-ik\tau}/\sqrt{2k}$.  $P_R = \frac{k^3}{2\pi^2} |R|^2$ and $P_T = 8 \frac{k^3}{2\pi^2} |v_T/a|^2$.
"""

from dataclasses import dataclass
from math import pi
from typing import Any

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from certifield.evidence import InputError

from ._potentials import Potential
from ._slow_roll import jet

DEEP = 100.0  # k/aH where modes begin
_SPREAD = 0.1  # in ln k, of the central difference
_SETTLED = 7.0  # e-folds after k = aH, when R has stopped to move: corrections are (k/aH)^2 = 1e-6
_RTOL = 1e-9


@dataclass(frozen=True)
class Spectrum:
    """At the pivot, k = aH ``efolds`` before the end of inflation: tilt by a central difference, tensor-to-scalar ratio, amplitude."""

    tilt: float
    ratio: float
    amplitude: float
    end: float
    pivot: float


def exact_spectrum(potential: Potential, start: float, *, efolds: float = 55.0) -> Spectrum:
    r"""The spectrum of the inflation that begins at ``start`` in slow roll, $x = -V'/V$.

    Double precision.  Raises `InputError` where V is not positive at the start or x is above 1, where inflation does not end within a
    thousand e-folds, and where the modes would begin before the start, naming the e-folds there are.
    """
    value, slope, _ = jet(potential, start)
    if not value > 0 or not abs(slope) < value:
        raise InputError("start", start, "where V > 0 and |V'| < V", f"there V = {value:.3g} and V' = {slope:.3g}: begin further out")
    with jax.enable_x64(True):
        total, ended = (float(one) for one in _duration(potential, jnp.float64(start)))
        if not np.isfinite(total) or total >= 1000:
            raise InputError("potential", f"no end within {total:.4g} e-folds", "such that inflation ends", "check the minimum")
        needed = efolds + np.log(DEEP) + 2 * _SPREAD + 1
        if total < needed:
            raise InputError("efolds", efolds, f"at most {total - needed + efolds:.4g}: inflation from this start lasts {total:.4g}",
                             "begin further out, so that modes begin deep inside the horizon")  # fmt: skip
        logs, where = _spectra(potential, jnp.float64(start), jnp.float64(total), jnp.float64(efolds))
        scalar, tensor = np.asarray(logs)
    tilt = 1 + (scalar[2] - scalar[0]) / (2 * _SPREAD)
    return Spectrum(float(tilt), float(np.exp(tensor[1] - scalar[1])), float(np.exp(scalar[1])), ended, float(where))


def _background(potential: Potential, phi: Array, x: Array) -> tuple[Array, Array]:
    slope = jax.grad(lambda one: potential(one))(phi) / potential(phi)
    return x, -(3 - x**2 / 2) * (x + slope)


def _hubble(potential: Potential, phi: Array, x: Array) -> Array:
    return 0.5 * jnp.log(potential(phi) / (3 - x**2 / 2))


def _solved(potential: Potential, start: Array, until: Array, event: diffrax.Event | None, saved: diffrax.SaveAt) -> diffrax.Solution:
    def field(_: Any, y: Array, potential: Potential) -> Array:
        return jnp.stack(_background(potential, y[0], y[1]))

    x = -jax.grad(lambda one: potential(one))(start) / potential(start)
    return diffrax.diffeqsolve(
        diffrax.ODETerm(field), diffrax.Tsit5(), 0.0, until, 1e-3, jnp.stack([start, x]), potential, saveat=saved, event=event,
        stepsize_controller=diffrax.PIDController(rtol=_RTOL, atol=1e-12), max_steps=20000, throw=False,
    )  # fmt: skip


@eqx.filter_jit
def _duration(potential: Potential, start: Array) -> tuple[Array, Array]:
    """E-folds from the start to the end, and the field there."""
    import optimistix

    event = diffrax.Event(lambda t, y, args, **_: y[1] ** 2 / 2 - 1, optimistix.Newton(1e-10, 1e-10))
    found = _solved(potential, start, jnp.float64(1000.0), event, diffrax.SaveAt(t1=True))
    assert found.ts is not None and found.ys is not None
    return found.ts[-1], found.ys[-1, 0]


@eqx.filter_jit
def _spectra(potential: Potential, start: Array, total: Array, efolds: Array) -> tuple[Float[Array, "two three"], Array]:
    """ln P_R and ln P_T at ln k - 0.1, ln k, ln k + 0.1, and the field at the pivot."""
    held = _solved(potential, start, total, None, diffrax.SaveAt(dense=True))

    def state(n: Array) -> Array:
        return held.evaluate(n)

    def log_scale(n: Array) -> Array:
        y = state(n)
        return n + _hubble(potential, y[0], y[1])

    pivot = total - efolds
    centre = log_scale(pivot)

    def crossing(level: Array, guess: Array) -> Array:
        """ln aH = level, by Newton with the slope 1 - epsilon."""

        def improve(_: int, n: Array) -> Array:
            return jnp.clip(n - (log_scale(n) - level) / (1 - state(n)[1] ** 2 / 2), 0.0, total)

        return jax.lax.fori_loop(0, 12, improve, guess)

    def power(shift: Array) -> Array:
        log_k = centre + shift
        begin, leave = crossing(log_k - jnp.log(DEEP), pivot - jnp.log(DEEP)), crossing(log_k, pivot)
        finish = jnp.minimum(leave + _SETTLED, total)

        def field(n: Any, y: Array, potential: Potential) -> Array:
            phi, x = y[0], y[1]
            _, acceleration = _background(potential, phi, x)
            epsilon = x**2 / 2
            wave = jnp.exp(2 * (log_k - n - _hubble(potential, phi, x)))
            drag = 3 - epsilon
            scalar = -(drag + 2 * acceleration / x) * y[4:6] - wave * y[2:4]
            tensor = -drag * y[8:10] - wave * y[6:8]
            return jnp.concatenate([jnp.stack([x, acceleration]), y[4:6], scalar, y[8:10], tensor])

        y = state(begin)
        phi, x = y[0], y[1]
        _, acceleration = _background(potential, phi, x)
        # In units 1/sqrt(2k) and a = 1 at the beginning: v = 1, dv/dN = -i k/aH.
        growth = 1 + acceleration / x
        first = jnp.stack([phi, x, 1 / x, 0.0, -growth / x, -DEEP / x, 1.0, 0.0, -1.0, -DEEP])
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(field), diffrax.Dopri8(), begin, finish, 1e-3, first, potential,
            stepsize_controller=diffrax.PIDController(rtol=_RTOL, atol=1e-10), max_steps=20000, throw=False,
        )  # fmt: skip
        assert found.ys is not None
        last = found.ys[-1]
        # k^3/(2 pi^2)/(2k a^2) with a = exp(begin) in the units of ln k
        size = 2 * (log_k - begin) - jnp.log(4 * pi**2)
        scalar = jnp.log(last[2] ** 2 + last[3] ** 2) + size
        return jnp.stack([scalar, jnp.log(8 * (last[6] ** 2 + last[7] ** 2)) + size])

    return jax.vmap(power, out_axes=1)(jnp.array([-_SPREAD, 0.0, _SPREAD])), state(pivot)[0]
