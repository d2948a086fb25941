"""A figure is data.

A figure is built as panels of marks, without any drawing library; one file (`_canvas`) turns a panel into a picture.  So what is
drawn can be tested as numbers, and the table behind a figure (``columns``, ``records``) is made in the same place as its marks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Points:
    """Markers at (x, y) with optional one-sigma bars; ``hollow`` marks values that are shown but not trusted as a signal."""

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
class Steps:
    """A histogram outline with ``len(edges) - 1`` heights."""

    edges: np.ndarray
    heights: np.ndarray
    colour: str = "ink"
    filled: bool = False
    label: str = ""


@dataclass(frozen=True)
class Note:
    """A few words inside the panel, at axes coordinates between 0 and 1."""

    x: float
    y: float
    text: str
    colour: str = "ink"


Mark = Points | Limits | Curve | Band | Steps | Note


@dataclass(frozen=True, eq=False)
class Panel:
    """One pair of axes, with an optional ``strip`` of residuals that shares its x-axis."""

    title: str
    x_label: str
    y_label: str
    marks: Sequence[Mark]
    alternative: str
    x_log: bool = False
    y_log: bool = False
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    strip: "Panel | None" = None
    legend_columns: int = 1


@dataclass(frozen=True, eq=False)
class Figure:
    """Panels with caption (HTML), a reading in plain English (HTML), a key to the marks, and the table behind them.

    ``drawn``: what was drawn for it, if that is not the draws of the study's rows; ``across``: how many panels stand side by side on a
    wide page.
    """

    slug: str
    title: str
    caption: str
    reading: str
    panels: Sequence[Panel]
    columns: Sequence[str]
    records: Sequence[Sequence[object]] = field(repr=False)
    key: Sequence[tuple[str, str]] = ()
    drawn: str = ""
    across: int = 2


def side_by_side(panels: int) -> int:
    """How many equal panels with axes and legends to be read stand side by side on a wide page."""
    return min(panels, 2)
