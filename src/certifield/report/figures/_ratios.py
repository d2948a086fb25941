"""Correlators over their free values, at the entries that stand for the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .._measured import Measured, representative


@dataclass(frozen=True)
class Ratio:
    """A correlator over its free value at one width."""

    system: str
    quantity: str
    entry: str
    method: str
    width: int
    ratio: float
    stderr: float
    exact: float | None


def kernel_ratios(rows: Sequence[Measured]) -> list[Ratio]:
    """G2 over the exact kernel, at every width and by every method."""
    entry = representative(rows)
    ratios = []
    for row in rows:
        if row.exact is not None and row.exact[entry] and row.barred[entry]:
            kernel, place = float(row.exact[entry]), row.row
            value, error = float(row.mean[entry]) / kernel, float(row.stderr[entry]) / abs(kernel)
            ratios.append(Ratio(place.system, "G2/kernel", row.name(entry), place.method, place.width, value, error, 1.0))
    return ratios


def wick_ratios(rows: Sequence[Measured], two: Sequence[Measured]) -> list[Ratio]:
    """1 + G_c4 / sum_3 G2 G2, with the exact kernel if it is known: then the only noise is that of G_c4.

    With an estimated kernel its relative error is added to that of G_c4 linearly, which bounds the error whatever their correlation.
    """
    entry = representative(rows)
    kernels = {(row.row.width, row.row.method): row for row in two}
    ratios = []
    for row in rows:
        place = row.row
        source = kernels.get((place.width, place.method), two[0])
        wick, slack = _wick_value(source, place.indices[entry])
        if not row.barred[entry] or not wick or not np.isfinite(slack):
            continue
        offset, mean, stderr = float(place.connected), float(row.mean[entry]), float(row.stderr[entry])
        exact = None if row.exact is None or source.exact is None else offset + float(row.exact[entry]) / wick
        error = (stderr + abs(mean) * slack / abs(wick)) / abs(wick)
        ratios.append(Ratio(place.system, "G4/Wick", row.name(entry), place.method, place.width, offset + mean / wick, error, exact))
    return ratios


def _wick_value(source: Measured, index: Sequence[int]) -> tuple[float, float]:
    """The sum over three pairings of products of two-point functions, and a bound on its error; (0, 0) where a pair was not measured."""
    known, stderr = (source.mean, source.stderr) if source.exact is None else (source.exact, np.zeros(source.entries))
    places = {tuple(sorted(map(int, pair))): position for position, pair in enumerate(source.row.indices)}
    a, b, c, d = (int(position) for position in index)
    value, slack = 0.0, 0.0
    for left, right in (((a, b), (c, d)), ((a, c), (b, d)), ((a, d), (b, c))):
        first, second = (places.get(tuple(sorted(pair))) for pair in (left, right))
        if first is None or second is None:
            return 0.0, 0.0
        value += float(known[first] * known[second])
        slack += float(abs(known[first]) * stderr[second] + abs(known[second]) * stderr[first])
    return value, slack
