"""Running studies: a question, a directory of pieces that are written once, and what they say.

``create`` makes a directory, ``run`` makes its pieces, ``answer`` says what they say, ``verify`` checks all of it.  A study is a pure
function of (question, root seed, case, step): where and how often a piece is made cannot change what is found.
"""

from ._catalogue import (
    Catalogue as Catalogue,
    Entry as Entry,
    catalogues as catalogues,
    ensembles as ensembles,
    entry_called as entry_called,
    references as references,
    studies as studies,
    systems as systems,
    unknown as unknown,
)
from ._dask import dask_executor as dask_executor, import_distributed as import_distributed
from ._directory import (
    RESULTS as RESULTS,
    Opened as Opened,
    changed_originals as changed_originals,
    create as create,
    digest_of as digest_of,
    is_study as is_study,
    open_study as open_study,
)
from ._explained import option_lines as option_lines
from ._failures import Interrupted as Interrupted, StudyError as StudyError, WorkersLost as WorkersLost
from ._ledger import (
    ledger as ledger,
    record as record,
    rows_of as rows_of,
    stated as stated,
    summary as summary,
    untestable as untestable,
)
from ._meter import Progress as Progress
from ._piece import certificate_id as certificate_id
from ._question import QUESTION as QUESTION, Asked as Asked, Question as Question, ask as ask, question_of as question_of
from ._results import Joint as Joint, Judged as Judged, Results as Results, agreement as agreement, answer as answer, results as results
from ._run import LastRun as LastRun, check_budget as check_budget, run as run
from ._slurm import slurm_script as slurm_script
from ._stages import Share as Share
from ._standing import (
    Standing as Standing,
    Tally as Tally,
    answer_of as answer_of,
    budget_in_force as budget_in_force,
    standing as standing,
    tallies as tallies,
)
from ._store import Store as Store
from ._trust import refuse_strangers as refuse_strangers
from ._verify import PieceCheck as PieceCheck, ResultsCheck as ResultsCheck, Verified as Verified, verify as verify
