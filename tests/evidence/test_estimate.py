"""The fields and properties of an estimate: shapes, covariance, refusals, intervals, entries."""

import pickle

import numpy as np
import pytest
import scipy.stats

from certifield.evidence import Estimate, InputError


def test_covariance_is_the_sum_over_sources(measured):
    a = measured([1.0, 2.0, 3.0])
    b = Estimate(a.mean, dict(a.deviations) | {"b": np.full((5, 3), 0.2)}, 10, 64, 0, "m", "float64")
    expected = sum(d.reshape(-1, 3).T @ d.reshape(-1, 3) for d in b.deviations.values())
    assert np.max(np.abs(b.covariance - expected)) < 1e-15
    assert np.max(np.abs(b.stderr - np.sqrt(np.diag(expected)))) < 1e-15
    assert b.sources == {"a", "b"} and np.all(np.diag(b.correlation) == 1)
    assert b.correlation[0, 1] == pytest.approx(expected[0, 1] / np.sqrt(expected[0, 0] * expected[1, 1]), rel=1e-12)


def test_complex_covariance_is_hermitian(measured):
    estimate = measured([1 + 1j, 2 - 1j])
    d = estimate.deviations["a"]
    assert np.max(np.abs(estimate.covariance - d.conj().T @ d)) < 1e-15
    assert np.max(np.abs(estimate.covariance - estimate.covariance.conj().T)) < 1e-15
    assert estimate.stderr.dtype == float


def test_refused_entries_have_no_error_bar(measured):
    estimate = measured([1.0, 2.0, 3.0], refused=np.array([False, True, False]))
    assert np.isinf(estimate.stderr[1]) and np.isfinite(estimate.nominal_stderr[1])
    assert estimate.signal[1] == 0 and estimate.signal[0] == pytest.approx(1 / estimate.stderr[0])
    assert np.isinf(estimate.covariance[1, 1]) and np.isnan(estimate.covariance[0, 1]) and estimate.correlation[0, 1] == 0
    assert estimate.correlation[0, 2] != 0
    low, high = estimate.interval()
    assert np.isneginf(low[1]) and np.isposinf(high[1])


def test_entries_that_are_not_finite_refuse_themselves():
    estimate = Estimate([1.0, np.nan, 2.0], {"a": [[0.1, 0.1, np.inf]] * 20}, 10, 20, 0, "m", "float64")
    assert estimate.refused.tolist() == [False, True, True]
    assert np.all(np.isfinite(estimate.deviations["a"])) and np.isfinite(estimate.stderr[0])


def test_one_block_refuses_everything():
    single = Estimate([1.0], {"a": [[0.0]]}, 10, 1, 0, "m", "float64")
    assert single.refused.all() and np.isinf(single.stderr[0]) and single.degrees_of_freedom == 0
    assert np.isneginf(single.interval()[0][0])
    assert not single.agrees_with(1.0 * np.ones(1)).agrees[0]


@pytest.mark.parametrize("blocks", [2, 16, 128])
@pytest.mark.parametrize("level", [0.6827, 0.95, 0.999])
def test_intervals_against_student(measured, blocks, level):
    estimate = measured([1.0, -2.0], blocks=blocks)
    low, high = estimate.interval(level)
    expected = scipy.stats.t.ppf((1 + level) / 2, blocks - 1) * estimate.stderr
    assert np.max(np.abs((high - low) / 2 / expected - 1)) < 1e-9


def test_gaussian_intervals_without_blocks():
    estimate = Estimate.from_stderr(1.0, 0.1, source="paper")
    assert estimate.degrees_of_freedom == np.inf
    assert estimate.interval(0.95)[1] == pytest.approx(1 + 0.1 * scipy.stats.norm.ppf(0.975), rel=1e-12)


def test_student_coverage():
    """Of 4000 five-block intervals at one sigma the share that covers is 0.6827 within 4.89 standard errors (0.036).

    Power: a Gaussian quantile covers 0.6261 of the time, 0.057 lower; the sabotage twin below sees it.
    """
    rng = np.random.default_rng(7)
    data = rng.normal(size=(4000, 5))
    deviations = ((data - data.mean(axis=1, keepdims=True)) / np.sqrt(5 * 4)).T
    estimate = Estimate(data.mean(axis=1), {"a": deviations}, 5, 5, 0, "m", "float64")
    allowed = 4.89 * np.sqrt(0.6827 * 0.3173 / 4000)
    low, high = estimate.interval(0.6827)
    assert abs(np.mean((low < 0) & (high > 0)) - 0.6827) < allowed
    gaussian = np.mean(np.abs(estimate.mean) < estimate.stderr)
    assert abs(gaussian - 0.6827) > allowed


def test_from_stderr_takes_a_covariance():
    covariance = np.array([[0.04, 0.01], [0.01, 0.09]])
    estimate = Estimate.from_stderr([1.0, 2.0], covariance, source="paper")
    assert np.max(np.abs(estimate.covariance - covariance)) < 1e-16
    hermitian = np.array([[0.04, 0.01j], [-0.01j, 0.09]])
    assert np.max(np.abs(Estimate.from_stderr([1 + 0j, 2], hermitian, source="paper").covariance - hermitian)) < 1e-16


INDICES = [0, -1, slice(1, None), ([0, 1], [2, 0]), (slice(None), [0, 2]), (..., 1), (None, 0), np.array([True, False])]


@pytest.mark.parametrize("index", INDICES)
def test_entries_keep_their_sources(measured, index):
    estimate = measured(np.arange(6.0).reshape(2, 3), refused=np.arange(6).reshape(2, 3) % 2 == 0)
    part = estimate[index]
    assert np.array_equal(part.mean, estimate.mean[index]) and np.array_equal(part.refused, estimate.refused[index])
    assert np.array_equal(part.nominal_stderr, estimate.nominal_stderr[index])
    assert part.sources == estimate.sources and part.bias == "none" and part.blocks == 64


def test_iteration_and_length(measured):
    estimate = measured([1.0, 2.0])
    assert [float(entry.mean) for entry in estimate] == [1.0, 2.0] and len(estimate) == 2


def test_an_estimate_is_closed_for_writing_and_can_be_copied(measured):
    mean = np.array([1.0, 2.0])
    estimate = measured(mean)
    mean[0] = 7.0
    assert estimate.mean[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        estimate.mean[0] = 5.0
    again = pickle.loads(pickle.dumps(estimate))
    assert np.array_equal(again.covariance, estimate.covariance)


def test_diagnostics_become_plain_json(measured):
    estimate = measured(1.0, diagnostics={"share": np.float64(0.5), "largest": np.array([1, 2])})
    assert estimate.diagnostics == {"share": 0.5, "largest": [1, 2]}


def _build(**changes):
    fields = {"mean": [1.0, 2.0], "deviations": {"a": np.ones((4, 2))}, "draws": 8, "blocks": 4, "seed": 0}
    fields |= {"method": "m", "precision": "float64"}
    return Estimate(**(fields | changes))


@pytest.mark.parametrize(
    ("build", "argument"),
    [
        (lambda: _build(mean="text"), "mean"),
        (lambda: _build(mean=[[1.0], [1.0, 2.0]]), "mean"),
        (lambda: _build(deviations={"a": np.ones((4, 3))}), "deviations['a']"),
        (lambda: _build(deviations={"a": np.ones(2)}), "deviations['a']"),
        (lambda: _build(deviations={"a": 1j * np.ones((4, 2))}), "deviations['a']"),
        (lambda: _build(draws=-1), "draws"),
        (lambda: _build(blocks=2.5), "blocks"),
        (lambda: _build(bias="small"), "bias"),
        (lambda: _build(bias="bounded(x)"), "bias"),
        (lambda: _build(bias="bounded(-1)"), "bias"),
        (lambda: _build(bias=None), "bias"),
        (lambda: _build(refused=[0, 1]), "refused"),
        (lambda: _build(refused=[True]), "refused"),
        (lambda: _build(diagnostics={"a": object()}), "diagnostics"),
        (lambda: _build().interval(1.0), "level"),
        (lambda: _build(mean=[1j, 2]).interval(), "mean"),
        (lambda: _build()[7], "index"),
        (lambda: len(_build()[0]), "estimate"),
        (lambda: Estimate.from_stderr([1.0, 2.0], [0.1, -0.1], source="a"), "stderr"),
        (lambda: Estimate.from_stderr([1.0, 2.0], [0.1, 0.1, 0.1], source="a"), "stderr"),
        (lambda: Estimate.from_stderr([1.0, 2.0], [[1.0, 2.0], [2.0, 1.0]], source="a"), "stderr"),
        (lambda: Estimate.from_stderr([1.0, 2.0], [[1.0, 0.5], [0.4, 1.0]], source="a"), "stderr"),
    ],
)
def test_bad_input_names_the_argument(build, argument):
    with pytest.raises(InputError) as caught:
        build()
    assert caught.value.argument == argument
