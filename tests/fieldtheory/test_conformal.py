"""Conformal fields: the embedding, four-point functions and their crossing, blocks, coefficients, the log field."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, special

from certifield.evidence import Estimate, Exact, InputError, NoClosedForm
from certifield.fieldtheory import RadialLaw, conformal

pytest.importorskip("flint")

# Four points far from each other and near the unit sphere, where errors are small.
POINTS = np.eye(4) * [[1.0], [1.1], [0.9], [1.0]] + 0.3 * np.random.default_rng(7).normal(size=(3, 4, 4))
Z = 0.2 + 0.1j


def rotation(a: int, b: int, size: float, dim: int = 4) -> np.ndarray:
    """An element of SO(D+1, 1) on (X^0, ..., X^{D+1}): a boost where one axis is 0, else a rotation."""
    matrix = np.eye(dim + 2)
    if 0 in (a, b):
        matrix[[a, b, a, b], [a, b, b, a]] = [math.cosh(size), math.cosh(size), math.sinh(size), math.sinh(size)]
    else:
        matrix[[a, b, a, b], [a, b, b, a]] = [math.cos(size), math.cos(size), -math.sin(size), math.sin(size)]
    return matrix


def test_rays_of_the_null_cone():
    x = POINTS.reshape(-1, 4)
    rows = conformal.embed(x)
    products = conformal.null_product(rows[:, None], rows[None])
    assert np.allclose(products, -0.5 * np.sum((x[:, None] - x[None]) ** 2, axis=-1), atol=1e-12)
    other = conformal.continued(x)
    assert np.allclose(np.einsum("ai,bi->ab", other, other), products, atol=1e-12)  # the Euclidean product of continued inputs


@pytest.mark.parametrize("axes", [(0, 1), (0, 5), (1, 2), (3, 5)])
def test_cross_ratios_are_invariant_under_conformal_maps(axes):
    rows = conformal.embed(POINTS) @ rotation(*axes, 0.3).T
    moved = rows[..., 1:-1] / (rows[..., :1] + rows[..., -1:])  # X^+ = 1 again
    for before, after in zip(conformal.cross_ratios(POINTS), conformal.cross_ratios(moved), strict=True):
        assert np.allclose(before, after, rtol=1e-10)


def test_a_linear_map_that_is_no_rotation_is_seen():
    """Sabotage twin."""
    stretched = conformal.cross_ratios(POINTS * np.array([2.0, 1.0, 1.0, 1.0]))
    assert not np.allclose(stretched[0], conformal.cross_ratios(POINTS)[0], rtol=1e-3)


# table of the page: D = 4, P_00, P_02, P_10
@pytest.mark.parametrize(
    ("delta", "expected", "value"),
    [
        (1, ("2", "1/3", "0"), 1.12692307692),
        (Fraction(3, 2), ("2", "45/64", "9/32"), 1.03251496282),
        (2, ("2", "6/5", "2/3"), 1.00841715976),
    ],
)
def test_generalised_free_fields_are_sums_of_blocks(delta, expected, value):
    found = [conformal.mean_field_coefficient(4, delta, *which).value for which in ((0, 0), (0, 2), (1, 0))]
    assert tuple(map(str, found)) == expected
    u, v = abs(Z) ** 2, abs(1 - Z) ** 2
    whole, summed = conformal.generalised_free(delta)(u, v), conformal.mean_field_sum(4, delta, Z)
    assert abs(whole.value - value) < 1e-11 and abs(summed.value - whole.value) < 1e-10 * whole.value


def test_generalised_free_fields_in_two_dimensions():
    u, v = abs(Z) ** 2, abs(1 - Z) ** 2
    summed = conformal.mean_field_sum(2, Fraction(3, 4), Z)
    assert abs(summed.value - conformal.generalised_free(Fraction(3, 4))(u, v).value) < 1e-10


def test_a_wrong_coefficient_spoils_the_sum():
    """Sabotage twin: the coefficients of another dimension of space."""
    wrong = sum(
        float(conformal.mean_field_coefficient(3, 2, n, spin).value) * float(conformal.block(4, 4 + 2 * n + spin, spin, Z).value)
        for n in range(9)
        for spin in range(0, 21, 2)
    )
    assert abs(1 + wrong - conformal.generalised_free(2)(abs(Z) ** 2, abs(1 - Z) ** 2).value) > 1e-5


@pytest.mark.parametrize(("dim", "delta", "spin"), [(2, 1.5, 0), (2, 3.2, 2), (4, 2.5, 0), (4, 4.5, 2), (4, -2, 0), (3, -4, 0), (5, -2, 0)])
def test_blocks_solve_the_casimir_equation(dim, delta, spin):
    """z^2 (1-z) f'' - z^2 f', the same for zbar, and a term of D - 2: eigenvalue (Delta (Delta - D) + l (l + D - 2))/2."""
    z, w, h = 0.31, 0.12, 1e-3
    at = lambda a, b: float(conformal.block(dim, delta, spin, a, b).value)  # noqa: E731
    first = lambda f: (8 * (f(h) - f(-h)) - f(2 * h) + f(-2 * h)) / (12 * h)  # noqa: E731
    second = lambda f: (16 * (f(h) + f(-h)) - f(2 * h) - f(-2 * h) - 30 * f(0)) / (12 * h * h)  # noqa: E731
    along, across = (lambda e: at(z + e, w)), (lambda e: at(z, w + e))
    total = z * z * (1 - z) * second(along) - z * z * first(along) + w * w * (1 - w) * second(across) - w * w * first(across)
    total += (dim - 2) * z * w / (z - w) * ((1 - z) * first(along) - (1 - w) * first(across))
    eigenvalue = (delta * (delta - dim) + spin * (spin + dim - 2)) / 2
    scale = abs(eigenvalue * at(z, w)) + 1
    assert abs(total - eigenvalue * at(z, w)) < 1e-5 * scale
    assert abs(total - (eigenvalue + 0.1) * at(z, w)) > 1e-3 * abs(at(z, w))  # the twin


def test_the_limit_of_equal_arguments():
    limit, near = conformal.block(4, 4.5, 2, 0.3, 0.3), conformal.block(4, 4.5, 2, 0.3, 0.3 + 1e-7)
    assert abs(limit.value / near.value - 1) < 3e-6 and limit.radius < 1e-15


@pytest.mark.parametrize("dim", [3, 4, 5])
def test_a_fixed_length_decomposes_into_two_operators(dim):
    fixed, free = (conformal.scalar_blocks(conformal.theta_power(law(dim)), dim) for law in (conformal.sphere, conformal.gaussian))
    assert {d: value.value for d, value in fixed.items()} == {-2: Fraction(2 * (dim + 2), dim + 4), 0: 1}  # the identity is 1 in every D
    assert {d: value.value for d, value in free.items()} == {-2: 2, 0: Fraction(dim + 4, dim + 2)}


def test_the_table_of_theta():
    found = conformal.theta_power(conformal.sphere(4))
    assert conformal.sphere(4).moment(2).value * Fraction(3, 48) == Fraction(9, 4)  # mu_4
    assert {d: value.value for d, value in conformal.scalar_blocks(found, 4).items()} == {-2: Fraction(3, 2), 0: 1}
    u, v = 0.3, 0.7
    assert abs(found(u, v).value - 0.75 * (1 + 1 / u + v / u)) < 1e-14


@pytest.mark.parametrize("found", [
    conformal.theta_power(conformal.sphere(4)), conformal.theta_power(conformal.sphere(3), 2),
    conformal.theta_power(conformal.discrete(4, [1, 9], [Fraction(1, 2), Fraction(1, 2)]), 3), conformal.generalised_free(0.7),
])  # fmt: skip
def test_points_may_be_exchanged(found):
    for residual in found.crossing([0.3, 1.7, 0.05], [0.7, 0.4, 2.0]):
        assert np.all(np.abs(residual.value) <= residual.radius) and np.all(residual.radius < 1e-10)


def test_a_field_of_another_dimension_does_not_cross():
    """Sabotage twin."""
    wrong = conformal.FourPoint(Fraction(1, 2), conformal.generalised_free(1).terms)
    assert abs(wrong.crossing(0.3, 0.7)[0].value) > 0.1


def test_a_law_with_moments_from_quadrature():
    """The trace-deformed Gaussian has kappa_4 < 0; m = E r^4/(E r^2)^2 n/(n + 2)."""
    law = RadialLaw(6, 1.0, 0.1)
    found = conformal.theta_power(law)(0.3, 0.7)
    weight = lambda t, k: t ** (2 + k) * math.exp(-t - 0.1 * t * t)  # noqa: E731
    one, two, four = (integrate.quad(weight, 0, 40, args=(k,))[0] for k in (0, 1, 2))
    m = four * one / two**2 * 6 / 8
    assert abs(found.value - m * (1 + 1 / 0.3 + 0.7 / 0.3)) < 1e-9
    with pytest.raises(NoClosedForm, match="fractions"):
        conformal.scalar_blocks(conformal.theta_power(law), 4)


@pytest.mark.parametrize(("law", "power"), [("sphere", 1), pytest.param("gaussian", 1, marks=pytest.mark.slow), ("sphere", 2)])
def test_sampled_fields_have_this_four_point_function(law, power):
    """300,000 draws: errors below a percent for p = 1, so that a conjugated or unsquared factor would be seen at 50 sigma."""
    made = getattr(conformal, law)(4)
    exact = conformal.theta_power(made, power)(*conformal.cross_ratios(POINTS))
    drawn = conformal.sampled_four_point(made, POINTS, draws=300_000, seed=11, power=power)
    assert np.all(drawn.agrees_with(exact).agrees)
    if power == 1:
        assert np.all(drawn.stderr < 0.01 * np.abs(exact.value))
        assert not np.all(drawn.agrees_with(exact * 1.1).agrees)  # the twin
        if law == "sphere":
            assert not np.all(drawn.agrees_with(conformal.theta_power(conformal.gaussian(4))(*conformal.cross_ratios(POINTS))).agrees)


def test_coefficients_of_sampled_fields():
    law = conformal.sphere(4)
    rho = 0.5 * np.exp(1j * np.linspace(0.4, 1.4, 5))  # points at -rho, rho, 1, -1 of a plane
    points = np.zeros((5, 4, 4))
    for place, at in enumerate((-rho, rho, np.ones(5), -np.ones(5))):
        points[:, place, 0], points[:, place, 1] = at.real, at.imag
    u, v = conformal.cross_ratios(points)
    half = (1 + u - v) / 2
    exact_z = half + 1j * np.sqrt(u - half**2)  # z zbar = u, (1 - z)(1 - zbar) = v
    drawn = conformal.sampled_four_point(law, points, draws=200_000, seed=5)
    found = conformal.coefficients(drawn, 4, [(0, 0), (-2, 0)], exact_z)
    assert np.all(found.agrees_with(Exact([1.0, 1.5])).agrees) and np.all(found.stderr < 0.05)
    known = conformal.coefficients(conformal.theta_power(law)(u, v), 4, [(0, 0), (-2, 0)], exact_z)
    assert np.allclose(known.mean, [1.0, 1.5], atol=1e-10) and known.bias == "unknown"
    short = conformal.coefficients(conformal.theta_power(law)(u, v), 4, [(-2, 0)], exact_z)
    assert short.stderr[0] > 1e-4  # an operator is missing: the twin


def test_coefficients_are_weighted_and_carry_the_errors_of_the_values():
    """Of one operator that is 1 everywhere the fit is the weighted mean: its error is (sum of 1/error^2)^(-1/2)."""
    error = np.array([0.1, 0.2, 0.4, 5.0])
    values = Estimate.from_stderr(np.array([1.0, 1.1, 0.8, 9.0]), error, source="four numbers")
    found = conformal.coefficients(values, 4, [(0, 0)], [0.1, 0.2, 0.3, 0.4])
    weights = error**-2.0
    assert np.allclose(found.mean, np.sum(weights * values.mean) / np.sum(weights), rtol=1e-12)
    assert np.allclose(found.stderr, np.sum(weights) ** -0.5, rtol=1e-12)


@pytest.mark.parametrize(("r", "exact", "window"), [(0.1, 9.325496, 9.326272), (1.0, 7.023692, 7.023687), (10.0, 4.721115, 4.721101)])
def test_the_log_kernel(r, exact, window):
    found, off = (f(r, 1e-3, 1e3, variance=1.0) for f in (conformal.log_kernel, conformal.log_window))
    assert abs(found.value - exact) < 1e-6 and abs(found.value - off.value - window) < 1e-6
    other = integrate.quad(lambda t: special.j0(math.exp(t) * r), math.log(1e-3), math.log(30 / r), limit=400)[0]
    rest = integrate.quad(lambda k: special.j0(k * r) / k, 30 / r, 1e3, limit=4000)[0]
    assert abs(found.value - other - rest) < 1e-7


def test_both_formulas_of_the_log_kernel_meet():
    """At k r = 60 the series hands over to the integration by parts."""
    from certifield.fieldtheory.conformal import _log_field

    with _log_field.precise():
        x = 80.0
        series = (
            _log_field.ball(x) ** 2 / 8 * (-(_log_field.ball(x) ** 2) / 4).hypgeom([_log_field.ball(1.0)] * 2, [_log_field.ball(2.0)] * 3)
        )
        parts = _log_field._cin(x, 1.0)
        assert abs(float((series - parts).real.mid())) < 1e-15 and parts.overlaps(series)


def test_the_central_charge():
    """A million momenta: the error is below a hundredth, and the cutoff takes 1e-4."""
    measured, cut = conformal.central_charge(draws=1 << 20, seed=3)
    assert measured.agrees_with(cut).agrees and measured.stderr < 0.01 and abs(cut.value - 1) < 2e-4
    near, expected = conformal.central_charge(draws=1 << 16, seed=4, reach=2.0)
    assert near.agrees_with(expected).agrees and abs(expected.value - (1 - 2 / math.e) ** 2) < 1e-15
    assert not near.agrees_with(Exact(1.0)).agrees


def test_the_error_of_the_central_charge():
    """24 seeds: the squares of the pulls sum to a chi-squared, p > 1e-6 on either side; three times too large or small is seen."""
    found = [conformal.central_charge(draws=1 << 14, seed=seed) for seed in range(24)]
    pulls = np.array([float((one.mean - cut.value) / one.stderr) for one, cut in found])
    assert 3.9 < np.sum(pulls**2) < 72
    assert np.sum((pulls / 3) ** 2) < 3.9 and np.sum((3 * pulls) ** 2) > 72  # the twins


@pytest.mark.slow
def test_the_central_charge_to_three_digits():
    measured, cut = conformal.central_charge(draws=1 << 26, seed=8)
    assert measured.stderr < 1e-3 and abs(measured.mean - 1) < 4.9e-3 and measured.agrees_with(cut).agrees


def test_the_spectrum_of_a_power():
    """In three dimensions, with a Gaussian regulator exp(-p^2 a): C int d^3p/(2 pi)^3 p^(2 Delta - 3) sin(p r)/(p r) -> r^(-2 Delta)."""
    amplitude, r, a = float(conformal.power_law_amplitude(3, 0.7).value), 1.3, 1e-4
    integrand = lambda p: p ** (2 * 0.7 - 1) * np.sinc(p * r / np.pi) * math.exp(-a * p * p)  # noqa: E731
    edges = np.arange(0, 600, 5.0)
    total = sum(integrate.quad(integrand, *ends, limit=200)[0] for ends in itertools.pairwise(edges))
    assert abs(amplitude * total / (2 * math.pi**2) * r ** (2 * 0.7) - 1) < 1e-3
    assert abs(float(conformal.power_law_amplitude(3, 0.5).value) - 2 * math.pi**1.5 * math.gamma(1.0) * 2 / math.gamma(0.5)) < 1e-12


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: conformal.embed(np.zeros((3, 0))), "points"),
        (lambda: conformal.embed([[np.nan, 1.0]]), "points"),
        (lambda: conformal.embed("x"), "points"),
        (lambda: conformal.cross_ratios(np.zeros((4, 3))), "points"),
        (lambda: conformal.cross_ratios(np.zeros((3, 3))), "points"),
        (lambda: conformal.sphere(0), "dim"),
        (lambda: conformal.gaussian(True), "dim"),
        (lambda: conformal.discrete(3, [1.0], [0.5]), "weights"),
        (lambda: conformal.discrete(3, [0.0], [1.0]), "squares"),
        (lambda: conformal.theta_power(conformal.sphere(3), 0), "power"),
        (lambda: conformal.generalised_free(np.nan), "dimension"),
        (lambda: conformal.generalised_free(1)(0.0, 1.0), "u"),
        (lambda: conformal.generalised_free(1)(1.0, "v"), "v"),
        (lambda: conformal.block(3, 1.5, 0, Z), "dim"),
        (lambda: conformal.block(4, 1.5, -1, Z), "spin"),
        (lambda: conformal.block(4, 1.5, 0, 0.0), "z"),
        (lambda: conformal.block(4, 1.5, 0, 1.5), "z"),
        (lambda: conformal.block(4, 1.5, 0, Z, Z), "zbar"),
        (lambda: conformal.block(4, 3, 2, Z), "dimension"),
        (lambda: conformal.mean_field_coefficient(4, 1, -1, 0), "n"),
        (lambda: conformal.mean_field_coefficient(0, 1, 0, 0), "dim"),
        (lambda: conformal.coefficients(Exact([1.0, 2.0]), 4, [(0, 0), (-2, 0)], [0.1, 0.2]), "z"),
        (lambda: conformal.sampled_four_point(conformal.sphere(3), POINTS, draws=1000, seed=1), "points"),
        (lambda: conformal.sampled_four_point(conformal.sphere(4), POINTS, draws=3, seed=1), "draws"),
        (lambda: conformal.log_kernel(-1.0, 1e-3, 1e3), "distance"),
        (lambda: conformal.log_kernel(1.0, 0.0, 1e3), "low"),
        (lambda: conformal.log_kernel(1.0, 2.0, 1.0), "low"),
        (lambda: conformal.log_window(0.0, 1e-3, 1e3), "distance"),
        (lambda: conformal.central_charge(draws=10, seed=1), "draws"),
        (lambda: conformal.central_charge(draws=10_000, seed=1, reach=40.0), "reach"),
        (lambda: conformal.power_law_amplitude(3, 1.5), "dimension"),
        (lambda: conformal.power_law_amplitude(0, 0.5), "dim"),
    ],
)
def test_bad_arguments_are_named(call, name):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == name if hasattr(caught.value, "argument") else str(caught.value).startswith(name)
