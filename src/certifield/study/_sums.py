"""Pieces that are sums over draws.

A piece holds several sub-sums, so that a single block already has an error bar; larger blocks later keep as many.  Read back, neighbouring
sub-sums are merged into at most 128 groups of about equal size, a few pieces at a time: memory does not grow with the number of pieces.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from certifield.evidence import InputError

from ._task import Piece, Pieces

if TYPE_CHECKING:  # streams start JAX, which a study of knots never needs
    from certifield.streams import BlockSums

SUBSUMS = 16  # of a block: as many groups as an error bar needs (engineering specification, section 6.2)
MOST_GROUPS = 128  # the resolution of the jackknife
_CHUNK = 64  # sub-sums in memory at once, beside the groups
_PARTS = ("count", "nonfinite", "sums", "absolute", "largest")


def piece_of_sums(parts: "list[BlockSums]") -> Piece:
    """The piece that holds these sub-sums."""
    return {
        "count": np.array([part.count for part in parts], dtype=np.int64),
        "nonfinite": np.array([part.nonfinite for part in parts], dtype=np.int64),
        # A sum of infinities of both signs overflowed, whatever its sign.
        "sums": _known(np.stack([part.sums for part in parts])),
        "absolute": np.stack([part.absolute for part in parts]),
        "largest": np.stack([part.largest for part in parts]),
    }


def _known(sums: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(sums), np.inf, sums)


def sub_sums(piece: Piece) -> "Iterator[BlockSums]":
    """The sub-sums of a piece, in order."""
    from certifield.streams import BlockSums

    for row, count in enumerate(piece["count"].tolist()):
        sums, absolute, largest = (np.asarray(piece[name][row], dtype=float) for name in ("sums", "absolute", "largest"))
        yield BlockSums(count, sums, absolute, largest, int(piece["nonfinite"][row]))


def drawn_in(piece: Piece) -> int:
    """How many draws a piece of sums holds.  Raises `InputError` for a piece of another kind."""
    if not piece.keys() >= set(_PARTS):
        remedy = "return piece_of_sums(parts) from `piece`, or read other pieces without `groups`"
        raise InputError("pieces", sorted(piece), f"pieces of sums, which hold {', '.join(_PARTS)}", remedy)
    return int(piece["count"].sum() + piece["nonfinite"].sum())


def groups(pieces: Pieces, most: int = MOST_GROUPS) -> "list[BlockSums]":
    """The draws of all ``pieces`` in at most ``most`` groups of consecutive sub-sums, for a jackknife; none where there are no pieces.

    A group is closed when the draws up to its end are its share of all; each is summed exactly and rounded chunk by chunk, in the order
    of the steps, so that the digits are a function of the set of pieces.
    """
    from certifield.streams import merge

    total = sum(drawn_in(piece) for piece in pieces.values())
    closed: list[BlockSums] = []
    open_: list[BlockSums] = []
    drawn = 0
    for piece in pieces.values():
        for part in sub_sums(piece):
            open_.append(part)
            drawn += part.count + part.nonfinite
            if drawn * most >= total * (len(closed) + 1):
                closed.append(merge(open_))
                open_ = []
            elif len(open_) == _CHUNK:
                open_ = [merge(open_)]
    return closed
