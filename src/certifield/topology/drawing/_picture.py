"""Pictures: SVG that stands alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ._curve import Curve

# Okabe and Ito's colours, which the colour-blind can tell apart; of middling lightness, so that they show on white and on black.
COMPONENTS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#8C6BB1", "#A6761D", "#7A8B00")
BAND = "#E69F00"
TEXT = "#7A7A7A"


@dataclass(frozen=True)
class Picture:
    """A picture of ``width`` by ``height`` pixels: a title and SVG elements."""

    width: float
    height: float
    title: str
    body: str

    def svg(self) -> str:
        """The picture as one SVG document without outside resources; the ground is left transparent, so that any page shows through.

        >>> from certifield.topology import Diagram
        >>> from certifield.topology.drawing import draw
        >>> draw(Diagram.from_braid([1, 1, 1])).svg()[:41]
        '<svg xmlns="http://www.w3.org/2000/svg" w'
        """
        size = f'width="{number(self.width)}" height="{number(self.height)}" viewBox="0 0 {number(self.width)} {number(self.height)}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" fill="none" stroke-linecap="round" stroke-linejoin="round">'
            f"<title>{escape(self.title)}</title>{self.body}</svg>"
        )

    def _repr_svg_(self) -> str:
        return self.svg()

    def at(self, x: float, y: float) -> str:
        """The elements, moved."""
        return f'<g transform="translate({number(x)} {number(y)})">{self.body}</g>'


def number(value: float) -> str:
    """At most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def point(z: complex) -> str:
    """Coordinates; the imaginary axis points down, as in SVG."""
    return f"{number(z.real)} {number(z.imag)}"


def curve_path(curve: Curve) -> str:
    """The data of a path along a curve."""
    steps = "".join(f"Q{point(control)} {point(end)}" for _, control, end in curve.pieces.tolist())
    return f"M{point(complex(curve.pieces[0][0]))}{steps}{'Z' if curve.closed else ''}"


def line_path(points: Sequence[complex], closed: bool = False) -> str:
    """The data of a path straight from point to point."""
    return f"M{'L'.join(point(z) for z in points)}{'Z' if closed else ''}"


def text(words: str, x: float, y: float, size: float, *, colour: str = TEXT, anchor: str = "middle", bold: bool = False) -> str:
    """Words; y is that of the line they stand on."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-family="system-ui,sans-serif" font-size="{number(size)}"{weight} fill="{colour}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )
