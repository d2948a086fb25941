"""Sums of five line bundles on complete intersections: conditions in whole numbers, slopes proved or excluded, all of a box, and bits."""

from ._genome import SumGenome as SumGenome
from ._published import read_published as read_published
from ._scan import SumBox as SumBox, SumCounts as SumCounts, SumScan as SumScan, scan_sums as scan_sums
from ._slopes import Slopes as Slopes, common_zero as common_zero
from ._sums import CONDITIONS as CONDITIONS, LineBundleSum as LineBundleSum
