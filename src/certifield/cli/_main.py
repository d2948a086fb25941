"""One call of the command line: arguments in, exit code out, no traceback for a mistake of the user."""

import errno
import signal
import sys
from collections.abc import Sequence

from certifield._one_thread import prepare_process

from ._console import BAD_INPUT, DONE, INTERRUPTED


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code of ``certifield ARGUMENTS``; the arguments of the process when none are given."""
    prepare_process()
    from ._app import app

    if arguments is None:
        signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))  # clusters end programs so
    try:
        app(args=None if arguments is None else list(arguments), prog_name="certifield")
    except SystemExit as end:
        return _code_of(end)
    except KeyboardInterrupt:
        print("certifield: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as failure:
        return _code_of_failure(failure)
    return DONE


def _code_of(end: SystemExit) -> int:
    if end.code == 130:  # what Typer makes of Ctrl-C
        return INTERRUPTED
    return end.code if isinstance(end.code, int) else DONE


def _code_of_failure(failure: Exception) -> int:
    from certifield.evidence import CertifieldError

    if isinstance(failure, CertifieldError):
        return _say(failure, BAD_INPUT)
    if isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EDQUOT):
        return _say(failure, INTERRUPTED, "Nothing computed so far is lost: make room and say the same command again.")
    if isinstance(failure, OSError):
        return _say(failure, BAD_INPUT)
    raise failure


def _say(failure: Exception, code: int, remedy: str = "") -> int:
    notes = getattr(failure, "__notes__", [])
    print(f"certifield: {failure}", *notes, *([remedy] if remedy else []), sep="\n", file=sys.stderr)
    return code
