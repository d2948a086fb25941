"""Where words go: results to standard output, progress to standard error."""

import json
import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]

WIDTH_OF_A_FILE = 120


def output() -> "Console":
    """Console of standard output, 120 columns wide when it is a file or a pipe."""
    return _console(stderr=False)


def messages() -> "Console":
    """Console of standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else WIDTH_OF_A_FILE, markup=False, highlight=False)


def print_json(payload: object) -> None:
    """``payload`` as one JSON document on standard output."""
    print(json_of(payload), end="")


def json_of(payload: object) -> str:
    """``payload`` as an indented JSON document, with lists of numbers on one line."""
    text = json.dumps(payload, indent=2, ensure_ascii=False, allow_nan=False)
    return _NUMBERS.sub(lambda found: "[" + " ".join(found[1].split()) + "]", text) + "\n"


# Between brackets at the ends of lines, hence outside of strings.
_NUMBERS = re.compile(r"\[(\n[\d\s,.eE+-]*)\]")
