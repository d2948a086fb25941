"""The verbs, those that belong together in one module."""

from ._claims import claims as claims
from ._cluster import slurm as slurm
from ._compute import resume as resume, run as run
from ._conjecture import conjecture as conjecture
from ._doctor import doctor as doctor
from ._knot import knot as knot
from ._look import cite as cite, list_ as list_, show as show
from ._plumbing import plumbing as plumbing
from ._stand import report as report, status as status
from ._verify import verify as verify
