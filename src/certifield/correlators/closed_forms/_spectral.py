"""Radial Fourier integrals of a spectral density, with a bound on their error:

    T_q(r) = int_{|p|<L} d^dp/(2 pi)^d Ghat(p) w(p)^q cos(p.r),      w = Ghat/((2 pi)^d rho),

for densities Ghat and rho that are programs of JAX.  The angular average of cos(p.r) is 0F1(d/2; -(k r)^2/4) (cos, J_0, sinc, ...), which
is at most exp(|Im k| r).  Panels are halved until one analytic formula holds on the ellipse around each, where the integrand is bounded
by enclosures of its program, and Gauss-Legendre misses no more than a bound allows (Trefethen, theorem 19.3); for a step density of
momenta the panels lie within its shells.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import hyp0f1

from certifield.enclosures import EPSILON, enclose, gauss_legendre_bound, program_of
from certifield.ensembles import AbstractMomenta, CauchyMomenta, MomentumShells, Propagator, Spectrum, Wave
from certifield.evidence import NoClosedForm

from ._quadrature import unit_interval

_NODES, _RHO = 16, np.array(4.0)
_TOLERANCE = 1e-14  # of the integral of the modulus, in all
_MOST = 1 << 15  # panels


def wave_moments(wave: Wave, points: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E[prod A cos(p.x_i + c)] and an error bound, A^2 = 2 w: points [moments, n, d] with the lengths |sum_i e_i x_i| for all neutral
    signs as ``distances`` [moments, signs].
    """
    n = points.shape[1]
    power = n // 2 - 1
    if wave.constant:  # w = G2(0)
        (value, error), ((zero,), (slack,)) = spectral_transform(wave, 0, distances), spectral_transform(wave, 0, np.zeros(1))
        scale = zero**power
        error = error * (zero + slack) ** power + np.abs(value) * ((zero + slack) ** power - scale) + 4 * n * EPSILON * np.abs(value)
    else:
        (value, error), scale = spectral_transform(wave, power, distances), 1.0
    halves = 2 ** (n / 2) / 2**n
    return halves * scale * value.sum(axis=1), halves * error.sum(axis=1)


def spectral_transform(wave: Wave, power: int, distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """T_q(r), q = ``power``, and an error bound, for distances of any shape.  Raises `NoClosedForm` where no bound is small."""
    spectrum, momenta = wave.spectrum, wave.momenta
    far, back = np.unique(distance, return_inverse=True)
    if spectrum.continuum:
        value, error = _on_the_line(spectrum, momenta, power, far)
    else:
        value, error = _in_the_ball(wave, power, far)
    return value[back].reshape(distance.shape), error[back].reshape(distance.shape)


def _on_the_line(spectrum: Spectrum, momenta: AbstractMomenta, power: int, far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """exp(-m r)/2m, times w^q, w = 1/2m."""
    if not isinstance(spectrum.density, Propagator) or momenta != CauchyMomenta(mass=spectrum.density.mass):
        raise NoClosedForm("without a cutoff the integrals are known for the propagator in one dimension with Cauchy momenta")
    mass = spectrum.density.mass
    value = np.exp(-mass * far) / (2 * mass) ** (1 + power)
    return value, (8 + 4 * mass * far) * EPSILON * value


def _in_the_ball(wave: Wave, power: int, far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    spectrum, momenta = wave.spectrum, wave.momenta
    dim, cutoff = spectrum.dim, spectrum.cutoff
    shells = momenta if isinstance(momenta, MomentumShells) else None
    sphere = 2 * math.pi ** (dim / 2) / math.gamma(dim / 2) / (2 * math.pi) ** dim

    def integrand(k):
        density = spectrum.density(k)
        rho = 1.0 if shells is not None else momenta.radial(k)
        return sphere * k ** (dim - 1) * density * (density / ((2 * math.pi) ** dim * rho)) ** power

    steps = np.array(shells.edges) if shells is not None else np.array([0.0, cutoff])
    edges = np.union1d(np.linspace(0, cutoff, 9 + int(cutoff * far.max() / 3)), np.minimum(steps, cutoff))
    centre, half, bounds = _panels(program_of(integrand), edges, far)
    times, weights = unit_interval(_NODES)
    nodes = (centre[:, None] + half[:, None] * (2 * times - 1)).ravel()
    with jax.enable_x64(True):
        values = np.asarray(jax.jit(jax.vmap(integrand))(jnp.asarray(nodes)), dtype=float)
    values = values * (2 * half[:, None] * weights).ravel()
    factor = np.ones(len(centre))
    if shells is not None:
        factor = shells.densities[np.searchsorted(steps, centre) - 1] ** -float(power)
        values = values * np.repeat(factor, _NODES)
    wave_at = np.cos if dim == 1 else lambda phase: hyp0f1(dim / 2, -0.25 * phase**2)
    value = np.array([np.sum(values * wave_at(nodes * r)) for r in far])
    # Rounding follows the size of the integrand, not of an integral that cancels; the phase k r is rounded, too.
    rounding = (64 + math.log2(len(nodes)) + cutoff * far) * EPSILON * np.sum(np.abs(values))
    return value, factor @ bounds + rounding


def _panels(program, edges: np.ndarray, far: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centres and half-widths of panels between the edges, and what the rule misses at most on each, for each distance [panels, far]."""
    low, high = edges[:-1], edges[1:]
    kept, count, size, total = [], 0, None, edges[-1] - edges[0]
    while len(low):
        centre, half = (low + high) / 2, (high - low) / 2
        wide, tall = half * (_RHO + 1 / _RHO) / 2, half * (_RHO - 1 / _RHO) / 2
        box = enclose(program, centre - wide, centre + wide, tall)
        most = np.where(box.smooth & np.isfinite(box.size), box.size, np.inf)
        with np.errstate(over="ignore", invalid="ignore"):
            missed = gauss_legendre_bound(most, half, _RHO, _NODES)[:, None] * np.exp(np.outer(tall, far))
        if size is None:  # the integral of the modulus, roughly: it sets how much may be missed
            exactly = enclose(program, low, high, np.zeros(len(low)))
            rough = np.maximum(np.abs(exactly.low), np.abs(exactly.high)) * 2 * half
            size = np.sum(rough[np.isfinite(rough)])
        enough = missed.max(axis=1) <= _TOLERANCE * size * half / total
        kept.append((centre[enough], half[enough], missed[enough]))
        count += len(low)
        stuck = np.any(~enough & (half < 1e-12 * total))
        if count > _MOST or stuck:
            raise NoClosedForm(
                "the spectral density has kinks or singularities below the cutoff, or is not made of operations that can be enclosed: its "
                "integrals have no small bound; sample with cf.correlators.estimate"
            )
        low, high, centre = low[~enough], high[~enough], centre[~enough]
        low, high = np.concatenate([low, centre]), np.concatenate([centre, high])
    centre, half, missed = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    return centre, half, missed
