"""Approximation: errors against closed forms and splines, proved maxima against dense grids, constructions against their bounds."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.evidence import InputError, NoClosedForm, NotConverged
from certifield.expressivity import approximation as ap


def wave(x):
    return jnp.exp(x) * jnp.sin(2 * x)


def test_best_broken_lines_are_near_the_limit_of_free_knots():
    """With N neurons within a tenth of the asymptotic constant of the best splines, and not below it by more than its next order."""
    study = ap.approximation_study(wave, jax.nn.relu, [4, 8, 16], restarts=2, proved=True)
    ratios = [float(fit.l2.mean) / float(ap.free_knot_limit(wave, 1, n).mean) for n, fit in zip(study.neurons, study.fits, strict=True)]
    assert 0.85 < ratios[1] < 1.0 and 0.95 < ratios[2] < 1.02
    assert abs(float(study.rate.mean) + 2) < 0.12 and float(study.rate.stderr) < 0.05
    fine = np.linspace(-1, 1, 20001)
    for fit in study.fits:
        seen = np.abs(np.asarray(jax.vmap(lambda x, net=fit.network: wave(x) - net(x[None]))(jnp.asarray(fine)))).max()
        assert seen <= fit.sup.value + fit.sup.radius and fit.sup.value < 1.03 * seen


def test_the_limit_of_free_knots_is_that_of_even_ones_for_a_parabola():
    """x^2: the best knots are even, and the error of each of N pieces of length h is f'' h^2/sqrt(720) in the mean square."""
    limit = ap.free_knot_limit(lambda x: x * x, 1, 10)
    assert float(limit.mean) == pytest.approx(2 * 0.2**2 / 720**0.5, rel=1e-9)
    assert float(ap.free_knot_limit(lambda x: x**3, 2, 10).mean) == pytest.approx(6 * 0.2**3 / 30240**0.5, rel=1e-9)
    assert float(ap.free_knot_limit(lambda x: x**4, 3, 10).mean) == pytest.approx(24 * 0.2**4 / 1209600**0.5, rel=1e-9)


def test_a_fit_has_the_same_digits_wherever_its_arrays_lie():
    """MINPACK, which was here, gave others in half of the calls: 200 steps into a degenerate minimum make much of a last digit."""
    kept, fits = [], []
    for size in (1, 77, 4099, 12345):
        kept.append(bytearray(size))  # moves what is allocated next
        fits.append(ap.fit_shallow(wave, lambda z: jax.nn.relu(z) ** 2, 8, order=3, seed=5))
    assert len({np.asarray(fit.outer).tobytes() + np.asarray(fit.weights).tobytes() for fit in fits}) == 1


@pytest.mark.parametrize("neurons", [4, 12])
def test_a_cubic_activation_stays_at_the_distance_from_cubic_polynomials(neurons):
    floor = ap.polynomial_floor(wave, 3)
    network = ap.fit_shallow(wave, lambda z: z**3, neurons, restarts=2)
    found = ap.rms_error(wave, network)
    assert abs(float(found.mean) - float(floor.mean)) < 4.9 * float(found.stderr) < 1e-3 * float(floor.mean)
    assert float(ap.rms_error(wave, ap.fit_shallow(wave, jnp.tanh, 4, restarts=2)).mean) < 1e-3 * float(
        floor.mean
    )  # the twin is no polynomial


def test_the_floor_of_polynomials_is_the_norm_of_what_is_left():
    """x^4 less its part of degree 2 and 0 is 8/35 P_4, of mean square (8/35)^2/9."""
    assert float(ap.polynomial_floor(lambda x: x**4, 3).mean) == pytest.approx(8 / 35 / 3, abs=1e-13)
    assert float(ap.polynomial_floor(lambda x: x**4, 4).mean) < 1e-7
    assert float(ap.polynomial_floor(lambda x: (x / 2) ** 4, 3, half_width=2.0).mean) == pytest.approx(8 / 35 / 3, abs=1e-13)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_barron_constants_of_gaussians_are_mean_lengths(dim):
    known = {1: (2 / np.pi) ** 0.5, 2: (np.pi / 2) ** 0.5, 3: (8 / np.pi) ** 0.5}[dim]
    found = ap.barron_constant((lambda x: jnp.exp(-(x @ x) / 2)) if dim > 1 else (lambda x: jnp.exp(-(x**2) / 2)), dim=dim, modes=32)
    assert abs(float(found.mean) - known) < 2 * float(found.stderr) and float(found.stderr) < 0.02 * known
    assert dim == 3 or abs(float(found.mean) - known) < 0.1 * float(found.stderr)  # what the extrapolation is for
    scaled = ap.barron_constant(
        (lambda x: jnp.exp(-2 * (x @ x))) if dim > 1 else (lambda x: jnp.exp(-2 * x**2)), dim=dim, modes=64 // dim // 4 * 4
    )
    assert abs(float(scaled.mean) - 2 * known) < 2 * float(scaled.stderr) + 0.02  # frequencies double


def test_a_kink_has_no_barron_constant_that_settles():
    found = ap.barron_constant(lambda x: jnp.abs(x) * jnp.exp(-(x**2)), modes=64)
    smooth = ap.barron_constant(lambda x: x**2 * jnp.exp(-(x**2)), modes=64)
    assert float(found.stderr) > 20 * float(smooth.stderr)


def test_fits_are_below_barrons_bound():
    def bell(x):
        return jnp.exp(-(x @ x) / 2)

    bound = ap.barron_bound((np.pi / 2) ** 0.5, 2**0.5, 4)
    assert bound.value == pytest.approx((2 * np.pi) ** 0.5 / 2**0.5)
    assert float(ap.rms_error(bell, ap.fit_shallow(bell, jax.nn.sigmoid, 4, dim=2, restarts=1), dim=2).mean) < bound.value


def test_mean_squares_are_those_of_quadrature():
    network = ap.fit_shallow(wave, jnp.tanh, 2, restarts=1)
    x, w = np.polynomial.legendre.leggauss(300)
    values = np.asarray(jax.vmap(lambda t: wave(t) - network(t[None]))(jnp.asarray(x)))
    found = ap.rms_error(wave, network)
    assert abs(float(found.mean) - (w / 2 @ values**2) ** 0.5) < 4.9 * float(found.stderr) < 0.01 * float(found.mean)


@pytest.mark.parametrize("cells", [4, 40])
def test_stairs_are_within_their_bound(cells):
    built = ap.staircase(wave, cells, 6.1)
    largest = ap.proved_largest(lambda x: wave(x) - built.network.on_line(x), -1.0, 1.0)
    assert 0.05 * built.bound.value < largest.value < built.bound.value
    assert built.network.outer.shape == (cells - 1,)


def test_the_bound_of_stairs_is_nearly_touched_by_the_steepest_function():
    """f = L x: the middle of a cell is exact and an edge is off by nothing; in between the step lags by almost L h/2."""
    built = ap.staircase(lambda x: 3 * x, 10, 3.0, sharpness=200.0)
    largest = ap.proved_largest(lambda x: 3 * x - built.network.on_line(x), -1.0, 1.0)
    assert 0.4 * built.bound.value < largest.value < 0.6 * built.bound.value


def test_a_bump_is_one_inside_and_zero_outside():
    one = ap.bump(0.2, 0.6, sharpness=100.0)
    inside, outside = jnp.array([0.3, 0.5]), jnp.array([0.05, 0.75])
    assert float(abs(jax.vmap(lambda x: one(x[None]))(inside) - 1).max()) < 1e-6
    assert float(abs(jax.vmap(lambda x: one(x[None]))(outside)).max()) < 1e-6


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_squares_by_depth_have_their_error(depth):
    square = ap.deep_square(depth)
    largest = ap.proved_largest(lambda x: x * x - square.network(x), 0.0, 1.0)
    assert abs(largest.value - square.bound.value) <= largest.radius and square.bound.value == 4.0 ** -(depth + 1)
    nodes = jnp.arange(2**depth + 1) / 2**depth
    assert float(abs(square.network(nodes) - nodes**2).max()) < 1e-15


def test_proved_maxima_hold_the_maximum():
    found = ap.proved_largest(lambda x: x * (1 - x), 0.0, 1.0, slack=1e-4)
    assert abs(found.value - 0.25) <= found.radius < 2e-5
    peak = ap.proved_largest(lambda x: jnp.exp(-((x - 0.123456) ** 2) * 1e6), 0.0, 1.0)  # which a grid of thousands would miss
    assert abs(peak.value - 1) <= peak.radius < 0.02
    with pytest.raises(NotConverged):
        ap.proved_largest(lambda x: jnp.sin(1e9 * x), 0.0, 1.0, slack=1e-9, most=1000)
    with pytest.raises(NoClosedForm):
        ap.proved_largest(lambda x: jax.scipy.special.i0(x), 0.0, 1.0)
    with pytest.raises(InputError):
        ap.proved_largest(lambda x: x, 1.0, 0.0)


BAD = {
    "neurons": lambda: ap.fit_shallow(wave, jnp.tanh, 0),
    "dim": lambda: ap.fit_shallow(wave, jnp.tanh, 2, dim=True),
    "width": lambda: ap.fit_shallow(wave, jnp.tanh, 2, half_width=-1.0),
    "vector": lambda: ap.fit_shallow(lambda x: jnp.array([x, x]), jnp.tanh, 2),
    "infinite": lambda: ap.fit_shallow(lambda x: jnp.log(x), jnp.tanh, 2),
    "two": lambda: ap.approximation_study(wave, jnp.tanh, [2, 4]),
    "proved in the plane": lambda: ap.approximation_study(lambda x: x @ x, jnp.tanh, [1, 2, 3], dim=2, restarts=1, steps=2, proved=True),
    "modes": lambda: ap.barron_constant(wave, modes=10),
    "too many": lambda: ap.barron_constant(wave, dim=5),
    "bound": lambda: ap.barron_bound(-1.0, 1.0, 4),
    "degree": lambda: ap.polynomial_floor(wave, -1),
    "power": lambda: ap.free_knot_limit(wave, 0, 4),
    "cells": lambda: ap.staircase(wave, 1, 6.0),
    "lipschitz": lambda: ap.staircase(wave, 100, 0.5),
    "empty bump": lambda: ap.bump(1.0, 0.0),
    "depth": lambda: ap.deep_square(0),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused(name):
    with pytest.raises(InputError):
        BAD[name]()


def test_error_bars_of_mean_squares_are_the_scatter_between_seeds():
    """Power: the standard deviation of 40 values is known to 11 %, so that a bar wrong by a factor 2 is nine deviations off."""

    def rough(x):
        return jnp.sign(jnp.sin(7 * x[0])) * x[1]

    found = [ap.rms_error(rough, lambda x: jnp.zeros(()), dim=2, seed=seed) for seed in range(40)]
    scatter = np.std([float(one.mean) for one in found], ddof=1)
    assert 0.6 < scatter / np.sqrt(np.mean([float(one.stderr) ** 2 for one in found])) < 1.5


def test_a_rate_has_the_error_of_a_line_through_points():
    neurons, errors = [2, 4, 8, 16], [0.5, 0.11, 0.035, 0.008]
    slope, covariance = np.polyfit(np.log(neurons), np.log(errors), 1, cov=True)
    found = ap.fitted_rate(neurons, errors)
    assert float(found.mean) == pytest.approx(slope[0], rel=1e-10) and float(found.stderr) == pytest.approx(
        covariance[0, 0] ** 0.5, rel=1e-9
    )
