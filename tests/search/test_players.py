"""Playing: random walks with the right law, beams that find shortest ways, and no success without a certificate."""

import math
from fractions import Fraction

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from line_game import Step

from certifield.evidence import CertificateRejected, InputError, Unknown
from certifield.search import Actor, Beam, RandomWalk, follow, play, player

STARTS = jnp.arange(1, 13, dtype=jnp.int32)


def shortest(place: int) -> int:
    """Fewest choices to zero, by the recursion of the game."""
    return place if place < 2 else 1 + min(shortest(place - 1), shortest(place // 2) if place % 2 == 0 else place)


def expected_choices() -> list[Fraction]:
    """Exact mean length of the random walk from each place: the solution of its linear equations."""
    from sympy import Matrix, Rational

    matrix, right = Matrix.eye(13), Matrix([0] + [1] * 12)
    for place in range(1, 13):
        ways = [place - 1] + ([place + 1] if place < 12 else []) + ([place // 2] if place % 2 == 0 else [])
        for way in ways:
            matrix[place, way] -= Rational(1, len(ways))
    return [Fraction(int(value.p), int(value.q)) for value in matrix.LUsolve(right)]


def pulls(line, policy) -> np.ndarray:
    starts = jnp.repeat(STARTS, 200)
    games = follow(policy, line, starts, 0, 2000)
    assert games.won.all()
    lengths = games.made.reshape(12, 200)
    exact = np.array([float(value) for value in expected_choices()[1:]])
    return (lengths.mean(axis=1) - exact) / (lengths.std(axis=1, ddof=1) / np.sqrt(200) + 1e-9)


def test_the_random_walk_has_its_law(line):
    assert np.abs(pulls(line, RandomWalk())[1:]).max() < 4.89


def test_a_loaded_walk_is_seen(line):
    """Sabotage: choices in proportion 1 : 1.3 : 1."""

    class Loaded(eqx.Module):
        def choose(self, key, observation, legal):
            import jax

            return jax.random.categorical(key, jnp.where(legal, jnp.log(jnp.array([1.0, 1.3, 1.0])), -1e9)).astype(jnp.int32)

    assert np.abs(pulls(line, Loaded())[1:]).max() > 4.89


def test_a_beam_finds_shortest_ways(line):
    games = Beam(width=40, memory=64).games(line, STARTS, 0, 30)
    assert games.won.all() and games.made.tolist() == [shortest(place) for place in range(1, 13)]
    assert (games.states > 0).all()


class Wide(eqx.Module):
    """Two hundred choices, of which the last one alone is allowed and adds one; won at three."""

    choices: tuple[str, ...] = eqx.field(static=True, default=tuple(map(str, range(200))))

    def legal(self, state):
        return jnp.arange(200) == 199

    def won(self, state):
        return state == 3

    def step(self, key, state, action):
        return Step(state + 1, jnp.float32(0), state == 2)

    def observe(self, state):
        return jnp.zeros(1, jnp.float32)

    def cost(self, state):
        return (3 - state).astype(jnp.float32)

    def fingerprint(self, state):
        return state.astype(jnp.uint32)


@pytest.mark.parametrize("player", [RandomWalk(), Beam(width=4, memory=16)])
def test_choices_beyond_127_keep_their_numbers(player):
    starts = jnp.zeros(2, jnp.int32)
    games = player.games(Wide(), starts, 0, 5) if isinstance(player, Beam) else follow(player, Wide(), starts, 0, 5)
    assert games.won.all() and games.actions[:, :3].tolist() == [[199] * 3] * 2


class Binary(eqx.Module):
    """Append a binary digit; won at the number with 17 ones, which only a very wide beam finds, since the cost says nothing."""

    choices: tuple[str, ...] = eqx.field(static=True, default=("0", "1"))

    def legal(self, state):
        return jnp.ones(2, bool)

    def won(self, state):
        return state == (1 << 18) - 1

    def step(self, key, state, action):
        after = 2 * state + action
        return Step(after, jnp.float32(0), self.won(after))

    def observe(self, state):
        return jnp.zeros(1, jnp.float32)

    def cost(self, state):
        return jnp.float32(0)

    def fingerprint(self, state):
        return state.astype(jnp.uint32)


def test_very_wide_beams_remember_where_they_came_from():
    games = Beam(width=1 << 17, memory=1 << 20).games(Binary(), jnp.ones(1, jnp.int32), 0, 20)
    assert games.won.all() and games.actions.tolist() == [[1] * 17]


def test_a_beam_keeps_no_state_twice(line):
    """All 13 places of the line fit into a beam of 13 that keeps each once; it looks at every way out of every place just once."""
    games = Beam(width=13, memory=64, noise=0.0).games(line, jnp.array([12], jnp.int32), 0, 12)
    ways = sum(int(line.legal(jnp.int32(place)).sum()) for place in range(1, 13))
    assert games.won.all() and games.states[0] <= ways


def test_games_of_different_blocks_are_different(line):
    games = follow(RandomWalk(), line, jnp.full(130, 12, jnp.int32), 0, 400)
    assert not (games.made[:64] == games.made[64:128]).all()


def test_a_single_game_is_the_first_of_many(line):
    alone, many = (follow(RandomWalk(), line, jnp.full(count, 12, jnp.int32), 3, 400) for count in (1, 5))
    assert (alone.actions[0] == many.actions[0]).all() and alone.made[0] == many.made[0]


def test_a_beam_that_may_not_go_deep_enough_does_not_know(line):
    games = Beam(width=40, memory=64).games(line, STARTS, 0, 3)
    assert games.won.tolist() == [shortest(place) <= 3 for place in range(1, 13)]


def test_episodes_do_not_depend_on_their_neighbours(line):
    many = follow(RandomWalk(), line, STARTS, 4, 50)
    few = follow(RandomWalk(), line, STARTS[:3], 4, 50)
    assert (many.actions[:3] == few.actions).all() and (many.made[:3] == few.made).all()
    other = follow(RandomWalk(), line, STARTS, 5, 50)
    assert (many.made != other.made).any()


def test_a_won_game_without_an_accepted_certificate_is_an_error(line):
    with pytest.raises(CertificateRejected, match="episode 0"):
        play(RandomWalk(), line, STARTS, seed=0, cap=2000)


def test_a_lost_game_is_not_a_no(line):
    episodes = play(RandomWalk(), line, STARTS[-1:], seed=0, cap=2)
    assert isinstance(episodes[0].answer, Unknown) and not episodes[0].solved


@pytest.mark.parametrize(("seed", "cap"), [(-1, 10), (1.5, 10), (0, 0), (0, 1.5), (0, True), (0, 10**9)])
def test_bad_arguments_give_an_input_error(seed, cap, line):
    with pytest.raises(InputError):
        play(RandomWalk(), line, STARTS, seed=seed, cap=cap)


@pytest.mark.parametrize("starts", [jnp.zeros(0, jnp.int32), jnp.int32(3), (), (STARTS, STARTS[:2])])
@pytest.mark.parametrize("player", [RandomWalk(), Beam()])
def test_starts_that_are_none_give_an_input_error(player, starts, line):
    with pytest.raises(InputError, match="starts"):
        play(player, line, starts, seed=0, cap=9)


@pytest.mark.parametrize("player", ["beam", RandomWalk, None, 7])
def test_what_cannot_play_gives_an_input_error(player, line):
    with pytest.raises(InputError, match="player"):
        play(player, line, STARTS, seed=0, cap=9)


@pytest.mark.parametrize(
    "settings",
    [
        {"width": 0},
        {"width": -1},
        {"width": 2.5},
        {"memory": 0},
        {"noise": math.nan},
        {"noise": -1},
        {"width": True},
        {"noise": 10**400},
        {"memory": 1},
    ],
)
def test_beams_that_cannot_be_give_an_input_error(settings):
    with pytest.raises(InputError, match=next(iter(settings))):
        Beam(**settings)


def test_a_beam_too_large_for_any_memory_is_refused(line):
    with pytest.raises(InputError, match="cap"):
        play(Beam(width=1 << 20), line, STARTS, seed=0, cap=1_000_000)


@pytest.mark.parametrize("environment", [None, "line", 7])
def test_what_is_no_game_gives_an_input_error(environment):
    with pytest.raises(InputError, match="environment"):
        play(RandomWalk(), environment, STARTS, seed=0, cap=9)


def test_players_have_names(line, tmp_path):
    for name in ("random-walk", "beam"):
        assert type(player(name, line)) is {"random-walk": RandomWalk, "beam": Beam}[name]
    first = player("a2c", line, budget=10, folder=tmp_path)  # less than one step: the networks as they begin
    assert isinstance(first, Actor)
    with pytest.raises(InputError):
        player("alphago", line)
