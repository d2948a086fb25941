"""One call of the command line: arguments in, exit code out, no traceback for a mistake of the user."""

import errno
import signal
import sys
from collections.abc import Sequence

from certifield._one_thread import prepare_process

from ._console import BAD_INPUT, DONE, INTERRUPTED, in_words, print_error

_CTRL_C = 130  # what Typer makes of it


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code of ``certifield ARGUMENTS``; the arguments of the process when none are given."""
    prepare_process()
    from ._app import app

    if arguments is None:
        signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))  # clusters end programs so
    given = sys.argv[1:] if arguments is None else list(arguments)
    json = "--json" in given
    try:
        # With --json what is wrong with the arguments comes here, too, and not only to a reader.
        ended = app(args=given, prog_name="certifield", standalone_mode=not json)
    except SystemExit as end:
        return _code_of(end.code, json)
    except KeyboardInterrupt:
        return _code_of(_CTRL_C, json)
    except Exception as failure:
        return _code_of_failure(failure, json)
    return _code_of(ended, json)


def _code_of(ended: object, json: bool) -> int:
    if ended == _CTRL_C:
        return _say(KeyboardInterrupt("interrupted; what was stored is kept, and the same command goes on"), INTERRUPTED, json)
    return ended if isinstance(ended, int) else DONE


def _code_of_failure(failure: Exception, json: bool) -> int:
    from certifield.evidence import CertifieldError

    if hasattr(failure, "format_message"):  # arguments that Typer refuses
        return _say(failure, BAD_INPUT, json)
    if isinstance(failure, CertifieldError):
        return _say(failure, BAD_INPUT, json)
    if isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EDQUOT):
        return _say(failure, INTERRUPTED, json, "Nothing computed so far is lost: make room and say the same command again.")
    if isinstance(failure, OSError):
        return _say(failure, BAD_INPUT, json)
    raise failure


def _say(failure: BaseException, code: int, json: bool, remedy: str = "") -> int:
    notes = [*getattr(failure, "__notes__", []), *([remedy] if remedy else [])]
    print(f"certifield: {in_words(failure)}", *notes, sep="\n", file=sys.stderr)
    if json:
        print_error(failure, code, notes)
    return code
