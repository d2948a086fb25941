"""Where words go: results to standard output, progress to standard error; and what the exit code of a verb says."""

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

DONE, NEGATIVE, BAD_INPUT, INTERRUPTED = 0, 1, 2, 3

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]
Trust = Annotated[bool, typer.Option("--trust", help="Run the Python file in the directory although it was never run here.")]

WIDTH_OF_A_FILE = 120


def output() -> "Console":
    """Console of standard output, 120 columns wide when it is a file or a pipe."""
    return _console(stderr=False)


def messages() -> "Console":
    """Console of standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console

    class Patient(Console):
        """A reader who has seen enough, such as `head`, is no failure."""

        def on_broken_pipe(self) -> None:
            stop_reading()

    stream = sys.stderr if stderr else sys.stdout
    return Patient(stderr=stderr, width=None if stream.isatty() else WIDTH_OF_A_FILE, markup=False, emoji=False, highlight=False)


def stop_reading() -> None:
    """Ends the program: whoever read its output has closed it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is flushed at the end goes nowhere
    raise SystemExit(DONE)


def say(text: str = "") -> None:
    """A line on standard output, as it stands."""
    output().print(text, soft_wrap=True)


def in_words(failure: BaseException) -> str:
    """What went wrong; what Typer refuses keeps its words to itself unless it is asked."""
    told = getattr(failure, "format_message", None)
    return str(told()) if callable(told) else str(failure)


def print_error(failure: BaseException, code: int, notes: Sequence[str] = (), **more: str) -> None:
    """What went wrong as {"error": {...}} on standard output, for who asked for JSON: its kind, its message and the exit code.

    Of an `InputError` also which ``argument`` it is about, what is ``allowed``, and the ``remedy``.
    """
    parts = {name: told for name in ("argument", "allowed", "remedy") if isinstance(told := getattr(failure, name, None), str)}
    error = {"kind": type(failure).__name__, "message": in_words(failure), **parts, "notes": list(notes), "exit_code": code, **more}
    print(json.dumps({"error": error}, indent=1), flush=True)


def print_json(payload: object) -> None:
    """``payload`` as one JSON document on standard output."""
    from certifield.files import json_text  # with NumPy, which most verbs do without

    try:
        print(json_text(payload), end="", flush=True)
    except BrokenPipeError:
        stop_reading()
