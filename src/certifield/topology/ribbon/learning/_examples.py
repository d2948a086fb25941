"""What the network learns from: links on the way to a disc, the bands that led on, bands that did not, and how hard each link was."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...diagrams import Diagram
from ...tables import prime_knots
from .._best_first import enumeration
from .._enumerate import BITS, COLUMNS, CROSSED, DARTS, HALF_TWISTS
from .._families import mirror_sum, symmetric_union
from .._position import ROUNDS, Band, Position, Workbench
from ._graph import Graph, graph_of
from ._network import LONGEST_RANKED
from ._rank import best_bands, lay_ranked

CANDIDATES = 48  # bands of one example, of which the first leads on
SIFTED = 400  # bands of a link laid at random, to find more that lead on and many that do not
JUDGED = 5  # of those that may, how many are tried out
PATIENCE = 300  # bands after which a link counts as too hard
PATIENT = 3000  # the same for the knot itself


@dataclass(frozen=True)
class Example:
    """A link as the network sees it, bands with what each is worth, and the bands that a search tried from the link.

    A band is worth 1 / (1 + bands tried after it), and 0 where no discs come of it.
    """

    graph: Graph
    bands: np.ndarray  # int64 [at most CANDIDATES, COLUMNS], as findings; none for a link of which only the cost is known
    worth: np.ndarray  # float32 [bands]
    cost: int


def ribbon_knots(seed: int, crossings: range = range(3, 10)) -> Iterator[Diagram]:
    """Sums of primes with their mirror images and symmetric unions, scrambled, without end."""
    rng, primes = random.Random(seed), list(prime_knots(crossings))
    while True:
        knot = rng.choice(primes).diagram
        while len(knot.crossings) < 5 or (len(knot.crossings) < 8 and rng.random() < 0.3):
            knot = knot.connected_sum(rng.choice(primes[:7]).diagram)
        more = rng.randrange(4)
        count = 2 * len(knot.crossings) + 2 * more
        if more == 0:
            yield mirror_sum(knot, scramble=count + count // 2, seed=rng.randrange(2**32))
        else:
            twists = [rng.choice((-1, 1)) for _ in range(min(more, 2))]
            yield symmetric_union(knot, twists, scramble=count + count // 2, seed=rng.randrange(2**32))


def examples_of(diagram: Diagram, seed: int, largest: int) -> list[Example]:
    """Examples from one knot: its way to the circles by enumeration, and links beside the way; none of more than ``largest`` darts."""
    rng, bench = np.random.default_rng(seed), Workbench(len(diagram.crossings))
    position, found = bench.start(diagram, seed), []
    cost, end = effort(bench, position, PATIENT)
    if end is None:
        return []
    for band in end.bands[len(position.bands) :]:
        row = row_of(position, band)
        after = bench.after(position, row)
        next_cost = effort(bench, after, PATIENCE)[0]
        others = candidates(position, row, rng)
        judged, vain = sifted(bench, position, others)
        costs = [next_cost, *(effort(bench, child, PATIENCE)[0] for _, child in judged)]
        bands = np.stack([row, *(finding for finding, _ in judged), *vain])[:CANDIDATES]
        worth = np.zeros(len(bands), np.float32)
        worth[: len(costs)] = [1 / (1 + number) if number < PATIENCE else 0 for number in costs]
        links = [
            (position, bands, worth, cost),
            *((child, bands[:0], worth[:0], number) for (_, child), number in zip(judged, costs[1:], strict=True)),
        ]
        found += [Example(graph_of(link.planar, largest), *rest) for link, *rest in links if 0 < len(link.planar.across) <= largest]
        position, cost = after, next_cost
    return found


def sifted(bench: Workbench, position: Position, others: np.ndarray) -> tuple[list[tuple[np.ndarray, Position]], np.ndarray]:
    """Of bands drawn: the first few that may lead to discs, with the links that come of them, and those that cannot."""
    tried, rows, _ = lay_ranked(position.planar, bench.child, others, 0, len(others), ROUNDS, bench.scratch, bench.findings)
    findings = bench.findings[:rows].copy()  # up to the first band that leaves circles alone
    passed = {name_of(finding) for finding in findings}
    vain = np.array([row for row in others[:tried] if name_of(row) not in passed]).reshape(-1, COLUMNS)
    return [(finding, bench.after(position, finding)) for finding in findings[::-1][:JUDGED]], vain


def effort(bench: Workbench, position: Position, patience: int) -> tuple[int, Position | None]:
    """The bands that enumeration tries from a link, and where it ended if that was soon enough."""
    spent = 0
    if position.solved:
        return 0, position
    for tried, end in enumeration(bench, position, len(position.bands) + 4, patience):
        spent += tried
        if end is not None:
            return min(spent, patience), end
        if spent >= patience:
            break
    return patience, None


def row_of(position: Position, band: Band) -> np.ndarray:
    """A band in the slots of a position."""
    slot_of = {int(name): slot for slot, name in enumerate(position.planar.name)}
    row = np.zeros(COLUMNS, np.int64)
    row[CROSSED], row[BITS] = len(band.over), sum(bit << place for place, bit in enumerate(band.over))
    row[HALF_TWISTS] = band.half_twists
    row[DARTS : DARTS + len(band.darts)] = [4 * slot_of[dart >> 2] + (dart & 3) for dart in band.darts]
    return row


def candidates(position: Position, taken: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bands drawn at random, as many of each length as there is room for, without the one ``taken``."""
    darts = len(position.planar.across)
    noise = rng.standard_normal((3, darts, darts)).astype(np.float32)
    length = np.zeros(LONGEST_RANKED + 1, np.float32)
    length[[1, 2]] = -1, -2  # there are many more long bands than short ones
    rows = np.zeros((SIFTED, COLUMNS), np.int64)
    count = best_bands(position.planar, 2, 2, noise[0], noise[1], noise[2], length, rows)
    return rng.permutation(np.array([row for row in rows[:count] if name_of(row) != name_of(taken)]))


def name_of(row: np.ndarray) -> bytes:
    """What tells the bands of one link apart."""
    return row[[CROSSED, BITS, *range(DARTS, COLUMNS)]].tobytes()
