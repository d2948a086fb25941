"""Writing files so that a crash at any moment leaves the old content or the new one."""

import contextlib
import errno
import json
import re
from collections.abc import Iterator
from pathlib import Path

from certifield._atomic import write_whole
from certifield.evidence import CertifieldError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StoreError(CertifieldError):
    """Something could not be written or read (disc full, no permission); what was stored before is untouched."""


def replace(path: Path, content: bytes) -> None:
    """Gives ``path`` this content: whoever reads sees the old file or the new one, never a part.  Raises `StoreError`."""
    with explained(path):
        write_whole(path, content)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns an `OSError` into a `StoreError` that says what, where and what to do; a missing file stays `FileNotFoundError`."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        remedy = "make room on the disc" if error.errno in _FULL else "see that the directory can be read and written"
        raise StoreError(
            f"{path} cannot be written or read ({error.strerror}). What was stored before is safe: {remedy}, then run the study again."
        ) from error


def json_text(payload: object) -> str:
    """``payload`` as an indented JSON document, with lists of numbers on one line."""
    text = json.dumps(payload, indent=2, ensure_ascii=False, allow_nan=False)
    return _NUMBERS.sub(lambda found: "[" + " ".join(found[1].split()) + "]", text) + "\n"


# Between brackets at the ends of lines, hence outside of strings.
_NUMBERS = re.compile(r"\[(\n[\d\s,.eE+-]*)\]")
