"""Hyperbolic structures on complements of knots: SnapPy proposes, an interval Newton method certifies volume and cusp shape."""

from ._cusp import Cusp as Cusp, Unverified as Unverified
from ._measure import cusp as cusp, cusps as cusps
