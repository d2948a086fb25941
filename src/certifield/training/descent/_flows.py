r"""Hamiltonian flows that slow down, or stay, where a loss is low: their steps in logarithms.

Parameters q [d] move with momenta p at conserved energy; $V = F - F_0$ is a loss above an offset.  A momentum is kept as a unit direction u
and $r = \ln|p|$, and a loss as $\ln V$, so that no power of V is ever formed: in single precision $(F - F_0)^\eta$ would underflow first.

============  =======================  ==================================  ====================================================
flow          energy, conserved        velocity, force                     stationary density of q
============  =======================  ==================================  ====================================================
BBI           sqrt(V^2 + V p^2) = E    v p, -(V/E + E/V)/2 grad V          (E/V) ((E^2 - V^2)/V)^((d-2)/2)
separable     eta ln V + ln(s + p^2)   2p/(s + p^2), -eta grad ln V        s = 0: V^(-eta d/2); s = 1: V^-eta (e^E V^-eta - 1)^((d-2)/2)
unit speed    eta d/2 ln V + (d-1) r   u, -(eta d/2(d-1)) (1 - u u^T) grad ln V       V^(-eta d/2)
============  =======================  ==================================  ====================================================

Every velocity is a function of the momentum, and every force of the place, at a given energy: half a kick, a drift and half a kick are of
second order.  So it is for BBI, too, whose H does not separate: on its shell $p^2 = E^2/V - V$, and V/E is
$v = e^{-a}$ with $\sinh a = p^2/2E$.  The flow on the shell is that of $V^2/4E + (E/2)\ln V + T(p)$ with $\partial T/\partial p = v p$.

Sources: arXiv:2201.11137 (BBI), arXiv:2306.00352 (separable), arXiv:2501.18419 (unit speed).
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, PyTree

from certifield._arguments import finite, positive, whole
from certifield.evidence import Estimate, Exact, InputError

_tree = optax.tree
_SOURCE = "arXiv:2306.00352, arXiv:2501.18419"


class Momentum(NamedTuple):
    """A unit ``direction``, a tree like the parameters, and the logarithm of the length, ``size``."""

    direction: PyTree
    size: Array


class Flow(NamedTuple):
    """A flow: what is conserved, and how a momentum moves.

    ``least``: parameters that it needs; ``start(log_v, deltaEn)``: the size at the start;
    ``energy(log_v, size, dim)``; ``shell(log_v, energy, dim)``: the size that has this energy, NaN where none has;
    ``kick(momentum, slope, log_v, energy, time, dim)``: the momentum after a time at one place, ``slope`` = grad ln V;
    ``speed(size, energy)``: of q along the direction; ``log_density(log_v, energy, dim)``: of the stationary measure, up to a
    constant, -inf above ``highest(energy)``, the largest ln V that is reached; where that is infinite, the density is a power of V.
    """

    name: str
    least: int
    start: Callable[..., Any]
    energy: Callable[..., Any]
    shell: Callable[..., Any]
    kick: Callable[..., Momentum]
    speed: Callable[..., Any]
    log_density: Callable[..., Any]
    highest: Callable[..., Any] = lambda energy: math.inf

    def mean_square(self, dim: int, *, energy: float = math.inf, offset: float = 1.0) -> Exact | Estimate:
        r"""$\langle |q|^2 \rangle$ in the stationary measure for V = ``offset`` + |q|^2/2.

        Where the flow reaches everywhere its density is a power $V^{-a}$, and this is $d\,\mathrm{offset}/(a - d/2 - 1)$, exactly;
        elsewhere ``energy`` bounds V, and it is an estimate by quadrature in the radius, with the difference of two quadratures for its
        error.  Raises `InputError` where the measure, or this moment of it, is infinite, and for a bounded flow without a finite energy.

        >>> unit_speed_flow(4.0).mean_square(2)
        Exact 1.0 (radius 1.4e-15)
        """
        whole("dim", dim, 1)
        positive("offset", offset)
        if self.highest(0.0) == math.inf:
            return self._power_law(dim, offset)
        top = self.highest(finite("energy", energy, "that of a start, such as energy=2.0")) - math.log(offset)
        if not top > 0:
            raise InputError("energy", energy, f"more than that of rest at the minimum, V = {offset:g}", "take that of a start elsewhere")
        with jax.enable_x64(True):
            coarse, fine = (self._moment(dim, energy, offset, top, nodes) for nodes in (600, 900))
        source, error = f"{self.name}/d = {dim}/energy {energy!r}/offset {offset!r}", abs(fine - coarse) + 1e-13 * fine
        return Estimate.from_stderr(fine, error, source=source, method="two quadratures of the stationary measure", bias="unknown")

    def _power_law(self, dim: int, offset: float) -> Exact:
        """The radius: a is rounded once, and so is a - d/2 - 1, both by 2^-53 of a at most; quotient and product are rounded once each."""
        power = -float(self.log_density(1.0, 0.0, dim))
        decay = power - (dim / 2 + 1)
        if decay <= 2.0**-40 * power:
            raise InputError("eta", self.name, f"(eta - 1) d > 2 in d = {dim}, else the moment is infinite", "take a larger eta")
        value = dim * offset / decay
        return Exact(value, f"stationary measure of {self.name}, beta functions", _SOURCE, value * 2.0**-51 * (1 + power / decay))

    def _moment(self, dim: int, energy: float, offset: float, top: float, nodes: int) -> float:
        """By Gauss and Legendre in an angle: ln V = ln(offset) + top sin(angle)^2 has no singular end, |q|^2 = 2 (V - offset)."""
        x, weights = np.polynomial.legendre.leggauss(nodes)
        angle = (x + 1) * math.pi / 4
        t = top * np.sin(angle) ** 2
        squared = math.log(2 * offset) + t + np.log(-np.expm1(-t))  # ln |q|^2
        log = np.asarray(self.log_density(t + math.log(offset), energy, dim), dtype=float) + t + (dim / 2 - 1) * squared
        shares = np.log(weights * np.sin(2 * angle)) + log
        return float(np.exp(np.logaddexp.reduce(shares + squared) - np.logaddexp.reduce(shares)))


def bbi_flow() -> Flow:
    r"""The Born-Infeld flow, $H = \sqrt{V^2 + V p^2}$: the conserved quantity here is $\ln H$ (arXiv:2201.11137)."""

    def density(log_v: Any, energy: Any, dim: int) -> Any:
        size = (log_v + _log_expm1(2 * (energy - log_v))) / 2
        return jnp.where(energy > log_v, energy - log_v + (dim - 2) * size, -jnp.inf)

    def kick(momentum: Momentum, slope: PyTree, log_v: Any, energy: Any, time: Any, dim: int) -> Momentum:
        del dim
        return _pushed(momentum, slope, time * jnp.exp(log_v) * jnp.cosh(energy - log_v))

    return Flow(
        "bbi",
        least=1,
        start=lambda log_v, given: (_log(given) + jnp.log(2 + given * jnp.exp(-log_v))) / 2,  # E = V + deltaEn
        energy=lambda log_v, size, dim: log_v + jnp.logaddexp(0.0, 2 * size - log_v) / 2,
        shell=lambda log_v, energy, dim: (log_v + _log_expm1(2 * (energy - log_v))) / 2,
        kick=kick,
        speed=lambda size, energy: jnp.exp(size - _asinh_exp(2 * size - energy - math.log(2))),
        log_density=density,
        highest=lambda energy: energy,
    )


def separable_flow(eta: float, s: int = 1) -> Flow:
    r"""$H = \eta \ln V + \ln(s + p^2)$ with s = 0 or 1 (arXiv:2306.00352).  Raises `InputError` for another s and an eta that is not
    positive."""
    positive("eta", eta)
    if s not in (0, 1):
        raise InputError("s", s, "0 or 1", "take s=1, the published default")

    def kinetic(size: Any) -> Any:
        return jnp.logaddexp(0.0, 2 * size) if s else 2 * size

    def squared(log_v: Any, energy: Any) -> Any:
        return _log_expm1(energy - eta * log_v) if s else energy - eta * log_v

    def density(log_v: Any, energy: Any, dim: int) -> Any:
        if s == 0:
            return -eta * dim / 2 * log_v
        return jnp.where(energy > eta * log_v, -eta * log_v + (dim - 2) / 2 * squared(log_v, energy), -jnp.inf)

    return Flow(
        f"separable, eta = {eta:g}, s = {s}",
        least=1,
        start=lambda log_v, given: _log(given) / 2 + 0 * log_v,  # p^2 = deltaEn
        energy=lambda log_v, size, dim: eta * log_v + kinetic(size),
        shell=lambda log_v, energy, dim: squared(log_v, energy) / 2,
        kick=lambda momentum, slope, log_v, energy, time, dim: _pushed(momentum, slope, time * eta),
        speed=lambda size, energy: 2 * jnp.exp(size - kinetic(size)),
        log_density=density,
        highest=(lambda energy: energy / eta) if s else (lambda energy: math.inf),
    )


def unit_speed_flow(eta: float) -> Flow:
    r"""Motion at unit speed, $\dot u = -\frac{\eta d}{2(d-1)} (1 - uu^T) \nabla\ln V$, each kick exact (arXiv:2501.18419).

    For a density, $\frac{\eta d}2 \ln V = -\ln p$ is microcanonical sampling (arXiv:2212.08549).  Raises `InputError` for an eta that
    is not positive; a flow over a single parameter does not exist, which `energy_conserving` says.
    """
    positive("eta", eta)

    def kick(momentum: Momentum, slope: PyTree, log_v: Any, energy: Any, time: Any, dim: int) -> Momentum:
        """The exact flow for a constant slope: u turns towards -slope, in the plane of both."""
        steep = _tree.norm(slope)
        against = _tree.scale(-1 / jnp.where(steep > 0, steep, 1.0), slope)
        delta = time * steep * (eta * dim / (2 * (dim - 1)))
        along, once = _tree.vdot(momentum.direction, against), jnp.exp(-delta)
        twice = once * once
        whole = 1 + twice + along * (1 - twice)  # 2 exp(-delta) (cosh delta + (u.e) sinh delta)
        turned = _tree.add_scale(_tree.scale(2 * once, momentum.direction), 1 - twice + along * (1 + twice - 2 * once), against)
        return Momentum(unit(turned), momentum.size + delta + jnp.log(whole / 2))

    return Flow(
        f"unit speed, eta = {eta:g}",
        least=2,
        start=lambda log_v, given: 0 * log_v,
        energy=lambda log_v, size, dim: eta * dim / 2 * log_v + (dim - 1) * size,
        shell=lambda log_v, energy, dim: (energy - eta * dim / 2 * log_v) / (dim - 1),
        kick=kick,
        speed=lambda size, energy: jnp.ones_like(size),
        log_density=lambda log_v, energy, dim: -eta * dim / 2 * log_v,
    )


def _pushed(momentum: Momentum, slope: PyTree, time: Any) -> Momentum:
    """P - time slope, in units of the larger of 1 and |p|."""
    scale = jnp.maximum(momentum.size, 0.0)
    moved = _tree.add_scale(_tree.scale(jnp.exp(momentum.size - scale), momentum.direction), -time * jnp.exp(-scale), slope)
    length = _tree.norm(moved)
    return Momentum(unit(moved), scale + jnp.log(length))


def _log(number: float) -> float:
    return math.log(number) if number > 0 else -math.inf


def unit(vector: PyTree) -> PyTree:
    """Over all leaves together; 0 stays 0."""
    length = _tree.norm(vector)
    return _tree.scale(1 / jnp.where(length > 0, length, 1.0), vector)


def _asinh_exp(x: Any) -> Any:
    """asinh(e^x) = ln(e^x + sqrt(1 + e^2x)), which no large x overflows."""
    return jnp.logaddexp(x, jnp.logaddexp(0.0, 2 * x) / 2)


def _log_expm1(x: Any) -> Any:
    """ln(e^x - 1), NaN below 0 and -inf at 0."""
    return x + jnp.log(-jnp.expm1(-x))
