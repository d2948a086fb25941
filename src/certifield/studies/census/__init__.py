"""Censuses: a question that is asked of every item of a list by itself, and answered with a certificate or not at all."""

from .protocol._answered import Answered as Answered, Attempt as Attempt
from .protocol._item import Item as Item
from .protocol._record import Record as Record
from .protocol._registry import TASKS as TASKS, task_called as task_called
from .protocol._section import Picture as Picture, Plot as Plot, Section as Section, Series as Series
from .protocol._task import Options as Options, Task as Task
from .protocol._wilson import wilson as wilson
