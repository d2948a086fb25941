"""What is known of the complement of a knot."""

from dataclasses import dataclass
from typing import Literal

from certifield.evidence import Exact

Status = Literal["verified", "unverified", "not_hyperbolic"]


@dataclass(frozen=True, repr=False)
class Unverified:
    """A float that a program computed, without any bound on its error; it has no arithmetic, so that nothing is built on it unseen.

    >>> Unverified(0.25, "SnapPy 3.3")
    0.25 (unverified, SnapPy 3.3)
    """

    value: float | complex
    program: str

    def __repr__(self) -> str:
        return f"{self.value} (unverified, {self.program})"


Number = Exact | Unverified


@dataclass(frozen=True)
class Cusp:
    """The hyperbolic complement of a knot and its cusp C / <mu, lambda>, lambda > 0 the longitude and mu the meridian.

    ``status``: "verified" where an interval Newton method proved that the shapes of SnapPy's triangulation belong to a complete
    hyperbolic structure; then ``volume`` and ``shape`` are `Exact` with the radius of a proven ball, and all that is trusted is that
    SnapPy triangulates the exterior with its framing rightly.  "unverified": all is SnapPy's floats, mostly from a triangulation
    with negatively oriented tetrahedra.  "not_hyperbolic": SnapPy found no structure on any of its triangulations, as for torus knots and
    satellites; this proves nothing, and all numbers are None, never 0.
    ``shape``: lambda / mu, of negative imaginary part since that of mu is positive, as in KnotInfo and in SnapPy's translations; what
    SnapPy calls the shape is its conjugate, which has the same slope.
    ``meridian``, ``longitude``: mu and lambda of the maximal cusp, |mu|^2 = area / |Im shape|; ``inj_proxy``: half the length of the
    shortest closed geodesic, which stands in for the injectivity radius.  These three are never verified, and None where SnapPy failed
    or was not asked.
    """

    status: Status
    volume: Number | None = None
    shape: Number | None = None
    meridian: Unverified | None = None
    longitude: Unverified | None = None
    inj_proxy: Unverified | None = None

    @property
    def slope(self) -> Number | None:
        """Re(lambda / mu), the natural slope; odd under mirror images (Davies, Juhasz, Lackenby and Tomasev, arXiv:2111.15323)."""
        if self.shape is None:
            return None
        if isinstance(self.shape, Unverified):
            return Unverified(self.shape.value.real, self.shape.program)
        value = complex(self.shape.value)  # type: ignore[arg-type]
        return Exact(value.real, f"real part of {self.shape.derivation}", self.shape.reference, self.shape.radius)
