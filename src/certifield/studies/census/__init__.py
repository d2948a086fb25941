"""Censuses: a question that is asked of every item of a list by itself, and answered with a certificate or not at all."""

from ..question._shipped import shipped_censuses as shipped_censuses
from ._answer_file import certificate_id as certificate_id
from ._answers import AnswerStore as AnswerStore
from ._census import Census as Census
from ._directory import answers as answers, create as create, is_census as is_census, open as open
from ._question import CensusQuestion as CensusQuestion, write_census_question as write_census_question
from ._results import CensusResults as CensusResults, Tally as Tally, counts as counts, results as results, row_of as row_of
from ._verify import (
    AnswerCheck as AnswerCheck,
    ResultsCheck as ResultsCheck,
    check_results as check_results,
    verify_answers as verify_answers,
)
from .protocol._answered import Answered as Answered, Attempt as Attempt
from .protocol._item import Item as Item
from .protocol._record import Record as Record
from .protocol._registry import TASKS as TASKS, task_called as task_called
from .protocol._section import Picture as Picture, Plot as Plot, Section as Section, Series as Series
from .protocol._task import Options as Options, Task as Task
