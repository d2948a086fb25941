"""The free limit: G2 does not depend on the width, and the full G4 tends to its Wick value as 1/N."""

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np

from .._measured import Measured, by, representative
from .._notation import compact, correlator
from .._verdict import comparisons, verdict
from ._figure import Band, Curve, Figure, Mark, Panel, Points, side_by_side
from ._palette import look
from ._ratios import Ratio, kernel_ratios, wick_ratios

_COLUMNS = ("system", "quantity", "entry", "method", "width", "ratio", "stderr", "exact")
_KEY = (
    ("point", "whole networks, ± one standard error"),
    ("hollow", "single neurons"),
    ("pale", "exact"),
    ("dot", "pulls of G2, every pair of points"),
)


def free_limit(rows: Sequence[Measured]) -> Figure | None:
    """One panel per system that has orders 2 and 4; None where no system has."""
    panels: list[Panel] = []
    ratios: list[Ratio] = []
    for (system,), group in by(rows, "system").items():
        orders = {order: members for (order,), members in by(group, "order").items()}
        if 2 in orders and 4 in orders:
            own = [*kernel_ratios(orders[2]), *wick_ratios(orders[4], orders[2])]
            panels.append(_panel(system, own, orders[2], orders[4]))
            ratios += own
    if not ratios:
        return None
    return Figure(
        slug="free-limit",
        title="The free limit",
        caption="Squares: the full four-point function divided by its Wick value, the sum over the three pairings of products of "
        f"{correlator(2)}; the ratio is 1 in a free theory. Circles: {correlator(2)} divided by the exact kernel. Below: pulls of "
        f"{correlator(2)}, (estimate − exact)/standard error, for every pair of points, with one- and two-sigma bands.",
        reading=_reading(ratios, rows),
        panels=panels,
        across=side_by_side(len(panels)),
        columns=_COLUMNS,
        records=[astuple(ratio) for ratio in ratios],
        key=_KEY,
    )


def _panel(system: str, ratios: Sequence[Ratio], two: Sequence[Measured], four: Sequence[Measured]) -> Panel:
    widths = [row.row.width for row in two]
    first, last = min(widths) / 1.35, max(widths) * 1.35
    names = {"G4/Wick": compact(4, four[0].row.indices[representative(four)], False) + r"$\,/\,$Wick value",
             "G2/kernel": compact(2, two[0].row.indices[representative(two)], False) + r"$\,/\,K$"}  # fmt: skip
    marks: list[Mark] = [Curve(np.array([first, last]), np.ones(2), "muted", "dashed", 0.8)]
    for quantity, name in names.items():
        marks += _ratio_marks([ratio for ratio in ratios if ratio.quantity == quantity], quantity, name)
    return Panel(
        title=system,
        x_label="width $N$",
        y_label="ratio to the free value",
        marks=marks,
        alternative=f"{system}: four-point function over its Wick value, and two-point function over the kernel, against width.",
        x_log=True,
        x_range=(first, last),
        y_range=_limits(ratios),
        strip=_strip(two, (first, last)),
        legend_columns=2,
    )


def _ratio_marks(ratios: Sequence[Ratio], quantity: str, name: str) -> list[Mark]:
    colour, marker = look(4 if quantity == "G4/Wick" else 2)
    marks: list[Mark] = []
    known = {ratio.width: ratio.exact for ratio in ratios if ratio.exact is not None}
    if len(known) > 1 and quantity == "G4/Wick":
        marks.append(Curve(*_between(known), colour, thickness=3.4, pale=True))
    for network in (True, False):
        chosen = [ratio for ratio in ratios if ratio.method.startswith("network") is network]
        if chosen:
            x, y, error = np.array([(ratio.width * (1 if network else 1.08), ratio.ratio, ratio.stderr) for ratio in chosen]).T
            marks.append(Points(x, y, error, colour, marker, hollow=not network))
    return [*marks, Points(np.empty(0), np.empty(0), None, colour, marker, label=name)] if ratios else []


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


def _strip(rows: Sequence[Measured], span: tuple[float, float]) -> Panel | None:
    compared = [row for row in rows if np.isfinite(row.pulls).any()]
    chosen = [row for row in compared if row.network] or compared
    if not chosen:
        return None
    x = np.concatenate([np.full(row.entries, float(row.row.width)) for row in chosen])
    y = np.concatenate([row.pulls for row in chosen])
    ends, ones = np.array(span), np.ones(2)
    top = max(3.6, float(np.nanmax(np.abs(y))) * 1.15)
    marks = [Band(ends, -2 * ones, 2 * ones, "blue"), Band(ends, -ones, ones, "blue"), Points(x, y, None, "blue", ".")]
    return Panel("", "width $N$", "pull", marks, "", x_log=True, x_range=span, y_range=(-top, top))


def _reading(ratios: Sequence[Ratio], rows: Sequence[Measured]) -> str:
    sentences = []
    four = [ratio for ratio in ratios if ratio.quantity == "G4/Wick"]
    if four:
        ends = [choose(ratio.width for ratio in four) for choose in (min, max)]
        narrow, wide = (f"{width} by up to {100 * max(_excess(ratio) for ratio in four if ratio.width == width):.3g} %" for width in ends)
        sentences.append(
            f"The four-point function is off its free value at N = {narrow}, at N = {wide}: the wider the network, the freer the field."
        )
    asked = dict.fromkeys(row.row.system for row in rows if row.row.order == 4)
    if lost := [system for system in asked if not any(ratio.system == system for ratio in four)]:
        late = [system for system in lost if any(row.waiting for row in rows if row.row.system == system)]
        if late:
            sentences.append(f"No ratio yet for {', '.join(late)}: not enough blocks.")
        if other := [system for system in lost if system not in late]:
            sentences.append(
                f"No ratio for {', '.join(other)}: its entry is refused at every width, or a kernel that it needs was not measured."
            )
    two = [row for row in rows if row.row.order == 2]
    if found := verdict(two, comparisons(rows)):
        stays = "does not stay on the kernel" if found.contradicted else "stays on the kernel"
        at = "at every width measured so far" if any(row.waiting for row in two) else "at every width"
        sentences.append(f"The two-point function {stays} {at}: {comparisons(two)} comparisons, largest pull {found.largest:.1f}.")
    return " ".join(sentences)


def _excess(ratio: Ratio) -> float:
    return abs((ratio.ratio if ratio.exact is None else ratio.exact) - 1)
