"""The producer of rasmussen@1: what it certifies, what it does not know, and that a disagreement is an error."""

import pytest
from famous_knots import PRETZEL, SEED

from certifield.evidence import CertificateRejected, InputError, Obstructed, Unknown
from certifield.topology import Diagram, alexander_polynomial, signature
from certifield.topology.floer import _obstruction, rasmussen_obstruction, slice_by_rasmussen
from certifield.topology.tables import knotinfo

pytestmark = pytest.mark.knots


@pytest.mark.parametrize(("name", "s"), [("3_1", 2), ("8_19", 6), ("12n_242", 10)])
def test_knots_that_are_not_slice(name, s):
    for diagram, value in ((knotinfo(name).diagram, s), (knotinfo(name).diagram.mirror(), -s)):
        found = rasmussen_obstruction(diagram)
        assert isinstance(found, Obstructed) and found.category == "smooth"
        assert found.certificate.value == str(value) and found.certificate.replay(isolated=True).accepted


@pytest.mark.parametrize("name", ["0_1", "6_1", "11n_34", "4_1"])
def test_where_s_says_nothing(name):
    """Slice knots, the knot of Conway, and one that is not slice for other reasons."""
    found = rasmussen_obstruction(knotinfo(name).diagram)
    assert isinstance(found, Unknown) and found.spent == {"fields": 2} and slice_by_rasmussen(knotinfo(name).diagram) is None


def test_a_knot_that_is_slice_topologically_but_not_smoothly():
    """P(-3, 5, 7): no topological obstruction can exist, since the Alexander polynomial is 1."""
    knot = Diagram.from_pd(PRETZEL)
    assert str(alexander_polynomial(knot)) == "1" and signature(knot) == 0
    found = rasmussen_obstruction(knot)
    assert isinstance(found, Obstructed) and (found.category, found.certificate.value) == ("smooth", "2")


def test_the_field_is_asked_in_order():
    assert isinstance(rasmussen_obstruction(Diagram.from_pd(SEED), ("F3",)), Unknown)
    found = rasmussen_obstruction(Diagram.from_pd(SEED), ("F3", "F2"))
    assert isinstance(found, Obstructed) and found.certificate.witness == {"field": "F2"} and found.certificate.value == "-2"


def test_diagrams_that_are_too_wide_are_left_alone():
    wide = Diagram.from_braid(list(range(1, 12)) * 13)  # the torus knot T(12, 13), 143 crossings
    found = rasmussen_obstruction(wide)
    assert isinstance(found, Unknown) and found.spent == {"fields": 0}


def test_links_and_other_fields():
    hopf = Diagram.from_braid([1, 1])
    assert slice_by_rasmussen(hopf) is None
    with pytest.raises(InputError, match="link of 2 components"):
        rasmussen_obstruction(hopf)
    for fields in ((), "F2", None, ("F4",), [2]):
        with pytest.raises(InputError, match="field"):
            rasmussen_obstruction(Diagram.from_braid([1, 1, 1]), fields)


def test_a_disagreement_is_an_error(monkeypatch):
    """Sabotage twin: a program that reports another s is not believed."""
    honest = _obstruction.rasmussen
    monkeypatch.setattr(_obstruction, "rasmussen", lambda diagram, field: honest(diagram, field) + 2)
    with pytest.raises(CertificateRejected, match="does not confirm s = 4"):
        rasmussen_obstruction(Diagram.from_braid([1, 1, 1]))
