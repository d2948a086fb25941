"""Numbers and arrays as JSON, and back to the last bit or digit.

A float is a JSON number (Python writes the shortest text that reads back to the same bits), or "nan", "inf", "-inf"; a complex
number is a pair.  Integers and fractions are texts, because other readers of JSON round whole numbers too.  Deviations, which are
large and for machines only, are base64 of little-endian floats.
"""

import base64
import math
from fractions import Fraction
from typing import Any

import numpy as np

Json = dict[str, Any]

_DTYPES = {"float64": "<f8", "complex128": "<c16", "bool": "|b1"}


def encode_float(number: float) -> object:
    """A JSON number, or a word for what JSON cannot write."""
    return float(number) if math.isfinite(number) else str(float(number))


def decode_float(given: Any) -> float:
    """The float behind ``encode_float``."""
    if given in ("nan", "inf", "-inf"):
        return float(given)
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError(f"{given!r} is not a number")
    return float(given)


def encode_number(value: Any) -> Json:
    """An integer, fraction, float, complex number, truth value or array, with its type spelled out."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "iO":
        return {"rationals": {"shape": list(value.shape), "values": [_text(entry) for entry in value.ravel().tolist()]}}
    if isinstance(value, np.ndarray):
        return {"array": encode_array(value)}
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"integer": _text(value)}
    if isinstance(value, Fraction):
        return {"fraction": _text(value)}
    if isinstance(value, complex):
        return {"complex": [encode_float(value.real), encode_float(value.imag)]}
    return {"float": encode_float(value)}


def decode_number(given: Json) -> Any:
    """The number behind ``encode_number``."""
    ((kind, content),) = given.items()
    if kind == "array":
        return decode_array(content)
    if kind == "rationals":
        return _decode_rationals(**content)
    if kind == "bool" and isinstance(content, bool):
        return content
    if kind == "integer" and isinstance(content, str):
        return _whole(content)
    if kind == "fraction" and isinstance(content, str):
        return _rational(content)
    if kind == "complex":
        real, imaginary = content
        return complex(decode_float(real), decode_float(imaginary))
    if kind == "float":
        return decode_float(content)
    raise ValueError(f"{kind!r} is not a kind of number")


def _decode_rationals(shape: Any, values: Any) -> np.ndarray:
    flat = np.empty(len(values), dtype=object)
    flat[:] = [_rational(text) for text in values]
    return flat.reshape(_shape(shape, len(values)))


def encode_array(array: np.ndarray) -> Json:
    """Type, shape and the flat list of values."""
    flat = array.ravel()
    if array.dtype == bool:
        values: list = flat.tolist()
    elif array.dtype.kind == "c":
        values = [[encode_float(value.real), encode_float(value.imag)] for value in flat.tolist()]
    else:
        values = [encode_float(value) for value in flat.tolist()]
    return {"dtype": array.dtype.name, "shape": list(array.shape), "values": values}


def decode_array(given: Json) -> np.ndarray:
    """The array behind ``encode_array``."""
    dtype, shape, values = (given[name] for name in ("dtype", "shape", "values"))
    if dtype == "bool":
        if not all(isinstance(value, bool) for value in values):
            raise ValueError("not truth values")
        flat = values
    elif dtype == "complex128":
        flat = [complex(decode_float(real), decode_float(imaginary)) for real, imaginary in values]
    else:
        flat = [decode_float(value) for value in values]
    return np.array(flat, dtype=_DTYPES[dtype]).reshape(_shape(shape, len(flat)))


def encode_bytes(array: np.ndarray) -> Json:
    """Type, shape and base64 of the little-endian bytes."""
    name = array.dtype.name
    return {"dtype": name, "shape": list(array.shape), "base64": base64.b64encode(array.astype(_DTYPES[name]).tobytes()).decode("ascii")}


def decode_bytes(given: Json) -> np.ndarray:
    """The array behind ``encode_bytes``."""
    flat = np.frombuffer(base64.b64decode(given["base64"], validate=True), dtype=_DTYPES[given["dtype"]])
    return flat.reshape(_shape(given["shape"], len(flat))).astype(given["dtype"])


def encode_tree(value: object) -> object:
    """JSON data in which floats that JSON cannot write are replaced by {"float": word}."""
    if isinstance(value, dict):
        return {name: encode_tree(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [encode_tree(entry) for entry in value]
    return {"float": str(value)} if isinstance(value, float) and not math.isfinite(value) else value


def decode_tree(value: Any) -> Any:
    """The data behind ``encode_tree``."""
    if isinstance(value, dict):
        if set(value) == {"float"} and value["float"] in ("nan", "inf", "-inf"):
            return float(value["float"])
        return {name: decode_tree(entry) for name, entry in value.items()}
    return [decode_tree(entry) for entry in value] if isinstance(value, list) else value


def _text(number: int | Fraction) -> str:
    """All the digits of an integer, or of a fraction on both sides of its bar."""
    return _digits(number) if isinstance(number, int) else f"{_digits(number.numerator)}/{_digits(number.denominator)}"


def _rational(text: str) -> int | Fraction:
    numerator, bar, denominator = text.partition("/")  # not Fraction(text): 1e999999999 would fill the memory
    return Fraction(_whole(numerator), _whole(denominator)) if bar else _whole(numerator)


def _digits(number: int) -> str:
    """Decimal digits, or hexadecimal ones beyond the 4300 decimal digits that Python writes and reads."""
    return str(number) if abs(number).bit_length() < 14_000 else hex(number)


def _whole(text: str) -> int:
    return int(text, 16 if text.lstrip("-").startswith("0x") else 10)


def _shape(given: object, size: int) -> tuple[int, ...]:
    if not isinstance(given, list) or not all(type(length) is int and length >= 0 for length in given) or math.prod(given) != size:
        raise ValueError(f"shape {given!r} does not hold {size} values")
    return tuple(given)
