"""The random agent: its discs, its law, its limits."""

import math
from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("numba")

from certifield.evidence import Certified, InputError, Unknown
from certifield.topology import Diagram
from certifield.topology.moves._map import map_of
from certifield.topology.ribbon import RandomAgent, ribbon_disc
from certifield.topology.ribbon._enumerate import DARTS
from certifield.topology.ribbon._walk import walk_band
from certifield.topology.tables import knotinfo, slice_knots

pytestmark = pytest.mark.knots
LIMITS = np.array([50, 100, 5, 5, 10], np.int64)


def faces(diagram: Diagram) -> list[list[tuple[int, int]]]:
    """Boundaries as (edge, end) from the code alone: at a crossing the next edge of the face is the one before, clockwise."""
    ends: dict[int, list[tuple[int, int]]] = {}
    for number, crossing in enumerate(diagram.crossings):
        for place, label in enumerate(crossing):
            ends.setdefault(label, []).append((number, place))
    left, found = {dart for pair in ends.values() for dart in pair}, []
    while left:
        dart, face = min(left), []
        while dart in left:
            left.remove(dart)
            label = diagram.crossings[dart[0]][dart[1]]
            other = next(end for end in ends[label] if end != dart)
            face.append((label, dart))
            dart = (other[0], (other[1] - 1) % 4)
        found.append(face)
    return found


def chance_of_attaching_at_once(diagram: Diagram, weights: list[int]) -> Fraction:
    """Exactly, for a knot: a face, an edge of it, and the first action beyond it is to attach."""
    every, total = faces(diagram), Fraction(0)
    of_label = {
        label: [place for place, face in enumerate(every) if any(name == label for name, _ in face)] for face in every for label, _ in face
    }
    for place, face in enumerate(every):
        for label, _ in face:
            (beyond,) = [other for other in of_label[label] if other != place]
            ends = len(every[beyond]) - 1
            ways = sum(1 for name, _ in every[beyond] if name != label and place not in of_label[name])
            attach = weights[1] * ends
            total += Fraction(attach, attach + (weights[2] + weights[3]) * ways + 2 * weights[4]) / len(face)
    return total / len(every)


def frequency_of_attaching_at_once(diagram: Diagram, weights: list[int], draws: int) -> float:
    planar, darts = map_of(diagram, seed=4), np.zeros(DARTS + 20, np.int64)
    scratch, hits = np.zeros((5, len(planar.across)), np.int64), 0
    for _ in range(draws):
        _, crossed, _, half_twists = walk_band(planar, np.array(weights, float), LIMITS, 0, 0, scratch, darts)
        hits += crossed == 0 and half_twists in (0, 1)
    return hits / draws


@pytest.mark.parametrize("weights", [[1, 17, 1, 1, 3], [1, 1, 2, 5, 0], [1, 3, 0, 1, 9]])
def test_actions_are_drawn_by_their_weights(weights):
    knot, draws = knotinfo("8_20").diagram, 20_000
    expected = float(chance_of_attaching_at_once(knot, weights))
    error = math.sqrt(expected * (1 - expected) / draws)
    assert abs(frequency_of_attaching_at_once(knot, weights, draws) - expected) < 4 * error
    other = [1, weights[1] * 2, *weights[2:]]  # the twin: other weights are told apart
    assert abs(frequency_of_attaching_at_once(knot, other, draws) - expected) > 4 * error


@pytest.mark.parametrize("crossings", [9, pytest.param(11, marks=pytest.mark.slow)])
def test_it_finds_discs_of_the_slice_knots(crossings):
    for row in slice_knots(range(crossings + 1)):
        answer = ribbon_disc(row.diagram, proposer="random", budget=20_000)
        assert isinstance(answer, Certified) and answer.certificate.replay().accepted, row.name


def test_the_seed_decides():
    knot = knotinfo("10_155").diagram
    first, again, other = (ribbon_disc(knot, proposer="random", seed=seed).certificate.canonical() for seed in (1, 1, 2))
    assert first == again != other


def test_an_agent_that_never_attaches_finds_nothing():
    answer = ribbon_disc(knotinfo("6_1").diagram, proposer=RandomAgent(weights=(1, 0, 1, 1, 3)), budget=3000)
    assert isinstance(answer, Unknown) and answer.spent["bands"] == 3000


def test_restarts_are_limited():
    answer = ribbon_disc(knotinfo("4_1").diagram, proposer=RandomAgent(restarts=40), budget=100_000)
    assert isinstance(answer, Unknown) and 40 <= answer.spent["bands"] <= 200


def test_discs_of_several_bands_are_found():
    knot = knotinfo("6_1").diagram
    answer = ribbon_disc(knot.connected_sum(knot).connected_sum(knot), proposer="random", bands=4)
    assert isinstance(answer, Certified) and answer.certificate.document()["value"] == "3"
    assert answer.certificate.replay().accepted
    too_few = ribbon_disc(knot.connected_sum(knot).connected_sum(knot), proposer="random", bands=1, budget=2000)
    assert isinstance(too_few, Unknown)


@pytest.mark.parametrize(
    ("limit", "value"), [("most", 0), ("most", -1), ("restarts", 2**70), ("restarts", "x"), ("steps", 2.5), ("size", -1), ("size", True)]
)
def test_limits_that_there_are_not_are_refused(limit, value):
    """Without a band allowed, the agent would never try one and never end."""
    with pytest.raises(InputError, match=limit):
        RandomAgent(**{limit: value})


def test_an_unknown_proposer_is_refused():
    with pytest.raises(InputError, match="proposer"):
        ribbon_disc(knotinfo("6_1").diagram, proposer="oracle")
