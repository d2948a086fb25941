"""Wilson's interval against its definition, and its coverage."""

import math

import pytest
from hypothesis import example, given, strategies as st

from certifield.evidence import InputError, wilson


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@example((0, 1))
@example((60, 60))
@example((500, 1000))
def test_the_ends_solve_the_score_equation(counts):
    """At each end, |k/n - p| is z standard deviations of a share p; a hundredth beside it is not."""
    share, z = wilson(*counts), 1.959963984540054
    assert 0 <= share.low <= share.value <= share.high <= 1
    for end in {share.low, share.high} - {0.0, 1.0}:
        assert abs(share.value - end) == pytest.approx(z * math.sqrt(end * (1 - end) / counts[1]), rel=1e-9)
        wrong = end + 0.01
        assert abs(share.value - wrong) != pytest.approx(z * math.sqrt(abs(wrong * (1 - wrong)) / counts[1]), rel=1e-9)


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


def test_corners():
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert wilson(0, 10).low == 0.0 and wilson(10, 10).high == 1.0


@pytest.mark.parametrize(("successes", "trials"), [(2, 1), (-1, 3), (1.0, 3), (True, 3), (1, None)])
def test_bad_counts_give_an_input_error(successes, trials):
    with pytest.raises(InputError):
        wilson(successes, trials)


@pytest.mark.parametrize("sigmas", [math.nan, 0, -1, "a", None, True])
def test_bad_sigmas_give_an_input_error(sigmas):
    with pytest.raises(InputError):
        wilson(1, 2, sigmas=sigmas)
