"""Graph networks and symbolic regression among the models: beside baselines, attributed, blind to the numbers of vertices."""

import random

import numpy as np
import pytest

pytest.importorskip("sklearn")

from certifield.conjecture import Table
from certifield.conjecture.models import (
    Data,
    attribute,
    clusters,
    data,
    fit,
    formula,
    graph_data,
    graphs,
    score,
    scores,
    train_graphs,
)
from certifield.evidence import InputError


def coloured(count: int, seed: int = 3) -> tuple[Table, list]:
    """Random trees with three numbers at each vertex; the sum over edges of a[u] b[v] + a[v] b[u] takes the edges to know, and not c."""
    rng, targets, structures = random.Random(seed), [], []
    for _ in range(count):
        size = rng.randint(5, 9)
        edges = [(rng.randrange(vertex), vertex) for vertex in range(1, size)]
        a, b, c = ([rng.randint(-1, 1) for _ in range(size)] for _ in range(3))
        targets.append(sum(a[u] * b[v] + a[v] * b[u] for u, v in edges))
        structures.append(({"a": a, "b": b, "c": c}, edges))
    return Table.of({"joined": targets, "positive": [int(one > 0) for one in targets]}), structures


@pytest.fixture(scope="module")
def trees() -> Data:
    table, structures = coloured(400)
    return graph_data(table, "joined", structures, classify=False)


@pytest.fixture(scope="module")
def network(trees):
    return train_graphs(trees, np.arange(320), steps=1500, seed=1)


def explained(said: np.ndarray, y: np.ndarray) -> float:
    return float(1 - np.mean((said - y) ** 2) / np.var(y))


def test_the_network_sees_along_edges_what_sums_over_vertices_do_not_say(trees, network):
    held = np.arange(320, 400)
    assert explained(network(trees.x[held]), trees.y[held]) > 0.8
    for name in ("linear", "forest", "network"):
        assert explained(fit(name, trees, np.arange(320), 1)(trees.x[held]), trees.y[held]) < 0.5
    told = trees.x.summary()[0]
    first = coloured(1)[1][0]
    assert told[:2].tolist() == [len(first[0]["a"]), len(first[1])] and told[2] == sum(first[0]["a"])
    assert told[5] == sum(first[0]["a"][u] * first[0]["a"][v] for u, v in first[1])
    assert trees.x.told(trees.names)[:3] == ("vertices", "edges", "sum of a") and len(trees.x.told(trees.names)) == len(told)


def test_the_numbers_of_vertices_do_not_matter(network):
    """The same trees with their vertices in another order; sabotage twin: features that do not move along."""
    _, structures = coloured(20, seed=8)
    rng, moved, torn = random.Random(1), [], []
    for features, edges in structures:
        order = list(range(len(features["a"])))
        rng.shuffle(order)
        renamed = [(order[u], order[v]) for u, v in edges]
        columns = {name: [column[order.index(place)] for place in range(len(order))] for name, column in features.items()}
        moved.append((columns, renamed))
        torn.append((features, renamed))
    one, other, wrong = (network(graphs(each)[1]) for each in (structures, moved, torn))
    assert np.allclose(one, other, atol=1e-10) and not np.allclose(one, wrong, atol=1e-2)


def test_gradients_and_integrated_gradients_of_graphs(trees, network):
    """Against central differences at one vertex; contributions add up to the difference from the mean."""
    rows = np.arange(4)
    x, y = trees.x[rows], trees.y[rows]
    step, spread = 1e-5, network.inputs[1]
    total = np.zeros((4, 3))
    for vertex in range(x.features.shape[1]):
        for place in range(3):
            ends = []
            for sign in (1, -1):
                features = x.features.copy()
                features[:, vertex, place] += sign * step * spread[place] * x.there[:, vertex]
                raw = (network(type(x)(features, x.joined, x.there)) - y) / network.outputs[1]
                ends.append(0.5 * raw**2)
            total[:, place] += np.abs(ends[0] - ends[1]) / (2 * step)
    assert np.allclose(network.gradients(x, y), total, atol=1e-6) and total.max() > 1e-3
    mean = np.where(x.there[:, :, None], network.inputs[0], 0.0)
    parts = network.integrated(x, y, steps=64).sum(axis=1) * network.outputs[1]
    assert np.allclose(parts, network(x) - network(type(x)(mean, x.joined, x.there)), atol=0.02 * network.outputs[1])


@pytest.mark.slow
def test_graph_networks_are_scored_beside_baselines_and_attributed():
    table, structures = coloured(400)
    classes = graph_data(table, "positive", structures, classify=True)
    found = scores(classes, ("majority or mean", "linear", "graph network"), folds=3)
    base = found["majority or mean"]
    assert found["graph network"].mean > max(base.mean, found["linear"].mean) + 0.1
    assert abs(found["labels permuted"].mean - base.mean) < 4.9 * (found["labels permuted"].stderr + base.stderr)
    shuffled = classes.permuted(np.random.default_rng(0))
    lost = score("graph network", shuffled, folds=3)
    assert lost.mean < base.mean + 4.9 * (lost.stderr + base.stderr)
    seen = attribute(classes, seeds=3, steps=1500)
    assert set(seen.order[:2]) == {"a", "b"} and np.asarray(seen.permutation.mean)[2] < 0.05
    assert seen.top[1][1].mean > seen.top[0][1].mean + 0.1
    assert clusters(classes) == ()


def test_bad_graphs_are_named():
    fine = ({"a": [1, 2]}, [(0, 1)])
    table = Table.of({"t": [1, 2]})
    numbers = data(Table.of({"t": [1, 2, 3], "x": [3, 1, 2]}), "t", ["x"], classify=False)
    calls = (
        lambda: graphs([]),
        lambda: graphs([({}, [])]),
        lambda: graphs([fine, ({"b": [1, 2]}, [(0, 1)])]),
        lambda: graphs([({"a": [1, 2], "b": [1]}, [(0, 1)])]),
        lambda: graphs([({"a": [1, 2]}, [(0, 2)])]),
        lambda: graphs([({"a": [1, 2]}, [(1, 1)])]),
        lambda: graphs([({"a": [1, 2]}, [(0, 1), (1, 0)])]),
        lambda: graphs([({"a": [1] * 501}, [])]),
        lambda: graph_data(table, "t", [fine], classify=False),
        lambda: graph_data(table, "u", [fine, fine], classify=False),
        lambda: fit("graph network", numbers, np.arange(3)),
    )
    for call in calls:
        with pytest.raises(InputError):
            call()


@pytest.fixture(scope="module")
def index() -> Data:
    pytest.importorskip("pyoperon")
    rows = [(a, b, (a * b) % 3) for a in range(-7, 8) for b in range(-7, 8)]
    columns = {"a": [a for a, _, _ in rows], "b": [b for _, b, _ in rows], "c": [c for *_, c in rows]}
    columns["index"] = [3 * (a + b) * (2 + a * b) // 2 for a, b, _ in rows]
    columns["sign"] = [int(one > 0) for one in columns["index"]]
    return data(Table.of(columns), "index", ["a", "b", "c"], classify=False)


def test_a_polynomial_is_found_and_the_seed_decides(index):
    rows = np.arange(0, len(index.y), 2)
    found = formula(index, rows, seed=3)
    held = np.arange(1, len(index.y), 2)
    assert explained(found(index.x[held]), index.y[held]) > 0.98
    assert found.texts == formula(index, rows, seed=3).texts and "a" in str(found)


def test_it_stands_among_the_models_for_numbers_and_for_classes(index):
    part = Data(index.names, index.x, (index.y > 0).astype(int), index.groups, (0.0, 1.0))
    said = fit("symbolic regression", part, np.arange(len(part.y)))(part.x)
    assert set(said.tolist()) == {0, 1} and np.mean(said == part.y) > 0.85
    shuffled = index.permuted(np.random.default_rng(5))
    lost = score("symbolic regression", shuffled, folds=2)
    assert lost.mean < 4.9 * lost.stderr  # nothing is found where there is nothing


def test_a_constant_is_itself():
    found = formula(Data(("x",), np.arange(6.0)[:, None], np.full(6, 2.5), np.arange(6)), np.arange(6))
    assert found.texts == ("2.5000",) and found(np.zeros((2, 1))).tolist() == [2.5, 2.5]
