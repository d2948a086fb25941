"""The pieces of the learners against independent routes, and the learners themselves on a game with a known best play."""

import dataclasses
import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from line_game import FAR, Line

from certifield.evidence import InputError
from certifield.search import A2C, PPO, TRPO, Question, trained, training
from certifield.search.learning import advantages
from certifield.search.learning._categorical import divergence, entropy, masked
from certifield.search.learning._learner import gathered
from certifield.search.learning._policy import Actor
from certifield.search.learning._ppo import clipped_surrogate
from certifield.search.learning._rollout import collected, started
from certifield.search.learning._trpo import conjugate_gradients, fisher_product, improved, line_search

SMALL = {"workers": 32, "width": 16, "patience": 40}
METHODS = {
    "a2c": A2C(rate=5e-3, **SMALL),
    "ppo": PPO(length=16, rate=5e-3, **SMALL),
    "trpo": TRPO(length=16, thinning=1, **SMALL),
}


def some(key: int, *shape: int) -> jax.Array:
    return jax.random.normal(jax.random.key(key), shape, jnp.float32)


def test_masked_distributions_against_numpy():
    logits, legal = some(0, 50, 4), jax.random.bernoulli(jax.random.key(1), 0.6, (50, 4)).at[:, 0].set(True)
    logs = np.asarray(masked(logits, legal), float)
    weights = np.exp(np.asarray(logits, float)) * np.asarray(legal)
    chances = weights / weights.sum(axis=1, keepdims=True)
    assert np.allclose(np.exp(logs), chances, atol=1e-6) and (np.exp(logs)[~np.asarray(legal)] == 0).all()
    sums = [-sum(p * np.log(p) for p in row if p > 0) for row in chances]
    assert np.allclose(entropy(jnp.asarray(logs)), sums, atol=1e-5)
    others = np.asarray(masked(some(2, 50, 4), legal), float)
    gaps = [sum(p * (np.log(p) - q) for p, q in zip(row, other, strict=True) if p > 0) for row, other in zip(chances, others, strict=True)]
    assert np.allclose(divergence(jnp.asarray(logs), jnp.asarray(others)), gaps, atol=1e-5)


def plain_advantages(rewards, values, following, won, ended, discount, trace):
    """The sum of the definition, term by term."""
    found = np.zeros_like(rewards)
    for time, worker in np.ndindex(*rewards.shape):
        weight = 1.0
        for later in range(time, len(rewards)):
            ahead = 0.0 if won[later, worker] else discount * following[later, worker]
            found[time, worker] += weight * (rewards[later, worker] + ahead - values[later, worker])
            weight *= discount * trace
            if ended[later, worker]:
                break
    return found


def test_advantages_are_the_sum_of_their_definition():
    """The twin without the end of episodes differs."""
    rewards, values, following = (np.asarray(some(key, 20, 6)) for key in range(3))
    ended = np.asarray(jax.random.bernoulli(jax.random.key(5), 0.2, (20, 6)))
    won = ended & np.asarray(jax.random.bernoulli(jax.random.key(6), 0.5, (20, 6)))
    given = [jnp.asarray(part) for part in (rewards, values, following, won, ended)]
    found = advantages(*given, discount=0.9, trace=0.8)
    assert np.allclose(found, plain_advantages(rewards, values, following, won, ended, 0.9, 0.8), atol=1e-5)
    assert not np.allclose(found, plain_advantages(rewards, values, following, won, 0 * ended, 0.9, 0.8), atol=1e-2)


@pytest.fixture(scope="module")
def actor_and_logs():
    """A small actor, its parameters in a row, and its log-probabilities on samples as a function of these."""
    actor = Actor(5, 3, 4, jax.random.key(0))
    arrays, fixed = eqx.partition(actor, eqx.is_inexact_array)
    vector, restore = ravel_pytree(arrays)
    vector = vector + 0.3 * some(9, vector.size)
    observations, legal = some(1, 40, 5), jnp.arange(40)[:, None] % 3 != jnp.array([[1, 3, 2]])
    return vector, lambda parameters: jax.vmap(eqx.combine(restore(parameters), fixed))(observations, legal)


def test_fisher_products_are_the_hessian_of_the_divergence(actor_and_logs):
    """Two routes: products with the Jacobian, and second derivatives; without the weights of the choices they differ."""
    vector, logs = actor_and_logs
    old = logs(vector)
    hessian = jax.jit(jax.hessian(lambda parameters: jnp.mean(divergence(old, logs(parameters)))))(vector)

    def matrix(function) -> np.ndarray:
        return np.asarray(jax.jit(jax.vmap(fisher_product(function, vector)))(jnp.eye(vector.size, dtype=jnp.float32)))

    assert np.allclose(matrix(logs), hessian, atol=2e-6)
    assert not np.allclose(matrix(lambda parameters: jnp.exp(logs(parameters))), hessian, atol=1e-3)


def test_conjugate_gradients_solve():
    root = some(3, 12, 12)
    matrix = root @ root.T + jnp.eye(12, dtype=jnp.float32)
    right = some(4, 12)
    exact = np.linalg.solve(np.asarray(matrix, float), np.asarray(right, float))
    assert np.allclose(conjugate_gradients(lambda vector: matrix @ vector, right, 24), exact, atol=1e-4)
    assert not np.allclose(conjugate_gradients(lambda vector: matrix @ vector, right, 2), exact, atol=1e-4)
    assert (np.asarray(conjugate_gradients(lambda vector: matrix @ vector, 0 * right, 24)) == 0).all()


def test_the_line_search_keeps_the_trust_region():
    """Gain x - x^2 and divergence x^2 along one direction: steps 4, 2, 1 gain nothing, 1/2 leaves the region, 1/4 is taken."""
    start, step = jnp.zeros(1, jnp.float32), jnp.full(1, 4.0, jnp.float32)
    found, moved = line_search(lambda x: (x[0] - x[0] ** 2, x[0] ** 2), start, step, 0.1, 10)
    assert float(found[0]) == 0.25 and float(moved) == 0.0625
    found, moved = line_search(lambda x: (-x[0], x[0] ** 2), start, step, 0.1, 10)
    assert float(found[0]) == 0 and float(moved) == 0


def test_the_clip_takes_the_gain_away():
    ratios, gains = jnp.array([0.5, 1.5, 0.5, 1.5]), jnp.array([1.0, 1.0, -1.0, -1.0])
    assert float(clipped_surrogate(ratios, gains, 0.2)) == pytest.approx((0.5 + 1.2 - 0.8 - 1.5) / 4)


def test_a_step_of_trpo_improves_inside_its_region(line):
    method = METHODS["trpo"]
    learning = method.init(line, jax.random.key(0))
    data, *_ = eqx.filter_jit(gathered)(line, learning, length=16, patience=40, discount=0.99, trace=0.95)
    actor, moved = eqx.filter_jit(improved)(learning.actor, data, method)
    logs = jax.vmap(actor)(data.experience.observations, data.experience.legal)
    change = jnp.take_along_axis(logs - data.experience.logs, data.experience.actions[:, None], axis=1)[:, 0]
    assert 0.25 * method.radius < float(moved) <= method.radius
    assert float(moved) == pytest.approx(float(jnp.mean(divergence(data.experience.logs, logs))), rel=1e-4)
    assert float(jnp.mean((jnp.exp(change) - 1) * data.advantages)) > 0


def chance_of_right(actor: Actor, game) -> float:
    """The mean probability of stepping away from the goal."""
    places = jnp.arange(1, 12, dtype=jnp.int32)
    return float(jnp.mean(jnp.exp(jax.vmap(lambda place: actor(game.observe(place), game.legal(place))[1])(places))))


@pytest.mark.parametrize("name", METHODS)
def test_every_method_learns_to_walk_to_the_goal(name, line):
    """At the start 39 % of the choices lead away."""
    assert chance_of_right(trained(Question(METHODS[name], line, 0, 60_000)), line) < 0.1


ONE_IS_QUICK = [pytest.param(name, marks=[pytest.mark.slow] * (name != "a2c")) for name in METHODS]


@pytest.mark.parametrize("name", ONE_IS_QUICK)
def test_a_reward_turned_around_makes_steps_away_the_rule(name, away):
    """The twin of the test above."""
    assert chance_of_right(trained(Question(METHODS[name], away, 0, 60_000)), away) > 0.5


@pytest.mark.parametrize("name", ONE_IS_QUICK)
def test_a_training_that_was_stopped_ends_the_same(name, line, tmp_path):
    method = METHODS[name]
    question = Question(method, line, 1, 7 * method.batch)
    whole = [state for _, state in training(question)][-1]
    for _, (progress, _) in zip(range(4), training(question, tmp_path, every=2), strict=False):
        assert progress.choices <= 4 * method.batch
    resumed = list(training(question, tmp_path, every=2))
    assert [progress.choices // method.batch for progress, _ in resumed] == [5, 6, 7]
    for one, other in zip(jax.tree.leaves(whole), jax.tree.leaves(resumed[-1][1]), strict=True):
        assert not eqx.is_array(one) or (np.asarray(one) == np.asarray(other)).all()
    assert list(training(question, tmp_path)) == [] and len(list(tmp_path.iterdir())) == 1
    again = trained(question, tmp_path)
    assert all(
        (a == b).all()
        for a, b in zip(*(map(np.asarray, jax.tree.leaves(eqx.filter(x, eqx.is_array))) for x in (again, whole.actor)), strict=True)
    )


@pytest.mark.parametrize("spoil", [lambda content: content[:-9], lambda content: b"", lambda content: content[:60] + b"x" + content[61:]])
def test_a_damaged_file_counts_as_none(spoil, line, tmp_path):
    question = Question(METHODS["a2c"], line, 1, 3 * METHODS["a2c"].batch)
    whole = trained(question, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(spoil(path.read_bytes()))
    again = trained(question, tmp_path)
    for one, other in zip(*(jax.tree.leaves(eqx.filter(actor, eqx.is_array)) for actor in (whole, again)), strict=True):
        assert (np.asarray(one) == np.asarray(other)).all()
    assert len(list(training(question, tmp_path))) == 0  # it was written anew


@pytest.mark.slow
def test_another_program_is_another_question(line, monkeypatch):
    """The same settings and the same names, but a loss with its sign turned: what was trained before must not be taken for it."""
    from certifield.search.learning import _a2c

    first = Question(METHODS["a2c"], line, 0, 100).digest()
    entropy_of = _a2c.entropy
    monkeypatch.setattr(_a2c, "entropy", lambda logs: -entropy_of(logs))
    jax.clear_caches()
    assert Question(METHODS["a2c"], line, 0, 100).digest() != first
    monkeypatch.undo()
    jax.clear_caches()
    assert Question(METHODS["a2c"], line, 0, 100).digest() == first


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        (A2C, {"workers": 0}),
        (A2C, {"length": -8}),
        (A2C, {"discount": 5.0}),
        (A2C, {"patience": 0}),
        (A2C, {"rate": float("nan")}),
        (PPO, {"parts": 3}),
        (PPO, {"epochs": 0}),
        (PPO, {"clip": "x"}),
        (TRPO, {"thinning": 0}),
        (TRPO, {"radius": -0.1}),
        (TRPO, {"workers": 2.0}),
    ],
)
def test_bad_settings_give_an_input_error(method, settings):
    with pytest.raises(InputError, match=next(iter(settings))):
        method(**settings)


@pytest.mark.parametrize("every", [0, -1, 1.5, True])
def test_a_bad_rhythm_of_saving_gives_an_input_error(every, line):
    with pytest.raises(InputError, match="every"):
        training(Question(METHODS["a2c"], line, 0, 100), every=every)


class Pit(Line):
    """The line with a pit at 6: nothing is allowed there, and the game is not won."""

    def legal(self, state):
        return super().legal(state) & (state != 6)


def experience(game, patience: int, length: int = 64):
    """Choices of 16 untrained workers, with their critic."""
    learning = METHODS["a2c"].init(game, jax.random.key(3))
    workers = started(game, 16, jax.random.key(4))
    play = eqx.filter_jit(
        lambda: collected(learning.actor, learning.critic, game, workers, jax.random.key(5), length=length, patience=patience)
    )
    _, seen = play()
    return learning.critic, workers, jax.tree.map(np.asarray, seen)


@pytest.mark.parametrize("game", [Line(), Pit()])
def test_experience_is_what_happened(game):
    """Replayed on lists: places, ages, ends, and the value of the place that a choice led to, also where the game was cut off there."""
    critic, workers, seen = experience(game, patience=9)
    values = np.asarray(jax.vmap(lambda place: critic(game.observe(place)))(jnp.arange(FAR + 1)))
    legal = np.asarray(jax.vmap(game.legal)(jnp.arange(FAR + 1)))
    cut_off = lost = 0
    for worker in range(16):
        place, age = int(workers.states[worker]), 0
        for time in range(len(seen.actions)):
            assert seen.observations[time, worker].argmax() == place
            action = int(seen.actions[time, worker])
            stuck = not legal[place].any()
            assert stuck or legal[place, action]
            after = place if stuck else (place - 1, place + 1, place // 2)[action]
            reward = 0 if stuck else (place - after) / FAR
            assert np.isclose(seen.rewards[time, worker], reward) and seen.won[time, worker] == (after == 0)
            assert seen.over[time, worker] == (after == 0 or stuck)
            age += 1
            assert seen.ended[time, worker] == (after == 0 or stuck or age == 9)
            if not stuck:
                assert np.isclose(seen.next_values[time, worker], values[after], atol=1e-6)
            assert np.isclose(seen.values[time, worker], values[place], atol=1e-6)
            if seen.ended[time, worker]:
                cut_off, lost, age = cut_off + (not seen.over[time, worker]), lost + stuck, 0
                if time + 1 < len(seen.actions):
                    after = int(seen.observations[time + 1, worker].argmax())
            place = after
    assert cut_off > 5 and (lost > 5) == isinstance(game, Pit)


def test_nothing_is_learned_where_nothing_is_allowed():
    """The logarithms there do not depend on the actor."""
    actor = Actor(FAR + 1, 3, 8, jax.random.key(0))
    gradient = eqx.filter_grad(lambda net: jnp.sum(net(Pit().observe(6), Pit().legal(jnp.int32(6))) ** 2))(actor)
    assert all((np.asarray(leaf) == 0).all() for leaf in jax.tree.leaves(eqx.filter(gradient, eqx.is_array)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a2c", "ppo"])
def test_a_bonus_for_entropy_raises_it(name, line):
    """Without any reward from the game the bonus alone is left; turned around it would make the policy certain."""

    class Dull(Line):
        def step(self, key, state, action):
            return super().step(key, state, action)._replace(reward=jnp.float32(0))

        def won(self, state):
            return jnp.bool_(False)

    def spread(actor) -> float:
        places = jnp.arange(1, FAR + 1, dtype=jnp.int32)
        return float(jnp.mean(jax.vmap(lambda place: entropy(actor(Dull().observe(place), Dull().legal(place))))(places)))

    def opinionated(learning):
        return eqx.tree_at(lambda state: state.actor.network.layers[-1].bias, learning, jnp.array([2.0, 0.0, -1.0], jnp.float32))

    method = dataclasses.replace(METHODS[name], bonus=1.0, rate=1e-2)
    learning = opinionated(method.init(Dull(), jax.random.key(0)))
    before = spread(learning.actor)
    for _ in range(20):
        learning, _ = method.step(Dull(), learning)
    assert spread(learning.actor) > before + 0.1


@pytest.mark.slow
def test_reports_say_how_far_the_policy_moved(line):
    for method in METHODS.values():
        learning = method.init(line, jax.random.key(0))
        after, report = method.step(line, learning)
        data, *_ = gathered(line, learning, length=method.length, patience=method.patience, discount=method.discount, trace=method.trace)
        logs = jax.vmap(after.actor)(data.experience.observations, data.experience.legal)
        assert float(report.divergence) == pytest.approx(float(jnp.mean(divergence(data.experience.logs, logs))), rel=1e-3, abs=1e-7)
        assert float(report.divergence) > 0


def test_digests_tell_questions_apart(line, away):
    questions = [Question(METHODS["a2c"], line, 0, 100), Question(METHODS["a2c"], line, 0, 100)]
    others = [
        Question(METHODS["a2c"], line, 1, 100),
        Question(METHODS["a2c"], line, 0, 101),
        Question(METHODS["a2c"], away, 0, 100),
        Question(METHODS["ppo"], line, 0, 100),
        Question(A2C(rate=4e-3, **SMALL), line, 0, 100),
    ]
    assert questions[0].digest() == questions[1].digest()
    assert all(one.digest() != other.digest() for one, other in itertools.combinations([questions[0], *others], 2))


@pytest.mark.parametrize(("seed", "budget"), [(-1, 10), (0.5, 10), (0, -1), (0, 1.5), (True, 10), (0, True)])
def test_bad_questions_give_an_input_error(seed, budget, line):
    with pytest.raises(InputError):
        Question(METHODS["a2c"], line, seed, budget)
