"""Writing a file so that a crash at any moment leaves the old content or the new one.  Raises `OSError` and nothing of Certifield's."""

import os
import uuid
from pathlib import Path


def write_new(path: Path, content: bytes) -> None:
    """Writes a file that is not there yet, down to the disc, with the permissions of any new file of the user."""
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Gives ``path`` this content: whoever reads sees the old file or the new one, never a part."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        write_new(temporary, content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Brings new names in a folder down to the disc, where the system lets folders be opened."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
