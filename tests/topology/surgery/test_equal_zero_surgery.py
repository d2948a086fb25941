"""Pairs of knots with the same 0-surgery are certified, with the right chirality; candidates come from SnapPy in a process of its own."""

import pytest

from certifield.evidence import Certified, InputError, Unknown
from certifield.topology import Diagram, alexander_polynomial, jones_polynomial, named, signature
from certifield.topology.surgery import equal_zero_surgery, shipped_pairs, zero_surgery_candidates

PAIRS = shipped_pairs()
TREFOIL = Diagram.from_braid([1, 1, 1])


def test_at_least_five_pairs_are_shipped():
    assert len(PAIRS) >= 5 and len({pair.names for pair in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "/".join(pair.names))
def test_the_knots_of_a_pair_differ(pair):
    """Their Jones polynomials do, and so no pair is a knot and its reverse or mirror image."""
    one, other = jones_polynomial(pair.first), jones_polynomial(pair.second)
    assert one not in (other, jones_polynomial(pair.second.mirror()))
    assert signature(pair.first) == signature(pair.second)  # an invariant of the oriented 0-surgery


@pytest.mark.knots
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "/".join(pair.names))
def test_the_knots_of_a_pair_have_one_alexander_polynomial(pair):
    assert alexander_polynomial(pair.first) == alexander_polynomial(pair.second)


@pytest.mark.parametrize("pair", PAIRS[:2], ids=lambda pair: "/".join(pair.names))
def test_pairs_are_certified(pair):
    answer = equal_zero_surgery(pair.first, pair.second)
    assert isinstance(answer, Certified)
    assert answer.certificate.replay().accepted
    document = answer.certificate.document()
    for side, code in (("first", pair.first.mirror()), ("second", pair.second.mirror()), ("second", TREFOIL)):
        wrong = document | {"claim": document["claim"] | {side: [list(crossing) for crossing in code.crossings]}}
        assert not type(answer.certificate)(**wrong).replay().accepted


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS[2:], ids=lambda pair: "/".join(pair.names))
def test_all_pairs_are_certified(pair):
    answer = equal_zero_surgery(pair.first, pair.second, 60_000)
    assert isinstance(answer, Certified) and answer.certificate.replay().accepted


def test_mirror_images_are_not_the_same():
    """The trefoils have 0-surgeries that are mirror images of each other and, as their signatures say, different."""
    answer = equal_zero_surgery(TREFOIL, TREFOIL.mirror(), 600)
    assert isinstance(answer, Unknown) and sum(answer.spent.values()) >= 600


def test_a_seed_gives_the_same_certificate_again():
    other = Diagram.from_braid([1, 1, 1, 2])
    first, second = (equal_zero_surgery(TREFOIL, other, 2000, seed=3) for _ in range(2))
    assert isinstance(first, Certified) and isinstance(second, Certified)
    assert first.certificate.canonical() == second.certificate.canonical()


def test_budgets_of_nothing():
    answer = equal_zero_surgery(TREFOIL, TREFOIL, 0)
    assert isinstance(answer, Unknown) and dict(answer.spent) == {"moves": 0, "triangulations": 0}


@pytest.mark.parametrize("wrong", [{"budget": -1}, {"budget": 1.5}, {"budget": True}, {"seed": -1}, {"seed": None}])
def test_wrong_numbers_are_refused(wrong):
    with pytest.raises(InputError):
        equal_zero_surgery(TREFOIL, TREFOIL, **wrong)


@pytest.mark.parametrize("wrong", [Diagram.from_braid([1, 1]), Diagram(circles=1)])
def test_links_and_circles_are_refused(wrong):
    with pytest.raises(InputError):
        equal_zero_surgery(TREFOIL, wrong)
    with pytest.raises(InputError):
        zero_surgery_candidates({"a": wrong})


@pytest.mark.knots
def test_candidates_are_found_with_dask_beside(tmp_path, monkeypatch):
    """A module called ``distributed``, which fails when it is imported, stands in for Dask: nothing may touch it."""
    (tmp_path / "distributed.py").write_text('raise RuntimeError("Dask was imported")\n')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    knots = {name: named(name) for name in ("K12n309", "4_1", "K14n14254", "6_1")}
    assert zero_surgery_candidates(knots) == [("K12n309", "K14n14254")]
