"""Reference values of the statistics specification, section 3, and the identities that go with them.

Sources: closed forms and Monte Carlo of the specification for the networks of arXiv:2008.08601 and arXiv:2307.03223; N G_c4 is exact at
every width, so width 1 is asked.  Tolerance 1e-9 unless the table says otherwise.
"""

import math
from fractions import Fraction

import numpy as np
import pytest

import certifield as cf

net = cf.ensembles
PLANE = np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 0.4], [0.2, 0.9]])
LINE = np.array([-1.0, -0.6, -0.2, 0.2, 0.6, 1.0])[:, None]
POSITIVE = np.array([0.2, 0.4, 0.6, 0.8, 1.0, 1.2])[:, None]

KERNELS = [
    ("erf, x0 x1", net.erf_net(2, 1), [0, 1], 0.4122099867),
    ("erf, x0 x0", net.erf_net(2, 1), [0, 0], 0.4764844616),
    ("relu, no bias", net.relu_net(2, 1, sigma_b=0.0), [0, 1], 0.0611145821),
    ("relu, bias 1", net.relu_net(2, 1), [0, 1], 0.5632008281),
    ("cos", net.cos_net(2, 1), [0, 1], 0.3913522691),
    ("gauss", net.gauss_net(2, 1), [0, 1], 0.7827045382),
]

PLANE_FOUR = [
    ("erf", net.erf_net(2, 1), 0.3271638131),
    ("cos", net.cos_net(2, 1), 0.2503875239),
    ("gauss, s_b^2 = 0.09", net.gauss_net(2, 1, sigma_b=0.3), 0.7271004326),
]

LINE_FOUR = [
    ("erf", net.erf_net(1, 1), 1.0, {"0000": 0.3997964146, "0123": 0.3460630968, "0055": 0.6969895744, "2233": 0.3590825145}, 1e-9),
    ("cos", net.cos_net(1, 1), 1.0, {"0000": 0.375, "0123": 0.2943785823, "0055": 0.4909679790, "2233": 0.3462339944}, 1e-9),
    ("gauss, inputs / 100", net.gauss_net(1, 1), 0.01, {"0000": 160.85998098, "0123": 160.79198940, "0055": 160.72974526}, 1e-7),
]


@pytest.mark.parametrize(("what", "ensemble", "pair", "value"), KERNELS, ids=[row[0] for row in KERNELS])
def test_kernels_of_the_table(what, ensemble, pair, value):
    assert abs(cf.correlators.exact(ensemble, PLANE, indices=pair).value - value) < 1e-9


@pytest.mark.parametrize(("what", "ensemble", "value"), PLANE_FOUR, ids=[row[0] for row in PLANE_FOUR])
def test_four_point_functions_in_the_plane(what, ensemble, value):
    assert abs(cf.correlators.exact(ensemble, PLANE, connected=True).value - value) < 1e-9


@pytest.mark.parametrize(("what", "ensemble", "scale", "values", "tolerance"), LINE_FOUR, ids=[row[0] for row in LINE_FOUR])
def test_four_point_functions_on_the_line(what, ensemble, scale, values, tolerance):
    indices = [[int(digit) for digit in name] for name in values]
    got = cf.correlators.exact(ensemble, LINE * scale, indices=indices, connected=True).value
    assert np.max(np.abs(got - list(values.values()))) < tolerance


@pytest.mark.parametrize("width", [1, 3, 20, 1000])
def test_relu_line_without_bias(width):
    ensemble = net.relu_net(1, width, sigma_b=0.0)
    four = cf.correlators.exact(ensemble, POSITIVE, indices=[0, 1, 2, 3], connected=True).value
    six = cf.correlators.exact(ensemble, POSITIVE, connected=True).value
    assert math.isclose(width * four / np.prod(POSITIVE[:4]), 15 / 4, rel_tol=1e-12)
    assert math.isclose(width**2 * six / np.prod(POSITIVE), 165 / 2, rel_tol=1e-12)


def test_relu_line_without_bias_at_inputs_of_both_signs():
    """Two + and two - inputs: M_4 = 0, so N G_c4 = -K(+,+) K(-,-) exactly; three + and one -: 0 (specification, section 6)."""
    ensemble = net.relu_net(1, 7, sigma_b=0.0)
    points = np.array([[-0.5], [-0.3], [0.2], [0.7]])
    value = cf.correlators.exact(ensemble, points, connected=True)
    assert math.isclose(7 * value.value, -(0.5 * 0.5 * 0.3) * (0.5 * 0.2 * 0.7), rel_tol=1e-12)
    assert cf.correlators.exact(ensemble, np.abs(points) * [[-1], [1], [1], [1]], connected=True).value == 0


def test_cos_net_cumulants_at_a_point():
    """kappa_2 = 1/2, kappa_4 = 3/8, kappa_6 = 0 and kappa_8 = -315/128 of one neuron, whatever the point."""
    expected = {2: Fraction(1, 2), 4: Fraction(3, 8), 6: Fraction(0), 8: Fraction(-315, 128)}
    for order, value in expected.items():
        got = cf.correlators.exact(net.cos_net(1, 1), [[0.37]] * order, connected=True)
        assert abs(got.value - float(value)) <= got.radius < 1e-10


def test_cos_net_cumulants_follow_the_width():
    """G_c^(8) at N = 5 from the exact characteristic function (exp(-t^2/4N) I_0(t^2/4N))^N, expanded in exact fractions."""
    width, order = 5, 8
    # log(exp(-u) I_0(u)) as a power series in u = t^2/(4N), then cumulants from N log ... = sum kappa_n (i t)^n / n!.
    series = [Fraction(0)] * 5
    bessel = [Fraction(1, 4**k * math.factorial(k) ** 2) for k in range(3)]
    exponential = [Fraction((-1) ** k, math.factorial(k)) for k in range(5)]
    product = [Fraction(0)] * 5
    for i, a in enumerate(exponential):
        for k, b in enumerate(bessel):
            if i + 2 * k <= 4:
                product[i + 2 * k] += a * b
    for n in range(1, 5):  # logarithm of a power series with constant term 1
        series[n] = product[n] - sum(Fraction(k, n) * series[k] * product[n - k] for k in range(1, n))
    kappa_8 = width * series[4] * Fraction(1, (4 * width) ** 4) * math.factorial(8)  # (i t)^8 = t^8
    got = cf.correlators.exact(net.cos_net(1, width), [[0.0]] * order, connected=True).value
    assert math.isclose(got, float(kappa_8), rel_tol=1e-10)


@pytest.mark.parametrize("make", [net.erf_net, net.relu_net, net.gauss_net, net.linear_net, net.cos_net])
def test_two_point_function_does_not_depend_on_the_width(make):
    values = [cf.correlators.exact(make(1, width), LINE, indices=[1, 4]).value for width in (1, 2, 7, 100, 1000)]
    assert np.ptp(values) < 1e-15


def test_sabotaged_widths_are_seen():
    """The twin of the 1/N law: a correlator that forgot its 1/N is not the table's value."""
    forgotten = cf.correlators.exact(net.erf_net(2, 2), PLANE, connected=True).value * 1.0
    assert abs(forgotten - 0.3271638131) > 0.1
    assert abs(2 * forgotten - 0.3271638131) < 1e-9


def test_scalar_field_against_the_cutoff_integral():
    """d = 1, m = 1, L = 20, distance 0.7: 0.249364 for either proposal; the continuum value 0.248293 is not it."""
    for proposal in ("uniform", "propagator"):
        value = cf.correlators.exact(net.scalar_field(1, 9, 1.0, 20.0, proposal=proposal), [[0.0], [0.7]]).value
        assert abs(value - 0.249364) < 5e-7
        assert abs(value - math.exp(-0.7) / 2) > 1e-3
