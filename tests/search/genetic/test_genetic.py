"""Genetic search against an evolution on lists, exact probabilities and planted optima; estimators of the unseen on known populations."""

import itertools
from fractions import Fraction
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.search.genetic import Genetic, Integers, Reals, coverage, evolve, richness, split, weights
from certifield.search.genetic._evolution import _children, pack

ALPHA = Fraction(3)


class Planted(eqx.Module):
    """Fitness is minus the number of bits that differ from a hidden string, with some of value NaN."""

    hidden: Any
    bits: int = eqx.field(static=True, default=40)
    broken: bool = eqx.field(static=True, default=False)

    def judge(self, bits):
        wrong = jnp.sum(bits != self.hidden, dtype=jnp.int32)
        value = -wrong.astype(jnp.float64)
        return jnp.where((wrong == self.bits // 2) & self.broken, jnp.nan, value), wrong == 0


def planted(seed=0, broken=False, bits=40):
    return Planted(jnp.asarray(np.random.default_rng(seed).integers(0, 2, bits), jnp.uint8), bits, broken)


def chances(fitness, selection="talk", alpha=ALPHA):
    found, negative = weights(jnp.asarray(fitness, jnp.float64), selection, alpha)
    return [Fraction(int(one), int(found.sum())) for one in found], np.asarray(negative)


def told(fitness, alpha, less=1):
    """The formula of the talk in fractions; ``less`` = 0 is that of the program."""
    f, n = [Fraction(one) for one in fitness], len(fitness)
    mean, top = sum(f) / n, max(f)
    return [((alpha - less) * (one - mean) + top - mean) / (top - mean) / n for one in f]


def test_roulette_is_the_formula_where_nothing_is_negative():
    fitness = [0, 128, 192, 224, 256]  # on the grid of 2^-28 of the range exactly
    for selection, less in (("talk", 1), ("authors", 0)):
        for alpha in (Fraction(2), Fraction(5, 4)):
            found, negative = chances(fitness, selection, alpha)
            expected = told(fitness, alpha, less)
            clipped = [max(one, 0) for one in expected]
            assert found == [one / sum(clipped) for one in clipped] and negative.tolist() == [one < 0 for one in expected]
    found, negative = chances(fitness, "talk", Fraction(5, 4))
    assert sum(found) == 1 and max(found) == Fraction(5, 4) / 5 and not negative.any()
    assert chances(fitness, "authors", Fraction(5, 4))[0] != found  # sabotage twin: the other variant


def test_the_fittest_has_alpha_over_n_and_the_average_one_over_n():
    fitness = [0, 2, 2, 2, 4]  # mean 2
    found, _ = chances(fitness, "talk", Fraction(2))
    assert found[4] == Fraction(2, 5) and found[1] == Fraction(1, 5) and found[0] == 0 and sum(found) == 1


def test_the_sign_changes_where_the_formula_says():
    for alpha in (Fraction(3), Fraction(5)):
        fitness = list(range(17))
        mean, top = Fraction(8), 16
        limit = (top - mean) / (alpha - 1)
        negative = chances(fitness, "talk", alpha)[1]
        assert negative.tolist() == [mean - one > limit for one in fitness]


def test_rank_selection_and_equal_fitness():
    found, _ = chances([5, -1, 3, 0], "rank", Fraction(3))
    assert found[0] / found[1] == 3 and found[2] / found[3] == (1 + Fraction(4, 3)) / (1 + Fraction(2, 3))
    for selection in ("talk", "authors", "rank"):
        assert chances([7, 7, 7, 7], selection)[0] == [Fraction(1, 4)] * 4


@pytest.mark.parametrize("code", ["binary", "gray"])
def test_encodings_there_and_back(code):
    whole, real = Integers(-3, 4, 3, code), Reals(-1.0, 3.0, 4, code)
    every = np.array(list(itertools.product((0, 1), repeat=3)), np.uint8)
    numbers = np.asarray(whole.decode(jnp.asarray(every)))
    assert sorted(numbers.tolist()) == list(range(-3, 5)) and (whole.encode(numbers) == every).all()
    ascending = whole.encode(np.arange(-3, 5))
    steps = np.abs(np.diff(ascending.astype(int), axis=0)).sum(axis=1)
    assert (steps == 1).all() == (code == "gray")  # sabotage twin: plain binary is no Gray code
    middles = np.asarray(real.decode(jnp.asarray(real.encode(np.linspace(-0.99, 2.99, 50)))))
    assert np.abs(middles - np.linspace(-0.99, 2.99, 50)).max() <= 0.125 + 1e-12
    assert float(Reals(0.0, 1.0, 2, code, "left").decode(jnp.zeros(2, jnp.uint8))) == 0.0
    both = split(jnp.asarray(np.concatenate([every[5], real.encode(np.array(1.1))])), (whole, real))
    assert int(both[0]) == numbers[5] and float(both[1]) == 1.125


def test_ranges_that_do_not_fit_name_the_bits_that_do():
    with pytest.raises(InputError, match="4 bits and the range -3 to 12"):
        Integers(-3, 5, 3)
    for bad in (
        lambda: Integers(0, 7, 0),
        lambda: Reals(1.0, 1.0, 3),
        lambda: Reals(0.0, 1.0, 3, at="right"),
        lambda: Integers(0, 7, 3, "x"),
    ):
        with pytest.raises(InputError):
            bad()
    with pytest.raises(InputError, match="from 0 to 7"):
        Integers(0, 7, 3).encode(np.array([8]))


def test_evolutions_reach_a_planted_optimum_by_every_recipe():
    problem = planted()
    for method in (Genetic(), Genetic(selection="authors", cuts=2), Genetic(population=100, selection="rank", elitism=True)):
        seen = evolve(problem, method, seed=1, count=6)
        solved = [found for found in seen.found if len(found)]
        assert len(solved) >= 5 and all((found == np.asarray(problem.hidden)).all() for found in solved), method
        assert seen.evaluations == 6 * method.population * 101 and seen.fitness.shape == (6, 101, 5)
        assert (np.diff(seen.fitness, axis=2) >= 0).all() and (seen.clipped[:, -1] <= method.population).all()
    assert (np.diff(seen.fitness[:, :, 4], axis=1) >= 0).all()  # what elitism promises
    assert not (np.diff(evolve(problem, Genetic(), seed=1, count=6).fitness[:, :, 4], axis=1) >= 0).all()  # and nothing else does


def test_batched_or_one_by_one_the_digits_are_the_same():
    problem, method = planted(3), Genetic(population=30, generations=40)
    together = evolve(problem, method, seed=5, count=5)
    for number in range(5):
        alone = evolve(problem, method, seed=5, first=number)
        assert (alone.fitness[0] == together.fitness[number]).all() and (alone.found[0] == together.found[number]).all()
    assert not (evolve(problem, method, seed=6).fitness == together.fitness[:1]).all()


def test_without_selection_nothing_is_found_and_alpha_one_drifts():
    """Sabotage twin of the planted optimum: with pressure 1 by rank all are equally likely."""
    seen = evolve(planted(), Genetic(selection="rank", pressure=1.0), seed=1, count=6)
    assert not any(len(found) for found in seen.found) and seen.fitness[:, -1, 4].max() < -3


def test_children_are_made_of_tails_and_flips():
    """Parents of zeros and of ones: the children of a pair change once, at a place 1 to bits, and differ from both together by no flip."""
    strings = jnp.concatenate([jnp.zeros((1000, 16), jnp.uint8), jnp.ones((1000, 16), jnp.uint8)])
    plain = np.asarray(_children(Genetic(population=2000, mutation=0.0), strings, jnp.ones(2000, jnp.int64), jax.random.key(0)))
    changes = (np.diff(plain, axis=1) != 0).sum(axis=1)
    assert set(changes) == {0, 1} and (plain[:1000] + plain[1000:] <= 2).all()
    crossed = np.argmax(np.diff(plain[:1000], axis=1) != 0, axis=1)[changes[:1000] == 1]
    counts = np.bincount(crossed, minlength=15)  # uniform over 15 places, given a visible cut
    assert ((counts - counts.mean()) ** 2 / counts.mean()).sum() < 60  # chi2 of 14 degrees of freedom, p = 1e-7
    two = np.asarray(_children(Genetic(population=2000, mutation=0.0, cuts=2), strings, jnp.ones(2000, jnp.int64), jax.random.key(0)))
    assert set((np.diff(two, axis=1) != 0).sum(axis=1)) == {0, 1, 2}
    none = jnp.zeros((2000, 16), jnp.uint8)
    flipped = np.asarray(_children(Genetic(population=2000, mutation=0.01), none, jnp.ones(2000, jnp.int64), jax.random.key(1))).sum()
    assert 300 <= flipped <= 320  # 320 places, of which few are met twice


def test_parents_are_drawn_with_their_chances():
    """chi2 of 200,000 parents against the exact probabilities; power: the formula of the authors is seen."""
    fitness = np.array([0.0, 1.0, 1.5, 3.0] * 512)
    strings = jnp.asarray(np.eye(4, dtype=np.uint8)[np.arange(2048) % 4])
    counts, places, method = {}, np.arange(4), Genetic(population=2048, mutation=0.0, cuts=0)
    for selection in ("talk", "authors"):
        chosen, _ = weights(jnp.asarray(fitness), selection, ALPHA)
        breed = jax.jit(
            lambda key, chosen=chosen: jax.lax.map(lambda one: _children(method, strings, chosen, one), jax.random.split(key, 100))
        )
        counts[selection] = np.bincount((np.asarray(breed(jax.random.key(0))) @ places).ravel(), minlength=4)
    expected = np.array([max(float(one), 0) for one in told([0, 1, 1.5, 3], ALPHA)])
    expected *= counts["talk"].sum() / expected.sum()
    seen = expected > 0
    deviation = {name: ((found - expected)[seen] ** 2 / expected[seen]).sum() for name, found in counts.items()}
    assert (counts["talk"][~seen] == 0).all() and deviation["talk"] < 30 < deviation["authors"]  # 2 degrees of freedom, p = 3e-7


def test_words_hold_the_bits():
    bits = np.random.default_rng(0).integers(0, 2, (5, 70)).astype(np.uint8)
    words = np.asarray(pack(jnp.asarray(bits)))
    assert words.shape == (5, 3) and [int("".join(map(str, row[:32])), 2) for row in bits] == words[:, 0].tolist()


def test_undefined_fitness_is_an_error_or_counted():
    with pytest.raises(InputError, match="NaN for"):
        evolve(planted(broken=True), Genetic(), seed=0)
    seen = evolve(planted(broken=True), Genetic(undefined="worst"), seed=0)
    assert seen.undefined.sum() > 0 and np.isfinite(seen.fitness).all()


def test_early_convergence_is_reported():
    seen = evolve(planted(), Genetic(population=4, mutation=0.0, pressure=5.0), seed=0)
    assert seen.alike[0, -1] and not seen.alike[0, 0]


def test_bad_settings_are_refused():
    bad = ({"population": 51}, {"population": 0}, {"pressure": 0.5}, {"pressure": 1.001}, {"mutation": 0.9}, {"cuts": 3},
           {"selection": "best"}, {"undefined": "zero"}, {"generations": -1}, {"sparse": 0})  # fmt: skip
    for given in bad:
        with pytest.raises(InputError):
            Genetic(**given)
    for given in ({"seed": -1}, {"seed": 0, "count": 0}):
        with pytest.raises(InputError):
            evolve(planted(), Genetic(), **given)


def sighted(kinds, draws, seed):
    return np.unique(np.random.default_rng(seed).integers(0, kinds, draws), return_counts=True)[1]


def test_richness_of_equally_frequent_kinds():
    """500 kinds, 700 draws, 200 times: mean and spread of the estimator; its own error bar within a tenth of the spread seen."""
    found = [richness(sighted(500, 700, seed)) for seed in range(200)]
    means, errors = np.array([float(one.mean) for one in found]), np.array([float(one.stderr) for one in found])
    assert abs(means.mean() - 500) < 4.9 * means.std() / np.sqrt(200) + 2 and 0.85 < errors.mean() / means.std() < 1.15
    plain = np.array([len(sighted(500, 700, seed)) for seed in range(200)])
    assert plain.mean() < 400  # sabotage twin: those that were seen


def test_coverage_is_the_chance_of_the_known():
    """Equally frequent kinds: the true coverage is seen/500, and the estimator has no bias to speak of."""
    gaps = np.array([float(coverage(times).mean) - len(times) / 500 for times in (sighted(500, 700, seed) for seed in range(200))])
    errors = [float(coverage(sighted(500, 700, seed)).stderr) for seed in range(200)]
    assert abs(gaps.mean()) < 4.9 * gaps.std() / np.sqrt(200) and 0.8 < np.mean(errors) / gaps.std() < 1.3


def test_tallies_and_samples():
    by_hand = richness([1, 1, 1, 2, 5], 6)
    assert float(by_hand.mean) == pytest.approx(5 + 5 / 6 * 3 * 2 / (2 * 2)) and float(richness([2, 2], 4).mean) == 2
    assert float(richness([1]).mean) == 1 and float(coverage([1, 1]).mean) == 0
    for bad in ([], [0, 1], [1.5]):
        with pytest.raises(InputError):
            richness(bad)
    with pytest.raises(InputError, match="from 5"):
        richness([1, 5], 4)
