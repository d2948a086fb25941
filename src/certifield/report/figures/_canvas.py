"""The one file that draws: a `Plot` of `certifield.study` becomes SVG text through Matplotlib.

Object-oriented interface and the SVG canvas only, so no window system and no current figure exist.  The salt fixes the identifiers
inside the picture: the same plot and salt give the same bytes, and different salts never share an identifier.
"""

import io
import math
import warnings
from functools import cache
from typing import Any

import numpy as np

from certifield.study import Band, Cells, Curve, Limits, Mark, Note, Plot, Points, Stairs

from .._words import number, power_of_ten, typeset
from ._palette import LIGHT

_DASHES = {"solid": "-", "dashed": (0, (5, 2.2)), "dotted": (0, (1.2, 2.0))}
_CROWD = 300  # points of one mark
_LEGEND_LINE = 0.235  # inches a line of the legend takes
_WIDTH, _HEIGHT, _STRIP = 4.6, 3.0, 0.85  # inches; on paper and on a phone one plot fills a column


def draw(plot: Plot, salt: str) -> str:
    """The plot as an SVG document with text as outlines, the same bytes for the same arguments."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    labels = sum(bool(getattr(mark, "label", "")) for mark in plot.marks)
    lines = -(-labels // plot.legend_columns)
    head, foot = 0.34 + _LEGEND_LINE * lines, 0.52
    strip = _STRIP if plot.strip else 0.0
    height = head + _HEIGHT - 0.5 + strip + foot
    with matplotlib.rc_context(_settings(salt)), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)  # drawn as a box, which says as much
        figure = Figure(figsize=(_WIDTH, height))
        FigureCanvasSVG(figure)
        left, wide = 0.74 / _WIDTH, 1 - (0.74 + 0.12) / _WIDTH
        axes = figure.add_axes((left, (foot + strip) / height, wide, (_HEIGHT - 0.5) / height))
        _fill(axes, plot)
        # A place given beforehand: else Matplotlib measures all ticks, at a third of the cost of a drawing.
        axes.set_title(_text(plot.title), loc="left", pad=6 + 72 * _LEGEND_LINE * lines, y=1.0)
        if labels:
            axes.legend(**_legend_place(plot.legend_columns))
        if plot.strip:
            below = figure.add_axes((left, foot / height, wide, (strip - 0.1) / height))
            _fill(below, plot.strip, 3)
            below.set_xlim(axes.get_xlim())
            axes.set_xlabel("")
            axes.tick_params(labelbottom=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return text.getvalue()


@cache  # what one plot says, its neighbours say too
def _text(words: str) -> str:
    """The words with their TeX, or with plain dollars where what is between them is none."""
    from matplotlib.mathtext import MathTextParser

    words = words if "$" in words else typeset(words)
    if words.count("$") < 2:
        return words.replace("$", r"\$")
    try:
        MathTextParser("path").parse(words)
        return words
    except ValueError:
        return words.replace("$", r"\$")


def _settings(salt: str) -> dict[Any, Any]:
    return {
        "svg.fonttype": "path",
        "svg.hashsalt": salt,
        "font.family": ["STIXGeneral", "DejaVu Sans"],  # the second for letters that the first lacks
        "mathtext.fontset": "stix",
        "font.size": 10.5,
        "axes.titlesize": 11.5,
        "axes.labelsize": 11,
        "legend.fontsize": 10,
        "xtick.labelsize": 9.5,
        "ytick.labelsize": 9.5,
        "axes.linewidth": 0.6,
        "axes.edgecolor": LIGHT["ink"],
        "axes.labelcolor": LIGHT["ink"],
        "axes.unicode_minus": True,
        "text.color": LIGHT["ink"],
        "xtick.color": LIGHT["ink"],
        "ytick.color": LIGHT["ink"],
        "xtick.direction": "in",
        "ytick.direction": "in",
        "xtick.top": True,
        "ytick.right": True,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.minor.width": 0.4,
        "ytick.minor.width": 0.4,
        "lines.solid_capstyle": "butt",
    }


def _legend_place(columns: int) -> dict[str, object]:
    return {
        "loc": "lower left",
        "bbox_to_anchor": (-0.01, 1.0),
        "ncols": columns,
        "frameon": False,
        "borderpad": 0.1,
        "borderaxespad": 0.25,
        "labelspacing": 0.3,
        "handlelength": 1.7,
        "handletextpad": 0.55,
        "columnspacing": 1.4,
    }


def _fill(axes, plot: Plot, rows: int = 6) -> None:
    if plot.x_log:
        axes.set_xscale("log")
    if plot.y_log:
        axes.set_yscale("log", nonpositive="clip")
    for mark in plot.marks:
        _mark(axes, mark)
    axes.set_xlabel(_text(plot.x_label))
    axes.set_ylabel(_text(plot.y_label))
    if plot.x_range:
        axes.set_xlim(plot.x_range)
    if plot.y_range:
        axes.set_ylim(plot.y_range)
    _ticks(axes, plot, rows)


def _ticks(axes, plot: Plot, rows: int) -> None:
    from matplotlib.ticker import MaxNLocator

    for axis, log, limit in ((axes.xaxis, plot.x_log, axes.set_xlim), (axes.yaxis, plot.y_log, axes.set_ylim)):
        if log:
            low, high = sorted(axis.get_data_interval())
            if low > 0 and high <= low * (1 + 1e-6):  # one place, around which Matplotlib leaves no room
                limit(low / 2, high * 2)
            _log_ticks(axis)
    for axis, log, bins, whole in ((axes.xaxis, plot.x_log, 8, _whole(plot, "x")), (axes.yaxis, plot.y_log, rows, _whole(plot, "y"))):
        if not log:
            axis.set_major_locator(MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10], integer=whole, min_n_ticks=2))


def _whole(plot: Plot, axis: str) -> bool:
    """Whether all that is drawn lies at whole numbers, such as degrees, dimensions or counts: between them there is nothing to read."""
    places = [part for mark in plot.marks if (part := _places(mark, axis)) is not None and part.size]
    if not places or any(np.any(part != np.round(part)) for part in places):
        return False
    # Shares that all are 0 or 1 are no counts: they come with a range around both.
    return axis == "x" or plot.y_range is None or max(map(np.max, places)) - min(map(np.min, places)) > 1


def _places(mark: Mark, axis: str) -> np.ndarray | None:
    """Where a mark lies along an axis; of bars and cells the middles; None for words."""
    if isinstance(mark, Note):
        return None
    if isinstance(mark, Stairs):
        return (mark.edges[1:] + mark.edges[:-1]) / 2 if axis == "x" else np.asarray(mark.heights, dtype=float)
    if isinstance(mark, Band):
        return np.asarray(mark.x, dtype=float) if axis == "x" else np.concatenate([mark.low, mark.high])
    found = np.ravel(np.asarray(getattr(mark, axis), dtype=float))
    return (found[1:] + found[:-1]) / 2 if isinstance(mark, Cells) else found[np.isfinite(found)]


def _log_ticks(axis) -> None:
    """Powers of ten where two or more are in view; else numbers, evenly spaced where the ends differ little."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

    # In letters: as formulas labels would be parsed, one by one, at a fifth of the cost of a drawing.
    powers = FuncFormatter(lambda value, _: power_of_ten(round(math.log10(value))))
    numbers = FuncFormatter(lambda value, _: number(value))
    low, high = sorted(axis.get_view_interval())
    if math.floor(math.log10(high)) > math.ceil(math.log10(low)):
        major, minor, told = LogLocator(numticks=8), LogLocator(subs=[2.0, 5.0], numticks=40), powers
    elif high > 5 * low:
        major, minor, told = LogLocator(subs=[1.0, 2.0, 5.0], numticks=40), NullLocator(), numbers
    else:
        major, minor, told = MaxNLocator(nbins=4, min_n_ticks=2), NullLocator(), numbers
    axis.set_major_locator(major)
    axis.set_major_formatter(told)
    axis.set_minor_locator(minor)
    axis.set_minor_formatter(NullFormatter())


def _mark(axes, mark: Mark) -> None:
    if isinstance(mark, Note):
        axes.text(mark.x, mark.y, _text(mark.text), transform=axes.transAxes, color=LIGHT[mark.colour], ha="left", va="top", fontsize=9.5)
        return
    colour, label = LIGHT[mark.colour], _text(getattr(mark, "label", "")) or None
    match mark:
        case Curve(x=x, y=y):
            line = {"linestyle": _DASHES[mark.style], "linewidth": mark.thickness, "alpha": 0.38 if mark.pale else 1}
            axes.plot(x, y, color=colour, label=label, zorder=1.5 if mark.pale else 2, **line)
        case Band(x=x, low=low, high=high):
            axes.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0, label=label, zorder=1)
        case Stairs(edges=edges, heights=heights):
            axes.stairs(
                heights, edges, color=colour, fill=mark.filled, alpha=0.35 if mark.filled else 1, linewidth=1.2, label=label, zorder=2
            )
        case Limits(x=x, y=y):
            axes.errorbar(x, y, yerr=0.5 * y, uplims=True, fmt="_", color=colour, markersize=6, elinewidth=0.8, capsize=2, zorder=3)
        case Cells():
            _cells(axes, mark, colour)
        case Points():
            _points(axes, mark, colour, label)


def _cells(axes, mark: Cells, colour: str) -> None:
    """One colour, the more of it the larger the value, so that it is readable on paper and on a dark screen alike."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgba
    from matplotlib.ticker import MaxNLocator

    shades = LinearSegmentedColormap.from_list("shades", [to_rgba(colour, 0.04), to_rgba(colour, 1.0)], N=24)
    cells = axes.pcolormesh(mark.x, mark.y, mark.values, cmap=shades, linewidth=0, zorder=1)
    known = np.asarray(mark.values, dtype=float)
    whole = np.all(known[np.isfinite(known)] % 1 == 0)
    ticks = MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True) if whole else None
    bar = axes.figure.colorbar(cells, ax=axes, pad=0.03, aspect=24, ticks=ticks)
    bar.set_label(_text(mark.scale))
    bar.outline.set_visible(False)


def _points(axes, mark: Points, colour: str, label: str | None) -> None:
    crowded = len(mark.x) > _CROWD  # small, and below curves, which a cloud would hide
    size = 1.6 if crowded else 3.4 if mark.marker == "." else 4.6
    axes.errorbar(
        mark.x,
        mark.y,
        yerr=mark.error,
        fmt=mark.marker,
        color=colour,
        markersize=size,
        markerfacecolor=LIGHT["paper"] if mark.hollow else colour,
        markeredgecolor=colour,
        markeredgewidth=0.9,
        elinewidth=0.9,
        capsize=0 if mark.error is None else 1.8,
        capthick=0.8,
        linestyle="none",
        label=label,
        zorder=1.8 if crowded else 4,
    )
