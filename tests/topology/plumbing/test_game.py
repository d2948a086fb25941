"""The game of moves on trees: JAX against the exact twin, marks, rewards, certificates, forged ones."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

pytest.importorskip("numba")

from certifield import search
from certifield.evidence import CertificateRejected, InputError
from certifield.topology.plumbing import PlumbingForest, chain, normal_codes, star
from certifield.topology.plumbing.game import MoveActor, PlumbingGame, scrambled_trees
from certifield.topology.plumbing.game._tree import KINDS, Tree, legal, mark, moved, score
from certifield.topology.plumbing.game._twin import Twin, forest_of_slots

ROOM = 9


def _codes(tree):
    return normal_codes([forest_of_slots(tree.weight, tree.parent)[0]])


@pytest.fixture(scope="module")
def game():
    return PlumbingGame(scrambled_trees(8, 3, seed=2, largest=4, room=ROOM - 1), most=ROOM)


@pytest.fixture(scope="module")
def compiled():
    return jax.jit(legal), jax.jit(moved), jax.jit(mark)


def test_the_twin_makes_the_same_moves_and_no_others(game, compiled):
    """Random games: the forests agree after every move, the manifold stays, and the twin refuses exactly what is not legal."""
    fits, move = compiled[:2]
    rng, made = np.random.default_rng(1), set()
    for row in range(8):
        tree = jax.tree.map(lambda leaf, row=row: leaf[row], game.pool.tree)
        code = _codes(tree)
        for _ in range(10):
            allowed = np.asarray(fits(tree))
            for action in rng.choice(5 * ROOM, 6, replace=False):
                twin = Twin(tree.weight, tree.parent)
                if allowed[action]:
                    twin.play(int(action))
                else:
                    with pytest.raises(InputError):
                        twin.play(int(action))
            chosen = np.nonzero(allowed)[0]
            reduces = chosen[chosen % 5 == 4]
            action = int(rng.choice(reduces if len(reduces) and rng.random() < 0.6 else chosen))
            twin = Twin(tree.weight, tree.parent)
            twin.play(action)
            tree = move(tree, jnp.int32(action))
            forest = forest_of_slots(tree.weight, tree.parent)[0]
            assert forest.components == 1 and _codes(tree) == code
            slots = sorted(twin.name)
            assert [int(tree.weight[slot]) for slot in slots] == [twin.state.weights[twin.name[slot]] for slot in slots]
            assert {slot: int(tree.parent[slot]) for slot in slots} == twin.parent
            assert {frozenset((twin.name[slot], twin.name[above])) for slot, above in twin.parent.items() if above >= 0} == {
                frozenset((u, w)) for u, others in twin.state.near.items() for w in others
            }
            made.add("absorb" if twin.made[0][0] == "absorb" else KINDS[action % 5])
    assert made >= {*KINDS, "absorb"}


def test_marks_are_those_of_isomorphic_trees(compiled):
    def marked(forest):
        row = PlumbingGame([(forest, chain(-2, -2, -2))], most=ROOM).pool.tree
        return int(compiled[2](Tree(row.weight[0], row.parent[0])))

    one = star(-1, -2, [-3, -4], -5)
    other = PlumbingForest((-4, -3, -1, -5, -2), ((1, 0), (1, 2), (2, 3), (4, 2)))
    assert marked(one) == marked(other)
    twisted = star(-1, -2, [-4, -3], -5)  # the same weights and valences, another tree
    far = [chain(-2, -3, *[-2] * 4), chain(-2, -2, -3, *[-2] * 3)]
    assert len({marked(each) for each in (one, twisted, *far)}) == 4


def test_rewards_follow_the_running_minimum(game):
    tree = star(-2, -2, -2, [1])
    play = PlumbingGame([(tree, chain(-2, -3, -2))], most=ROOM)
    state = jax.tree.map(lambda leaf: leaf[0], play.pool)
    key = jax.random.key(0)
    assert float(score(state.tree)) == 5 * 4 + 7 and float(state.wanted) == 5 * 3 + 7
    assert 5 * 3 + 4 in np.nonzero(np.asarray(play.legal(state)))[0]
    grown = play.step(key, state, jnp.int32(0))  # a leaf of weight 1 on the centre, which becomes -1
    assert float(grown.reward) == pytest.approx(-5 / 27) and not grown.won
    won = play.step(key, grown.state, jnp.int32(5 * 4 + 4))  # that leaf again
    assert float(won.reward) == pytest.approx(0) and float(won.state.lowest) == 27
    won = play.step(key, state, jnp.int32(5 * 3 + 4))
    assert won.won and float(won.reward) == pytest.approx(5 / 27 + 1)
    assert not np.asarray(play.legal(won.state)).any() and float(play.cost(won.state)) == 0 < float(play.cost(state))
    proof = play.certificate(search.Trajectory(state, [0, 5 * 4 + 4, 5 * 3 + 4]))
    assert proof.replay().accepted and [move[0] for move in proof.document()["witness"]["first"]] == ["blow-up", "blow-down", "blow-down"]
    for lost in ([], [0], [4], [5 * 7], [5 * 3 + 4, 5 * 3 + 4]):
        with pytest.raises(CertificateRejected):
            play.certificate(search.Trajectory(state, lost))


def test_a_beam_finds_moves_that_the_checker_replays(game):
    episodes = search.play(search.Beam(width=4), game, game.pool, seed=0, cap=8)
    solved = [one for one in episodes if one.solved]
    assert len(solved) >= 5 and all(one.answer.certificate.checker == "same-plumbing@1" for one in solved)


def test_the_actor_does_not_know_the_numbers_of_vertices(game):
    actor = MoveActor(ROOM, 8, jax.random.key(1))
    tree, goal = star(-1, [-2, 3], -4), chain(-2, -2)
    order = [0, 2, 3, 1]  # the root keeps its number, so that parents correspond
    place = {vertex: number for number, vertex in enumerate(order)}
    other = PlumbingForest(tuple(tree.weights[v] for v in order), tuple((place[u], place[w]) for u, w in tree.edges))
    boards = PlumbingGame([(tree, goal), (other, goal)], most=ROOM)
    logs = jax.jit(jax.vmap(lambda state: actor(boards.observe(state), boards.legal(state))))(boards.pool)
    one, two = np.exp(np.asarray(logs)).reshape(2, ROOM, 5)
    assert one.sum() == pytest.approx(1, abs=1e-5) and one[4:].max() == 0 and one[:, 4].sum() > 0.3
    assert np.allclose(one[order], two[:4], atol=1e-6) and not np.allclose(one[:4], two[:4], atol=1e-6)


def test_scrambled_trees_belong_to_their_goals():
    found = scrambled_trees(6, 5, seed=3, largest=5, room=12)
    assert all(len(goal.weights) < len(tree.weights) <= 12 and tree.components == 1 for tree, goal in found)
    assert normal_codes([tree for tree, _ in found]) == normal_codes([goal for _, goal in found])
    assert found == scrambled_trees(6, 5, seed=3, largest=5, room=12) != scrambled_trees(6, 5, seed=4, largest=5, room=12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: PlumbingGame([]),
        lambda: PlumbingGame(chain(2, 2)),
        lambda: PlumbingGame([chain(2, 2)]),
        lambda: PlumbingGame([(chain(2, 2) + chain(3), chain(-3))]),
        lambda: PlumbingGame([(chain(*[-2] * 9), chain(-3))], most=9),
        lambda: PlumbingGame([(chain(-2, -2), chain(*[-2] * 11))]),
        lambda: PlumbingGame([(chain(-2, -2), chain(-3))], most=2),
        lambda: scrambled_trees(0, 3, seed=1),
        lambda: scrambled_trees(3, 0, seed=1),
        lambda: scrambled_trees(3, 3, seed=-1),
        lambda: scrambled_trees(3, 3, seed=1, largest=11),
        lambda: scrambled_trees(3, 3, seed=1, room=3),
        lambda: search.DQN(lessons=-1),
        lambda: search.DQN(decay=2.0),
    ],
)
def test_bad_arguments_are_named(call):
    with pytest.raises(InputError):
        call()
