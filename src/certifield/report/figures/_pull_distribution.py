"""How the pulls of all entries spread, against the standard normal law that honest error bars give."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from .._measured import Measured, by
from .._notation import minus
from .._verdict import LEVEL, Verdict, distinct, verdict
from ._figure import Curve, Figure, Mark, Note, Panel, Points, Steps
from ._palette import look

_EDGES = np.arange(-5.0, 5.01, 0.5)
_QUANTILES = 60  # points a curve of the quantile plot has about at most
_BEYOND_TWO = 0.0455  # of a normal law, beyond two standard deviations
_TAIL = 4  # points at each end that are always drawn
_COLUMNS = ("panel", "order", "method", "low", "high", "count", "density", "normal", "pull")


def pull_distribution(rows: Sequence[Measured]) -> Figure | None:
    """A histogram per order, and a quantile plot; None where nothing has a closed form to be compared with."""
    orders = {order: group for (order,), group in sorted(by(distinct(rows), "order").items()) if _pulls(group).size}
    if not orders:
        return None
    histograms = [line for order, group in orders.items() for line in _counts(order, group)]
    quantiles = {order: _quantiles(_pulls(group)) for order, group in orders.items()}
    points = [
        ("quantiles", order, "all", None, None, None, None, float(x), float(y))
        for order, (xs, ys) in quantiles.items()
        for x, y in zip(xs, ys, strict=True)
    ]
    return Figure(
        slug="pulls",
        title="Pulls against the exact values",
        caption="Pull = (estimate − exact)/standard error, over all entries, widths and systems with a closed form; the outermost bins "
        "hold everything beyond. The thin curve is the standard normal density. Single neurons serve all widths with the same draws, and "
        "count once. The entries of one row share their draws and are correlated, so that a histogram may lie off centre, or be narrower "
        "or broader, by more than independent entries would allow.",
        reading=_reading(orders),
        panels=[*(_histogram(order, group) for order, group in orders.items()), _quantile_panel(quantiles)],
        columns=_COLUMNS,
        records=[*histograms, *points],
        key=(("bar", "whole networks"), ("outline", "single neurons"), ("line", "standard normal")),
    )


def _pulls(rows: Sequence[Measured], network: bool | None = None) -> np.ndarray:
    joined = np.concatenate([row.pulls for row in rows if network is None or row.network is network] or [np.empty(0)])
    return joined[np.isfinite(joined)]


def _density(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    counts, _ = np.histogram(np.clip(values, _EDGES[0], _EDGES[-1]), _EDGES)
    return counts, counts / (max(len(values), 1) * np.diff(_EDGES))


def _histogram(order: int, rows: Sequence[Measured]) -> Panel:
    colour, _ = look(order)
    fine = np.linspace(_EDGES[0], _EDGES[-1], 121)
    marks: list[Mark] = [Curve(fine, np.exp(-(fine**2) / 2) / math.sqrt(2 * math.pi), "ink", thickness=0.9)]
    lines = []
    for network, name in ((True, "networks"), (False, "neurons")):
        if (values := _pulls(rows, network)).size:
            marks.append(Steps(_EDGES, _density(values)[1], colour, filled=network))
            lines.append(minus(f"{name} ({len(values)}): mean {values.mean():+.2f}, rms {_rms(values):.2f}"))
    highest = max([0.45, *(float(mark.heights.max()) for mark in marks if isinstance(mark, Steps))])
    marks += [Note(0.03, 0.97 - 0.075 * position, line) for position, line in enumerate(lines)]
    alternative = f"Histogram of pulls at order {order}; {'; '.join(lines)}."
    return Panel(f"order {order}", "pull", "density", marks, alternative, x_range=(_EDGES[0], _EDGES[-1]), y_range=(0, 1.35 * highest))


def _counts(order: int, rows: Sequence[Measured]) -> list[tuple[object, ...]]:
    lines: list[tuple[object, ...]] = []
    for network, name in ((True, "network"), (False, "neuron")):
        if (values := _pulls(rows, network)).size:
            bins = zip(_EDGES[:-1].tolist(), _EDGES[1:].tolist(), *(part.tolist() for part in _density(values)), strict=True)
            lines += [("histogram", order, name, *one, None, None) for one in bins]
    return lines


def _quantiles(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ordered pulls against normal quantiles at (i - 1/2)/n, thinned to a few that keep both tails."""
    from scipy.special import ndtri

    size = len(values)
    tails = [position for position in (*range(_TAIL), *range(size - _TAIL, size)) if 0 <= position < size]
    chosen = np.unique(np.concatenate([np.linspace(0, size - 1, _QUANTILES).astype(int), tails]).astype(int))
    return ndtri((chosen + 0.5) / size), np.sort(values)[chosen]


def _quantile_panel(quantiles: dict[int, tuple[np.ndarray, np.ndarray]]) -> Panel:
    across = max(3.2, 1.1 * max(float(np.abs(x).max()) for x, _ in quantiles.values()))
    reach = max(across, 1.1 * max(float(np.abs(y).max()) for _, y in quantiles.values()))
    diagonal = np.array([-across, across])
    marks: list[Mark] = [Curve(diagonal, diagonal, "ink", thickness=0.9)]
    for order, (x, y) in quantiles.items():
        marks.append(Points(x, y, None, *look(order), hollow=True, label=f"order {order}"))
    alternative = "Ordered pulls against the quantiles of the standard normal law; honest error bars lie on the diagonal."
    return Panel("quantiles", "standard normal quantile", "pull", marks, alternative,
                 x_range=(-across, across), y_range=(-reach, reach), legend_columns=4)  # fmt: skip


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _reading(orders: Mapping[int, Sequence[Measured]]) -> str:
    values = np.concatenate([_pulls(rows) for rows in orders.values()])
    found = verdict((row for rows in orders.values() for row in rows), values.size)
    assert found is not None  # there are pulls
    place, beyond = found.worst.row, float(np.mean(np.abs(values) > 2))
    correlated = " Entries of one row share their draws, so this share alone proves nothing." if beyond > 2 * _BEYOND_TWO else ""
    return (
        f"{values.size} comparisons of an estimate with a closed form. If error bars are honest, pulls follow the standard normal law: "
        f"rms 1 (here {_rms(values):.2f}) and {100 * _BEYOND_TWO:.1f} % beyond two standard errors (here {100 * beyond:.1f} %)."
        f"{correlated} The furthest pull is {found.largest:.1f} ({place.system}, N = {place.width}, order {place.order}, {place.method}). "
        f"{_judgement(found, values.size)}"
    )


def _judgement(found: Verdict, size: int) -> str:
    rule = f"{found.threshold:.2f}, which the largest of {size} honest pulls exceeds in at most {100 * LEVEL:g} % of studies (Bonferroni)"
    if found.contradicted:
        return f"This is beyond {rule}. Chance does not explain it: start there."
    return f"This is below {rule}. No pull contradicts the closed forms."
