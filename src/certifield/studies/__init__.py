"""Studies: a question in a TOML file, cut into blocks of draws, whose answer is a function of the set of blocks that exist."""

from .block_sums._directory import (
    IDENTITY as IDENTITY,
    QUESTION as QUESTION,
    RESULTS as RESULTS,
    answer as answer,
    create as create,
    open as open,
)
from .block_sums._last_run import LastRun as LastRun, in_words as in_words
from .block_sums._measuring import Measurable as Measurable, Measurement as Measurement
from .block_sums._results import Row as Row, StudyResults as StudyResults
from .block_sums._study import Quantity as Quantity, Study as Study
from .block_sums._verify import BlockCheck as BlockCheck, verify_blocks as verify_blocks
from .question._budgets import Budget as Budget, Draws as Draws, Neurons as Neurons, Precision as Precision, Seconds as Seconds
from .question._question import Question as Question, System as System
from .question._reading import parse_question as parse_question, read_question as read_question, write_question as write_question
from .question._shipped import shipped as shipped
from .question._user_file import changed_originals as changed_originals
from .store._errors import StoreError as StoreError
from .store._store import Store as Store
