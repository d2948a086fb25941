"""Published lists of line bundle models, read from a file that the user has; none is part of Certifield.

Two layouts are read.  JSON: a list of models, each a list of rows, or an object with the key "models".  Text: a model a line, nested braces
or brackets as Mathematica and Python write them, such as {{-1,0,1},{1,0,-1},...}.  Matrices may have the lines as rows or as columns.
"""

import json
import os
import re

import numpy as np

from certifield._arguments import file_path, of_kind
from certifield.evidence import InputError

from .._threefolds import Threefold
from ._sums import LINES


def read_published(path: str | os.PathLike[str], manifold: Threefold) -> np.ndarray:
    """The models of a list on ``manifold``, [models, 5, h], in its order.

    Where h = 5 the lines are taken as rows, unless the columns and not the rows sum to 0.
    Raises `InputError` for a file that cannot be read, and names the first model of another shape or whose lines do not sum to 0.
    """
    where = file_path(path)
    of_kind("manifold", manifold, Threefold, "the one of the list")
    try:
        text = where.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("path", str(where), f"a file of text ({error})", "name a list of models") from None
    try:
        held = json.loads(text)
        models = held["models"] if isinstance(held, dict) else held
    except (ValueError, KeyError):
        lines = [line.split("#")[0].strip().rstrip(",;") for line in text.splitlines()]
        models = [_nested(line, number) for number, line in enumerate(lines, 1) if line]
    found = [_lines(model, manifold.rank, number) for number, model in enumerate(models)]
    return np.array(found, np.int64).reshape(len(found), LINES, manifold.rank)


def _nested(line: str, number: int) -> object:
    plain = line.replace("{", "[").replace("}", "]").replace("(", "[").replace(")", "]")
    if not re.fullmatch(r"[\[\]\d\s,+-]+", plain):
        raise InputError(f"line {number}", line, "nested lists of whole numbers", "such as {{-1,0,1},{1,0,-1},...}")
    try:
        return json.loads(re.sub(r",\s*\]", "]", plain))
    except ValueError:
        raise InputError(f"line {number}", line, "balanced brackets", "such as {{-1,0,1},{1,0,-1},...}") from None


def _lines(model: object, rank: int, number: int) -> np.ndarray:
    try:
        rows = np.array(model)
    except ValueError:
        rows = np.zeros(0)
    if rows.ndim != 2 or rows.dtype.kind != "i" or sorted(rows.shape) != sorted((LINES, rank)):
        raise InputError(f"model {number}", model, f"{LINES} lines of {rank} whole numbers", "lines as rows or as columns")
    for turned in (rows, rows.T):
        if turned.shape == (LINES, rank) and not turned.sum(axis=0).any():
            return turned
    raise InputError(f"model {number}", model, "lines that sum to 0", "is it a list on another manifold?")
