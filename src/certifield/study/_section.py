"""What a study adds to its report, as data: text, tables, plots, pictures.  The report places and draws them.

A plot is marks on a pair of axes, without any drawing library; so what is drawn can be tested as numbers, and the table behind it is made
in the same place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

Numbers = Sequence[float] | np.ndarray

COLOURS = ("blue", "orange", "green", "purple", "sky", "ink")
MARKERS = ("o", "s", "^", "D", "v", "P")
STYLES = ("solid", "dashed", "dotted")
_MANY = 40  # points of a line, beyond which markers would hide it and each other


@dataclass(frozen=True, eq=False)
class Points:
    """Markers at (x, y) with optional bars, one number a point or [low, high]; ``hollow`` marks what is no signal."""

    x: np.ndarray
    y: np.ndarray
    error: np.ndarray | None = None
    colour: str = "ink"
    marker: str = "o"
    hollow: bool = False
    label: str = ""


@dataclass(frozen=True, eq=False)
class Limits:
    """Upper limits: a short bar at (x, y) with an arrow pointing down."""

    x: np.ndarray
    y: np.ndarray
    colour: str = "muted"


@dataclass(frozen=True, eq=False)
class Curve:
    """A line through (x, y); ``style`` is solid, dashed or dotted; ``pale`` is for a broad line that others are drawn upon."""

    x: np.ndarray
    y: np.ndarray
    colour: str = "ink"
    style: str = "solid"
    thickness: float = 1.2
    pale: bool = False
    label: str = ""


@dataclass(frozen=True, eq=False)
class Band:
    """The area between ``low`` and ``high``."""

    x: np.ndarray
    low: np.ndarray
    high: np.ndarray
    colour: str = "muted"
    label: str = ""


@dataclass(frozen=True, eq=False)
class Stairs:
    """A histogram outline with ``len(edges) - 1`` heights."""

    edges: np.ndarray
    heights: np.ndarray
    colour: str = "ink"
    filled: bool = False
    label: str = ""


@dataclass(frozen=True)
class Note:
    """A few words inside the axes, at coordinates between 0 and 1."""

    x: float
    y: float
    text: str
    colour: str = "ink"


@dataclass(frozen=True, eq=False)
class Cells:
    """A heat map: ``values`` [rows, columns] between the edges ``x`` [columns + 1] and ``y`` [rows + 1]; ``scale`` names its scale."""

    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    scale: str
    colour: str = "blue"


Mark = Points | Limits | Curve | Band | Stairs | Cells | Note


@dataclass(frozen=True, eq=False)
class Plot:
    """One pair of axes; ``alternative``: the words that stand for it where it is not seen; ``strip``: residuals that share its x-axis."""

    title: str
    x_label: str
    y_label: str
    marks: Sequence[Mark]
    alternative: str = ""
    x_log: bool = False
    y_log: bool = False
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    strip: "Plot | None" = None
    legend_columns: int = 1


def curves(label: str, x: Numbers, y: Numbers, number: int = 0, *, low: Numbers | None = None, high: Numbers | None = None,
           joined: bool = True) -> list[Mark]:  # fmt: skip
    """The marks of curve ``number`` of a plot: points in a colour of its own, with bars from ``low`` to ``high``, joined by a line."""
    colour, style = COLOURS[number % len(COLOURS)], STYLES[number // len(COLOURS) % len(STYLES)]
    if joined and low is None and len(x) > _MANY:
        return [Curve(np.asarray(x, dtype=float), np.asarray(y, dtype=float), colour=colour, style=style, label=label)]
    across, up = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    bars = None
    if low is not None and high is not None:
        # Rounding can put an end of an interval on the wrong side of its point, by one unit in the last place.
        bars = np.maximum(0.0, [up - np.asarray(low, dtype=float), np.asarray(high, dtype=float) - up])
    points = Points(across, up, bars, colour=colour, marker=MARKERS[number % len(MARKERS)], label=label)
    return [Curve(across, up, colour=colour, style=style), points] if joined else [points]


@dataclass(frozen=True)
class Picture:
    """An SVG element as text, such as one frame of a film strip, with a caption and the words that stand for it where it is not seen."""

    svg: str
    caption: str = ""
    alternative: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the report: a heading, plain ``text`` (paragraphs apart by a blank line), pictures, plots side by side, and a table.

    ``key``: its anchor and the name of its CSV file, data/KEY.csv, which holds ``columns`` and ``rows``.
    ``caption``: what one sees in the plots, and with what errors; ``legend``: pairs (mark, meaning) for marks that need words.
    ``numbers``: whether the table is one of numbers, set to the right; ``hidden``: whether it is in the CSV file only.
    """

    key: str
    title: str
    text: str = ""
    pictures: Sequence[Picture] = ()
    plots: Sequence[Plot] = ()
    caption: str = ""
    legend: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = field(default=(), repr=False)
    numbers: bool = True
    hidden: bool = False


def paragraphs(text: str) -> Iterable[str]:
    """The paragraphs of a plain text."""
    return (part.strip() for part in text.split("\n\n") if part.strip())
