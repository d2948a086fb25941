"""Unknots are recognised by their groups, hard ones too; knots never are."""

import json
import random
from pathlib import Path

import pytest
from planar_walks import loaded, scrambled_unknot

from certifield.evidence import Certified, InputError, Unknown
from certifield.topology import Diagram
from certifield.topology.groups import unknot_by_group

# The monster has 10 crossings, Haken's Gordian knot 141; signed Gauss codes as in Regina's ExampleLink (regina-normal.github.io).
HARD = json.loads(Path(__file__).with_name("hard_unknots.json").read_text(encoding="utf-8"))


def _proved(diagram: Diagram) -> bool:
    answer = unknot_by_group(diagram)
    return isinstance(answer, Certified) and answer.certificate.replay().accepted


@pytest.mark.parametrize(("name", "crossings"), [("monster", 10), ("gordian", 141)])
def test_hard_unknots(name, crossings):
    diagram = Diagram.from_gauss(HARD[name]["gauss"], HARD[name]["signs"])
    assert len(diagram.crossings) == crossings
    assert _proved(diagram) and _proved(diagram.mirror())


@pytest.mark.parametrize("steps", [0, 1, 5, 20, 60, 120])
def test_scrambled_unknots(steps):
    for seed in range(3):
        code, _ = scrambled_unknot(loaded(), random.Random(seed), steps) if steps else ([], [])
        assert _proved(Diagram.from_pd(code))


def test_knots_are_never_unknots(knotinfo):
    """Every prime knot of the sample; a simplification that lost a relator would make some of them trivial."""
    for row in knotinfo[:120]:
        answer = unknot_by_group(Diagram.from_pd(row["pd"]), budget=60)
        assert isinstance(answer, Unknown) and answer.spent["moves"] >= 60


def test_a_budget_of_nothing_proves_nothing():
    answer = unknot_by_group(Diagram.from_braid([1, 2]), budget=0)
    assert isinstance(answer, Unknown) and dict(answer.spent) == {"moves": 0}


@pytest.mark.parametrize("budget", [-1, 2.0, True, None, "many"])
def test_a_wrong_budget_is_refused(budget):
    with pytest.raises(InputError):
        unknot_by_group(Diagram.from_braid([1]), budget=budget)


def test_a_link_is_refused():
    with pytest.raises(InputError):
        unknot_by_group(Diagram.from_braid([1, 1]))
