"""The studies of what networks can express."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from study_answers import answered

from certifield.engine import entry_called
from certifield.expressivity import kolmogorov_arnold as ka
from certifield.expressivity.studies import kan_sparsified_ensemble as sparsified, kan_symbolic as study
from certifield.study import Reading, Task

TABLE = {3: 1.03e-3, 5: 1.27e-4, 10: 7.69e-6, 20: 4.76e-7}  # best splines on every edge, 20,000 other points


def test_the_system_has_its_study():
    assert entry_called("D8").area == "What networks can express" and entry_called("kan-symbolic").options == {}


@pytest.mark.parametrize("intervals", list(TABLE))
def test_constructive_errors(intervals):
    error, stderr = study.constructive_error(intervals)
    assert abs(error / TABLE[intervals] - 1) < 0.04 and 0 < stderr < 0.02 * error


def test_the_error_of_a_root_mean_square():
    """Of a thousand samples of 500 Gaussian numbers: the spread of the roots is the error that each states, sigma/sqrt(2 n)."""
    found = np.array([study.root_mean_square(row) for row in np.random.default_rng(0).normal(0, 3, (1000, 500))])
    assert abs(found[:, 1].mean() - 3 / np.sqrt(1000)) < 0.002 and abs(found[:, 0].std() / found[:, 1].mean() - 1) < 0.11  # 4.9 sigma


def test_the_median_of_seeds_has_their_spread():
    """Odd numbers of seeds: against the exact law of a resampled median (binomial); one seed has the error of its points alone."""
    values = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    shares = np.diff([float(np.sum([math.comb(5, k) * p**k * (1 - p) ** (5 - k) for k in (3, 4, 5)])) for p in np.arange(6) / 5])
    exact = np.sqrt(shares @ values**2 - (shares @ values) ** 2)
    found = study._median(np.stack([values, np.zeros(5)], axis=1))
    assert float(found.mean) == 4 and abs(float(found.stderr) / exact - 1) < 0.15
    assert abs(float(study._median(np.array([[3.0, 0.1]])).stderr) - 0.1) < 0.011


def test_a_page_without_networks():
    """Constructive errors and the product alone: the claim about logarithms is corrected, claims about training are open."""
    options = study.Question(seeds=1, constructive=(3, 5))
    readings = {}
    for case in list(study.cases(options))[:2]:
        pieces = {0: study.piece(Task(3, case, 0), options)}
        readings[case.name] = Reading(case, dict(study.read(case, pieces, options)), pieces)
    errors, formulas = study.page(readings, options)
    assert len(errors.rows) == 1 and not formulas.rows and not dict(study.conclude(readings, options))
    verdicts = [claim.verdict(readings["product"].get(claim.ours.partition("/")[2])) for claim in study.CLAIMS]
    assert verdicts == ["corrected", "open", "open", "open"]


@pytest.mark.slow
def test_the_formula_is_found():
    """One seed: within three times the best splines at five intervals, and the formula exactly."""
    pytest.importorskip("sympy")
    readings, verdicts, _ = answered("kan-symbolic", seeds=1, grids=[5], points=1500, starts=32, constructive=[5])
    assert verdicts == {"DY-22": "corrected", "DY-23": "reproduced", "DY-23b": "open", "DY-24": "reproduced"}
    assert readings["seed=0"].pieces[0]["formula"] == study._TARGET
    assert np.asarray(readings["seed=0"].pieces[0]["errors"])[0, 0] < 3 * TABLE[5]


@pytest.mark.slow
def test_trained_networks_have_the_order_of_the_splines():
    """Five seeds, none left out: medians at 5, 10 and 20 intervals within three times the best splines on every edge."""
    options = study.Question()
    case = next(case for case in study.cases(options) if case.name == "seed=0")
    errors = np.array([np.asarray(study.piece(Task(1000 + seed, case, 0), options)["errors"])[:, 0] for seed in range(5)])
    assert np.all(np.median(errors, axis=0) < 3 * np.array([TABLE[5], TABLE[10], TABLE[20]]))


def test_sparsified_ensembles():
    """Rules that judge each node by itself: N times the ratio is that of one node; nodes that are kept are counted."""
    readings, _, (section,) = answered("kan-sparsified-ensemble", widths=[6, 12], draws=2560)
    value = lambda case, name: readings[case][name].value  # noqa: E731
    for rule in sparsified.INDEPENDENT:
        one = value("one-node", f"{rule}: G_c(xxxx)/G2^2")
        assert (value("nodes-12", f"{rule}: G_c(xxxx)/G2^2") * 12.0).agrees_with(one, independent=True).agrees
    kept = {rule: float(value("nodes-12", f"{rule}: share of nodes that is kept").mean) for rule in sparsified.RULES}
    assert kept["all nodes"] == 1 and kept["the larger half"] == 0.5 and kept["the 2d + 1 largest"] == pytest.approx(5 / 12)
    assert abs(kept["a random half"] - 0.5) < 4.9 * 0.5 / (12 * 2560) ** 0.5 and 0.3 < kept["nodes above a level"] < 0.7
    lost = {rule: float(value("nodes-12", f"{rule}: share of G2 that is lost").mean) for rule in sparsified.RULES}
    assert lost["all nodes"] == 0 and lost["the larger half"] < lost["a random half"] and len(section.rows) == 10


def test_signs_are_averaged_exactly():
    """Against signs drawn in full, for one network: all 2^6 of them."""
    key = jax.random.key(3)
    with jax.enable_x64(True):
        row = np.asarray(sparsified._powers(key[None], 6))[0, 0]
        first, last = ka.kan([2, 6, 1], intervals=3, noise=1.0, key=jax.random.split(key)[0]).layers
        x, y = np.asarray(last.edges(first(jnp.asarray(sparsified.AT))))[:, 0]
    signs = np.array(list(itertools.product([-1, 1], repeat=6)))
    one, two = signs @ x, signs @ y
    means = [np.mean(each) for each in (one**2, two**2, one * two, one**4, one**2 * two**2)]
    assert np.allclose(row[:5], means, rtol=1e-12) and row[5] == 0 and row[6] == 6


@pytest.mark.slow
def test_what_sparsification_does_to_the_field_theory():
    """The power stays where nodes are judged each by itself; five nodes of many have no Gaussian limit."""
    readings, verdicts, _ = answered("kan-sparsified-ensemble", widths=[6, 12, 24, 96], draws=10_000)
    assert verdicts == {"DY-25": "reproduced", "DY-25b": "reproduced"}
    ratio = float(readings["nodes-96"]["the 2d + 1 largest: G_c(xxxx)/G2^2"].value.mean)
    assert -0.2 < ratio < -0.03
