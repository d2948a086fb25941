"""The network: what it must not depend on, what it ranks, what it has learned."""

import random
from itertools import islice

import numpy as np
import pytest

pytest.importorskip("numba")

import jax

from certifield.evidence import Certified
from certifield.topology import Diagram
from certifield.topology.ribbon import mirror_sum, ribbon_disc, symmetric_union
from certifield.topology.ribbon._enumerate import BITS, COLUMNS, CROSSED, DARTS
from certifield.topology.ribbon._position import Workbench
from certifield.topology.ribbon._search import search
from certifield.topology.ribbon.learning import LearnedSearch, load, save, train
from certifield.topology.ribbon.learning._examples import examples_of, ribbon_knots
from certifield.topology.ribbon.learning._graph import graph_of, stacked
from certifield.topology.ribbon.learning._network import Policy
from certifield.topology.ribbon.learning._proposer import applied, scored
from certifield.topology.ribbon.learning._rank import best_bands, score
from certifield.topology.ribbon.learning._train import batches, judged
from certifield.topology.ribbon.learning._weights import SHIPPED, shipped
from certifield.topology.tables import knotinfo, prime_knots

pytestmark = pytest.mark.knots
KNOT = knotinfo("9_43").diagram


def position_of(diagram: Diagram):
    return Workbench(len(diagram.crossings)).start(diagram, 0)


def turned(diagram: Diagram, seed: int) -> Diagram:
    """The same diagram with its crossings in another order."""
    order = random.Random(seed).sample(range(len(diagram.crossings)), len(diagram.crossings))
    return Diagram.from_pd([diagram.crossings[place] for place in order])


def test_the_numbering_does_not_matter_and_the_mirror_image_does():
    value, again, mirrored = (
        scores.value for scores in scored(shipped(), [position_of(KNOT), position_of(turned(KNOT, 2)), position_of(KNOT.mirror())])
    )
    assert value == pytest.approx(again, abs=1e-4) and abs(value - mirrored) > 1e-3
    ends = [np.sort(scores.ends[:36, :36].ravel()) for scores in scored(shipped(), [position_of(KNOT), position_of(turned(KNOT, 2))])]
    assert np.allclose(*ends, atol=1e-3)


def test_room_to_spare_does_not_matter():
    planar = position_of(KNOT).planar
    tight, wide = (applied()(shipped(), stacked([graph_of(planar, size)])) for size in (64, 128))
    assert float(tight.value[0]) == pytest.approx(float(wide.value[0]), abs=1e-4)
    assert np.allclose(tight.over[0, :36, :36], wide.over[0, :36, :36], atol=1e-3)


def ranked(planar, scores, rows: int) -> np.ndarray:
    found = np.zeros((rows, COLUMNS), np.int64)
    return found[: best_bands(planar, 2, 2, *(np.asarray(array) for array in scores[:4]), found)]


def test_the_best_bands_are_the_best_of_all():
    position = position_of(KNOT)
    (scores,) = scored(shipped(), [position])
    every, few = ranked(position.planar, scores, 100_000), ranked(position.planar, scores, 20)
    assert 1000 < len(every) < 100_000

    def by_hand(row: np.ndarray) -> float:
        darts, across = row[DARTS : DARTS + row[CROSSED] + 2], position.planar.across
        total = float(scores.ends[darts[0], darts[-1]]) + float(scores.length[row[CROSSED]])
        for place, dart in enumerate(darts[1:-1]):
            table = scores.over if row[BITS] >> place & 1 else scores.under
            total += float(table[darts[0], dart])
            total += float(table[darts[-1], across[dart]])
        return total

    points = [by_hand(row) for row in every]
    assert points == sorted(points, reverse=True)
    assert [by_hand(row) for row in few] == points[:20]


def test_a_band_scores_the_same_from_its_other_end():
    position = position_of(KNOT)
    (scores,) = scored(shipped(), [position])
    tables, across = [np.asarray(array) for array in scores[:4]], position.planar.across
    differ = 0
    for row in ranked(position.planar, scores, 200):
        crossed, darts = int(row[CROSSED]), row[DARTS : DARTS + row[CROSSED] + 2]
        back = np.array([darts[-1], *(across[dart] for dart in darts[-2:0:-1]), darts[0]])
        bits = sum((int(row[BITS]) >> place & 1) << (crossed - 1 - place) for place in range(crossed))
        forth = score(position.planar, darts, row[BITS], crossed, *tables)
        assert score(position.planar, back, bits, crossed, *tables) == pytest.approx(forth, abs=1e-4)
        differ += abs(score(position.planar, back, bits ^ 1, crossed, *tables) - forth) > 1e-4  # the twin: over is not under
    assert differ > 100


def test_it_finds_discs_of_knots_that_it_has_not_seen():
    for name in ("10_75", "10_123", "10_155", "12n_553"):
        answer = ribbon_disc(knotinfo(name).diagram, proposer="learned", budget=20_000)
        assert isinstance(answer, Certified) and answer.certificate.replay().accepted, name
    union = symmetric_union(knotinfo("10_48").diagram, (1, -1), scramble=40)
    first, again = (ribbon_disc(union, proposer="learned", bands=4) for _ in range(2))
    assert first.certificate.canonical() == again.certificate.canonical() and first.certificate.replay().accepted


@pytest.mark.slow
def test_a_trained_network_needs_fewer_bands_than_an_untrained_one():
    """On sums of primes of 10 crossings; it was trained on sums of primes up to 9."""
    knots = [mirror_sum(row.diagram, scramble=28, seed=place) for place, row in enumerate(islice(prime_knots(10), 0, 165, 14))]
    blank = LearnedSearch(Policy(jax.random.key(5, impl="threefry2x32")))
    with_it, without = ([search(knot, agent, 4, 2000, 0)[1] for knot in knots] for agent in (LearnedSearch(), blank))
    assert np.mean(np.log1p(with_it)) < np.mean(np.log1p(without)) - 0.7


def test_examples_tell_bands_that_lead_on():
    for example in (example for place, knot in enumerate(islice(ribbon_knots(5), 6)) for example in examples_of(knot, place, 128)):
        if len(example.bands):
            assert example.worth[0] > 0 and len(example.worth) == len(example.bands) and (example.worth <= 1).all()
            assert len({row.tobytes() for row in example.bands}) == len(example.bands)


@pytest.mark.slow
def test_training_learns_and_repeats():
    first, again = (train(knots=4, steps=100, seed=1, largest=64) for _ in range(2))
    assert first.progress == again.progress and first.examples > 3
    graphs, answer = next(batches(examples_of(next(ribbon_knots(1)), 0, 64), 0))
    blank = Policy(jax.random.key(1, impl="threefry2x32"))  # the twin
    taught, untaught = (float(np.mean(jax.vmap(judged, (None, 0, 0))(policy, graphs, answer)[1])) for policy in (first.policy, blank))
    assert taught < untaught - 0.3


def test_weights_are_small_and_come_back(tmp_path):
    assert SHIPPED.stat().st_size < 300_000
    save(shipped(), tmp_path / "copy.npz", seed=0)
    again = load(tmp_path / "copy.npz")
    assert all(
        np.array_equal(one, two)
        for one, two in zip(jax.tree.leaves(shipped()), jax.tree.leaves(again), strict=True)
        if hasattr(one, "shape")
    )
