"""Pulls and p-values: against scipy, with the joint covariance, with slack for radii, and silent where nothing was compared."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.stats

from certifield.evidence import Agreement, Estimate, Exact, InputError, propagate


@pytest.mark.parametrize("blocks", [2, 16, 128])
@pytest.mark.parametrize("shift", [0.3, -2.5, 6.0])
def test_p_values_against_scipy(measured, blocks, shift):
    estimate = measured(1.0, blocks=blocks)
    record = estimate.agrees_with(1.0 + shift * float(estimate.stderr))
    assert record.pull == pytest.approx(-shift, rel=1e-9)
    assert record.p_value == pytest.approx(2 * scipy.stats.t.sf(abs(shift), blocks - 1), rel=1e-6)
    assert record.agrees is bool(record.p_value >= 2 * scipy.stats.norm.sf(4.89)) and record.decisive is True


@pytest.mark.parametrize("shift", [0.3, 4.88, 4.90, 12.0])
def test_gaussian_p_values_without_blocks(shift):
    record = Estimate.from_stderr(shift * 0.1, 0.1, source="paper").agrees_with(0)
    assert record.p_value == pytest.approx(2 * scipy.stats.norm.sf(shift), rel=1e-9)
    assert record.agrees is (shift < 4.89)
    assert Estimate.from_stderr(0.2, 0.1, source="paper").agrees_with(0, sigmas=1.9).agrees is False


def test_the_comparison_goes_both_ways(measured):
    estimate = measured(1.0)
    assert estimate.agrees_with(Exact(1.01)).pull == -Exact(1.01).agrees_with(estimate).pull
    vector, other = measured([1.0, 2.0, 1.0]), Exact([1, Fraction(2001, 1000), Fraction(999, 1000)])
    there, back = vector.agrees_with(other), other.agrees_with(vector)
    assert there.pull.tolist() == (0 - back.pull).tolist() == (-back.reversed().reversed().pull).tolist()
    assert str(back).startswith("[pull +0.00") and (there.chi2, there.p_joint) == (back.chi2, back.p_joint)


def test_same_draws_are_compared_with_their_joint_covariance(measured):
    a = measured([1.0, 2.0])
    b = a + 1e-5
    assert np.all(np.abs(a.agrees_with(b).pull) == np.inf) and not a.agrees_with(b).agrees.any()
    # Sabotage twin: taken as independent, the shift of 1e-5 drowns in errors of 1e-2.
    stranger = Estimate(b.mean, {"b": b.deviations["a"]}, b.draws, b.blocks, b.seed, b.method, b.precision)
    assert a.agrees_with(stranger, independent=True).agrees.all()
    with pytest.raises(InputError, match="independent=True"):
        a.agrees_with(stranger)


def test_exact_values_agree_within_their_radii():
    assert Exact(Fraction(1, 3)).agrees_with(Fraction(1, 3)).agrees is True
    record = Exact(0.3, radius=1e-3).agrees_with(Exact(0.3015, radius=1e-3))
    assert (record.pull, record.p_value, record.agrees, record.decisive) == (0.0, 1.0, True, True)
    apart = Exact(np.array([1.0, 2.0])).agrees_with(np.array([1.0, 2.5]))
    assert apart.pull.tolist() == [0.0, -np.inf] and apart.agrees.tolist() == [True, False]
    assert Exact(1j).agrees_with(1j).agrees is True


def test_integers_differ_by_their_last_digit():
    one = Exact([2**62 + 1, -(2**63), 2**80, 7])
    record = one.agrees_with(Exact([2**62, 0, 2**80 + 1, 7]))
    assert record.pull.tolist() == [np.inf, -np.inf, -np.inf, 0.0] and record.agrees.tolist() == [False, False, False, True]
    assert Exact(10**400).agrees_with(10**400 + 1).agrees is False
    assert Exact(Fraction(1, 3)).agrees_with(1 / 3).agrees is True  # to the rounding of the fraction to a float
    # Sabotage twin: as floats the first two are equal.
    assert Exact(2.0**62 + 1).agrees_with(2.0**62).agrees is True


def test_an_integer_that_is_no_float_brings_its_rounding_as_slack():
    certain = Estimate([2.0**60], {"a": np.zeros((20, 1))}, 10, 20, 0, "m", "float64")
    assert certain.agrees_with(Exact([2**60 + 1])).agrees.tolist() == [True]
    assert certain.agrees_with(Exact([2**60 + 2**20])).agrees.tolist() == [False]
    assert (certain - Exact([2**60 + 1])).bias == "bounded(256.0)" and (certain - Exact([2**60])).bias == "none"


def test_the_radius_is_slack(measured):
    estimate = measured(1.0)
    far = 1.0 + 10 * float(estimate.stderr)
    assert not estimate.agrees_with(Exact(far)).agrees
    record = estimate.agrees_with(Exact(far, radius=8 * float(estimate.stderr)))
    assert record.pull == pytest.approx(-2.0, rel=1e-9) and record.agrees
    assert measured(1.0, bias="bounded(0.5)").agrees_with(1.4).pull == 0.0
    assert measured(1.0, bias="unknown").agrees_with(1.4).pull < -10


def test_refused_entries_are_undecided(measured):
    estimate = measured([1.0, 2.0], refused=np.array([True, False]))
    record = estimate.agrees_with(np.array([50.0, 2.0]))
    assert record.pull.tolist()[0] == 0 and record.p_value[0] == 1
    assert record.decisive.tolist() == [False, True] and record.agrees.tolist() == [False, True]
    assert record.dof == 1  # the refused entry is no part of the joint test
    nothing = measured([1.0, 2.0], refused=np.array(True)).agrees_with(1.0)
    assert nothing.chi2 is None and nothing.p_joint is None and not nothing.decisive.any()


def test_without_error_only_equality_agrees():
    certain = Estimate([1.0, 2.0], {"a": np.zeros((20, 2))}, 10, 20, 0, "m", "float64")
    record = certain.agrees_with(np.array([1.0, 2.5]))
    assert record.pull.tolist() == [0.0, -np.inf] and record.agrees.tolist() == [True, False]
    assert record.chi2 == np.inf and record.p_joint == 0.0


def test_complex_values_by_the_worse_part(measured):
    estimate = measured(1 + 1j)
    real, imaginary = (np.sqrt(np.sum(part(estimate.deviations["a"]) ** 2)) for part in (np.real, np.imag))
    record = estimate.agrees_with(1 + 1j + 2 * real - 3j * imaginary)
    assert record.pull == pytest.approx(3.0) and record.p_value == pytest.approx(4 * scipy.stats.t.sf(3, 63), rel=1e-6)
    assert record.dof == 2 and record.agrees
    assert not estimate.agrees_with(1 + 1j + 7 * real).agrees


def test_the_joint_test_against_hotelling(measured):
    estimate = measured([1.0, 2.0, 3.0], blocks=32)
    shift = np.array([0.002, -0.001, 0.003])
    record = estimate.agrees_with(estimate.mean - shift)
    squared = shift @ np.linalg.solve(estimate.covariance, shift)
    assert record.chi2 == pytest.approx(squared, rel=1e-9) and record.dof == 3
    assert record.p_joint == pytest.approx(scipy.stats.f.sf(squared * 29 / (31 * 3), 3, 29), rel=1e-6)
    gaussian = Estimate.from_stderr(estimate.mean, estimate.covariance, source="a").agrees_with(estimate.mean - shift)
    assert gaussian.p_joint == pytest.approx(scipy.stats.chi2.sf(squared, 3), rel=1e-6)


def test_the_joint_test_is_uniform():
    """Its p-value over 3000 replications of 20 blocks passes Kolmogorov-Smirnov at 1e-6; the chi-squared law does not.

    Power: the supremum distance that fails is 0.049; chi-squared for 4 directions from 20 blocks is 0.14 away.
    """
    rng = np.random.default_rng(5)
    mixing = rng.normal(size=(4, 4))
    found, naive = [], []
    for _ in range(3000):
        data = rng.normal(size=(20, 4)) @ mixing
        deviations = (data - data.mean(axis=0)) / np.sqrt(20 * 19)
        record = Estimate(data.mean(axis=0), {"a": deviations}, 20, 20, 0, "m", "float64").agrees_with(np.zeros(4))
        found.append(record.p_joint)
        naive.append(scipy.stats.chi2.sf(record.chi2, 4))
    assert scipy.stats.kstest(found, "uniform").pvalue > 1e-6
    assert scipy.stats.kstest(naive, "uniform").pvalue < 1e-6  # sabotage twin


def test_equal_entries_count_once(measured):
    estimate = measured([1.0, 2.0])
    doubled = propagate(lambda v: v[np.array([0, 0, 1, 0, 1])], estimate)
    shift = np.array([0.002, 0.001])
    single, multiple = estimate.agrees_with(estimate.mean + shift), doubled.agrees_with(doubled.mean + shift[[0, 0, 1, 0, 1]])
    assert multiple.dof == single.dof == 2
    assert multiple.chi2 == pytest.approx(single.chi2, rel=1e-6)


def test_a_shift_that_the_covariance_forbids_is_a_contradiction(measured):
    doubled = propagate(lambda v: np.stack([v, v]), measured(1.0))
    assert doubled.agrees_with(doubled.mean + np.array([0.001, -0.001])).p_joint == 0.0
    assert doubled.agrees_with(Exact(doubled.mean + np.array([0.001, -0.001]), radius=0.001)).p_joint == 1.0


@pytest.mark.parametrize(("entries", "blocks"), [(40, 20), (126, 124), (20, 32)])
def test_too_few_blocks_for_a_joint_test(measured, entries, blocks):
    """Replicates that hardly outnumber the entries leave directions without error by chance: no joint verdict."""
    record = measured(np.ones(entries), blocks=blocks).agrees_with(np.ones(entries) + 0.001)
    assert record.p_joint is None and record.chi2 is None and record.dof is None


def test_enough_blocks_for_a_joint_test(measured):
    assert measured(np.ones(10), blocks=32).agrees_with(1.0).p_joint is not None


def test_an_agreement_is_no_truth_value(measured):
    with pytest.raises(InputError, match=r"\.agrees"):
        bool(measured(1.0).agrees_with(1.0))
    with pytest.raises(InputError):
        assert Agreement(0.0, 1.0, True, 4.89, True)


@pytest.mark.parametrize("sigmas", [0, -1, float("inf"), float("nan")])
def test_bad_sigmas(sigmas):
    with pytest.raises(InputError, match="sigmas"):
        Exact(1).agrees_with(1, sigmas=sigmas)


def test_bad_operand(measured):
    with pytest.raises(InputError, match="other"):
        measured(1.0).agrees_with("text")


def test_a_radius_larger_than_both_values_decides_nothing():
    """No digit is known that could agree; what is certainly apart is told apart all the same, and zero has no size of its own."""
    vague = Exact(24.26, radius=25541.0)
    for record in (
        Exact(1.0, radius=1.5).agrees_with(1.0),
        vague.agrees_with(24.26),
        Exact(24.26).agrees_with(vague),
        Exact(0.97, radius=160.0).agrees_with(Exact(145.8, radius=2e4)),
    ):
        assert (record.decisive, record.agrees, record.pull, record.p_value) == (False, False, 0.0, 1.0)
    assert Exact([1.0, 2.0], radius=[0.1, 5.0]).agrees_with(Exact([1.05, 2.0])).decisive.tolist() == [True, False]
    assert Exact(1.0, radius=1.5).agrees_with(-1.0).decisive and not Exact(1.0, radius=1.5).agrees_with(-1.0).agrees
    assert Exact(0.0, radius=1e-9).agrees_with(0).agrees and Exact(10**400).agrees_with(10**400).agrees
    assert Exact(0.4).agrees_with(Exact(0.6, radius=0.5)).agrees and Exact(0.6, radius=0.5).agrees_with(0.4).agrees  # the larger counts
    assert Estimate.from_stderr(0.4, 0.01, source="b", draws=100).agrees_with(Exact(0.6, radius=0.5)).agrees
    measured = Estimate.from_stderr(3.0, 0.1, source="a", draws=100)
    assert not measured.agrees_with(vague).decisive and measured.agrees_with(Exact(3.0, radius=0.5)).agrees
