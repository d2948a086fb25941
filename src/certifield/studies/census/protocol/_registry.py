"""The tasks by name, each imported when its census is opened and not before: studies know no subject."""

from importlib import import_module
from pathlib import Path
from typing import Any

from certifield.evidence import InputError

from ...question._user_file import is_user_file, load_named
from ._task import Task

TASKS: dict[str, str] = {  # name of a census: module:attribute
    "ribbon-census": "certifield.studies.knots._ribbon_census:TASK",
    "ribbon-sums": "certifield.studies.knots._ribbon_sums:TASK",
    "same-zero-surgery": "certifield.studies.knots._same_zero_surgery:TASK",
    "slice-status": "certifield.studies.knots._slice_status:TASK",
    "unknot-braids": "certifield.studies.knots._unknot_braids:TASK",
}


def task_called(census: str, folder: Path = Path()) -> Task[Any]:
    """The task called ``census``: a registered one, or ``"file.py:NAME"`` in a file in ``folder``.

    Raises `InputError` where there is none.
    """
    if is_user_file(census):
        found = load_named(folder, census)
    elif census in TASKS:
        module, _, name = TASKS[census].partition(":")
        found = getattr(import_module(module), name)
    else:
        raise InputError("census", census, f"one of {', '.join(TASKS) or 'none'}, or file.py:NAME", 'try "my_census.py:TASK"')
    if not isinstance(found, Task):
        raise InputError("census", census, "a Task of certifield.studies.census", f"make it one; it is a {type(found).__name__}")
    return found
