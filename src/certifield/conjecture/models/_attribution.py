r"""Which features a network looks at, and which ones suffice.

.. math:: r_i = \frac{1}{|B|} \sum_{x \in B} \left| \frac{\partial L}{\partial x_i} \right|

over rows that were not trained on, inputs standardised, normalised to $\sum_i r_i = 1$ (A. Davies et al., Nature 600 (2021) 70).  A
gradient says where a network is sensitive; only a network trained on some features alone says that they suffice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from certifield.evidence import Estimate

from ._data import Data
from ._graphs import Graphs, train_graphs
from ._network import train

CORRELATED = 0.9


@dataclass(frozen=True, eq=False)
class Attribution:
    """Shares of the features, each with its error over seeds: by gradients of the loss, permutation, and integrated gradients.

    ``clusters``: features whose ranks are correlated by more than 0.9, among which a gradient splits its share arbitrarily; ``top``: for
    every k, the k features with the largest gradients and the score of networks that have these alone.
    """

    names: tuple[str, ...]
    gradient: Estimate
    permutation: Estimate
    integrated: Estimate
    clusters: tuple[tuple[str, ...], ...]
    top: tuple[tuple[tuple[str, ...], Estimate], ...]

    @property
    def order(self) -> tuple[str, ...]:
        """The features by falling gradients."""
        return tuple(self.names[place] for place in np.argsort(-np.asarray(self.gradient.mean)))


def attribute(data: Data, *, seeds: int = 5, seed: int = 0, steps: int = 2000, most: int | None = None) -> Attribution:
    """Trains networks from ``seeds`` seeds on four fifths of the groups, and attributes their loss on the last fifth to the features.

    Rows that are graphs get graph networks, and the features are those of vertices.

    ``most``: the greatest k of the networks that have k features alone, all by default.
    """
    rows = []
    learner: Callable[..., Any] = train_graphs if isinstance(data.x, Graphs) else train
    for number in range(seeds):
        used, held = _split(data, seed + number)
        network = learner(data, used, steps=steps, seed=seed + number)
        x, y = data.x[held], data.y[held]
        rng = np.random.Generator(np.random.PCG64([seed + number, 3]))
        whole = _score(data, held, network(x))
        drops = []
        for place in range(x.shape[1]):
            drops.append(whole - _score(data, held, network(_permuted(x, place, rng))))
        gradient, integrated = np.abs(network.gradients(x, y)).mean(axis=0), np.abs(network.integrated(x, y)).mean(axis=0)
        rows.append((gradient / gradient.sum(), np.array(drops), integrated / integrated.sum()))
    parts = [np.array(part) for part in zip(*rows, strict=True)]
    gradient, permutation, integrated = (_over_seeds(part, f"attribution {kind}") for kind, part in enumerate(parts))
    order = [data.names[place] for place in np.argsort(-parts[0].mean(axis=0))]
    top = []
    for k in range(1, (most or len(order)) + 1):
        chosen = data.only(order[:k])
        found = []
        for number in range(seeds):
            used, held = _split(data, seed + number)
            found.append(_score(data, held, learner(chosen, used, steps=steps, seed=seed + number)(chosen.x[held])))
        top.append((tuple(order[:k]), _over_seeds(np.array(found)[:, None], f"top {k}", scalar=True)))
    return Attribution(data.names, gradient, permutation, integrated, clusters(data), tuple(top))


def clusters(data: Data) -> tuple[tuple[str, ...], ...]:
    """Features that hang together by rank correlations beyond 0.9 in size; those that hang with none are left out."""
    count = len(data.names)
    if count < 2:
        return ()
    rows = data.x.features[data.x.there] if isinstance(data.x, Graphs) else data.x
    with np.errstate(invalid="ignore", divide="ignore"):
        table = np.atleast_2d(np.asarray(scipy.stats.spearmanr(rows)[0], float))
    joined = np.eye(count, dtype=bool) | (np.abs(np.full((2, 2), table) if count == 2 and table.size == 1 else table) > CORRELATED)
    reach = np.linalg.matrix_power(joined.astype(int), count) > 0
    found = {tuple(np.nonzero(row)[0]) for row in reach}
    return tuple(tuple(data.names[place] for place in one) for one in sorted(found) if len(one) > 1)


def _permuted(x: Any, place: int, rng: np.random.Generator) -> Any:
    if isinstance(x, Graphs):
        return x.permuted(place, rng)
    other = x.copy()
    other[:, place] = rng.permutation(other[:, place])
    return other


def _split(data: Data, seed: int) -> tuple[np.ndarray, np.ndarray]:
    parts = data.folds(5, np.random.Generator(np.random.PCG64([seed, 4])))
    return np.concatenate(parts[1:]), parts[0]


def _score(data: Data, rows: np.ndarray, said: np.ndarray) -> float:
    y = data.y[rows]
    return float(np.mean(said == y)) if data.classes else float(1 - np.mean((said - y) ** 2) / np.mean((y - y.mean()) ** 2))


def _over_seeds(values: np.ndarray, source: str, scalar: bool = False) -> Estimate:
    """The mean over seeds with its error."""
    mean = values.mean(axis=0)
    error = np.maximum(values.std(axis=0, ddof=1) / np.sqrt(len(values)), 1e-6) if len(values) > 1 else np.full(values.shape[1], np.inf)
    if scalar:
        mean, error = mean[0], error[0]
    return Estimate.from_stderr(mean, error, source=source, draws=len(values), method="over seeds")
