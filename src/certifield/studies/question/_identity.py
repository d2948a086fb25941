"""The identity of a study: what its digest covers, and how two of them differ."""

import hashlib
import json
from typing import Any

FORMAT = 1  # of the directory; a reader of another format must not guess


def canonical(identity: Any) -> str:
    """JSON with sorted keys and no blanks: one text for one content."""
    return json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(identity: Any) -> str:
    """sha256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(identity).encode()).hexdigest()


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The fields, as dotted places with both values, in which two identities differ.

    A system whose own file was edited is one line that names the file; that its measurements differ too is no news.
    """
    lines = _differing(one, other, "")
    edited = [name for name in one.get("system", {}) if any(line.startswith(f"system.{name}.source: ") for line in lines)]
    return [line for line in lines if not any(line.startswith(f"quantity.{name}/") and ".measurement" in line for name in edited)]


def _differing(one: Any, other: Any, place: str) -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        if _same_file_edited(one, other):
            file = _user_file(one).rpartition(":")[0]
            where = f"{place}.source".removeprefix(".")
            told = f"{where}: {file} changed since the study was created (to continue here, restore the copy that the study keeps)"
            return [told, *_differing({**one, "source": 0}, {**other, "source": 0}, place)]
        keys = sorted(one.keys() | other.keys())
        return [line for key in keys for line in _differing(one.get(key), other.get(key), f"{place}.{key}".removeprefix("."))]
    if canonical(one) == canonical(other):
        return []
    return [f"{place}: {_short(one)} here, {_short(other)} in the store"]


def _same_file_edited(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return "source" in one and "source" in other and one["source"] != other["source"] and _user_file(one) == _user_file(other)


def _user_file(identity: dict[str, Any]) -> str:
    return identity.get("ensemble") or identity.get("census", "")


def _short(value: Any) -> str:
    text = canonical(value)
    return text if len(text) <= 60 else text[:57] + "..."
