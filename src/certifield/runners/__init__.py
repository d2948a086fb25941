"""Where blocks run: in this process (`inline`) or in several (`pool`).  The digits are the same."""

from . import inline as inline, pool as pool
from ._progress import Interrupted as Interrupted, Progress as Progress, WorkersLost as WorkersLost
from ._run import run as run
