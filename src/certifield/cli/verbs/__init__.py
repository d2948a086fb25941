"""One module per verb."""

from ._cite import cite as cite
from ._doctor import doctor as doctor
from ._knot import knot as knot
from ._list import list_ as list_
from ._report import report as report
from ._resume import resume as resume
from ._run import run as run
from ._show import show as show
from ._status import status as status
from ._verify import verify as verify
