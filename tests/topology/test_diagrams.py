"""Diagrams: codes, their round trips, and operations."""

import pytest

from certifield.evidence import InputError
from certifield.topology import Diagram, jones_polynomial, parse, signature

TREFOIL = Diagram.from_pd([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]])  # KnotInfo's 3_1, right-handed
FIGURE_EIGHT = Diagram.from_braid([1, -2, 1, -2])
HOPF = Diagram.from_braid([1, 1])
WHITEHEAD = Diagram.from_braid([1, -2, 1, -2, -2])
BORROMEAN = Diagram.from_braid([1, -2] * 3)


def reflected(diagram: Diagram) -> Diagram:
    """The reflection of the plane: same walks, opposite signs."""
    return Diagram.from_gauss(diagram.gauss(), [-sign for sign in diagram.signs])


def test_labels_from_0_from_1_and_any_labels_are_the_same_code():
    assert Diagram.from_pd(TREFOIL.pd(0)) == Diagram.from_pd(TREFOIL.pd(1)) == TREFOIL
    assert Diagram.from_pd([[10 * label - 70 for label in row] for row in TREFOIL.pd()]) == TREFOIL


def test_the_right_handed_trefoil_is_the_closure_of_sigma_1_cubed():
    assert Diagram.from_braid([1, 1, 1]).canonical() == TREFOIL.canonical() == TREFOIL.reverse().canonical()
    assert TREFOIL.signs == (1, 1, 1)


def test_the_wrong_mirror_is_seen():
    """Sabotage twin."""
    assert Diagram.from_braid([-1, -1, -1]).canonical() != TREFOIL.canonical()
    assert TREFOIL.mirror().canonical() != TREFOIL.canonical()


def test_the_figure_eight_diagram_is_its_own_mirror_image():
    """The crossings exchanged and the direction turned round, or the plane reflected, it is the same picture on the sphere."""
    assert FIGURE_EIGHT.mirror().reverse().canonical() == reflected(FIGURE_EIGHT).canonical() == FIGURE_EIGHT.canonical()


def test_codes_of_knotinfo_agree_with_each_other(knotinfo):
    """Gauss and DT codes have no chirality, so their diagrams agree with that of the PD code up to the two mirrors."""
    for knot in knotinfo[:150]:
        diagram = Diagram.from_pd(knot["pd"])
        assert diagram.pd(min(map(min, knot["pd"]))) == tuple(map(tuple, knot["pd"])), knot["name"]
        assert Diagram.from_gauss(diagram.gauss(), diagram.signs) == diagram
        again = Diagram.from_dt(diagram.dt()).canonical()
        assert again in {diagram.canonical(), reflected(diagram).canonical()}, knot["name"]
        jones = jones_polynomial(diagram)
        for other in (Diagram.from_dt(knot["dt"]), Diagram.from_gauss(knot["gauss"])):
            assert jones_polynomial(other) in (jones, jones.inverted()), knot["name"]


def test_braids_of_knotinfo_close_to_its_knots(knotinfo):
    """Up to mirror image, the braid column belongs to the same knot."""
    words = [knot for knot in knotinfo if isinstance(knot["braid"][0], int)][:100]
    for knot in words:
        assert abs(signature(Diagram.from_braid(knot["braid"]))) == abs(knot["signature"]), knot["name"]


@pytest.mark.parametrize(
    ("link", "components", "linking"),
    [
        (HOPF, 2, ((0, 1), (1, 0))),
        (HOPF.mirror(), 2, ((0, -1), (-1, 0))),
        (HOPF.reverse([1]), 2, ((0, -1), (-1, 0))),
        (HOPF.reverse(), 2, ((0, 1), (1, 0))),
        (WHITEHEAD, 2, ((0, 0), (0, 0))),
        (BORROMEAN, 3, ((0, 0, 0), (0, 0, 0), (0, 0, 0))),
        (Diagram.from_braid([1, 1, 2, 2, 2, 2]), 3, ((0, 1, 0), (1, 0, 2), (0, 2, 0))),
        (Diagram(circles=2), 2, ((0, 0), (0, 0))),
    ],
)
def test_components_and_linking_numbers(link, components, linking):
    assert link.components == components and link.linking_matrix() == linking


def test_unsigned_codes_of_links():
    for link in (HOPF, WHITEHEAD, BORROMEAN):
        assert Diagram.from_gauss(link.gauss()).canonical() in {link.canonical(), reflected(link).canonical()}
        assert link.components == Diagram.from_dt(link.dt()).components


def test_sublinks():
    assert BORROMEAN.sublink([0, 2]).components == 2 and BORROMEAN.sublink([0, 2]).linking_matrix() == ((0, 0), (0, 0))
    assert WHITEHEAD.sublink([]).components == 0
    assert HOPF.sublink([1]) == Diagram(circles=1)
    link = TREFOIL.split_union(FIGURE_EIGHT).split_union(Diagram(circles=1))
    assert link.components == link.pieces == 3
    assert [link.sublink([place]) for place in range(3)] == [TREFOIL, FIGURE_EIGHT, Diagram(circles=1)]


def test_connected_sums():
    total = TREFOIL.connected_sum(FIGURE_EIGHT)
    assert total.components == total.pieces == 1 and len(total.crossings) == 7
    assert TREFOIL.connected_sum(Diagram(circles=1)) == Diagram(circles=1).connected_sum(TREFOIL) == TREFOIL
    chain = HOPF.connected_sum(HOPF, 1, 0)
    assert chain.components == 3 and sorted(sum(map(abs, row)) for row in chain.linking_matrix()) == [1, 1, 2]


def test_circles_and_the_unknot():
    assert Diagram.from_pd([]) == Diagram.from_braid([], 1) == parse("[]") == parse("0_1") == Diagram(circles=1)
    assert Diagram.from_pd([], circles=3).components == 3 and Diagram().components == 0
    assert Diagram.from_braid([1], 4).circles == 2 and Diagram.from_gauss([[], [1, -1]], [1]).circles == 1


def test_a_component_that_is_always_above_takes_its_direction_from_the_labels():
    """Two circles, one lying on top of the other: walked by increasing labels unless signs say otherwise."""
    upper = Diagram.from_gauss([[-1, -2, -3, -4], [1, 2, 3, 4]], [1, -1, 1, -1])
    assert Diagram.from_pd(upper.pd()).signs == upper.signs
    assert Diagram(upper.reverse([1]).crossings, upper.reverse([1]).signs).linking_matrix() == ((0, 0), (0, 0))


def test_one_text_form_for_each_code():
    texts = (
        "PD: [[1,5,2,4],[3,1,4,6],[5,3,6,2]]",
        "PD[X[1, 5, 2, 4], X[3, 1, 4, 6], X[5, 3, 6, 2]]",
        "braid: 1 1 1",
        "[1, 1, 1]",
        "{1;1;1}",
        "DT: [4, 6, 2]",
        "Gauss: [1, -2, 3, -1, 2, -3]",
        "O1+U2+O3+U1+O2+U3+",
    )
    assert {parse(text).canonical() for text in texts} == {TREFOIL.canonical()}
    assert parse("O1-U2-O3-U1-O2-U3-").canonical() == TREFOIL.mirror().canonical()


def test_composite_codes_without_signs_are_refused():
    square, granny = TREFOIL.connected_sum(TREFOIL.mirror()), TREFOIL.connected_sum(TREFOIL)
    for knot in (square, granny):
        with pytest.raises(InputError, match="prime"):
            Diagram.from_gauss(knot.gauss())
        assert Diagram.from_gauss(knot.gauss(), knot.signs) == knot
    with pytest.raises(InputError, match="connected"):
        Diagram.from_gauss(HOPF.split_union(HOPF).gauss())
