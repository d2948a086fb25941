"""The bound on Sasaki-Einstein volumes by the area, from two theorems of convex geometry, as a certificate."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from certifield._arguments import listed, of_kind
from certifield.evidence import Certificate, Certified

if TYPE_CHECKING:
    from certifield.geometry.toric import LatticePolygon

STATEMENT = "1 <= 2 Area V_min < 4 pi^2 / 27 for every convex polygon, with equality for triangles only"
THEOREMS = ["Mahler, planar", "Blaschke-Santalo"]


def certify_area_bound(polygons: "Sequence[LatticePolygon]" = ()) -> Certified:
    r"""$1 \le 2\,\mathrm{Area}(P)\,V_{\min} < 4\pi^2/27$ for every convex polygon P, `Certified` by area-bound@1.

    With $z = (b_1, b_2)/3$, $V(b) = \tfrac{2}{27}|(P - z)^\circ|$ term by term, which the checker verifies as identities of polynomials;
    then $2|P|V_{\min} = \tfrac{4}{27}\min_z |P||(P - z)^\circ|$ lies between the bounds of Mahler (27/4, reached by triangles only) and of
    Blaschke and Santalo ($\pi^2$, reached by ellipses only), two theorems that the checker cites.  The ``polygons`` given are decided
    without them, in fractions.  Raises `InputError` for what is no polygon.
    """
    from certifield.geometry.toric import LatticePolygon, derivatives

    rows = list(listed("polygons", polygons, "a list of lattice polygons", "such as polygons_in_grid(3)"))
    witness: list[list[str]] = []
    greatest = Fraction(0)
    for polygon in rows:
        of_kind("polygons", polygon, LatticePolygon, "see certifield.geometry.toric.LatticePolygon")
        c = reeb_vector(polygon)
        greatest = max(greatest, polygon.double_area * derivatives(polygon, c)[0])
        witness.append([str(entry) for entry in c])
    claim: dict[str, Any] = {"kind": "area bound", "statement": STATEMENT}
    claim["polygons"] = [[list(vertex) for vertex in polygon.vertices] for polygon in rows]
    certificate = Certificate(claim, str(greatest), {"theorems": THEOREMS, "reeb": witness}, "area-bound@1")
    return Certified(certificate.checked(), {"polygons": len(rows)})


def reeb_vector(polygon: "LatticePolygon") -> list[Fraction]:
    """A Reeb vector in fractions at or next to the minimum: three times the centroid of a triangle, else that of Newton's method."""
    from certifield.geometry.toric import minimum_volumes

    if len(polygon.vertices) == 3:
        return [Fraction(sum(vertex[place] for vertex in polygon.vertices)) for place in (0, 1)]
    (point,) = minimum_volumes([polygon])[1].tolist()
    return [Fraction(entry).limit_denominator(10**9) for entry in point]
