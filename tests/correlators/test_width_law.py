"""The 1/N law: fitted where there is signal, refused where there is noise."""

import numpy as np
import pytest

import certifield as cf

net = cf.ensembles


@pytest.mark.slow
def test_slope_of_network_level_estimates():
    """cos-net at a point, widths 2, 5 and 20: slope -1 within 4.89 standard errors; a slope of -2 or 0 is 20 away."""
    widths = [2, 5, 20]
    found = [
        cf.correlators.estimate(net.cos_net(1, n), [[0.1]] * 4, connected=True, draws=400_000, method="network-wick", seed=n)
        for n in widths
    ]
    law = cf.correlators.fit_width_law(widths, found)
    assert abs(float(law.slope.mean) + 1) < 4.89 * float(law.slope.stderr)
    assert abs(float(law.slope.mean) + 2) > 20 * float(law.slope.stderr)
    assert abs(float(law.slope.mean)) > 20 * float(law.slope.stderr)
    assert law.chi2 < 30
    assert set(law.used) | set(law.excluded) == set(widths)


@pytest.mark.slow
def test_noise_is_left_out_and_priced():
    widths = [2, 1000]
    found = [
        cf.correlators.estimate(net.cos_net(1, n), [[0.1]] * 4, connected=True, draws=50_000, method="network-wick", seed=n) for n in widths
    ]
    law = cf.correlators.fit_width_law(widths, found)
    assert law.used == (2,)
    assert law.excluded == (1000,)
    assert law.slope is None
    assert law.draws_for_signal[0] > 50_000


@pytest.mark.parametrize("power", [-1.0, -2.0])
def test_exact_power_law_is_recovered(power):
    widths = [2, 4, 8, 16]
    found = [cf.evidence.Estimate.from_stderr(3 * n**power, 0.01 * n**power, source=f"width {n}") for n in widths]
    law = cf.correlators.fit_width_law(widths, found)
    assert np.isclose(float(law.slope.mean), power)
    assert np.isclose(float(law.intercept.mean), np.log(3))
    weights = np.full(4, (3 / 0.01) ** 2)
    logs = np.log(widths)
    assert np.isclose(float(law.slope.stderr), 1 / np.sqrt(np.sum(weights * (logs - logs.mean()) ** 2)))
    assert law.chi2 < 1e-12
