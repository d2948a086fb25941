"""One kind of study: cases, pieces of work that are written once, and what is read from the pieces.

A study is *cases x steps*.  A piece is pure work at the address (root seed, case, step); what was found is a function of the set of pieces.
This package is what a subject needs to state a study; `certifield.engine` runs it.
"""

from ._answers import (
    answer_of as answer_of,
    best as best,
    figures_of as figures_of,
    piece_of_answer as piece_of_answer,
    read_answer as read_answer,
    status as status,
)
from ._case import Case as Case
from ._claim import Claim as Claim, Verdict as Verdict
from ._found import Found as Found, Missing as Missing, Reading as Reading, Value as Value
from ._own import Own as Own, own_or_name as own_or_name
from ._section import (
    COLOURS as COLOURS,
    MARKERS as MARKERS,
    Band as Band,
    Cells as Cells,
    Curve as Curve,
    Limits as Limits,
    Mark as Mark,
    Note as Note,
    Picture as Picture,
    Plot as Plot,
    Points as Points,
    Section as Section,
    Stairs as Stairs,
    curves as curves,
)
from ._steps import (
    Blocks as Blocks,
    Budget as Budget,
    Chain as Chain,
    Once as Once,
    Rounds as Rounds,
    Steps as Steps,
    proved as proved,
)
from ._study import Options as Options, Readings as Readings, Study as Study
from ._sums import SUBSUMS as SUBSUMS, groups as groups, piece_of_sums as piece_of_sums
from ._task import Piece as Piece, Pieces as Pieces, Task as Task
