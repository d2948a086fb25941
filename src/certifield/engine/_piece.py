"""A piece as bytes.

    one line of JSON (study digest, case, step, exact values, sha256 of certificates, types and shapes of arrays), newline,
    the arrays in the order of their names, as they lie in memory, little-endian,
    32 bytes: sha256 of all that precedes.

The bytes are a function of the content alone (no date, no host), so two files of one piece are compared byte by byte.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from certifield.evidence import Certificate, InputError
from certifield.study import Piece

from ._identity import canonical

_CHECKSUM = 32
_BITS = 14_000  # Python neither writes nor reads more than 4300 decimal digits
_KINDS = "biufc"  # of arrays: truth values, whole numbers, floats, complex numbers


class DamagedPiece(Exception):
    """The bytes are not those that were written."""


def certificate_id(certificate: Certificate) -> str:
    """sha256 of the one text of a certificate, in hexadecimal."""
    return hashlib.sha256(certificate.canonical().encode()).hexdigest()


def certificates_of(piece: Piece) -> dict[str, Certificate]:
    """The certificates of a piece, by name."""
    return {name: value for name, value in piece.items() if isinstance(value, Certificate)}


def checked(piece: Any) -> dict[str, Any]:
    """The piece with its arrays little-endian and contiguous.

    Raises `InputError` for what cannot be kept exactly: floats outside arrays, NaN, arrays of objects, names that are not text.
    """
    if not isinstance(piece, Mapping) or not all(isinstance(name, str) and name for name in piece):
        raise InputError("piece", piece, "a table from names to exact JSON, arrays and certificates", 'return {"value": ...}')
    return {name: _checked(f"piece[{name!r}]", value) for name, value in piece.items()}


def _checked(place: str, value: Any) -> Any:
    if isinstance(value, Certificate):
        return value
    if isinstance(value, np.ndarray) or hasattr(value, "__array__"):
        return _array(place, np.asarray(value))
    return _exact(place, value)


def _array(place: str, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in _KINDS:
        raise InputError(place, f"an array of {array.dtype}", "an array of numbers", "convert it, or write lists of whole numbers or texts")
    if array.dtype.kind in "fc" and np.isnan(array).any():
        told = f"{int(np.isnan(array).sum())} of {array.size} entries NaN"
        raise InputError(place, told, "an array without NaN", "count undefined entries apart, or leave them out")
    return np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).reshape(array.shape)


def _exact(place: str, value: Any) -> Any:
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {name: _exact(f"{place}.{name}", entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(f"{place}[{number}]", entry) for number, entry in enumerate(value)]
    if type(value) is int and value.bit_length() > _BITS:
        raise InputError(place, value, f"a whole number of at most {_BITS} bits", "write it as a text, for instance hex(value)")
    if value is None or type(value) in (bool, int, str):
        return value
    raise InputError(place, value, "whole numbers, texts, truth values, lists and tables of them, or an array", "put floats in an array")


def encode(study: str, case: str, step: int, piece: Piece) -> bytes:
    """The bytes of the piece at (case, step) of the study with this digest.  Raises `InputError` as `checked` does."""
    content = checked(piece)
    arrays = {name: content[name] for name in sorted(content) if isinstance(content[name], np.ndarray)}
    certificates = certificates_of(content)
    head = {
        "study": study,
        "case": case,
        "step": step,
        "exact": {name: value for name, value in content.items() if name not in arrays and name not in certificates},
        "certificates": {name: certificate_id(value) for name, value in certificates.items()},
        "arrays": {name: [array.dtype.str, list(array.shape)] for name, array in arrays.items()},
    }
    body = canonical(head).encode() + b"\n" + b"".join(array.tobytes() for array in arrays.values())
    return body + hashlib.sha256(body).digest()


def decode(content: bytes, certificate: Callable[[str], Certificate]) -> tuple[dict[str, Any], Piece]:
    """The head and the piece, its certificates looked up by their sha256.  Raises `DamagedPiece` unless the checksum holds."""
    body, checksum = content[:-_CHECKSUM], content[-_CHECKSUM:]
    if hashlib.sha256(body).digest() != checksum:
        raise DamagedPiece("its checksum does not hold: it was truncated or altered")
    line, _, payload = body.partition(b"\n")
    head = json.loads(line)
    piece: dict[str, Any] = dict(head["exact"])
    at = 0
    for name, (dtype, shape) in sorted(head["arrays"].items()):
        array = np.frombuffer(payload, dtype, int(np.prod(shape, dtype=int)), at).reshape(shape)
        piece[name], at = array, at + array.nbytes
    for name, sha in head["certificates"].items():
        piece[name] = certificate(sha)
    return head, piece
