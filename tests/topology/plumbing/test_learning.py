"""Graph networks on pairs of forests: layers against dense algebra, symmetry, batches, training, calibration."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

pytest.importorskip("numba")

from certifield.evidence import InputError
from certifield.topology.plumbing import Forests, Pairs, chain, normal_codes, pairs, star
from certifield.topology.plumbing.learning import (
    GAT,
    GCN,
    GEN,
    NETWORKS,
    Predicted,
    batches,
    calibration,
    classifier,
    guess,
    predicted,
    train,
)
from certifield.topology.plumbing.learning._layers import Edges, Moments, moments_of

KEY = jax.random.key(3, impl="threefry2x32")


@pytest.fixture(scope="module")
def some():
    return pairs("tweak", 30, seed=5, moves=8)


def _graph(seed, size=7, room=12):
    """A random tree with room behind it: states, edges, and its dense adjacency."""
    rng = np.random.default_rng(seed)
    ends = [(int(rng.integers(0, vertex)), vertex) for vertex in range(1, size)]
    sender, receiver = np.zeros(2 * room, np.int32), np.full(2 * room, room, np.int32)
    for place, (u, w) in enumerate(ends):
        sender[2 * place : 2 * place + 2], receiver[2 * place : 2 * place + 2] = (u, w), (w, u)
    there = (np.arange(room) < size).astype(np.float32)
    adjacency = np.zeros((size, size))
    for u, w in ends:
        adjacency[u, w] = adjacency[w, u] = 1
    states = rng.normal(size=(room, 5)).astype(np.float32)
    return states, Edges(*map(jnp.asarray, (sender, receiver, there))), adjacency


def _dense_gcn(layer, states, adjacency, loops=1.0):
    full = adjacency + loops * np.eye(len(adjacency))
    root = 1 / np.sqrt(full.sum(axis=1))
    return root[:, None] * full * root @ states @ np.asarray(layer.linear.weight).T + np.asarray(layer.linear.bias)


def test_gcn_is_the_normalised_adjacency_with_loops():
    states, edges, adjacency = _graph(1)
    layer = GCN(5, 4, KEY)
    found = np.asarray(layer(states, edges))[:7]
    assert np.allclose(found, _dense_gcn(layer, states[:7], adjacency), atol=1e-5)
    assert not np.allclose(found, _dense_gcn(layer, states[:7], adjacency, loops=0.5), atol=1e-2)


def test_gat_is_a_softmax_over_neighbours_and_the_vertex_itself():
    states, edges, adjacency = _graph(2)
    layer = GAT(5, 4, KEY)
    inner = states[:7] @ np.asarray(layer.linear.weight).T
    scores = (inner @ np.asarray(layer.source))[None, :] + (inner @ np.asarray(layer.target))[:, None]
    scores = np.where(scores > 0, scores, 0.2 * scores)
    weights = np.where(adjacency + np.eye(7) > 0, np.exp(scores), 0)
    expected = weights / weights.sum(axis=1, keepdims=True) @ inner + np.asarray(layer.linear.bias)
    found = np.asarray(layer(states, edges))[:7]
    assert np.allclose(found, expected, atol=1e-5)
    assert not np.allclose(found, weights.T / weights.T.sum(axis=1, keepdims=True) @ inner, atol=1e-2)  # the other way round


def test_gen_sums_messages_and_norms_with_the_moments_that_it_keeps():
    states, edges, adjacency = _graph(4)
    layer = GEN(5, 4, KEY, hidden=6)
    inner = np.array([layer.inner(row) for row in jnp.asarray(states[:7])])
    expected = []
    for vertex in range(7):
        others = np.nonzero(adjacency[vertex])[0]
        message = sum(np.asarray(layer.message(jnp.concatenate([inner[vertex], inner[other]]))) for other in others)
        expected.append(np.asarray(layer.update(jnp.concatenate([inner[vertex], message]))))
    raw = layer.raw(states, edges)
    assert np.allclose(np.asarray(raw)[:7], expected, atol=1e-5)
    moments = moments_of(raw, edges.there)
    assert np.allclose(moments.mean, np.mean(expected, axis=0), atol=1e-5)
    assert np.allclose(moments.variance, np.var(expected, axis=0), atol=1e-5)
    stretched = eqx.tree_at(lambda one: (one.scale, one.shift), layer, (3 * layer.scale, 2 + layer.shift))
    assert np.allclose(stretched.normed(raw, moments), 3 * layer.normed(raw, moments) + 2, atol=1e-5)
    normed = np.asarray(layer.normed(raw, moments))[:7]
    variance = np.var(expected, axis=0)
    assert np.allclose(normed.mean(axis=0), 0, atol=1e-5) and np.allclose(normed.var(axis=0), variance / (variance + 1e-5), atol=1e-4)
    assert np.allclose(layer(states, edges), layer.normed(raw, Moments(jnp.zeros(4, np.float32), jnp.ones(4, np.float32))))


def test_a_batch_holds_the_forests_of_its_pairs(some):
    order = np.random.default_rng(0).permutation(30)
    seen = []
    for batch in batches(some, order, most=8, room=400):
        asked = int(batch.asked.sum())
        seen += batch.rows[:asked].tolist()
        for place, row in enumerate(batch.rows[:asked]):
            for graph, forest in ((place, some.first[int(row)]), (place + 8, some.second[int(row)])):
                inside = np.nonzero(batch.graph == graph)[0]
                assert np.array_equal(np.round(10 * batch.features[inside, 0]), forest.weights)
                assert batch.features[inside, 1].tolist() == [len(near) for near in forest.neighbours]
                ends = {(u - inside[0], w - inside[0]) for u, w in zip(batch.sender, batch.receiver, strict=True) if w in inside}
                assert ends == {edge for u, w in forest.edges for edge in ((u, w), (w, u))}
        assert batch.same[:asked].tolist() == some.same[batch.rows[:asked]].tolist()
        assert not np.any(batch.graph[batch.there == 0] < 16)
    assert seen == order.tolist()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_answer_does_not_know_which_side_came_first_nor_the_numbers_of_vertices(name):
    network = classifier(name, 2)
    one, other = star(-1, -2, [-3, 2], 5), chain(3, 1, -4)
    order = [3, 0, 4, 1, 2]
    place = {vertex: number for number, vertex in enumerate(order)}
    renumbered = type(one)(tuple(one.weights[v] for v in order), tuple((place[u], place[w]) for u, w in one.edges))
    told = [predicted(network, *sides).probability for sides in ((one, other), (other, one), (renumbered, other), (one, one))]
    assert told[0] == told[1] and told[0] == pytest.approx(told[2], abs=1e-5) and told[0] != pytest.approx(told[3], abs=1e-4)


def test_a_guess_does_not_depend_on_the_rest_of_its_batch(some):
    network = classifier("GCN+GCN", 1)
    every = guess(network, some)
    assert every[4] == pytest.approx(predicted(network, some.first[4], some.second[4]).probability, abs=1e-5)
    assert every.std() > 1e-4


def test_training_learns_what_the_vertices_alone_tell_and_is_the_same_again():
    light, heavy = ([chain(*[sign * weight] * 3) for weight in (6, 7, 8, 9)] for sign in (1, -1))
    sides = [
        *zip(light, light, strict=True),
        *zip(heavy, heavy, strict=True),
        *zip(light, heavy, strict=True),
        *zip(heavy, light, strict=True),
    ]
    task = Pairs("signs", *(Forests.of(side) for side in zip(*sides, strict=True)), np.arange(16) < 8)
    trained = train("GCN+GCN", task, steps=50, rate=5e-3)
    assert trained.losses[0] > 0.6 and trained.losses[-1] < 0.1
    assert np.array_equal(guess(trained.network, task) > 0.5, task.same)
    assert train("GCN+GCN", task, steps=5, rate=5e-3).losses == train("GCN+GCN", task, steps=5, rate=5e-3).losses


def test_twins_and_hard_pairs_share_their_manifolds_and_tweaks_are_copies(some):
    hard, twin = (pairs(kind, 12, seed=4, moves=5) for kind in ("hard", "twin"))
    assert twin.same.all() and not hard.same.any()
    sides = list(zip(hard.first.codes(), hard.second.codes(), strict=True))
    assert all(code in pair for code, pair in zip(twin.first.codes(), sides, strict=True))
    assert {code == pair[0] for code, pair in zip(twin.first.codes(), sides, strict=True)} == {True, False}
    assert some.same.mean() < 0.3
    joined = hard + twin
    assert joined.same.tolist() == [False] * 12 + [True] * 12 and joined.second[13] == twin.second[1]
    assert joined.of_rows(np.array([13, 2])).first[0] == twin.first[1]
    assert hard.known_to(twin).all() and not hard.known_to(some).any()
    assert normal_codes([joined.first[20]]) == [twin.first.codes()[8]]


def test_calibration_measures_what_was_planted():
    rng = np.random.Generator(np.random.PCG64(6))
    said = rng.random(20000)
    honest = calibration(said, rng.random(20000) < said)
    assert honest.gap.mean < 0.02 and all(share.low - 0.02 < mean < share.high + 0.02 for mean, share in honest.bins)
    boasting = calibration(np.full(1000, 0.9), np.arange(1000) % 2 == 0)
    assert boasting.gap.mean == pytest.approx(0.4) and 0.008 < boasting.gap.stderr < 0.03
    assert calibration(np.array([0.2, 1.0]), np.array([False, True]), bins=5).gap.mean == pytest.approx(0.1)


def test_a_prediction_is_labelled():
    assert "PREDICTED same" in str(Predicted(0.7)) and "no proof" in str(Predicted(0.7)) and not Predicted(0.4).same


@pytest.mark.parametrize(
    "call",
    [
        lambda some: classifier("MLP"),
        lambda some: classifier("GCN+GCN", -1),
        lambda some: train("GCN", some),
        lambda some: train("GCN+GCN", [1]),
        lambda some: train("GCN+GCN", some, steps=0),
        lambda some: train("GCN+GCN", some, rate=0.0),
        lambda some: guess("GEN+GAT", some),
        lambda some: predicted(classifier("GCN+GCN"), "(2)", chain(2)),
        lambda some: next(batches(some, room=4)),
        lambda some: next(batches(some, [30])),
        lambda some: next(batches(some, most=0)),
        lambda some: calibration(np.array([0.5, 1.2]), np.array([True, False])),
        lambda some: calibration(np.array([0.5]), np.array([1])),
        lambda some: calibration(np.array([]), np.array([], bool)),
        lambda some: calibration(np.array([0.5]), np.array([True]), bins=0),
    ],
)
def test_bad_arguments_are_named(call, some):
    with pytest.raises(InputError):
        call(some)
