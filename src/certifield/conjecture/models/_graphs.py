r"""Graphs as rows, and a graph network for them: what it says does not depend on how vertices are numbered.

.. math:: h'_v = \mathrm{gelu}\Bigl(S h_v + N \sum_{u \sim v} h_u + b\Bigr)

three times, and then a perceptron of the sum and the mean of the h over the vertices.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from certifield.evidence import InputError

from .._table import Table
from ._data import Data, labelled
from ._network import descended, labels, loss_gradients, own_gradients, scale_of, set_aside

ROUNDS = 3
MOST_VERTICES = 500
Structure = tuple[Mapping[str, Sequence[float]], Iterable[Sequence[int]]]


class Batch(NamedTuple):
    """One graph or many: standardised features, adjacency, and which slots hold a vertex."""

    features: jax.Array
    joined: jax.Array
    there: jax.Array


@dataclass(frozen=True, eq=False)
class Graphs:
    """``features`` [row, vertex, feature] and ``joined`` [row, vertex, vertex], 0 beyond the ``there`` [row, vertex] of each graph.

    It is indexed as a table [row, feature] is.
    """

    features: np.ndarray
    joined: np.ndarray
    there: np.ndarray

    def __getitem__(self, key: Any) -> "Graphs":
        if isinstance(key, tuple):
            rows, places = key
            return Graphs(self.features[rows][:, :, places], self.joined[rows], self.there[rows])
        return Graphs(self.features[key], self.joined[key], self.there[key])

    def __len__(self) -> int:
        return len(self.there)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and features of vertices."""
        return len(self), self.features.shape[2]

    def permuted(self, place: int, rng: np.random.Generator) -> "Graphs":
        """The graphs with one of the features dealt out anew among all vertices of all of them."""
        features = self.features.copy()
        features[self.there, place] = rng.permutation(features[self.there, place])
        return Graphs(features, self.joined, self.there)

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and spread of the features over vertices."""
        every = self.features[self.there]
        spread = every.std(axis=0)
        return every.mean(axis=0), np.where(spread > 0, spread, 1.0)

    def told(self, names: Sequence[str]) -> tuple[str, ...]:
        """The names of what `summary` says, by those of the features."""
        return ("vertices", "edges", *(f"sum of {name}" for name in names), *(f"edge sum of {name}" for name in names))

    def summary(self) -> np.ndarray:
        """What a table sees of a graph: numbers of vertices and edges, and for each feature its sum over vertices and over edges."""
        over_edges = 0.5 * np.einsum("rvf,rvw,rwf->rf", self.features, self.joined, self.features)
        counts = np.stack([self.there.sum(axis=1), self.joined.sum(axis=(1, 2)) / 2], axis=1)
        return np.concatenate([counts, self.features.sum(axis=1), over_edges], axis=1)


def graphs(structures: Iterable[Structure]) -> tuple[tuple[str, ...], Graphs]:
    """Names of features, and the graphs, from pairs (numbers of the vertices by name of feature, edges between vertices 0, 1, ...).

    Raises `InputError` for features that are not the same in all graphs or not one number for each vertex, for edges that lead nowhere,
    for loops and edges twice, and for more than 500 vertices.
    """
    made = [({name: [float(x) for x in column] for name, column in features.items()}, [tuple(edge) for edge in edges])
            for features, edges in structures]  # fmt: skip
    if not made or not made[0][0]:
        raise InputError("structures", f"{len(made)} graphs", "one at least, with one feature at least", "such as the degrees")
    names = tuple(made[0][0])
    sizes = [len(next(iter(features.values()), ())) for features, _ in made]
    most = max(sizes)
    if most > MOST_VERTICES or min(sizes) < 1:
        raise InputError("structures", f"{min(sizes)} to {most} vertices", f"1 to {MOST_VERTICES}", "leave out the others")
    features, joined = np.zeros((len(made), most, len(names))), np.zeros((len(made), most, most))
    for row, ((columns, edges), size) in enumerate(zip(made, sizes, strict=True)):
        if tuple(columns) != names or {len(column) for column in columns.values()} != {size}:
            raise InputError(f"features of graph {row}", tuple(columns), f"{names}, a number for each vertex", "complete them")
        if len({frozenset(edge) for edge in edges}) != len(edges) or any(
            len(set(edge)) != 2 or not all(isinstance(end, int | np.integer) and 0 <= end < size for end in edge) for edge in edges
        ):
            raise InputError(f"edges of graph {row}", edges, f"different pairs of vertices 0 to {size - 1}", "number the vertices from 0")
        features[row, :size] = np.array([columns[name] for name in names]).T
        for one, other in edges:
            joined[row, one, other] = joined[row, other, one] = 1.0
    return names, Graphs(features, joined, np.arange(most)[None, :] < np.array(sizes)[:, None])


def graph_data(
    table: Table, target: str, structures: Iterable[Structure], *, classify: bool, groups: Sequence[Hashable] | None = None
) -> Data:
    """The graphs as rows, one for each of the table, whose target they are to tell.

    Models other than the graph network see of a graph what `Graphs.summary` says.  Raises `InputError` as `graphs` and `data` do, and
    unless there is a graph for each row.
    """
    names, found = graphs(structures)
    if len(found) != len(table):
        raise InputError("structures", f"{len(found)} graphs", f"one for each of the {len(table)} rows", "in the order of the rows")
    return Data(names, found, *labelled(table, target, classify, groups))


@dataclass(frozen=True, eq=False)
class GraphNetwork:
    """Weights, and the moments that features, and for a regression outputs, are standardised with."""

    weights: Any
    inputs: tuple[np.ndarray, np.ndarray]
    outputs: tuple[float, float]
    classes: int

    def __call__(self, x: Graphs) -> np.ndarray:
        """Classes, or numbers."""
        raw = np.asarray(_answers(self.weights, _batch(x, self.inputs)))
        return raw.argmax(axis=1) if self.classes else raw[:, 0] * self.outputs[1] + self.outputs[0]

    def gradients(self, x: Graphs, y: np.ndarray) -> np.ndarray:
        r"""$\sum_v |\partial L / \partial x_{v i}|$ for every graph and feature, x in units of its spread over vertices."""
        label = jnp.asarray(y.astype(np.int32) if self.classes else (y - self.outputs[0]) / self.outputs[1])
        found = loss_gradients(_output, self.weights, _batch(x, self.inputs), label)
        return np.abs(np.asarray(found.features)).sum(axis=1)

    def integrated(self, x: Graphs, y: np.ndarray, steps: int = 16) -> np.ndarray:
        """Integrated gradients from the graph with the mean of all vertices at each of its own: contributions to the own output."""
        batch = _batch(x, self.inputs)
        which = jnp.asarray(y.astype(np.int32) if self.classes else np.zeros(len(y), np.int32))
        places = [batch._replace(features=batch.features * ((step + 0.5) / steps)) for step in range(steps)]
        parts = [np.asarray(own_gradients(_output, self.weights, place, which).features) for place in places]
        return (np.asarray(batch.features) * np.mean(parts, axis=0)).sum(axis=1)


def train_graphs(data: Data, rows: np.ndarray, *, width: int = 32, steps: int = 1500, seed: int = 0) -> GraphNetwork:
    """A graph network trained on some rows of data whose ``x`` are `Graphs`.  Raises `InputError` for others."""
    if not isinstance(data.x, Graphs):
        raise InputError("data", f"{len(data.names)} columns", "rows that are graphs", "make them with graph_data(...)")
    rng = np.random.Generator(np.random.PCG64(seed))
    used, held = set_aside(rows, rng)
    inputs, outputs = data.x[used].moments(), scale_of(data, used)
    sizes = (data.x.shape[1], *[width] * ROUNDS)
    body = tuple((_drawn(rng, here, out), _drawn(rng, here, out), jnp.zeros(out, float)) for here, out in pairwise(sizes))
    head = tuple((_drawn(rng, here, out), jnp.zeros(out, float)) for here, out in pairwise((2 * width, width, len(data.classes) or 1)))
    best = descended(_output, (body, head), _batch(data.x, inputs), labels(data, outputs), (used, held), steps, rng)
    return GraphNetwork(best, inputs, outputs, len(data.classes))


def _drawn(rng: np.random.Generator, here: int, out: int) -> jax.Array:
    return jnp.asarray(rng.normal(size=(here, out)) / np.sqrt(here))


def _batch(x: Graphs, inputs: tuple[np.ndarray, np.ndarray]) -> Batch:
    there = x.there.astype(float)
    return Batch(jnp.asarray((x.features - inputs[0]) / inputs[1] * there[:, :, None]), jnp.asarray(x.joined), jnp.asarray(there))


def _output(weights: Any, graph: Batch) -> jax.Array:
    """Logits, or one number, of one graph."""
    body, head = weights
    there = graph.there[:, None]
    h = graph.features
    for own, near, bias in body:
        h = jax.nn.gelu(h @ own + graph.joined @ (h @ near) + bias[None, :]) * there
    total = jnp.sum(h, axis=0)
    told = jnp.concatenate([total / 4, total / jnp.sum(there)])
    (first, one), (second, two) = head
    return jax.nn.gelu(told @ first + one) @ second + two


@jax.jit
def _answers(weights: Any, batch: Batch) -> jax.Array:
    return jax.vmap(_output, (None, 0))(weights, batch)
