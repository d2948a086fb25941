"""Sums with the mirror image and symmetric unions, against invariants."""

import pytest

pytest.importorskip("numba")

from certifield.evidence import Certified, InputError
from certifield.topology import Diagram, alexander_polynomial, jones_polynomial, signature
from certifield.topology.ribbon import mirror_sum, ribbon_disc, scrambled, symmetric_union
from certifield.topology.tables import knotinfo

pytestmark = pytest.mark.knots
NAMES = ["3_1", "5_2", "8_19", "8_20", "9_43"]


@pytest.mark.parametrize("name", NAMES)
def test_the_sum_is_that_of_the_knot_and_its_mirror_image(name):
    knot = knotinfo(name).diagram
    expected = jones_polynomial(knot.connected_sum(knot.mirror()))
    for seed in range(4):
        total = mirror_sum(knot, seed=seed)
        assert len(total.crossings) == 2 * len(knot.crossings) and jones_polynomial(total) == expected
        assert jones_polynomial(mirror_sum(knot, scramble=2 * len(knot.crossings) + 4, seed=seed)) == expected
    assert jones_polynomial(knot.connected_sum(knot)) != expected  # the twin: the same knot twice is another sum


@pytest.mark.parametrize("name", NAMES)
def test_full_twists_keep_the_alexander_polynomial(name):
    """A theorem of Kinoshita and Terasaka, and of Lamm."""
    knot = knotinfo(name).diagram
    for seed in range(4):
        union = symmetric_union(knot, (1, -2), seed=seed)
        assert union.components == 1 and len(union.crossings) == 2 * len(knot.crossings) + 6
        assert alexander_polynomial(union) == alexander_polynomial(mirror_sum(knot)) and signature(union) == 0
    assert any(jones_polynomial(symmetric_union(knot, (1,), seed=seed)) != jones_polynomial(mirror_sum(knot)) for seed in range(4))


@pytest.mark.parametrize("name", NAMES)
def test_symmetric_unions_are_ribbon(name):
    for proposer in ("enumeration", "random"):
        answer = ribbon_disc(symmetric_union(knotinfo(name).diagram, (1, -1), scramble=40, seed=3), proposer=proposer, budget=20_000)
        assert isinstance(answer, Certified) and answer.certificate.replay().accepted


def test_scrambling_has_a_seed():
    knot = Diagram.from_braid([1, -2, 1, -2])
    assert scrambled(knot, 30, seed=1) == scrambled(knot, 30, seed=1) != scrambled(knot, 30, seed=2)
    assert scrambled(knot, 3) == knot and len(scrambled(Diagram(circles=1), 20).crossings) >= 20


def test_what_cannot_be_made_is_refused():
    with pytest.raises(InputError, match="link of 2 components"):
        mirror_sum(Diagram.from_braid([1, 1]))
    with pytest.raises(InputError, match="twists"):
        symmetric_union(knotinfo("3_1").diagram, (1,) * 20)
    with pytest.raises(InputError, match="crossings"):
        scrambled(knotinfo("3_1").diagram, 10**9)
