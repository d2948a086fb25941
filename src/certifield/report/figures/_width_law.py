"""|G_c^(2k)| against the width N, log-log, with the noise floor and the fitted slope; the law of independent neurons is -(k-1)."""

from collections.abc import Mapping, Sequence

import numpy as np

from .._fit import WidthFit, width_fits
from .._measured import SIGNAL, Measured, by, representative
from .._notation import compact, correlator, minus
from ._figure import Band, Curve, Figure, Limits, Mark, Panel, Points, side_by_side
from ._palette import ORDERS, look

_LIMIT = 2.0  # standard errors from zero below which an upper limit is drawn in place of a point
_COLUMNS = ("system", "ensemble", "dim", "order", "entry", "method", "width", "estimate", "stderr", "exact", "pull", "shown")
_KEY = (
    ("point", "whole networks, ± one standard error"),
    ("hollow", f"below {SIGNAL:.0f} standard errors: not in the fit"),
    ("limit", f"below {_LIMIT:.0f}: upper limit (estimate + {_LIMIT:.0f} standard errors)"),
    ("cross", "refused: heavy tails, no error bar (+ single neurons)"),
    ("pale", "exact"),
    ("dashed", "single neurons, scaled to N"),
    ("dotted", "noise floor: one standard error of the networks"),
)


def width_law(rows: Sequence[Measured]) -> Figure:
    """One panel per system: every order, at the entry that stands for the others."""
    fits = width_fits(rows)
    panels, records = [], []
    for (system,), group in by(rows, "system").items():
        orders = {order: members for (order,), members in sorted(by(group, "order").items())}
        panels.append(_panel(system, orders, {order: fits[system, order] for order in orders}))
        entries = {order: representative(members) for order, members in orders.items()}
        records += [_record(row, entries[row.row.order]) for row in group if row.sampled]
    return Figure(
        slug="width-law",
        title="The 1/N law of the connected correlators",
        caption="Absolute value of the connected correlators against the width N, at one entry per order: the largest entry that is not "
        "refused in most rows. Its index tuple stands in the legend where there is a slope (0013 stands for the points x<sub>0</sub>, "
        "x<sub>0</sub>, x<sub>1</sub>, x<sub>3</sub>). The slope is a weighted fit of log|G| against log N to the filled points alone; "
        "“law” is −(k−1) at order 2k, exact for one layer of independent neurons.",
        reading=_reading(list(fits.values()), records),
        panels=panels,
        across=side_by_side(len(panels)),
        columns=_COLUMNS,
        records=records,
        key=[*((f"order {order}", f"order {order}") for (order,) in sorted(by(rows, "order")) if order in ORDERS), *_KEY],
    )


def _panel(system: str, orders: Mapping[int, Sequence[Measured]], fits: Mapping[int, WidthFit]) -> Panel:
    marks = [mark for order, rows in orders.items() for mark in _order_marks(order, rows, fits[order])]
    widths = [row.row.width for rows in orders.values() for row in rows]
    sizes = np.concatenate([np.empty(0), *(_sizes(mark) for mark in marks)])
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    low, high = (sizes.min(), sizes.max()) if sizes.size else (0.1, 1.0)
    slopes = "; ".join(f"order {order} slope {fit.text}, law {fit.law}" for order, fit in fits.items())
    return Panel(
        title=system,
        x_label="width $N$",
        y_label=r"$|G^{(2k)}_{\mathrm{c}}|$",
        marks=marks,
        alternative=f"{system}: size of the connected correlators against width, both logarithmic; {minus(slopes)}.",
        x_log=True,
        y_log=True,
        x_range=(min(widths) / 1.35, max(widths) * 1.35),
        y_range=(low / 2.5, high * 2.5),
    )


def _order_marks(order: int, rows: Sequence[Measured], fit: WidthFit) -> list[Mark]:
    entry, (colour, marker) = representative(rows), look(order)
    ordered = sorted(rows, key=lambda row: row.row.width)
    exact = {row.row.width: abs(row.exact[entry]) for row in ordered if row.exact is not None}
    neuron = [row for row in ordered if row.row.method == "neuron" and row.sampled]
    network = [row for row in ordered if row.network and row.sampled]
    marks: list[Mark] = []
    if exact:
        marks.append(Curve(np.array(list(exact), dtype=float), np.array(list(exact.values())), colour, thickness=3.4, pale=True))
    if neuron:
        marks += _neuron_marks(neuron, entry, colour)
    if network:
        marks += _network_marks(network, entry, colour, marker)
    if fit.slope is None:  # what stands in for it is said once, beside the picture
        return marks
    # A mark without data carries the label, so that the legend shows the filled marker even if every point is hollow.
    slope = f"slope ${fit.text.replace('-', '{-}')}$"
    law = "" if fit.law is None else f",  law ${fit.law}$"
    label = f"{compact(order, rows[0].row.indices[entry], rows[0].row.connected)}:  {slope}{law}"
    return [*marks, Points(np.empty(0), np.empty(0), None, colour, marker, label=label)]


def _neuron_marks(rows: Sequence[Measured], entry: int, colour: str) -> list[Mark]:
    widths, size, stderr = _columns(rows, entry)
    barred = np.isfinite(stderr)
    if not barred.any():  # all widths rest on the same draws, and are refused together
        return [Points(widths, size, None, "muted", "+")]
    widths, size, stderr = widths[barred], size[barred], stderr[barred]
    return [Curve(widths, size, colour, "dashed", 1.0), Band(widths, np.maximum(size - stderr, 1e-3 * size), size + stderr, colour)]


def _network_marks(rows: Sequence[Measured], entry: int, colour: str, marker: str) -> list[Mark]:
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


def _shown(row: Measured, entry: int) -> str:
    if row.refused[entry]:
        return "refused"
    if not row.barred[entry]:
        return "no error bar"
    strength = row.signal[entry]
    return "signal" if strength >= SIGNAL else "weak" if strength >= _LIMIT else "limit"


def _columns(rows: Sequence[Measured], entry: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    columns = np.array([(row.row.width, abs(row.mean[entry]), row.stderr[entry]) for row in rows], dtype=float)
    return columns[:, 0], columns[:, 1], columns[:, 2]


def _sizes(mark: Mark) -> np.ndarray:
    return mark.y if isinstance(mark, Curve | Points | Limits) else np.empty(0)


def _record(row: Measured, entry: int) -> tuple[object, ...]:
    place, exact = row.row, None if row.exact is None else float(row.exact[entry])
    numbers = float(row.mean[entry]), float(row.stderr[entry]), exact, float(row.pulls[entry])
    return (place.system, place.ensemble, place.dim, place.order, row.name(entry), place.method, place.width, *numbers, _shown(row, entry))


def _reading(fits: Sequence[WidthFit], records: Sequence[tuple[object, ...]]) -> str:
    """What the picture shows, in plain English with its numbers."""
    sentences = [
        "Straight lines on doubly logarithmic axes are power laws of the width; the steeper, the sooner that interaction dies out."
    ]
    sentences += [_slopes(order, [fit for fit in fits if fit.order == order]) for order in sorted({fit.order for fit in fits})]
    shown = [str(record[-1]) for record in records]
    lost = sum(kind in ("weak", "limit") and str(record[5]).startswith("network") for kind, record in zip(shown, records, strict=True))
    if lost:
        reach = " Single neurons reach below that floor." if any(record[5] == "neuron" for record in records) else ""
        sentences.append(f"{lost} points of whole networks drown in the noise (hollow points and arrows) and are not fitted.{reach}")
    if "refused" in shown:
        sentences.append(f"{shown.count('refused')} points have heavy tails and carry no error bar (crosses).")
    return " ".join(sentences)


def _slopes(order: int, fits: Sequence[WidthFit]) -> str:
    fitted = [fit for fit in fits if fit.pull is not None]
    if not fitted:
        return f"{correlator(order)}: {_without_slope(fits)}."
    worst = max(fitted, key=lambda fit: abs(fit.pull or 0.0))
    which = "slope" if len(fitted) == 1 else f"{len(fitted)} slopes, the one furthest off ({worst.system}) is"
    law = f"law {minus(worst.law)}{' (flat)' if order == 2 else ''}"
    late = sum(len(fit.waiting) for fit in fits)
    rest = f" ({late} {'width has' if late == 1 else 'widths have'} not enough blocks yet)" if late else ""
    return f"{correlator(order)}: {which} {minus(worst.text)}, {law}, {abs(worst.pull or 0.0):.1f} standard errors away{rest}."


def _without_slope(fits: Sequence[WidthFit]) -> str:
    """Why there is no slope: what became of the widths of whole networks."""
    counts = {
        "stand out of the noise": sum(len(fit.used) for fit in fits),
        "drown in it": sum(len(set(fit.excluded) - set(fit.refused)) for fit in fits),
        "are refused": sum(len(fit.refused) for fit in fits),
        "have not enough blocks yet": sum(len(fit.waiting) for fit in fits),
    }
    if not any(counts.values()):
        return "no whole networks were asked for, and single neurons carry the law by construction"
    if not any(number for words, number in counts.items() if words != "have not enough blocks yet"):
        return "not measured yet, for want of blocks"
    if any(fit.slope is not None for fit in fits):
        return "slopes as in the legends, with no law to hold them against"
    said = [f"{number} {words}" for words, number in counts.items() if number or words == "stand out of the noise"]
    return f"no slope, which takes two widths; of {sum(counts.values())}, {', '.join(said)}"
