"""Playing: random walks with the right law, beams that find shortest ways, and no success without a certificate."""

from fractions import Fraction

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

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


def test_players_have_names(line, tmp_path):
    for name in ("random-walk", "beam"):
        assert type(player(name, line)) is {"random-walk": RandomWalk, "beam": Beam}[name]
    first = player("a2c", line, budget=10, folder=tmp_path)  # less than one step: the networks as they begin
    assert isinstance(first, Actor)
    with pytest.raises(InputError):
        player("alphago", line)
