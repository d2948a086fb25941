"""Regina as another route: Jones polynomials of links, and what its simplifier makes of the Gordian unknot."""

import json
import random
from fractions import Fraction
from pathlib import Path

import pytest
import regina

from certifield.topology import Diagram, jones_polynomial

pytestmark = pytest.mark.knots
EXAMPLES = json.loads(Path(__file__).with_name("example_knots.json").read_text(encoding="utf-8"))


def reginas(diagram: Diagram) -> regina.Link:
    """Regina's link of a diagram without circles."""
    return regina.Link.fromPD([tuple(crossing) for crossing in diagram.pd(1)])


def as_regina_writes(diagram: Diagram) -> dict[Fraction, int]:
    """Coefficients by exponents of t: Regina's polynomial is one in x with x^2 = t."""
    polynomial = reginas(diagram).jones()
    powers = range(polynomial.minExp(), polynomial.maxExp() + 1)
    return {Fraction(power, 2): int(str(polynomial[power])) for power in powers if str(polynomial[power]) != "0"}


def ours(diagram: Diagram) -> dict[Fraction, int]:
    polynomial = jones_polynomial(diagram)
    return {polynomial.lowest + place: entry for place, entry in enumerate(polynomial.coefficients) if entry}


def links(count: int) -> list[Diagram]:
    """Closures of random braids on 2 to 5 strands in which every strand is crossed."""
    rng, found = random.Random(20261127), []
    while len(found) < count:
        strands = rng.randrange(2, 6)
        word = [rng.choice((-1, 1)) * rng.randrange(1, strands) for _ in range(rng.randrange(3, 15))]
        diagram = Diagram.from_braid(word, strands)
        found += [diagram] if not diagram.circles else []
    return found


def test_jones_polynomials_of_links():
    chosen = links(200)
    assert {diagram.components for diagram in chosen} >= {1, 2, 3, 4}
    assert [diagram for diagram in chosen if ours(diagram) != as_regina_writes(diagram)] == []


def test_the_mirror_image_is_seen():
    """Sabotage twin."""
    chosen = links(200)
    assert sum(ours(diagram.mirror()) != as_regina_writes(diagram) for diagram in chosen) > 120


def test_regina_stops_at_the_gordian_unknot():
    """At 100 crossings of 141, from its own numbering of the diagram; ours and spherogram's global simplifier go to 0."""
    own, other = regina.ExampleLink.gordian(), reginas(Diagram.from_pd(EXAMPLES["gordian"]))
    assert own.size() == other.size() == 141
    own.simplify()
    other.simplify()
    assert own.size() == 100 and other.size() > 50
