"""Hyperbolic structures on complements of knots: SnapPy proposes, an interval Newton method certifies volume and cusp shape."""

from ._bulk import Rough as Rough, census_knots as census_knots, census_size as census_size, rough_cusps as rough_cusps
from ._cusp import Cusp as Cusp, Unverified as Unverified
from ._measure import cusp as cusp, cusps as cusps
