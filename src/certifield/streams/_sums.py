"""What one block of draws leaves behind, and how blocks become one.

A block is never averaged on its own: cumulants of single blocks are biased, and the bias does not average out (eight Gaussian
draws a block: -21/32 of the squared variance in a fourth cumulant).  A block keeps plain power sums; statistics are formed on merged sums.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certifield.evidence import InputError


@dataclass(frozen=True, eq=False)
class BlockSums:
    """Sums over the draws of one block (or of several merged ones).

    ``sums[f]``: sum over draws of feature f; ``absolute[f]``: sum of its absolute value; ``largest[f]``: largest absolute
    value of a single draw; ``count``: draws; ``nonfinite``: draws with a NaN or an infinity, which are left out of the sums
    but never forgotten.
    """

    count: int
    sums: np.ndarray
    absolute: np.ndarray
    largest: np.ndarray
    nonfinite: int = 0

    def __post_init__(self) -> None:
        shapes = [np.shape(self.sums), np.shape(self.absolute), np.shape(self.largest)]
        if len(set(shapes)) != 1 or len(shapes[0]) != 1:
            given = ", ".join("a single number" if shape == () else f"shape {list(shape)}" for shape in shapes)
            remedy = "sum over the draws alone, as in rows.sum(axis=0) of rows [draws, features]; a single statistic is one feature"
            raise InputError("sums, absolute, largest", given, "three vectors [features]", remedy)


def _exact_column_sums(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Column sums rounded once (`math.fsum`), so that how the rows were gathered cannot show in the last bit."""
    return np.array([_exact_sum(column) for column in np.stack(rows).T.tolist()])


def _exact_sum(column: Sequence[float]) -> float:
    """`math.fsum` without its exceptions, which depend on the order: opposite infinities, and partial sums that overflow."""
    try:
        return math.fsum(column)
    except ValueError:
        return math.nan
    except OverflowError:
        return _rounded(column)


def _rounded(column: Sequence[float]) -> float:
    endless = [entry for entry in column if not math.isfinite(entry)]
    if endless:
        return sum(endless)
    exact = sum(map(Fraction, column))
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def merge(blocks: Iterable[BlockSums]) -> BlockSums:
    """One `BlockSums` for all the draws of ``blocks``: exact sums rounded once, hence independent of order.

    Merging merged blocks rounds more than once: where digits must agree, merge all blocks at one time, or group them by number.
    Raises `InputError` without blocks, and for blocks of different features.
    """
    parts = list(blocks)
    if not parts:
        raise InputError("blocks", parts, "at least one block", "run the study for longer")
    features = sorted({len(part.sums) for part in parts})
    if len(features) > 1:
        raise InputError("blocks", f"blocks of {features} features", "blocks of one measurement", "merge each measurement on its own")
    if len(parts) == 1:
        return parts[0]
    return BlockSums(
        count=sum(part.count for part in parts),
        sums=_exact_column_sums([part.sums for part in parts]),
        absolute=_exact_column_sums([part.absolute for part in parts]),
        largest=np.max([part.largest for part in parts], axis=0),
        nonfinite=sum(part.nonfinite for part in parts),
    )


def group(blocks: Sequence[BlockSums], most: int = 128) -> list[BlockSums]:
    """At most ``most`` groups of consecutive blocks, for a jackknife whose memory does not grow with the number of blocks."""
    if most < 1:
        raise InputError("most", most, "a whole number, 1 or more", "leave it out to have at most 128 groups")
    size = max(1, -(-len(blocks) // most))
    return [merge(blocks[start : start + size]) for start in range(0, len(blocks), size)]
