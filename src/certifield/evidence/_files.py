"""Evidence in files, which exist whole or not at all."""

import json
import os
import uuid
from pathlib import Path

from ._errors import InputError
from ._json import Record, from_json, to_json


def save(record: Record, path: str | os.PathLike[str], *, deviations: bool = True) -> None:
    """Writes ``record`` as JSON: to a temporary file in the same folder, flushed to the disc, then renamed."""
    text = json.dumps(to_json(record, deviations=deviations), indent=1, allow_nan=False) + "\n"
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        file = open(temporary, "x", encoding="utf-8")  # noqa: SIM115  (with the permissions of any new file of the user)
    except OSError as error:
        allowed = f"in a folder that can be written ({error.strerror})"
        raise InputError("path", str(path), allowed, f"make the folder {target.parent}, or name another one") from None
    try:
        with file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def load(path: str | os.PathLike[str]) -> Record:
    """The record in a file that `save` wrote.  Raises `InputError` for a file that is missing or holds something else."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"), object_pairs_hook=_without_duplicates)
    except OSError as error:
        raise InputError("path", str(path), f"a file that can be read ({error.strerror})", "check the path") from None
    except (ValueError, RecursionError) as error:
        raise InputError("path", str(path), f"a JSON file of evidence ({error})", "write it with certifield.evidence.save") from None
    return from_json(document)


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a field is given twice")
    return dict(pairs)


def _flush_folder(folder: Path) -> None:
    """The renaming itself reaches the disc (where the system lets folders be opened)."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
