"""The jackknife: against the textbook, against brute force, and against the spread of many repetitions."""

import numpy as np
import pytest
from scipy import stats

from certifield.evidence import InputError
from certifield.streams import BlockSums, jackknife


def groups_of(samples: list[np.ndarray]) -> list[BlockSums]:
    """Sums of x and x^2 of each group of samples."""
    features = [np.stack([x, x * x]) for x in samples]
    return [BlockSums(f.shape[1], f.sum(axis=1), np.abs(f).sum(axis=1), np.abs(f).max(axis=1)) for f in features]


def mean(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
    return sums[:, 0] / count


def variance(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The unbiased variance."""
    return (sums[:, 1] - sums[:, 0] ** 2 / count) / (count - 1)


def ratio_and_mean(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
    return np.stack([sums[:, 1] / sums[:, 0], sums[:, 0] / count], axis=1)


STATISTICS = [mean, variance, ratio_and_mean]


def samples(sizes: list[int], seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [2.0 + rng.normal(size=size) for size in sizes]


def without(drawn: list[np.ndarray], left_out: int | None, statistic) -> np.ndarray:
    """The statistic on the draws themselves, without one group."""
    x = np.concatenate([part for place, part in enumerate(drawn) if place != left_out])
    return statistic(np.array([[x.sum(), (x * x).sum()]]), np.array([float(len(x))]))[0]


@pytest.mark.parametrize("statistic", STATISTICS)
def test_equal_groups_give_the_textbook_covariance(statistic):
    drawn = samples([50] * 12)
    value, deviations = jackknife(groups_of(drawn), statistic)
    deleted = np.array([np.atleast_1d(without(drawn, place, statistic)) for place in range(12)])
    centred = deleted - deleted.mean(axis=0)
    textbook = 11 / 12 * centred.T @ centred
    flat = deviations.reshape(12, -1)
    np.testing.assert_allclose(value, without(drawn, None, statistic), rtol=1e-13)
    np.testing.assert_allclose(flat.T @ flat, textbook, rtol=1e-9, atol=1e-18)


def test_forgetting_the_factor_would_be_noticed():
    """Sabotage: (g-1)/g left out is a factor 12/11 in the covariance, far outside the tolerance above."""
    drawn = samples([50] * 12)
    _, deviations = jackknife(groups_of(drawn), variance)
    deleted = np.array([without(drawn, place, variance) for place in range(12)])
    wrong = np.sum((deleted - deleted.mean()) ** 2)
    assert abs(np.sum(deviations**2) / wrong - 1) > 0.05


@pytest.mark.parametrize("statistic", STATISTICS)
def test_unequal_groups_give_the_brute_force_pseudo_values(statistic):
    """Busing, Meijer, van der Leeden, Stat. Comput. 9 (1999) 3: their estimator and its variance, written out group by group."""
    sizes = [3, 40, 40, 1, 25, 7]
    drawn = samples(sizes)
    total = sum(sizes)
    _, deviations = jackknife(groups_of(drawn), statistic)
    full = np.atleast_1d(without(drawn, None, statistic))
    corrected = len(sizes) * full - sum((1 - m / total) * np.atleast_1d(without(drawn, j, statistic)) for j, m in enumerate(sizes))
    covariance = np.zeros((len(full), len(full)))
    for j, m in enumerate(sizes):
        h = total / m
        pseudo = h * full - (h - 1) * np.atleast_1d(without(drawn, j, statistic))
        covariance += np.outer(pseudo - corrected, pseudo - corrected) / (h - 1) / len(sizes)
    flat = deviations.reshape(len(sizes), -1)
    np.testing.assert_allclose(flat.T @ flat, covariance, rtol=1e-8)


def squared_errors(sizes: list[int], repetitions: int, centre) -> np.ndarray:
    """Jackknife variance of a mean of unit normals over its true value, for many repetitions; ``centre`` as in the module."""
    rng = np.random.default_rng(5)
    m = np.array(sizes, dtype=float)
    n, g = m.sum(), len(sizes)
    means = rng.normal(size=(repetitions, g)) / np.sqrt(m)  # means of the groups are all that matters
    if centre is None:
        found = []
        for row in means:
            groups = [BlockSums(size, np.array([size * x]), np.zeros(1), np.zeros(1)) for size, x in zip(sizes, row, strict=True)]
            found.append(np.sum(jackknife(groups, mean)[1] ** 2))
        return n * np.array(found)
    return n * np.mean((means - centre(means, m)[:, None]) ** 2 / (n / m - 1), axis=1)


SIZES = [60] * 20 + [1]


def test_the_variance_of_a_mean_is_unbiased_for_unequal_groups():
    """2000 repetitions, one group of a sixtieth of the size: finds a bias of 6 % (8 standard errors) with 99.9 %."""
    found = squared_errors(SIZES, 2000, None)
    assert abs(found.mean() - 1) / (found.std() / np.sqrt(len(found))) < 4.89


def test_an_unweighted_centre_would_be_noticed():
    """Sabotage: the plain mean of the pseudo-values as centre lets the small group shift it, and fails the same check."""
    found = squared_errors(SIZES, 2000, lambda means, m: means.mean(axis=1))
    assert abs(found.mean() - 1) / (found.std() / np.sqrt(len(found))) > 4.89


@pytest.mark.parametrize("statistic", [mean, variance])
def test_one_sigma_intervals_cover_what_they_say(statistic):
    """1000 repetitions of 32 groups of 64 normals: coverage in [0.609, 0.753] about Student's 68.27 % (binomial, 1e-6 two-sided).

    Sabotage: errors shrunk by a factor 0.65 cover 0.48 and fall out.
    """
    rng = np.random.default_rng(11)
    x = rng.normal(size=(1000, 32, 64))
    sums, squares = x.sum(axis=2), (x * x).sum(axis=2)
    quantile = stats.t.isf((1 - 0.6827) / 2, 31)
    truth = 0.0 if statistic is mean else 1.0
    covered = {1.0: 0, 0.65: 0}
    for one, two in zip(sums, squares, strict=True):
        features = np.stack([one, two], axis=1)
        value, deviations = jackknife([BlockSums(64, row, np.abs(row), np.abs(row)) for row in features], statistic)
        for shrunk in covered:
            covered[shrunk] += abs(value - truth) < shrunk * quantile * np.sqrt(np.sum(deviations**2))
    assert 609 <= covered[1.0] <= 753
    assert not 609 <= covered[0.65] <= 753


def test_a_group_without_draws_knows_nothing():
    drawn = samples([20] * 5)
    empty = BlockSums(0, np.zeros(2), np.zeros(2), np.zeros(2), nonfinite=20)
    value, deviations = jackknife([*groups_of(drawn), empty], variance)
    expected, expected_deviations = jackknife(groups_of(drawn), variance)
    assert value == expected
    assert np.array_equal(deviations, expected_deviations)


def test_sums_that_overflowed_give_nan_and_no_exception():
    parts = groups_of(samples([20] * 3))
    parts[1] = BlockSums(20, np.array([np.inf, 1.0]), np.array([np.inf, 1.0]), np.array([np.inf, 1.0]))
    value, deviations = jackknife(parts, mean)
    assert value == np.inf
    assert np.all(np.isnan(deviations))


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_groups_are_an_input_error(count):
    with pytest.raises(InputError, match="ask for more draws"):
        jackknife(groups_of(samples([5] * count)), mean)
