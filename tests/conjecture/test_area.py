"""The bound by the area as a certificate: identities, polygons decided in fractions, forgeries refused."""

from fractions import Fraction

import pytest

from certifield.conjecture import certify_area_bound
from certifield.evidence import Certificate, Certified, InputError
from certifield.geometry.toric import LatticePolygon, polygons_in_grid, volume_bounds

TRIANGLE, SQUARE = LatticePolygon([(0, 0), (1, 0), (0, 1)]), LatticePolygon([(0, 0), (1, 0), (1, 1), (0, 1)])
HEXAGON = LatticePolygon([(1, 0), (1, 1), (0, 1), (-1, 0), (-1, -1), (0, -1)])


def _forged(certificate, value=None, claim=None, witness=None):
    document = certificate.document()
    parts = (document["claim"] | (claim or {}), value or document["value"], document["witness"] | (witness or {}))
    return Certificate(*parts, "area-bound@1")


def test_all_polygons_of_a_grid_lie_within_the_bounds():
    polygons = polygons_in_grid(3)
    found = certify_area_bound(polygons)
    assert isinstance(found, Certified) and found.certificate.replay().accepted
    greatest = max(polygon.double_area * volume_bounds(polygon, 10)[1] for polygon in polygons)
    assert float(Fraction(found.certificate.value)) == pytest.approx(float(greatest), rel=1e-8) and 1.3 < greatest < 1.4621
    assert certify_area_bound().certificate.value == "0"


def test_known_volumes():
    """C^3: 1, the conifold: 16/27, dP3: 2/9."""
    assert [certify_area_bound([polygon]).certificate.value for polygon in (TRIANGLE, SQUARE, HEXAGON)] == ["1", "32/27", "4/3"]


def test_forgeries_are_refused():
    proof = certify_area_bound([TRIANGLE, SQUARE]).certificate
    document = proof.document()
    triangle, square = document["claim"]["polygons"]
    statement = document["claim"]["statement"]
    forged = [
        _forged(proof, value="33/27"),
        _forged(proof, claim={"statement": statement.replace("27", "28")}),
        _forged(proof, claim={"kind": "bound"}),
        _forged(proof, claim={"polygons": [triangle]}),
        _forged(proof, claim={"polygons": [triangle[::-1], square]}),
        _forged(proof, claim={"polygons": [square, square]}),
        _forged(proof, claim={"polygons": [triangle, [[0, 0], [2, 0], [1, 0], [0, 1]]]}),
        _forged(proof, witness={"theorems": ["Mahler, planar"]}),
        _forged(proof, witness={"reeb": [["1", "1"], ["3", "0"]]}),  # on the boundary
        _forged(proof, witness={"reeb": [["1", "1"], ["1", "3/2"]]}),  # inside, too far from the minimum to bound it from below
        _forged(proof, witness={"reeb": [["1", "1"], ["6/4", "3/2"]]}),
        _forged(proof, witness={"reeb": [["1.0", "1"], ["3/2", "3/2"]]}),
    ]
    assert not any(one.replay().accepted for one in forged)
    near = _forged(proof, witness={"reeb": [["1", "1"], ["11/8", "3/2"]]})  # it bounds 2 Area V_min by 0.976 from below
    assert "lower bound" in near.replay().reason


def test_a_star_is_no_convex_polygon():
    """A pentagram turns left at every corner, and twice around."""
    star = [[0, 3], [-2, -3], [3, 1], [-3, 1], [2, -3]]
    proof = certify_area_bound([HEXAGON]).certificate
    assert "not convex" in _forged(proof, claim={"polygons": [star]}, witness={"reeb": [["0", "0"]]}).replay().reason


@pytest.mark.parametrize("given", [None, "polygon", [1], 3, [TRIANGLE, ((0, 0), (1, 0), (0, 1))]])
def test_bad_arguments_are_named(given):
    with pytest.raises(InputError):
        certify_area_bound(given)
