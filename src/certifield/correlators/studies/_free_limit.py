"""The free limit: G2 does not depend on the width, and the full G4 tends to its Wick value as 1/N."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from certifield.study import Band, Curve, Mark, Plot, Points, Section

from ._conclusions import wick_value
from ._look import compact, look
from ._rows import Row, by_system, representative

_COLUMNS = ("system", "quantity", "entry", "method", "width", "ratio", "stderr", "exact")
_LEGEND = (
    ("point", "whole networks, ± one standard error"),
    ("hollow", "single neurons"),
    ("pale", "exact"),
    ("dot", "pulls of G2, every pair of points"),
)
_CAPTION = (
    "Squares: the full four-point function divided by its Wick value, the sum over the three pairings of products of exact kernels; the "
    "ratio is 1 in a free theory. Circles: G2 divided by the exact kernel. Below: pulls of G2, (estimate − exact)/standard error, of all "
    "pairs of points, with one- and two-sigma bands."
)


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


def free_limit(rows: Sequence[Row]) -> Section | None:
    """One plot per system that has several widths, orders 2 and 4 and an exact kernel; None where no system has."""
    plots: list[Plot] = []
    ratios: list[Ratio] = []
    for name, orders in by_system(rows).items():
        if 2 in orders and 4 in orders and orders[2][0].exact is not None and len({row.width for row in orders[4]}) > 1:
            own = [*_kernel_ratios(orders[2]), *_wick_ratios(orders[4], orders[2][0])]
            if own:
                plots.append(_plot(name, own, orders[2], orders[4]))
                ratios += own
    if not ratios:
        return None
    return Section("free-limit", "The free limit", _reading(ratios), plots=plots, caption=_CAPTION,
                   legend=_legend(ratios, plots), columns=_COLUMNS, rows=[astuple(ratio) for ratio in ratios], hidden=True)  # fmt: skip


def _kernel_ratios(rows: Sequence[Row]) -> list[Ratio]:
    """G2 over the exact kernel, at every width and by every method."""
    entry, found = representative(rows), []
    for row in rows:
        if row.exact is not None and row.exact[entry] and row.barred[entry]:
            kernel = float(row.exact[entry])
            value, error = float(row.mean[entry]) / kernel, float(row.stderr[entry]) / abs(kernel)
            found.append(Ratio(row.system.name, "G2/kernel", row.name(entry), row.method, row.across, value, error, 1.0))
    return found


def _wick_ratios(rows: Sequence[Row], two: Row) -> list[Ratio]:
    """1 + G_c4 / sum_3 K K with the exact kernel K, so that the only noise is that of G_c4; G4 / sum_3 K K where it is not connected."""
    entry, found = representative(rows), []
    wick = wick_value(two, rows[0].entries[entry])
    for row in rows:
        if row.barred[entry] and wick:
            offset, mean, stderr = float(row.system.connected), float(row.mean[entry]), float(row.stderr[entry])
            exact = None if row.exact is None else offset + float(row.exact[entry]) / wick
            place = (row.system.name, "G4/Wick", row.name(entry), row.method, row.across)
            found.append(Ratio(*place, offset + mean / wick, stderr / abs(wick), exact))
    return found


def _plot(name: str, ratios: Sequence[Ratio], two: Sequence[Row], four: Sequence[Row]) -> Plot:
    widths = [row.across for row in two]
    first, last = min(widths) / 1.35, max(widths) * 1.35
    names = {"G4/Wick": compact(4, four[0].entries[representative(four)], False) + r"$\,/\,$Wick value",
             "G2/kernel": compact(2, two[0].entries[representative(two)], False) + r"$\,/\,K$"}  # fmt: skip
    marks: list[Mark] = [Curve(np.array([first, last]), np.ones(2), "muted", "dashed", 0.8)]
    for quantity, label in names.items():
        marks += _marks([ratio for ratio in ratios if ratio.quantity == quantity], quantity, label)
    return Plot(
        title=name,
        x_label="width $N$",
        y_label="ratio to the free value",
        marks=marks,
        alternative=f"{name}: four-point function over its Wick value, and two-point function over the kernel, against width.",
        x_log=True,
        x_range=(first, last),
        y_range=_limits(ratios),
        strip=_strip(two, (first, last)),
        legend_columns=2,
    )


def _marks(ratios: Sequence[Ratio], quantity: str, label: str) -> list[Mark]:
    colour, marker = look(4 if quantity == "G4/Wick" else 2)
    marks: list[Mark] = []
    known = {ratio.width: ratio.exact for ratio in ratios if ratio.exact is not None}
    if len(known) > 1 and quantity == "G4/Wick":
        marks.append(Curve(*_between(known), colour, thickness=3.4, pale=True))
    for network in (True, False):
        chosen = [ratio for ratio in ratios if (ratio.method != "neuron") is network]
        if chosen:
            x, y, error = np.array([(ratio.width * (1 if network else 1.08), ratio.ratio, ratio.stderr) for ratio in chosen]).T
            marks.append(Points(x, y, error, colour, marker, hollow=not network))
    return [*marks, Points(np.empty(0), np.empty(0), None, colour, marker, label=label)] if ratios else []


def _between(known: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """A smooth curve through exact ratios: log|ratio - 1| is interpolated in log N, where the 1/N law is a straight line."""
    widths = np.array(sorted(known), dtype=float)
    excess = np.array([known[int(width)] for width in widths]) - 1
    if not (np.all(excess > 0) or np.all(excess < 0)):
        return widths, excess + 1
    fine = np.geomspace(widths[0], widths[-1], 60)
    return fine, 1 + np.sign(excess[0]) * np.exp(np.interp(np.log(fine), np.log(widths), np.log(np.abs(excess))))


def _limits(ratios: Sequence[Ratio]) -> tuple[float, float]:
    edges = [1.0, *(edge for ratio in ratios for edge in (ratio.ratio - ratio.stderr, ratio.ratio + ratio.stderr))]
    edges += [ratio.exact for ratio in ratios if ratio.exact is not None]
    low, high = min(edges), max(edges)
    margin = 0.08 * (high - low) or 0.05
    return low - margin, high + margin


def _strip(rows: Sequence[Row], span: tuple[float, float]) -> Plot | None:
    compared = [row for row in rows if np.isfinite(row.pulls).any()]
    chosen = [row for row in compared if row.network] or compared
    if not chosen:
        return None
    x = np.concatenate([np.full(len(row.entries), float(row.across)) for row in chosen])
    y = np.concatenate([row.pulls for row in chosen])
    ends, ones = np.array(span), np.ones(2)
    top = max(3.6, float(np.nanmax(np.abs(y))) * 1.15)
    marks = [Band(ends, -2 * ones, 2 * ones, "blue"), Band(ends, -ones, ones, "blue"), Points(x, y, None, "blue", ".")]
    return Plot("", "width $N$", "pull", marks, "", x_log=True, x_range=span, y_range=(-top, top))


def _reading(ratios: Sequence[Ratio]) -> str:
    four = [ratio for ratio in ratios if ratio.quantity == "G4/Wick"]
    if not four:
        return "No ratio of the four-point function: its entry is refused at every width."
    ends = [choose(ratio.width for ratio in four) for choose in (min, max)]
    excess = {width: max(_excess(ratio) for ratio in four if ratio.width == width) for width in ends}
    narrow, wide = (f"{width} by up to {100 * excess[width]:.3g} %" for width in ends)
    falls = ": the wider the network, the freer the field" if excess[ends[1]] < excess[ends[0]] else ""
    return f"The four-point function is off its free value at N = {narrow}, at N = {wide}{falls}."


def _legend(ratios: Sequence[Ratio], plots: Sequence[Plot]) -> list[tuple[str, str]]:
    """What is drawn, and nothing else."""
    drawn = {
        "point": any(ratio.method != "neuron" for ratio in ratios),
        "hollow": any(ratio.method == "neuron" for ratio in ratios),
        "pale": any(isinstance(mark, Curve) and mark.pale for plot in plots for mark in plot.marks),
        "dot": any(plot.strip is not None for plot in plots),
    }
    return [(mark, words) for mark, words in _LEGEND if drawn[mark]]


def _excess(ratio: Ratio) -> float:
    return abs((ratio.ratio if ratio.exact is None else ratio.exact) - 1)
