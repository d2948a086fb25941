"""What models make of a table: baselines first, folds that keep groups together, intervals, and the control of permuted labels."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from certifield.evidence import Estimate, InputError, MissingExtra

from ._data import Data, moments
from ._formula import formula
from ._graphs import Graphs, train_graphs
from ._network import train

Predict = Callable[[Any], np.ndarray]
Fit = Callable[[Data, np.ndarray, int], Predict]

# Model: module and class of scikit-learn for classes and for numbers, with their arguments.
_LEARNERS: dict[str, tuple[tuple[str, dict], tuple[str, dict]]] = {
    "majority or mean": (("dummy.DummyClassifier", {"strategy": "most_frequent"}), ("dummy.DummyRegressor", {})),
    "linear": (("linear_model.LogisticRegression", {"C": 1e3, "max_iter": 2000}), ("linear_model.LinearRegression", {})),
    "sparse linear": (
        ("linear_model.LogisticRegression", {"C": 0.3, "l1_ratio": 1.0, "solver": "saga", "max_iter": 300, "tol": 1e-2}),
        ("linear_model.LassoCV", {"cv": 3}),
    ),
    "nearest neighbour": (("neighbors.KNeighborsClassifier", {"n_neighbors": 1}), ("neighbors.KNeighborsRegressor", {"n_neighbors": 1})),
    "decision tree": (("tree.DecisionTreeClassifier", {"max_depth": 6}), ("tree.DecisionTreeRegressor", {"max_depth": 6})),
    "forest": (("ensemble.RandomForestClassifier", {"n_estimators": 60}), ("ensemble.RandomForestRegressor", {"n_estimators": 60})),
    "boosted trees": (
        ("ensemble.HistGradientBoostingClassifier", {"max_iter": 60, "max_depth": 4}),
        ("ensemble.HistGradientBoostingRegressor", {"max_iter": 100, "max_depth": 4}),
    ),
}
_SEEDED = {"decision tree", "forest", "boosted trees", "sparse linear"}
MODELS = (*_LEARNERS, "network")  # of numbers, with what is installed by certifield[data]
FURTHER = ("symbolic regression", "graph network")  # the latter for rows that are graphs, the former with certifield[symbolic]


def fit(name: str, data: Data, rows: np.ndarray, seed: int = 0) -> Predict:
    """A model of this name on some rows, as a function from rows of features, or graphs, to classes or numbers.

    All models but "graph network" see of a graph its `Graphs.summary` alone.
    Raises `InputError` for another name, and for a graph network without graphs; `MissingExtra` without scikit-learn or pyoperon.
    """
    if name == "graph network":
        return train_graphs(data, rows, seed=seed)
    if isinstance(data.x, Graphs):
        told = replace(data, names=data.x.told(data.names), x=data.x.summary())
        model_of_summary = fit(name, told, rows, seed)
        return lambda x: model_of_summary(x.summary())
    if name == "network":
        return train(data, rows, seed=seed)
    if name == "symbolic regression":
        return formula(data, rows, seed=seed)
    if name not in _LEARNERS:
        raise InputError("model", name, f"one of {', '.join((*MODELS, *FURTHER))}", "see certifield.conjecture.models.MODELS")
    path, arguments = _LEARNERS[name][0 if data.classes else 1]
    module, kind = path.split(".")
    try:
        learner = getattr(import_module(f"sklearn.{module}"), kind)
    except ImportError:
        raise MissingExtra("models of tables need scikit-learn: pip install 'certifield[data]'") from None
    mean, spread = moments(data.x[rows])
    seeded = {"random_state": seed} if name in _SEEDED else {}
    model = learner(**arguments, **seeded).fit((data.x[rows] - mean) / spread, data.y[rows])
    return lambda x: model.predict((x - mean) / spread)


def score(name: str, data: Data, *, folds: int = 5, seed: int = 0, apart: Sequence[Any] | np.ndarray | None = None) -> Estimate:
    """Accuracy, or the share of the variance that is explained, on rows that the model did not see; the error knows of the groups.

    ``apart``: a label for each row, such as its family; rows of one label are then held out together, one label after the other, in the
    place of random folds.  Raises `InputError` for fewer than two labels, and for labels that divide a group.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    said = np.empty(len(data.y))
    parts = data.folds(min(folds, len(np.unique(data.groups))), rng) if apart is None else _by_label(data, apart)
    for number, held in enumerate(parts):
        others = np.concatenate([part for place, part in enumerate(parts) if place != number])
        said[held] = fit(name, data, others, seed + number)(data.x[held])
    return _estimate(data, said, f"{name} {seed}")


def _by_label(data: Data, labels: Sequence[Any] | np.ndarray) -> list[np.ndarray]:
    """The rows of each label."""
    values, place = np.unique(np.asarray(labels), return_inverse=True)
    if len(place) != len(data.y) or len(values) < 2:
        raise InputError("apart", f"{len(place)} labels", f"one for each of the {len(data.y)} rows, of two kinds or more", "see folds")
    torn = [int(group) for group in np.unique(data.groups) if len(set(place[data.groups == group])) > 1]
    if torn:
        raise InputError(
            "apart", f"several labels in group {torn[0]}", "one label for all rows of a group", "join the labels or the groups"
        )
    return [np.nonzero(place == number)[0] for number in range(len(values))]


def scores(data: Data, names: Sequence[str] = MODELS, *, folds: int = 5, seed: int = 0) -> dict[str, Estimate]:
    """The score of every model, and of a decision tree on permuted labels, which must fall to the baseline."""
    found = {name: score(name, data, folds=folds, seed=seed) for name in names}
    shuffled = data.permuted(np.random.Generator(np.random.PCG64([seed, 2])))
    return found | {"labels permuted": score("decision tree", shuffled, folds=folds, seed=seed)}


def _estimate(data: Data, said: np.ndarray, source: str) -> Estimate:
    spread = float(np.mean((data.y - data.y.mean()) ** 2))
    each = (said == data.y).astype(float) if data.classes else 1 - (said - data.y) ** 2 / spread
    mean = float(each.mean())
    sums = np.bincount(data.groups, weights=each - mean)
    count = len(np.unique(data.groups))
    error = float(np.sqrt((sums**2).sum() * count / max(1, count - 1)) / len(each))
    return Estimate.from_stderr(mean, max(error, 0.5 / len(each)), source=source, draws=len(each), method="over groups")
