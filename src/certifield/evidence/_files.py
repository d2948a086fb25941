"""Evidence in files, which exist whole or not at all."""

import json
import os
from pathlib import Path

from certifield._atomic import write_whole

from ._errors import InputError
from ._json import Record, from_json, to_json


def save(record: Record, path: str | os.PathLike[str], *, deviations: bool = True) -> None:
    """Writes ``record`` as JSON: to a temporary file in the same folder, flushed to the disc, then renamed."""
    text = json.dumps(to_json(record, deviations=deviations), indent=1, allow_nan=False) + "\n"
    target = Path(path)
    try:
        write_whole(target, text.encode())
    except (FileNotFoundError, NotADirectoryError, PermissionError, IsADirectoryError) as error:
        allowed = f"in a folder that can be written ({error.strerror})"
        raise InputError("path", str(path), allowed, f"make the folder {target.parent}, or name another one") from None


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
