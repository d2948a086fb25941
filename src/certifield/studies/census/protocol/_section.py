"""What a task adds to the report of its census, as data: the report draws and places it."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Picture:
    """An SVG element as text, such as one frame of a film strip, with a caption and the words that stand for it where it is not seen."""

    svg: str
    caption: str = ""
    alternative: str = ""


@dataclass(frozen=True)
class Series:
    """Points (x, y) of one colour, joined by a line where ``joined``; ``low`` and ``high`` bound each point, as a Wilson interval does."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    joined: bool = True


@dataclass(frozen=True)
class Plot:
    """One pair of axes."""

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]
    x_log: bool = False
    y_log: bool = False
    y_range: tuple[float, float] | None = None
    alternative: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the report: a heading, plain ``text``, pictures side by side, plots side by side, and a table.

    ``key``: its anchor and the name of its CSV file, data/KEY.csv, which holds ``columns`` and ``rows``.
    ``numbers``: whether the table is one of numbers, which are set to the right.
    """

    key: str
    title: str
    text: str = ""
    pictures: Sequence[Picture] = ()
    plots: Sequence[Plot] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = field(default=(), repr=False)
    numbers: bool = True
