"""The identity of a study: what its digest covers, and how two of them differ."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certifield.evidence import StoreMismatch
from certifield.study import Case

from ._question import Asked

FORMAT = 2  # of the directory; a reader of another format must not guess


def canonical(data: Any) -> str:
    """JSON with sorted keys and no blanks: one text for one content."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(data: Any) -> str:
    """sha256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def differing(one: Any, other: Any, place: str = "") -> list[str]:
    """The fields, as dotted places with both values, in which two identities differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted(one.keys() | other.keys())
        return [line for key in keys for line in differing(one.get(key), other.get(key), f"{place}.{key}".removeprefix("."))]
    if canonical(one) == canonical(other):
        return []
    if place.startswith("files."):
        file = place.removeprefix("files.")
        return [f"{file} changed since the study was created (to continue here, restore the copy that the study keeps)"]
    return [f"{place}: {_short(one)} here, {_short(other)} in the store"]


def _short(value: Any) -> str:
    text = canonical(value)
    return text if len(text) <= 60 else text[:57] + "..."


def identity_of(asked: Asked, cases: Mapping[str, Case]) -> dict[str, Any]:
    """Everything that the digest covers, as JSON data.  More draws, other workers or another title do not change it."""
    return {
        "format": FORMAT,
        "study": asked.define,
        "version": asked.study.version,
        "seed": asked.question.seed,
        "precision": asked.precision,
        "options": asked.options.model_dump(mode="json"),
        "files": {Path(own.file).name: own.sha256 for own in asked.own_files},
        "cases": digest([case.document() for case in cases.values()]),
    }


def refuse_another(asked: dict[str, Any], present: dict[str, Any], directory: Path) -> None:
    """Raises `StoreMismatch` naming the fields in which the study asked for is not the one that is present."""
    fields = differing(asked, present)
    if fields:
        raise StoreMismatch(
            f"{directory} holds another study; these fields differ: {'; '.join(fields[:8])}{'; ...' if len(fields) > 8 else ''}. "
            "Run this one in another directory."
        )
