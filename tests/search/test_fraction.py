"""Wilson's interval against its definition, and its coverage."""

import math

import pytest

from certifield.evidence import InputError
from certifield.search import wilson


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (0, 60), (1, 2), (7, 60), (59, 60), (60, 60), (500, 1000)])
def test_the_ends_solve_the_score_equation(successes, trials):
    fraction = wilson(successes, trials, sigmas=2)
    assert 0 <= fraction.low <= fraction.value <= fraction.high <= 1
    for end in {fraction.low, fraction.high} - {0.0, 1.0}:
        assert math.isclose(abs(fraction.value - end), 2 * math.sqrt(end * (1 - end) / trials), rel_tol=1e-12)


def coverage(interval, trials: int, probability: float) -> float:
    """The exact probability that the interval holds the truth."""
    chances = [math.comb(trials, k) * probability**k * (1 - probability) ** (trials - k) for k in range(trials + 1)]
    return sum(chance for k, chance in enumerate(chances) if interval(k)[0] <= probability <= interval(k)[1])


def test_coverage_is_near_95_percent():
    """Averaged over probabilities, within half a percent; the interval of Wald fails the same check."""

    def wald(k: int) -> tuple[float, float]:
        half = 1.96 * math.sqrt(k * (40 - k) / 40**3)
        return k / 40 - half, k / 40 + half

    def score(k: int) -> tuple[float, float]:
        return wilson(k, 40).low, wilson(k, 40).high

    average = {f: sum(coverage(f, 40, p / 200) for p in range(1, 200)) / 199 for f in (wald, score)}
    assert abs(average[score] - 0.95) < 0.005 and average[wald] < 0.93


def test_nothing_tried_says_nothing():
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "trials"), [(2, 1), (-1, 3), (1.0, 3), (True, 3), (1, None)])
def test_bad_counts_give_an_input_error(successes, trials):
    with pytest.raises(InputError):
        wilson(successes, trials)


def test_bad_sigmas_give_an_input_error():
    with pytest.raises(InputError):
        wilson(1, 2, sigmas=math.nan)
