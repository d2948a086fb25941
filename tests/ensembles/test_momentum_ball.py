"""Momenta in a ball: radii against numerical distribution functions, densities against quadrature, extremes against 40 digits."""

import functools
import math

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy import integrate, stats

from certifield.ensembles import MomentumBall
from certifield.ensembles._momentum_ball import _fraction, _inverse_radial, propagator_integral
from certifield.evidence import InputError
from certifield.streams import stream_key

KINDS = [("uniform", 1.0), ("propagator", 0.05), ("propagator", 1.0), ("propagator", 50.0)]
CASES = [(dim, *kind) for dim in (1, 2, 3, 4) for kind in KINDS]
CUTOFF = 5.0
DRAWS = 20_000


@functools.cache
def momenta(dim: int, proposal: str, mass: float) -> np.ndarray:
    return np.asarray(MomentumBall(dim, mass, CUTOFF, proposal).sample(stream_key(0, "ball"), (DRAWS, dim)))


def radial_density(dim: int, proposal: str, mass: float, k: np.ndarray) -> np.ndarray:
    return k ** (dim - 1) / (1.0 if proposal == "uniform" else k**2 + mass**2)


def radial_distribution(dim: int, proposal: str, mass: float):
    """The distribution function of |p| by cumulative quadrature on a fine grid, dense where the mass sits."""
    k = CUTOFF * np.linspace(0, 1, 40_001) ** 2
    cumulative = integrate.cumulative_simpson(radial_density(dim, proposal, mass, k), x=k, initial=0.0)
    return lambda p: np.interp(p, k, cumulative / cumulative[-1])


@pytest.mark.parametrize(("dim", "proposal", "mass"), CASES)
def test_radii_have_the_distribution(dim, proposal, mass):
    """Kolmogorov-Smirnov at p = 1e-6 with 20 000 draws: finds a distance of 0.034 with 99.9 %."""
    radii = np.linalg.norm(momenta(dim, proposal, mass), axis=1)
    assert radii.max() <= CUTOFF * (1 + 1e-14)
    assert stats.kstest(radii, radial_distribution(dim, proposal, mass)).pvalue > 1e-6


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_the_other_proposal_would_be_noticed(dim):
    """Sabotage: uniform momenta fail the check of the propagator law."""
    radii = np.linalg.norm(momenta(dim, "uniform", 1.0), axis=1)
    assert stats.kstest(radii, radial_distribution(dim, "propagator", 1.0)).pvalue < 1e-6


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_directions_are_isotropic(dim):
    """Means of p_i and of p_i p_j - delta_ij p^2/d vanish: |z| < 4.89; 8 standard errors are 6 % of a standard deviation."""
    p = momenta(dim, "propagator", 1.0)
    direction = p / np.linalg.norm(p, axis=1, keepdims=True)
    second = direction[:, :, None] * direction[:, None, :] - np.eye(dim) / dim
    for values in (direction, second.reshape(DRAWS, -1)):
        error = values.std(axis=0) / math.sqrt(DRAWS)
        assert np.all(np.abs(values.mean(axis=0)) <= 4.89 * error + 1e-15)


@pytest.mark.parametrize(("dim", "proposal", "mass"), CASES)
def test_the_density_is_normalised(dim, proposal, mass):
    """The integral of exp(log_density) is 1 by radial quadrature, to 1e-9."""
    ball = MomentumBall(dim, mass, CUTOFF, proposal)
    sphere = 2 * math.pi ** (dim / 2) / math.gamma(dim / 2)
    along = jnp.eye(dim)[0]
    density = jax.jit(jax.vmap(lambda k: jnp.exp(ball.log_density((k * along)[None]))))
    nodes, weights = np.polynomial.legendre.leggauss(800)
    k = CUTOFF * (1 + nodes) / 2
    total = sphere * CUTOFF / 2 * np.sum(weights * np.asarray(density(jnp.asarray(k))) * k ** (dim - 1))
    assert total == pytest.approx(1.0, rel=1e-9)


def test_outside_the_ball_there_is_nothing():
    ball = MomentumBall(3, 1.0, 2.0, "propagator")
    assert float(ball.log_density(jnp.array([[0.0, 0.0, 2.1]]))) == -math.inf
    one, two = jnp.array([[0.1, 0.2, 0.3]]), jnp.array([[1.0, -1.0, 0.5]])
    both = float(ball.log_density(jnp.concatenate([one, two])))
    assert both == pytest.approx(float(ball.log_density(one)) + float(ball.log_density(two)), rel=1e-14)


def radial(dim: int, mass: float, p: float) -> mpmath.mpf:
    """F_d(p) in 40 digits, by a route of its own: the hypergeometric function of -p^2/m^2."""
    p, mass = mpmath.mpf(p), mpmath.mpf(mass)
    return p**dim / (dim * mass**2) * mpmath.hyp2f1(1, mpmath.mpf(dim) / 2, mpmath.mpf(dim) / 2 + 1, -((p / mass) ** 2))


EXTREMES = [(dim, mass) for dim in (1, 2, 3, 4, 5, 10) for mass in (1e-6, 1e-2, 1.0, 100.0, 1e6)]


@pytest.mark.parametrize(("dim", "mass"), EXTREMES)
def test_masses_far_from_the_cutoff_cost_no_digits(dim, mass):
    """The normalisation to 1e-14, the inverse distribution to 1e-12: m << L and m >> L, up to d = 10, against 40 digits."""
    levels = [1e-9, 1e-3, 0.2, 0.5, 0.9, 1 - 1e-9]
    with mpmath.workdps(40):
        half_sphere = mpmath.pi ** (mpmath.mpf(dim) / 2) / mpmath.gamma(mpmath.mpf(dim) / 2)
        whole = radial(dim, mass, CUTOFF)
        assert abs(propagator_integral(dim, mass, CUTOFF) / (2 * half_sphere * whole) - 1) < 1e-14
        radii = np.asarray(_inverse_radial(dim, mass, CUTOFF, jnp.array(levels)))
        for level, p in zip(levels, radii, strict=True):
            assert abs(radial(dim, mass, float(p)) / whole / mpmath.mpf(level) - 1) < 1e-12


def test_the_recursion_alone_would_be_noticed():
    """Sabotage: F_d = p^(d-2)/(d-2) - m^2 F_(d-2), down to arctan, has no digit left at d = 5, m = 100 L; the sum of both branches has."""

    def recursion(dim: int, mass: float, p: float) -> float:
        return math.atan(p / mass) / mass if dim == 1 else p ** (dim - 2) / (dim - 2) - mass**2 * recursion(dim - 2, mass, p)

    exact = radial(5, 1e4, 1.0)
    assert abs(recursion(5, 1e4, 1.0) / exact - 1) > 1e-3
    assert abs(float(_fraction(5, 1e4, np.asarray(1.0), np)) / (1 + 1e8) / exact - 1) < 1e-14


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_single_precision_keeps_the_distribution(dim):
    with jax.enable_x64(False):
        p = MomentumBall(dim, 200.0, CUTOFF, "propagator").sample(stream_key(0, "ball"), (DRAWS, dim))
        assert p.dtype == jnp.float32
    radii = np.linalg.norm(np.asarray(p, dtype=float), axis=1)
    assert stats.kstest(radii, radial_distribution(dim, "propagator", 200.0)).pvalue > 1e-6


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: MomentumBall(0, 1.0, 1.0, "uniform"), "dim"),
        (lambda: MomentumBall(2, 0.0, 1.0, "uniform"), "mass"),
        (lambda: MomentumBall(2, math.nan, 1.0, "uniform"), "mass"),
        (lambda: MomentumBall(2, 1.0, -1.0, "uniform"), "cutoff"),
        (lambda: MomentumBall(2, 1.0, 1.0, "flat"), "proposal"),
        (lambda: MomentumBall(2, 1.0, 1.0, "uniform").sample(stream_key(0, "a"), (5, 3)), "shape"),
    ],
)
def test_an_unusable_ball_is_an_input_error(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
    assert caught.value.remedy
