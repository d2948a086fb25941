"""Published tables of knots."""

from ._interval import Interval as Interval
from ._knotinfo import knotinfo as knotinfo, prime_knots as prime_knots, slice_knots as slice_knots
from ._row import KnotInfoRow as KnotInfoRow
