"""What forbids slice discs, and what tells a knot from the unknot, with certificates."""

from ._answer import (
    slice_obstruction as slice_obstruction,
    slice_obstructions as slice_obstructions,
    unknot_obstruction as unknot_obstruction,
)
from ._obstruction import Obstruction as Obstruction
from ._table import SLICE_OBSTRUCTIONS as SLICE_OBSTRUCTIONS, UNKNOT_OBSTRUCTIONS as UNKNOT_OBSTRUCTIONS
