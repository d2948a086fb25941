"""Models of tables: what is planted is found and attributed, what is shuffled is not, and groups stay on one side."""

import random

import numpy as np
import pytest

pytest.importorskip("sklearn")

from certifield.conjecture import Table
from certifield.conjecture.models import Data, attribute, clusters, data, fit, score, scores, train
from certifield.evidence import InputError

FEATURES = ("x0", "x1", "x2", "x3")


def planted(count: int = 300) -> Table:
    """A class that depends on x0 and x2 alone, and a number that depends on x0 and x1."""
    rng = random.Random(4)
    rows = [[rng.randint(-9, 9) for _ in FEATURES] for _ in range(count)]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(FEATURES)}
    columns["sign"] = [1 if 2 * row[0] - 3 * row[2] > 0 else -1 for row in rows]
    columns["sum"] = [3 * row[0] - row[1] for row in rows]
    return Table.of(columns, range(count))


@pytest.fixture(scope="module")
def classes() -> Data:
    return data(planted(), "sign", FEATURES, classify=True)


def test_scores_stand_beside_baselines_and_permuted_labels_fall_to_them(classes):
    names = ("majority or mean", "linear", "sparse linear", "nearest neighbour", "decision tree", "network")
    found = scores(classes, names, folds=3)
    assert list(found) == [*names, "labels permuted"]
    base = found["majority or mean"]
    assert 0.45 < base.mean < 0.6 and found["linear"].mean > 0.97 and found["network"].mean > 0.93
    assert abs(found["labels permuted"].mean - base.mean) < 4.9 * (found["labels permuted"].stderr + base.stderr)


def test_numbers_are_fitted_too():
    numbers = data(planted(), "sum", FEATURES, classify=False)
    found = {name: score(name, numbers, folds=3) for name in ("majority or mean", "linear", "sparse linear", "boosted trees", "network")}
    assert abs(found["majority or mean"].mean) < 0.1 and found["linear"].mean == pytest.approx(1, abs=1e-9)
    assert min(found[name].mean for name in ("sparse linear", "network")) > 0.99 and found["boosted trees"].mean > 0.9


def test_every_model_is_there(classes):
    rows = np.arange(len(classes.y))
    for name in ("forest", "boosted trees"):
        assert np.mean(fit(name, classes, rows)(classes.x) == classes.y) > 0.95
    with pytest.raises(InputError):
        fit("oracle", classes, rows)


def test_the_features_that_matter_are_singled_out_and_suffice(classes):
    found = attribute(classes, seeds=3, steps=800)
    assert set(found.order[:2]) == {"x0", "x2"}
    for shares in (found.gradient, found.integrated):
        assert np.sum(shares.mean) == pytest.approx(1) and np.all(np.asarray(shares.stderr) < 0.2)
    others = [place for place, name in enumerate(FEATURES) if name not in ("x0", "x2")]
    dropped = np.asarray(found.permutation.mean)
    assert np.all(np.abs(dropped[others]) < 0.05) and dropped.min() > -0.05 and np.delete(dropped, others).min() > 0.1
    assert [len(names) for names, _ in found.top] == [1, 2, 3, 4]
    assert found.top[1][1].mean > 0.95 > found.top[0][1].mean + 0.05


def test_gradients_are_those_of_the_loss(classes):
    """Against central differences, in units of the spread of a column."""
    rows = np.arange(len(classes.y))
    network = train(classes, rows, steps=200, seed=1)
    x, y = classes.x[:5], classes.y[:5]

    def loss(inputs):
        raw = (inputs - network.inputs[0]) / network.inputs[1]
        for number, (weight, bias) in enumerate(network.layers):
            raw = raw @ np.asarray(weight) + np.asarray(bias)
            if number + 1 < len(network.layers):
                raw = 0.5 * raw * (1 + np.tanh(np.sqrt(2 / np.pi) * (raw + 0.044715 * raw**3)))
        return np.log(np.exp(raw).sum(axis=1)) - raw[np.arange(len(y)), y]

    for place in range(4):
        step = np.zeros(4)
        step[place] = 1e-5 * network.inputs[1][place]
        expected = (loss(x + step) - loss(x - step)) / 2e-5
        assert np.allclose(network.gradients(x, y)[:, place], expected, atol=1e-6)


def test_integrated_gradients_add_up_to_the_difference_from_the_mean():
    numbers = data(planted(), "sum", FEATURES, classify=False)
    network = train(numbers, np.arange(300), steps=500)
    parts = network.integrated(numbers.x[:20], numbers.y[:20], steps=64).sum(axis=1) * network.outputs[1]
    differences = network(numbers.x[:20]) - network(np.tile(network.inputs[0], (20, 1)))
    assert np.allclose(parts, differences, atol=0.02 * network.outputs[1])


def test_groups_are_never_in_two_folds():
    table = planted(120)
    found = data(table, "sum", FEATURES, classify=False, groups=[row // 3 for row in range(120)])
    folds = found.folds(4, np.random.default_rng(0))
    assert sorted(np.concatenate(folds).tolist()) == list(range(120))
    assert sum(len(set(found.groups[fold])) for fold in folds) == 40
    doubled = Data(found.names, np.tile(found.x, (2, 1)), np.tile(found.y, 2), np.tile(found.groups, 2))
    assert score("nearest neighbour", doubled, folds=4).mean < 0.99  # copies of a row are in its group
    loose = Data(doubled.names, doubled.x, doubled.y, np.arange(240))
    assert score("nearest neighbour", loose, folds=4).mean > score("nearest neighbour", doubled, folds=4).mean  # sabotage twin: they leak


def test_rows_that_repeat_each_other_are_never_in_two_folds():
    """By themselves they are one group; groups that tear them apart are refused, with the rows."""
    once = planted(60)
    twice = Table.of({name: [*column, *column] for name, column in once.columns.items()})
    found = data(twice, "sum", FEATURES, classify=False)
    assert found.groups.tolist() == [*found.groups[:60].tolist()] * 2 and len(set(found.groups)) == 60
    assert all(
        set(fold) == {row % 60 for row in fold} | {row % 60 + 60 for row in fold} for fold in found.folds(4, np.random.default_rng(0))
    )
    with pytest.raises(InputError, match="rows 0 and 60, which repeat each other"):
        data(twice, "sum", FEATURES, classify=False, groups=range(120))
    assert len(set(data(twice, "sum", FEATURES, classify=False, groups=[*range(60)] * 2).groups)) == 60


def test_correlated_features_are_one_cluster():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 3))
    found = Data(("a", "b", "c", "d"), np.column_stack([x, x[:, 0] ** 3]), x[:, 0], np.arange(200))
    assert clusters(found) == (("a", "d"),)
    for noise, expected in ((0.3, (("a", "e"),)), (0.7, ())):  # rank correlations of 0.95 and 0.81
        near = Data(("a", "b", "e"), np.column_stack([x[:, :2], -x[:, 0] + noise * x[:, 2]]), x[:, 0], np.arange(200))
        assert clusters(near) == expected


@pytest.mark.parametrize(
    "call",
    [
        lambda: data(planted(), "sum", ["sum"], classify=False),
        lambda: data(planted(), "sum", ["x9"], classify=False),
        lambda: data(planted(), "sum", [], classify=False),
        lambda: data(Table.of({"x": [1, 2], "y": [3, 3]}), "y", ["x"], classify=False),
        lambda: data(Table.of({"x": [1], "y": [3], "z": [4]}), "y", ["x"], classify=False),
        lambda: data(planted(), "sum", ["x0"], classify=False, groups=[1, 2]),
    ],
)
def test_bad_input(call):
    with pytest.raises(InputError):
        call()
