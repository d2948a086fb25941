"""Best-first search with the network: it ranks the bands of each link, and says which link to go on with."""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import equinox as eqx
import jax
import numpy as np

from ...diagrams import Diagram
from ...moves._map import map_of
from .._best_first import enumeration
from .._enumerate import COLUMNS
from .._position import ROUNDS, Position, Workbench
from ._graph import BUCKETS, bucket, graph_of, stacked
from ._network import LONGEST_RANKED, Policy, Scores
from ._rank import best_bands, lay_ranked
from ._weights import shipped

CHUNK = 8  # bands of one link laid before all links are compared again
RANKED = 1024  # bands of one link
SIMPLE_UP_TO = 2  # strands crossed: longer bands follow shortest paths
BATCH = 4  # links valued at once


@dataclass(frozen=True)
class LearnedSearch:
    """A network as proposer; without ``policy`` the one that is shipped.

    A link whose n-th band is up next has priority value + log(1 + n / 8): the value is the logarithm of the bands that a search from there
    is expected to try, and bands tried in vain speak against it.
    """

    policy: Policy | None = None

    def __call__(self, bench: Workbench, start: Position, bands: int, budget: int) -> Iterator[tuple[int, Position | None]]:
        """Bands tried since the last step, and the solved position once there is one; in the end, all bands by enumeration."""
        policy = shipped() if self.policy is None else self.policy
        (scores,) = scored(policy, [start])
        worth, seen, order = float(scores.value), {start.key}, 0
        queue: list[tuple[float, int, float, int, Position, np.ndarray]] = [(worth, order, worth, 0, start, ranked_by(scores, start))]
        while queue:
            _, _, value, done, position, ranked = heapq.heappop(queue)
            end = min(done + CHUNK, len(ranked))
            tried, rows, solved = lay_ranked(position.planar, bench.child, ranked, done, end, ROUNDS, bench.scratch, bench.findings)
            found = bench.findings[:rows].copy()
            if solved:
                yield tried, bench.after(position, found[-1])
                return
            yield tried, None
            if end < len(ranked):
                order += 1
                heapq.heappush(queue, (value + math.log1p(end / CHUNK), order, value, end, position, ranked))
            if len(position.bands) + 1 >= bands:
                continue
            children = {child.key: child for child in (bench.after(position, row) for row in found) if child.key not in seen}
            seen |= children.keys()
            for child, scores in zip(children.values(), scored(policy, list(children.values())), strict=True):
                order += 1
                worth = float(scores.value)
                heapq.heappush(queue, (worth, order, worth, 0, child, ranked_by(scores, child)))
        yield from enumeration(bench, start, bands, budget)


def ranked_by(scores: Scores, position: Position) -> np.ndarray:
    """The best bands of one link by its scores."""
    rows = np.zeros((RANKED, COLUMNS), np.int64)
    longest = min(LONGEST_RANKED, len(scores.length) - 1)
    count = best_bands(position.planar, longest, SIMPLE_UP_TO, scores.ends, scores.over, scores.under, scores.length, rows)
    return rows[:count]


def scored(policy: Policy, positions: list[Position]) -> list[Scores]:
    """Scores of the network, links of one size in batches."""
    found: list[Scores | None] = [None] * len(positions)
    graphs = [graph_of(position.planar) for position in positions]
    for size in {len(graph.present) for graph in graphs}:
        members = [place for place, graph in enumerate(graphs) if len(graph.present) == size]
        for begin in range(0, len(members), BATCH):
            batch = members[begin : begin + BATCH]
            padded = batch + [batch[0]] * ((1 if len(batch) == 1 else BATCH) - len(batch))
            scores = jax.device_get(applied()(policy, stacked([graphs[place] for place in padded])))
            for row, place in enumerate(batch):
                found[place] = Scores(*(np.asarray(array[row]) for array in scores))
    return [scores for scores in found if scores is not None]


def prepare(crossings: int) -> None:
    """Compiles the network for diagrams of up to so many crossings, which is otherwise done when the first of a size comes."""
    smallest = map_of(Diagram.from_braid([1, 1, 1]), room=0)
    for size in (size for size in BUCKETS if size <= bucket(4 * crossings)):
        for count in (1, BATCH):
            applied()(shipped(), stacked([graph_of(smallest, size)] * count))


@cache
def applied():
    """The network on a batch, compiled once for each size."""
    return eqx.filter_jit(lambda policy, graphs: jax.vmap(policy)(graphs))
