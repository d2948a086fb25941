"""Files that are written once: the first arrival stays, whoever brings it, and a later one is compared with it.

The content is written under a temporary name, flushed, and *linked* to its own name, which fails where the name is taken.  A killed process
leaves a temporary file and nothing else.
"""

import contextlib
import errno
import os
import re
import socket
import uuid
from collections.abc import Callable
from pathlib import Path

from certifield._atomic import flush_folder, write_new

from ._whole import explained

_TEMPORARY = re.compile(r"once\.(\d{1,9})\.[0-9a-f]{8}\.(.+)\.tmp")  # process and host
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV}


def put_once(path: Path, content: bytes, holds: Callable[[], bool]) -> bool:
    """Gives ``path`` this content; False where it is taken and ``holds()`` says that it has the same content already.

    ``holds`` is asked where the name is taken: it sets a damaged file aside and says False, and raises where the content is another.
    Raises `StoreError` where nothing can be written.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Apart for every process of every host; the name of the file itself is no part of it, since it may be as long as names can be.
        temporary = path.with_name(f"once.{os.getpid()}.{uuid.uuid4().hex[:8]}.{socket.gethostname()}.tmp")
        try:
            write_new(temporary, content)
            # A damaged file in the way is set aside by the look at it, and the second turn takes its place.
            while not _link(temporary, path):
                if holds():
                    return False
                if not temporary.exists():  # swept away by a machine of the same name, where there is no such process
                    write_new(temporary, content)
            flush_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
    return True


def _link(temporary: Path, path: Path) -> bool:
    """Gives the content its name; False where the name is taken."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except FileNotFoundError:
        if temporary.exists():
            raise
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # No hard links on this file system.  Between the look and the rename another process may put the file: the same bytes.
        if path.exists():
            return False
        temporary.rename(path)
    return True


def set_aside(path: Path) -> None:
    """Renames a damaged file, so that its name is free again and its content can still be looked at."""
    number = next(number for number in range(10**6) if not path.with_name(f"{path.name}.damaged-{number}").exists())
    with contextlib.suppress(FileNotFoundError):  # another process was faster
        path.rename(path.with_name(f"{path.name}.damaged-{number}"))


def remove_abandoned(folder: Path) -> None:
    """Removes temporary files of processes of this host that are no more."""
    for temporary in folder.rglob("*.tmp"):
        ours = _TEMPORARY.fullmatch(temporary.name)
        if ours and temporary.is_file() and ours[2] == socket.gethostname() and not _alive(int(ours[1])):
            temporary.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    """Whether it can still write: one that is dead, but not yet waited for by its parent, cannot."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (OSError, IndexError, UnicodeDecodeError):  # no such file on other systems
        return True
    return state not in "ZX"
