"""Questions of yes or no about a knot, each put to everything that can prove an answer."""

from ._examine import Examination as Examination, examine as examine
from ._invariants import Invariant as Invariant
from ._slice import is_slice as is_slice
from ._unknot import is_unknot as is_unknot
