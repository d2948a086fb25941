r"""Power spectra from the mode equations, beyond slow roll.

Background in e-folds, $x = d\phi/dN$: $x' = -(3 - x^2/2)(x + V'/V)$, $H^2 = V/(3 - x^2/2)$, end at $\epsilon_H = x^2/2 = 1$.  Modes:
$R'' + (3 - \epsilon_H + 2x'/x) R' + (k/aH)^2 R = 0$, tensors without $2x'/x$.  They begin at $k = 100\,aH$ in the adiabatic vacuum:
$v = a x R$ obeys $v_{\tau\tau} + (k^2 - q\,(aH)^2) v = 0$ with $q = z_{\tau\tau}/(z (aH)^2)$, z = a x (tensors: a), and
$v = e^{-i\int\omega}/\sqrt{2\omega}$ differs from the Bunch-Davies state by $(aH/k)^4$; the plane wave would by $(aH/k)^2$, 1e-4 in P.
$P_R = \frac{k^3}{2\pi^2} |R|^2$ and $P_T = 8 \frac{k^3}{2\pi^2} |v_T/a|^2$.
"""

from dataclasses import dataclass
from math import pi
from typing import Any, NamedTuple

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from certifield.evidence import Estimate, InputError

from ._potentials import Potential
from ._slow_roll import jet


class Accuracy(NamedTuple):
    """Where modes begin, k/aH; the step in ln k of the central difference; e-folds after k = aH where R is read; relative tolerance."""

    deep: float | Array
    step: float | Array
    settled: float | Array
    tolerance: float | Array


FINE = Accuracy(100.0, 0.1, 10.0, 1e-9)  # R moves by (k/aH)^2 = e^-20 yet
COARSE = Accuracy(50.0, 0.2, 9.0, 1e-7)  # errors of each kind are larger by factors of 16, 4, 7 and 100


@dataclass(frozen=True)
class Spectrum:
    """At the pivot, k = aH ``efolds`` before the end of inflation: tilt by a central difference, tensor-to-scalar ratio, amplitude.

    ``end`` and ``pivot``: the field there.  Errors are what a solution with coarser settings of every kind changes.
    """

    tilt: Estimate
    ratio: Estimate
    amplitude: Estimate
    end: Estimate
    pivot: Estimate


def exact_spectrum(potential: Potential, start: float, *, efolds: float = 55.0) -> Spectrum:
    r"""The spectrum of the inflation that begins at ``start`` in slow roll, $x = -V'/V$.

    Double precision.  Raises `InputError` where V is not positive at the start or x is above 1, where inflation does not end within a
    thousand e-folds, and where the modes would begin before the start, naming the e-folds there are.
    """
    if not np.isfinite(start) or not FINE.settled + 2 < efolds < 1000:
        allowed = f"a finite field, and e-folds between {FINE.settled + 2:g}, so that modes settle before the end, and 1000"
        raise InputError("start, efolds", [start, efolds], allowed, "try efolds=55")
    value, slope, _ = jet(potential, start)
    if not value > 0 or not abs(slope) < value:
        raise InputError("start", start, "where V > 0 and |V'| < V", f"there V = {value:.3g} and V' = {slope:.3g}: begin further out")
    with jax.enable_x64(True):
        fine, coarse = (_solution(potential, start, efolds, accuracy) for accuracy in (FINE, COARSE))
    source = f"mode equations from {start:.15g}, {efolds:.15g} e-folds"
    about: dict[str, Any] = {"source": source, "method": "mode equations, error by coarser ones", "bias": "unknown"}
    return Spectrum(*(Estimate.from_stderr(one, abs(one - other), **about) for one, other in zip(fine, coarse, strict=True)))


def _solution(potential: Potential, start: float, efolds: float, accuracy: Accuracy) -> tuple[float, float, float, float, float]:
    settings = Accuracy(*map(jnp.float64, accuracy))
    total, ended = (float(one) for one in _duration(potential, jnp.float64(start), settings.tolerance))
    if not np.isfinite(total) or total >= 1000:
        raise InputError(
            "potential", f"no end within {total:.4g} e-folds", "such that inflation ends", "begin nearer to the end, or check the minimum"
        )
    needed = efolds + np.log(accuracy.deep) + 2 * accuracy.step + 1
    if total < needed:
        raise InputError("efolds", efolds, f"at most {total - needed + efolds:.4g}: inflation from this start lasts {total:.4g}",
                         "begin further out, so that modes begin deep inside the horizon")  # fmt: skip
    logs, where = _spectra(potential, jnp.float64(start), jnp.float64(total), jnp.float64(efolds), settings)
    scalar, tensor = np.asarray(logs)
    tilt = 1 + (scalar[2] - scalar[0]) / (2 * accuracy.step)
    return float(tilt), float(np.exp(tensor[1] - scalar[1])), float(np.exp(scalar[1])), ended, float(where)


def _background(potential: Potential, phi: Array, x: Array) -> tuple[Array, Array]:
    slope = jax.grad(lambda one: potential(one))(phi) / potential(phi)
    return x, -(3 - x**2 / 2) * (x + slope)


def _hubble(potential: Potential, phi: Array, x: Array) -> Array:
    return 0.5 * jnp.log(potential(phi) / (3 - x**2 / 2))


def _solved(
    potential: Potential, start: Array, until: Array, event: diffrax.Event | None, saved: diffrax.SaveAt, tolerance: float | Array
) -> diffrax.Solution:
    def field(_: Any, y: Array, potential: Potential) -> Array:
        return jnp.stack(_background(potential, y[0], y[1]))

    x = -jax.grad(lambda one: potential(one))(start) / potential(start)
    return diffrax.diffeqsolve(
        diffrax.ODETerm(field), diffrax.Tsit5(), 0.0, until, 1e-3, jnp.stack([start, x]), potential, saveat=saved, event=event,
        stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=tolerance / 1000), max_steps=20000, throw=False,
    )  # fmt: skip


@eqx.filter_jit
def _duration(potential: Potential, start: Array, tolerance: float | Array) -> tuple[Array, Array]:
    """E-folds from the start to the end, and the field there."""
    import optimistix

    event = diffrax.Event(lambda t, y, args, **_: y[1] ** 2 / 2 - 1, optimistix.Newton(1e-10, 1e-10))
    found = _solved(potential, start, jnp.float64(1000.0), event, diffrax.SaveAt(t1=True), tolerance)
    assert found.ts is not None and found.ys is not None
    return found.ts[-1], found.ys[-1, 0]


@eqx.filter_jit
def _spectra(
    potential: Potential, start: Array, total: Array, efolds: Array, accuracy: Accuracy
) -> tuple[Float[Array, "two three"], Array]:
    """ln P_R and ln P_T a step below ln k, there and a step above, and the field at the pivot."""
    held = _solved(potential, start, total, None, diffrax.SaveAt(dense=True), accuracy.tolerance)

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
        begin, leave = crossing(log_k - jnp.log(accuracy.deep), pivot - jnp.log(accuracy.deep)), crossing(log_k, pivot)
        finish = jnp.minimum(leave + accuracy.settled, total)

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
        change = jax.jvp(lambda *both: _background(potential, *both)[1], (phi, x), (x, acceleration))[1]
        growth, drag = 1 + acceleration / x, 1 - x**2 / 2  # of ln z and of ln aH in an e-fold

        def vacuum(q: Array) -> tuple[Array, Array, Array]:
            """v, real, and dv/dN in units 1/sqrt(2k)."""
            frequency = accuracy.deep**2 - q
            size = (accuracy.deep**2 / frequency) ** 0.25
            return size, size * drag * q / (2 * frequency), -size * jnp.sqrt(frequency)

        # In units a = 1 at the beginning; z_NN + (1 - epsilon) z_N over z, and the same of a.
        scalar = vacuum(growth**2 + change / x - (acceleration / x) ** 2 + drag * growth)
        tensor = vacuum(1 + drag)
        first = jnp.stack([
            phi, x, scalar[0] / x, 0.0, (scalar[1] - growth * scalar[0]) / x, scalar[2] / x,
            tensor[0], 0.0, tensor[1] - tensor[0], tensor[2],
        ])  # fmt: skip
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(field), diffrax.Dopri8(), begin, finish, 1e-3, first, potential,
            stepsize_controller=diffrax.PIDController(rtol=accuracy.tolerance, atol=accuracy.tolerance / 10), max_steps=20000, throw=False,
        )  # fmt: skip
        assert found.ys is not None
        last = found.ys[-1]
        # k^3/(2 pi^2)/(2k a^2) with a = exp(begin) in the units of ln k
        size = 2 * (log_k - begin) - jnp.log(4 * pi**2)
        scalar = jnp.log(last[2] ** 2 + last[3] ** 2) + size
        return jnp.stack([scalar, jnp.log(8 * (last[6] ** 2 + last[7] ** 2)) + size])

    return jax.vmap(power, out_axes=1)(accuracy.step * jnp.array([-1.0, 0.0, 1.0])), state(pivot)[0]
