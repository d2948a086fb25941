"""|G_c^(2k)| against the width N, log-log, with the noise floor and the fitted slope; the law of independent neurons is -(k-1)."""

from collections.abc import Mapping, Sequence

import numpy as np

from certifield.evidence import Exact, format_with_error
from certifield.study import Band, Curve, Limits, Mark, Plot, Points, Section

from .._width_law import WidthLaw
from ._conclusions import law_of, width_fit
from ._look import compact, look, minus
from ._rows import SIGNAL, Row, by_system, representative

_LIMIT = 2.0  # standard errors from zero below which an upper limit is drawn in place of a point
_COLUMNS = ("system", "correlator", "entry", "method", "width", "estimate", "stderr", "exact", "pull", "shown")
_LEGEND = (
    ("point", "whole networks, ± one standard error"),
    ("hollow", f"below {SIGNAL:.0f} standard errors: not in the fit"),
    ("limit", f"below {_LIMIT:.0f}: upper limit (estimate + {_LIMIT:.0f} standard errors)"),
    ("cross", "refused: heavy tails, no error bar (+ single neurons)"),
    ("pale", "exact"),
    ("dashed", "single neurons, scaled to N"),
    ("dotted", "noise floor: one standard error of the networks"),
)
_CAPTION = (
    "Absolute value of the connected correlators against the width N, at one entry per order: the largest entry that is not refused in "
    "most rows, which may be another one in every picture. Its index tuple stands in the legend (0013 stands for points x0, x0, x1, x3). "
    "The slope is a weighted fit of log|G| against log N to the filled points alone; “law” is −(k−1) at order 2k, "
    "exact for a layer of independent neurons."
)
Fit = tuple[WidthLaw | None, Exact | None]  # the fit of one system and order, and its law


def width_law(rows: Sequence[Row]) -> Section | None:
    """One plot per system that has several widths: every order, at the entry that stands for the others."""
    plots, records, sentences = [], [], []
    for name, orders in by_system(rows).items():
        if len({row.width for group in orders.values() for row in group}) < 2:
            continue
        fits = {order: (width_fit(group), law_of(group)) for order, group in orders.items()}
        plots.append(_plot(name, orders, fits))
        entries = {order: representative(group) for order, group in orders.items()}
        records += [_record(row, entries[order]) for order, group in orders.items() for row in group if row.estimate is not None]
        sentences += [_sentence(name, orders[order][0].system.symbol(order), fit) for order, fit in fits.items()]
    if not plots:
        return None
    text = "Straight lines on doubly logarithmic axes are power laws of the width; the steeper, the sooner that interaction dies out."
    told = " ".join(filter(None, sentences))
    return Section("width-law", "The 1/N law of the connected correlators", f"{text} {told}".strip(), plots=plots, caption=_CAPTION,
                   legend=_legend(plots), columns=_COLUMNS, rows=records, hidden=True)  # fmt: skip


def _legend(plots: Sequence[Plot]) -> list[tuple[str, str]]:
    """What is drawn, and nothing else."""
    marks = [mark for plot in plots for mark in plot.marks]
    curves = [mark for mark in marks if isinstance(mark, Curve)]
    points = [mark for mark in marks if isinstance(mark, Points) and len(mark.x)]
    drawn = {
        "point": any(not mark.hollow and mark.marker not in ("x", "+") for mark in points),
        "hollow": any(mark.hollow for mark in points),
        "limit": any(isinstance(mark, Limits) for mark in marks),
        "cross": any(mark.marker in ("x", "+") for mark in points),
        "pale": any(mark.pale for mark in curves),
        **{style: any(mark.style == style for mark in curves) for style in ("dashed", "dotted")},
    }
    return [(mark, words) for mark, words in _LEGEND if drawn[mark]]


def _sentence(name: str, symbol: str, fit: Fit) -> str:
    found, law = fit
    if found is None:
        return ""
    if found.slope is None:
        return f"{name}, {symbol}: no slope, which takes two widths; {len(found.used)} of {len(found.used + found.excluded)} show a signal."
    held = ""
    if law is not None:
        pull = (float(found.slope.mean) - float(np.asarray(law.value))) / float(found.slope.stderr)
        held = f", law {minus(f'{float(np.asarray(law.value)):g}')}, {abs(pull):.1f} standard errors away"
    return f"{name}, {symbol}: slope {minus(_slope(found))}{held}."


def _slope(fit: WidthLaw) -> str:
    assert fit.slope is not None
    return format_with_error(float(fit.slope.mean), float(fit.slope.stderr))


def _plot(name: str, orders: Mapping[int, Sequence[Row]], fits: Mapping[int, Fit]) -> Plot:
    marks = [mark for order, rows in orders.items() for mark in _order_marks(order, rows, fits[order])]
    widths = [row.across for rows in orders.values() for row in rows]
    sizes = np.concatenate([np.empty(0), *(mark.y for mark in marks if isinstance(mark, Curve | Points | Limits))])
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    low, high = (sizes.min(), sizes.max()) if sizes.size else (0.1, 1.0)
    told = "; ".join(f"order {order} slope {_slope(fit)}" for order, (fit, _) in fits.items() if fit is not None and fit.slope is not None)
    return Plot(
        title=name,
        x_label="width $N$",
        y_label=r"$|G^{(2k)}_{\mathrm{c}}|$",
        marks=marks,
        alternative=f"{name}: size of the connected correlators against width, both logarithmic{'; ' + minus(told) if told else ''}.",
        x_log=True,
        y_log=True,
        x_range=(min(widths) / 1.35, max(widths) * 1.35),
        y_range=(low / 2.5, high * 2.5),
    )


def _order_marks(order: int, rows: Sequence[Row], fit: Fit) -> list[Mark]:
    entry, (colour, marker) = representative(rows), look(order)
    ordered = sorted(rows, key=lambda row: row.across)
    exact = {row.across: abs(row.exact[entry]) for row in ordered if row.exact is not None}
    neuron = [row for row in ordered if not row.network and row.estimate is not None]
    network = [row for row in ordered if row.network and row.estimate is not None]
    marks: list[Mark] = []
    if exact:
        marks.append(Curve(np.array(list(exact), dtype=float), np.array(list(exact.values())), colour, thickness=3.4, pale=True))
    if neuron:
        marks += _neuron_marks(neuron, entry, colour)
    if network:
        marks += _network_marks(network, entry, colour, marker)
    found, law = fit
    named = compact(order, rows[0].entries[entry], rows[0].system.connected)
    if found is None or found.slope is None:  # what stands in for it is said once, beside the picture
        return [*marks, Points(np.empty(0), np.empty(0), None, colour, marker, label=named)]
    # A mark without data carries the label, so that the legend shows the filled marker even if every point is hollow.
    slope = f"slope ${_slope(found).replace('-', '{-}')}$"
    held = "" if law is None else f",  law ${float(np.asarray(law.value)):g}$"
    label = f"{named}:  {slope}{held}"
    return [*marks, Points(np.empty(0), np.empty(0), None, colour, marker, label=label)]


def _neuron_marks(rows: Sequence[Row], entry: int, colour: str) -> list[Mark]:
    widths, size, stderr = _columns(rows, entry)
    barred = np.isfinite(stderr)
    if not barred.any():  # all widths rest on the same draws, and are refused together
        return [Points(widths, size, None, "muted", "+")]
    widths, size, stderr = widths[barred], size[barred], stderr[barred]
    return [Curve(widths, size, colour, "dashed", 1.0), Band(widths, np.maximum(size - stderr, 1e-3 * size), size + stderr, colour)]


def _network_marks(rows: Sequence[Row], entry: int, colour: str, marker: str) -> list[Mark]:
    widths, size, stderr = _columns(rows, entry)
    shown = np.array([_shown(row, entry) for row in rows])
    marks: list[Mark] = []
    if (barred := np.isfinite(stderr) & (stderr > 0)).any():
        marks.append(Curve(widths[barred], stderr[barred], colour, "dotted", 1.0))
    for kind, hollow in (("signal", False), ("weak", True)):
        if (chosen := shown == kind).any():
            marks.append(Points(widths[chosen], size[chosen], stderr[chosen], colour, marker, hollow))
    if (chosen := shown == "limit").any():
        marks.append(Limits(widths[chosen], size[chosen] + _LIMIT * stderr[chosen], colour))
    if (chosen := np.isin(shown, ("refused", "no error bar"))).any():
        marks.append(Points(widths[chosen], size[chosen], None, "muted", "x"))
    return marks


def _shown(row: Row, entry: int) -> str:
    if row.refused[entry]:
        return "refused"
    if not row.barred[entry]:
        return "no error bar"
    strength = row.signal[entry]
    return "signal" if strength >= SIGNAL else "weak" if strength >= _LIMIT else "limit"


def _columns(rows: Sequence[Row], entry: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    columns = np.array([(row.across, abs(row.mean[entry]), row.stderr[entry]) for row in rows], dtype=float)
    return columns[:, 0], columns[:, 1], columns[:, 2]


def _record(row: Row, entry: int) -> tuple[object, ...]:
    exact = None if row.exact is None else float(row.exact[entry])
    numbers = float(row.mean[entry]), float(row.stderr[entry]), exact, float(row.pulls[entry])
    return (row.system.name, row.system.symbol(row.order), row.name(entry), row.method, row.width, *numbers, _shown(row, entry))
