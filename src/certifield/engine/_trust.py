"""Whose code a directory runs: a study of a file of one's own keeps a copy of the file, and opening the directory runs the copy.

Who runs a file has named it.  Who opens a directory that came from elsewhere may not know that there is code in it; so what was run here
is remembered by its sha256, and the command line opens a directory whose files are not among them only when it is told to.  This is a
question put in time, not a sandbox: code that is trusted may do what its user may.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from certifield.evidence import InputError
from certifield.study import Own

from ._question import QUESTION

_OWN = re.compile(r"(.+\.py)(:\w+)?")


def known_files() -> Path:
    """Where the sha256 of all files are that were run here, one a line: certifield/known-files in $XDG_STATE_HOME or ~/.local/state."""
    asked = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (asked if asked.is_absolute() else Path.home() / ".local" / "state") / "certifield" / "known-files"


def remember(owns: Iterable[Own]) -> None:
    """Takes these files for known from now on.  Where nothing can be written, they stay unknown, and the command line will ask."""
    new = {own.sha256 for own in owns} - _known()
    if not new:
        return
    try:
        known_files().parent.mkdir(parents=True, exist_ok=True)
        with known_files().open("a", encoding="utf-8") as file:  # short lines at the end: two processes do not mix theirs
            file.write("".join(f"{sha256}\n" for sha256 in sorted(new)))
    except OSError:
        return


def refuse_strangers(directory: Path | str, *, trust: bool = False) -> None:
    """Runs nothing; raises `InputError` where ``directory`` would run a file that was never run here, unless it is to be trusted."""
    owns = list(_files_run_by(Path(directory)))
    if trust:
        remember(owns)
        return
    known = _known()
    strange = sorted({str(own.path) for own in owns if own.sha256 not in known})
    if strange:
        allowed = f"a directory whose code was run here before; this one runs {', '.join(strange)}"
        raise InputError("directory", str(directory), allowed, "read that file; if you trust it, say the same command with --trust")


def _files_run_by(directory: Path) -> Iterator[Own]:
    """The files that opening a directory would run; what does not read is left to the opening, which says what is wrong."""
    try:
        question = tomllib.loads((directory / QUESTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for text in _texts([question.get("study"), question.get("options")]):
        if found := _OWN.fullmatch(text):
            with suppress(InputError):
                yield Own.parse(f"{found[1]}:name", directory, kept=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _known() -> set[str]:
    try:
        return set(known_files().read_text(encoding="utf-8").split())
    except (OSError, ValueError):
        return set()
