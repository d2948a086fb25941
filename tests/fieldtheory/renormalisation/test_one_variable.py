"""The exact flow of one variable: published values, two independent routes, the gradient flow's identities, Polchinski's equation."""

import math

import numpy as np
import pytest
from scipy import integrate, special

from certifield.evidence import InputError, NotConverged
from certifield.fieldtheory.oracles import Potential
from certifield.fieldtheory.renormalisation import density_flow, effective_potential

QUARTIC = (0, 0, 0.5, 0, 0.5)  # P_0 ~ exp(-x^2/2 - x^4/2)
TIMES = [0.0, 0.25, 0.5, 1.0]


@pytest.fixture(scope="module")
def flow():
    return density_flow(QUARTIC, TIMES)


def test_published_values(flow):
    """Relative entropy and Fisher information at 0.25, 0.5, 1, and W_2 at 0, 0.5, 1."""
    assert np.allclose(flow.divergence.mean[1:], [0.0505877, 0.0161806, 0.00195342], rtol=0, atol=1e-7)
    assert np.allclose(flow.information.mean[1:], [0.2424366, 0.0710433, 0.0080548], rtol=0, atol=1e-6)
    assert np.allclose(flow.distance.mean[[0, 2, 3]], [0.4002, 0.12437, 0.04386], rtol=0, atol=2e-5)


def by_convolution(time):
    """(x, P_t, its slope) by Mehler's kernel: x_t = e^(-t) x_0 + sqrt(1 - e^(-2t)) z, one quadrature a point."""
    start = np.linspace(-4, 4, 801)
    weights = np.exp(-(start**2) / 2 - start**4 / 2)
    weights /= weights.sum()
    x, shrunk, variance = np.linspace(-9, 9, 3601), math.exp(-time), 1 - math.exp(-2 * time)
    away = x[:, None] - shrunk * start
    kernel = np.exp(-(away**2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    return x, kernel @ weights, (-away / variance * kernel) @ weights


@pytest.mark.parametrize("place", [1, 2, 3])
def test_mehler_against_fokker_planck(flow, place):
    x, p, slope = by_convolution(TIMES[place])
    assert np.allclose(np.interp(flow.points, x, p), flow.density[place], atol=2e-5)
    step, q = x[1] - x[0], np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    divergence, information = step * np.sum(p * np.log(p / q)), step * np.sum(p * (slope / p + x) ** 2)
    assert abs(divergence - flow.divergence.mean[place]) < 1e-9 and abs(information - flow.information.mean[place]) < 1e-9
    share = integrate.cumulative_trapezoid(p, x, initial=0)
    inside = (share > 1e-12) & (share < 1 - 1e-9)
    square = step * np.sum((p * (x - special.ndtri(np.clip(share, 1e-300, 1 - 1e-16))) ** 2)[inside])
    assert abs(math.sqrt(square) - flow.distance.mean[place]) < 2e-5


def test_relative_entropy_falls_as_its_gradient_says(flow):
    """d KL/dt by differences of KL, by the generator, and by the score: -(1/2) Cdot E[score^2]; without its 1/2 it is another number."""
    speed, h, at = 3.0, 1e-3, 0.2
    near = density_flow(QUARTIC, [at - 2 * h, at - h, at, at + h, at + 2 * h], speed=speed)
    kl = near.divergence.mean
    slope = (8 * (kl[3] - kl[1]) - (kl[4] - kl[0])) / (12 * h)
    assert abs(slope - near.production.mean[2]) < 1e-7
    assert np.allclose(near.production.mean, -speed / 2 * near.information.mean, rtol=1e-7)
    assert not np.allclose(near.production.mean, -speed * near.information.mean, rtol=0.4)  # sabotage twin
    assert np.all(np.diff(kl) < 0)
    assert np.allclose(density_flow(QUARTIC, [0.3]).divergence.mean, density_flow(QUARTIC, [0.2], speed=3.0).divergence.mean, atol=1e-10)


def test_inequalities_of_transport(flow):
    """Talagrand: W_2^2 <= 2 KL; log-Sobolev: 2 KL <= information; the path is no shorter than the distance; all for a standard normal Q."""
    kl, information, distance = (one.mean for one in (flow.divergence, flow.information, flow.distance))
    assert np.all(distance**2 < 2 * kl) and np.all(2 * kl < information)
    assert np.all(flow.length.mean[1:] >= distance[0] - distance[1:])
    assert flow.length.mean[0] == 0 and np.all(np.diff(flow.length.mean) > 0)


def test_gaussians_in_closed_form():
    """Variance s = q + (s_0 - q) exp(-2 r t) with r = Cdot/(2q)."""
    start, q, speed, times = 0.3, 0.8, 1.6, np.array([0.0, 0.3, 1.0])
    flow = density_flow((0, 0, 1 / (2 * start)), times, reference=(0, 0, 1 / (2 * q)), speed=speed)
    s = q + (start - q) * np.exp(-2 * speed / (2 * q) * times)
    assert np.allclose(flow.divergence.mean, (s / q - 1 - np.log(s / q)) / 2, atol=1e-10)
    assert np.allclose(flow.information.mean, s * (1 / q - 1 / s) ** 2, atol=1e-9)
    assert np.allclose(flow.distance.mean, np.abs(np.sqrt(s) - np.sqrt(q)), atol=1e-8)
    # The flow stretches by one factor, so that its path is a shortest one.
    assert np.allclose(flow.length.mean, np.sqrt(s) - np.sqrt(start), atol=1e-8)


def finite_volumes(first, last, time, cells=801, reach=5.0):
    """KL(P_t|Q) for Cdot = 2 by fluxes between cells that vanish at P = Q, and steps of the trapezoidal rule."""
    x = np.linspace(-reach, reach, cells)
    step = x[1] - x[0]
    q, p = np.exp(-last(x)), np.exp(-first(x))
    q, p = q / (step * q.sum()), p / (step * p.sum())
    between = np.exp(-last((x[1:] + x[:-1]) / 2)) / (step * np.exp(-last(x)).sum())
    generator = np.zeros((cells, cells))
    i = np.arange(cells - 1)
    generator[i, i] -= between / step**2
    generator[i, i + 1] += between / step**2
    generator[i + 1, i + 1] -= between / step**2
    generator[i + 1, i] += between / step**2
    steps = 400
    left, right = (np.eye(cells) + sign * time / steps / 2 * generator / q for sign in (-1, 1))
    move = np.linalg.matrix_power(np.linalg.solve(left, right), steps)
    moved = move @ p
    return step * np.sum(moved * np.log(moved / q))


def test_a_reference_that_is_not_gaussian():
    """A double well that flows to another one, against fluxes between finite volumes, whose own error is of second order."""
    first, last = Potential((0, 0, -1.0, 0.3, 0.5)), Potential((0, 0, -0.5, 0, 0.25))
    flow = density_flow(first, [0.2, 8.0], reference=last)
    coarse, fine = (finite_volumes(first, last, 0.2, cells) for cells in (201, 401))
    assert abs((4 * fine - coarse) / 3 - flow.divergence.mean[0]) < 2e-5
    assert flow.divergence.mean[1] < 1e-4 * flow.divergence.mean[0]
    assert np.allclose(flow.production.mean, -flow.information.mean, rtol=1e-5, atol=1e-10)


def test_published_effective_potentials():
    quartic = (0, 0, 0, 0, 0.1)
    assert abs(effective_potential(quartic, 0.4, [0.7]).values.mean[0] - 0.1309187) < 1e-7
    assert abs(effective_potential(quartic, 1.0, [0.0]).values.mean[0] - 0.1536075) < 1e-7


def test_polchinski_by_the_method_of_lines():
    """The equation itself, solved forwards in C on a grid, from V_0 alone: characteristics leave the grid, so its ends do no harm."""
    x = np.linspace(-4, 4, 321)
    step = x[1] - x[0]

    def rate(_, v):
        ends = [4 * v[0] - 6 * v[1] + 4 * v[2] - v[3], 4 * v[-1] - 6 * v[-2] + 4 * v[-3] - v[-4]]
        wide = np.concatenate([ends[:1], v, ends[1:]])
        slope, bend = (wide[2:] - wide[:-2]) / (2 * step), (wide[2:] - 2 * v + wide[:-2]) / step**2
        return (bend - slope**2) / 2

    found = integrate.solve_ivp(rate, (0.0, 0.4), 0.1 * x**4, method="LSODA", lband=3, uband=3, rtol=1e-8, atol=1e-10)
    kept = np.abs(x) < 2
    exact = effective_potential((0, 0, 0, 0, 0.1), 0.4, x[kept])
    assert np.allclose(found.y[kept, -1], exact.values.mean, atol=1e-4)
    assert not np.allclose(0.1 * x[kept] ** 4, exact.values.mean, atol=1e-2)  # sabotage twin: nothing integrated out


def test_polchinskis_rate_slopes_and_curvatures():
    phi, variance, h = np.linspace(-1.5, 2.0, 8), 0.7, 1e-4
    asymmetric = (0, 0.3, -0.4, 0.1, 0.2)
    here = effective_potential(asymmetric, variance, phi)
    more, less = (effective_potential(asymmetric, variance + sign * h, phi).values.mean for sign in (1, -1))
    assert np.allclose((more - less) / (2 * h), here.rate.mean, atol=1e-7)
    right, left = (effective_potential(asymmetric, variance, phi + sign * h) for sign in (1, -1))
    assert np.allclose((right.values.mean - left.values.mean) / (2 * h), here.slopes.mean, atol=1e-7)
    assert np.allclose((right.slopes.mean - left.slopes.mean) / (2 * h), here.curvatures.mean, atol=1e-7)


def test_a_gaussian_integrated_out():
    phi, a, c = np.linspace(-2, 2, 5), 1.3, 0.6
    found = effective_potential((0, 0, a / 2), c, phi)
    assert np.allclose(found.values.mean, a * phi**2 / (2 * (1 + a * c)) + math.log(1 + a * c) / 2, atol=1e-12)
    assert np.allclose(found.curvatures.mean, a / (1 + a * c), atol=1e-11)


def test_the_flow_is_the_effective_potential(flow):
    """-log(P_t/Q)(y) = V_C(e^(-t) y) + constant with C = 1 - e^(-2t) and V_0 = x^4/2: two pieces of code that share nothing."""
    inside = np.abs(flow.points) < 2.5
    for place in (1, 2, 3):
        shrunk = math.exp(-TIMES[place])
        left = -np.log(flow.density[place, inside] / flow.reference[inside])
        right = effective_potential((0, 0, 0, 0, 0.5), 1 - shrunk**2, shrunk * flow.points[inside])
        assert np.ptp(left - right.values.mean) < 1e-8
        assert np.allclose(-shrunk * right.slopes.mean, flow.score[place, inside], atol=1e-7)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: density_flow((0, 0, -1.0), TIMES), "bounded below"),
        (lambda: density_flow((0, 0, 0.5, 0.1), TIMES), "bounded below"),
        (lambda: density_flow("x^2", TIMES), "start"),
        (lambda: density_flow(QUARTIC, [0.5, 0.25]), "times"),
        (lambda: density_flow(QUARTIC, [-0.1]), "times"),
        (lambda: density_flow(QUARTIC, []), "times"),
        (lambda: density_flow(QUARTIC, TIMES, reference=3), "reference"),
        (lambda: density_flow(QUARTIC, TIMES, speed=0.0), "speed"),
        (lambda: density_flow((0, 0, 0.1), TIMES), "wider reference"),  # variance 5 against 1
        (lambda: effective_potential((0, 0, 0, 1), 1.0, [0.0]), "bounded below"),
        (lambda: effective_potential(QUARTIC, -1.0, [0.0]), "variance"),
        (lambda: effective_potential(QUARTIC, 1.0, [np.nan]), "fields"),
        (lambda: effective_potential(QUARTIC, 1.0, 0.0), "fields"),
    ],
)
def test_bad_input(call, told):
    with pytest.raises(InputError, match=told):
        call()


def test_wells_too_narrow_for_their_distance():
    with pytest.raises(NotConverged, match="too narrow"):
        density_flow((0, 0, -2e3, 0, 20.0), [0.1])
