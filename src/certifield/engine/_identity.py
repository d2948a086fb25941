"""The identity of a study: what its digest covers, and how two of them differ."""

import hashlib
import json
from typing import Any

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
