"""Surgery on knots: 0-surgeries as triangulations, and certificates that two of them are the same."""

from ._candidates import zero_surgery_candidates as zero_surgery_candidates
from ._equal import equal_zero_surgery as equal_zero_surgery
from ._octahedra import zero_surgery as zero_surgery
from ._pairs import Pair as Pair, shipped_pairs as shipped_pairs
from ._triangulation import Triangulation as Triangulation
