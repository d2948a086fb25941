"""The one file that draws: a `Panel` becomes SVG text through Matplotlib.

Object-oriented interface and the SVG canvas only, so no window system and no current figure exist.  The salt fixes the identifiers
inside the picture: the same panel and salt give the same bytes, and different salts never share an identifier.
"""

import io
from typing import Any

from ._figure import Band, Curve, Limits, Mark, Note, Panel, Points, Steps
from ._palette import LIGHT

_DASHES = {"solid": "-", "dashed": (0, (5, 2.2)), "dotted": (0, (1.2, 2.0))}
_LEGEND_LINE = 0.235  # inches a line of the legend takes
_WIDTH, _HEIGHT, _STRIP = 4.6, 3.0, 0.85  # inches; on paper and on a phone one panel fills a column


def draw(panel: Panel, salt: str) -> str:
    """The panel as an SVG document with text as outlines, the same bytes for the same arguments."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    labels = sum(bool(getattr(mark, "label", "")) for mark in panel.marks)
    lines = -(-labels // panel.legend_columns)
    head, foot = 0.34 + _LEGEND_LINE * lines, 0.52
    strip = _STRIP if panel.strip else 0.0
    height = head + _HEIGHT - 0.5 + strip + foot
    with matplotlib.rc_context(_settings(salt)):
        figure = Figure(figsize=(_WIDTH, height))
        FigureCanvasSVG(figure)
        left, wide = 0.74 / _WIDTH, 1 - (0.74 + 0.12) / _WIDTH
        axes = figure.add_axes((left, (foot + strip) / height, wide, (_HEIGHT - 0.5) / height))
        _fill(axes, panel)
        axes.set_title(panel.title, loc="left", pad=6 + 72 * _LEGEND_LINE * lines)
        if labels:
            axes.legend(**_legend_place(panel.legend_columns))
        if panel.strip:
            below = figure.add_axes((left, foot / height, wide, (strip - 0.1) / height))
            _fill(below, panel.strip)
            below.set_xlim(axes.get_xlim())
            axes.set_xlabel("")
            axes.tick_params(labelbottom=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return text.getvalue()


def _settings(salt: str) -> dict[Any, Any]:
    return {
        "svg.fonttype": "path",
        "svg.hashsalt": salt,
        "font.family": "STIXGeneral",
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
        "xtick.minor.visible": True,
        "ytick.minor.visible": True,
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


def _fill(axes, panel: Panel) -> None:
    if panel.x_log:
        axes.set_xscale("log")
    if panel.y_log:
        axes.set_yscale("log", nonpositive="clip")
    for mark in panel.marks:
        _mark(axes, mark)
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    if panel.x_range:
        axes.set_xlim(panel.x_range)
    if panel.y_range:
        axes.set_ylim(panel.y_range)
    _ticks(axes, panel)


def _ticks(axes, panel: Panel) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

    for axis, log in ((axes.xaxis, panel.x_log), (axes.yaxis, panel.y_log)):
        if log:
            axis.set_major_locator(LogLocator(numticks=8))
            axis.set_minor_locator(LogLocator(subs=[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], numticks=40))
            axis.set_minor_formatter(NullFormatter())
    if not panel.y_log:
        few = 3 if panel.y_range and panel.strip is None and panel.title == "" else 6
        axes.yaxis.set_major_locator(MaxNLocator(nbins=few, min_n_ticks=2))


def _mark(axes, mark: Mark) -> None:
    if isinstance(mark, Note):
        axes.text(mark.x, mark.y, mark.text, transform=axes.transAxes, color=LIGHT[mark.colour], ha="left", va="top", fontsize=9.5)
        return
    colour, label = LIGHT[mark.colour], getattr(mark, "label", "") or None
    match mark:
        case Curve(x=x, y=y):
            line = {"linestyle": _DASHES[mark.style], "linewidth": mark.thickness, "alpha": 0.38 if mark.pale else 1}
            axes.plot(x, y, color=colour, label=label, zorder=1.5 if mark.pale else 2, **line)
        case Band(x=x, low=low, high=high):
            axes.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0, label=label, zorder=1)
        case Steps(edges=edges, heights=heights):
            axes.stairs(
                heights, edges, color=colour, fill=mark.filled, alpha=0.35 if mark.filled else 1, linewidth=1.2, label=label, zorder=2
            )
        case Limits(x=x, y=y):
            axes.errorbar(x, y, yerr=0.5 * y, uplims=True, fmt="_", color=colour, markersize=6, elinewidth=0.8, capsize=2, zorder=3)
        case Points():
            _points(axes, mark, colour, label)


def _points(axes, mark: Points, colour: str, label: str | None) -> None:
    size = 3.4 if mark.marker == "." else 4.6
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
        zorder=4,
    )
