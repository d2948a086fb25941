"""A link diagram as the network sees it: darts, their neighbours, and what can be said of each without a numbering."""

from typing import NamedTuple

import numpy as np

from ...moves._components import label_components
from ...moves._map import PlanarMap
from ...moves._passes import number_faces

BUCKETS = (32, 64, 128, 256, 512, 1024)  # darts: a network is compiled once for each
FEATURES = 11


class Graph(NamedTuple):
    """Arrays padded to a bucket; a dart that is not there is its own neighbour, in a face and a component of its own."""

    features: np.ndarray  # float32 [darts, FEATURES]
    across: np.ndarray  # int32 [darts]
    next: np.ndarray  # int32 [darts], in the face
    previous: np.ndarray  # int32 [darts], in the face
    opposite: np.ndarray  # int32 [darts], at the crossing
    face: np.ndarray  # int32 [darts]
    component: np.ndarray  # int32 [darts]
    present: np.ndarray  # float32 [darts]


def bucket(darts: int) -> int:
    """The smallest size with room for so many darts."""
    return next((size for size in BUCKETS if size >= darts), -(-darts // BUCKETS[-1]) * BUCKETS[-1])


def graph_of(planar: PlanarMap, size: int | None = None) -> Graph:
    """The graph of a map without free slots."""
    count = len(planar.across)
    size = bucket(count) if size is None else size
    number_faces(planar)
    home, outgoing = np.zeros((2, count), np.int64)
    components = label_components(planar, home, outgoing)
    darts = np.arange(count)
    quarter = (darts & ~3) | ((darts + 1) & 3)
    opposite = (darts & ~3) | ((darts + 2) & 3)
    following = (planar.across & ~3) | ((planar.across + 3) & 3)
    padding = np.arange(size)
    neighbours = {"across": planar.across, "next": following, "previous": planar.across[quarter], "opposite": opposite}
    padded = {name: padding.astype(np.int32) for name in (*neighbours, "face", "component")}
    for name, values in (neighbours | {"face": planar.face, "component": home}).items():
        padded[name][:count] = values
    features = np.zeros((size, FEATURES), np.float32)
    features[:count] = described(planar, home, outgoing, components)
    return Graph(features=features, present=(padding < count).astype(np.float32), **padded)


def described(planar: PlanarMap, home: np.ndarray, outgoing: np.ndarray, components: int) -> np.ndarray:
    """Features of the darts: their levels, the sizes of face and component, whether and how a component crosses itself."""
    count = len(planar.across)
    darts = np.arange(count)
    degree = np.bincount(planar.face[:count])[planar.face[:count]]
    low = darts & ~3
    own = home[low] == home[low + 1]
    sign = outgoing[low + 2] * outgoing[low + 1]
    columns = [
        darts & 1,
        planar.across & 1,
        *(degree == number for number in (1, 2, 3, 4)),
        1 / degree,
        own,
        own * sign,
        np.bincount(home)[home] / count,
        np.full(count, components / 4),
    ]
    return np.stack(columns, axis=1)


def stacked(graphs: list[Graph]) -> Graph:
    """Graphs of one size as a batch."""
    return Graph(*(np.stack(arrays) for arrays in zip(*graphs, strict=True)))
