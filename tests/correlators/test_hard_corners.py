"""Inputs at which a careless formula is silently wrong: cancellation, aliasing, cut tails, far points, laws without spread.

Each case was once wrong, or is the twin of one that was; true values are worked out beside it.
"""

import math

import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

import certifield as cf

net, correlators = cf.ensembles, cf.correlators


def within(result, true, slack=1.0):
    return abs(float(result.value) - float(true)) <= slack * float(result.radius)


def test_cumulants_do_not_cancel_beside_a_large_location_or_scale():
    assert correlators.exact(net.linear_field(1, net.normal(1.0, location=1e8)), [[1.0], [1.0]], connected=True).value == 1.0
    plain, biased = (correlators.exact(net.erf_net(1, 20, sigma_c=c), [[0.2]] * 4, connected=True).value for c in (0.0, 1234.567))
    assert biased == plain
    small = correlators.exact(net.erf_net(1, 10**6, sigma_c=12.3), [[0.2]] * 6, connected=True)
    assert small.value == correlators.exact(net.erf_net(1, 10**6), [[0.2]] * 6, connected=True).value


@pytest.mark.parametrize(
    "law", [net.normal(3.0), net.uniform(-1.0, 5.0), net.laplace(2.0), net.exponential(0.5, location=7.0), net.rademacher(4.0)]
)
def test_cumulants_of_laws_against_their_moments(law):
    from certifield.correlators.expansion import law_cumulant

    m = {n: law.moment(n) for n in range(1, 5)}
    by_moments = {
        1: m[1],
        2: m[2] - m[1] ** 2,
        3: m[3] - 3 * m[2] * m[1] + 2 * m[1] ** 3,
        4: m[4] - 4 * m[3] * m[1] - 3 * m[2] ** 2 + 12 * m[2] * m[1] ** 2 - 6 * m[1] ** 4,
    }
    for order, value in by_moments.items():
        assert math.isclose(law_cumulant(law, order), value, rel_tol=1e-9, abs_tol=1e-9 * max(map(abs, m.values())))


@pytest.mark.parametrize("x", [20.0, 63.0, 125.5, 147.0])
def test_fast_oscillations_are_not_aliased(x):
    """E[sin(x w + b)^2] = (1 - exp(-2 (x^2 + 1)))/2: half; two grids that alias alike once agreed on 0.03."""
    value = correlators.exact(net.single_layer(jnp.sin, 1, 1), [[x], [x]])
    assert abs(value.value - 0.5) <= value.radius < 1e-10


def test_growing_activations_are_not_cut_off():
    """E[exp(1.3 g)^4] = exp(8 * 1.69)."""
    value = correlators.exact(net.single_layer(jnp.exp, 1, 1, sigma_b=0.0), [[1.3]] * 4)
    assert within(value, 3 * math.exp(8 * 1.69))


@pytest.mark.parametrize("far", [3.0, 300.0, 1e6])
def test_gauss_net_far_from_the_origin(far):
    with mpmath.workdps(40):
        true = mpmath.exp(-((mpmath.mpf(far + 0.3) - mpmath.mpf(far)) ** 2) / 2)
        assert within(correlators.exact(net.gauss_net(1, 3), [[far], [far + 0.3]]), true)


@pytest.mark.parametrize("points", [[0.1, 30.3], [5.0, 12.5], [1e5, 1e5 + 0.7]])
def test_cos_net_far_from_the_origin(points):
    with mpmath.workdps(40):
        true = mpmath.exp(-((mpmath.mpf(points[0]) - mpmath.mpf(points[1])) ** 2) / 2) / 2
        assert within(correlators.exact(net.cos_net(1, 3), [[x] for x in points]), true)


def test_a_far_point_hides_no_near_one():
    points = [[1e13, 0.0], [0.3, 0.4], [1.0, -0.5]]
    assert correlators.exact(net.relu_net(2, 5), points, indices=[1, 2]).value == correlators.exact(net.relu_net(2, 5), points[1:]).value
    smooth = correlators.exact(net.single_layer(jnp.tanh, 2, 5), points[1:])
    assert smooth.radius < 1e-9


def test_saturated_erf_has_a_finite_bound():
    value = correlators.exact(net.erf_net(1, 3), [[1e9], [1e9]])
    assert within(value, 1.0)
    assert value.radius < 1e-6


def test_overflow_is_called_by_its_name():
    with pytest.raises(cf.evidence.PrecisionError, match="64-bit"):
        correlators.exact(net.gauss_net(1, 5), [[20.0]] * 4)


def test_a_small_readout_beside_a_large_bias():
    """The neuron route takes its kernel from the neurons: subtracting sigma_c^2 from the network's would cancel."""
    plain, biased = (
        correlators.estimate(net.erf_net(1, 1, sigma_c=c, sigma_a=1e-7), [[0.2]] * 4, connected=True, draws=4096, method="neuron")
        for c in (0.0, 1.0)
    )
    assert math.isclose(plain.nominal_stderr, biased.nominal_stderr, rel_tol=0.3)
    exact = correlators.exact(net.erf_net(1, 1, sigma_c=1.0, sigma_a=1e-7), [[0.2]] * 4, connected=True)
    assert abs(biased.mean - exact.value) < 4.89 * biased.nominal_stderr


def test_networks_without_spread():
    nothing = correlators.estimate(net.erf_net(1, 5, sigma_a=0.0), [[0.1]] * 4, connected=True, draws=1000)
    assert nothing.mean == 0
    assert nothing.nominal_stderr == 0
    constant = correlators.estimate(net.erf_net(1, 5, sigma_a=0.0, sigma_c=1.0), [[0.1], [0.2]], draws=1000)
    assert constant.mean == 1
    assert not constant.refused
    crossed = correlators.estimate(net.erf_net(1, 5, outputs=2), [[0.1], [0.2]], components=[0, 1], draws=1000)
    assert crossed.mean == 0


def test_sobol_points_do_not_hide_a_heavy_tail():
    heavy = correlators.estimate(net.gauss_net(1, 1, sigma_b=0.7), [[0.0]] * 4, connected=True, method="sobol", draws=2**15)
    assert heavy.refused
    tame = correlators.estimate(net.erf_net(1, 5), [[0.2]] * 4, connected=True, method="sobol", draws=2**15)
    assert not tame.refused


def test_questions_of_one_seed_have_streams_of_their_own():
    """Two widths from one seed: uncorrelated draws, so that their estimates may be combined."""
    sums = []
    for width in (4, 8):
        found = correlators.estimate(net.erf_net(1, width), [[0.1], [0.2]], draws=2048, method="network-kstat", seed=3)
        sums.append(next(iter(found.deviations.values())))
    assert abs(np.corrcoef(sums[0], sums[1])[0, 1]) < 4.89 / math.sqrt(len(sums[0]))


def test_single_precision_refuses_what_it_cannot_hold():
    import os
    import subprocess
    import sys

    code = """
import certifield as cf
for ask in (
    lambda: cf.correlators.estimate(cf.ensembles.relu_net(1, 3, sigma_w=1e-8, sigma_b=0.0), [[0.2]] * 6, connected=True, draws=4096),
    lambda: cf.correlators.estimate(cf.ensembles.cos_net(1, 3), [[1e8], [1e8 + 0.4]], draws=4096),
):
    try:
        print(ask())
    except cf.evidence.PrecisionError as problem:
        print("refused", problem)
print(cf.correlators.estimate(cf.ensembles.erf_net(1, 3), [[0.2], [0.4]], draws=4096).precision)
"""
    single = os.environ | {"JAX_ENABLE_X64": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=single, capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert [line.split()[0] for line in said] == ["refused", "refused", "float32"]
