"""Pictures show the diagrams that they are pictures of: read back from their lines, crossing by crossing."""

import json
import random
from pathlib import Path

import pytest
from read_picture import read

from certifield.topology import Diagram
from certifield.topology.drawing import draw

BORROMEAN = Diagram.from_braid([1, -2] * 3)
TREFOIL = Diagram.from_braid([1, 1, 1])
SPECIAL = {
    "one crossing": Diagram.from_pd([[0, 0, 1, 1]]),
    "one crossing, other loops": Diagram.from_pd([[0, 1, 1, 0]]),
    "two kinks": Diagram.from_braid([1, -2]),
    "Hopf": Diagram.from_braid([1, 1]),
    "two crossings that cancel": Diagram.from_braid([1, -1]),
    "Borromean": BORROMEAN,
    "split": TREFOIL.split_union(BORROMEAN).split_union(Diagram(circles=2)),
    "circles": Diagram(circles=3),
    "empty": Diagram(),
    "nested kinks": Diagram.from_braid([1, 2, 3, 4]),
    "composite": TREFOIL.connected_sum(Diagram.from_braid([1, -2, 1, -2])).connected_sum(TREFOIL.mirror()),
    "bigons": Diagram.from_braid([1] * 11),
    "kinks and bigons": Diagram.from_braid([1, 1, 2, -3, 3, 3]),
}
KNOTS = json.loads((Path(__file__).parents[1] / "knotinfo_sample.json").read_text(encoding="utf-8"))


def _random(seed: int) -> Diagram:
    """The closure of a random braid; unused generators split it, generators used once make nugatory crossings."""
    rng = random.Random(seed)
    strands = rng.randint(2, 5)
    word = [rng.choice([-1, 1]) * rng.randrange(1, strands) for _ in range(rng.randint(1, 14))]
    link = Diagram.from_braid(word, strands)
    return link.split_union(_random(seed + 10_000)) if rng.random() < 0.15 else link


def _shows(svg: str, diagram: Diagram) -> bool:
    return read(svg).canonical() == diagram.canonical()


@pytest.mark.parametrize("name", SPECIAL)
@pytest.mark.parametrize("pack", [True, False])
def test_special_diagrams(name, pack):
    assert _shows(draw(SPECIAL[name], pack=pack).svg(), SPECIAL[name])


@pytest.mark.parametrize("seed", range(18))
def test_random_links(seed):
    diagram = _random(seed)
    assert _shows(draw(diagram, pack=seed % 5 > 0).svg(), diagram)


@pytest.mark.parametrize("row", KNOTS[::16], ids=lambda row: row["name"])
def test_knots(row):
    diagram = Diagram.from_pd(row["pd"])
    assert _shows(draw(diagram).svg(), diagram)


def test_the_mirror_image_is_another_picture():
    """Sabotage twin: with every crossing exchanged, or looked at from behind, the chiral knots read differently."""
    for row in (row for row in KNOTS[:12] if row["signature"]):
        diagram = Diagram.from_pd(row["pd"])
        assert not _shows(draw(diagram.mirror()).svg(), diagram)


@pytest.mark.slow
def test_a_long_closed_braid_is_drawn():
    """410 crossings: rounding turns triangles of the circle packing over, so that straight lines on a grid are taken."""
    assert draw(Diagram.from_braid([1, -2] * 205)).svg().startswith("<svg")
