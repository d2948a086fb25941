"""The first picture of the README: a correlator of networks on one side, the proof about a knot on the other.

python provenance/front.py    draws docs/images/front.svg

It reads runs/ledger/erf-net and runs/knots/6_1, which `certifield run erf-net runs/ledger/erf-net` and `certifield knot 6_1` make.
"""

import re
from html import escape
from pathlib import Path

from certifield import engine
from certifield.evidence import load
from certifield.report.figures import draw
from certifield.topology.drawing.film import film_strip

ROOT = Path(__file__).resolve().parents[1]
NETWORKS, PROOF = ROOT / "runs" / "ledger" / "erf-net", ROOT / "runs" / "knots" / "6_1" / "slice.json"
WIDTH, GUTTER, MARGIN, HEAD, FOOT = 500, 44, 14, 66, 14  # pixels; the width is that of a half
WORDS = (
    ("A network is a field", "correlators of random networks, on their exact law in the width"),
    ("What is found is proved", "the stevedore knot bounds a disc: a checker replays every move"),
)


def half(svg: str, place: int, heading: str, words: str) -> tuple[str, float]:
    """One half with what stands above it, and how far down it reaches."""
    svg = svg[svg.index("<svg") :]
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box is not None
    height = WIDTH * float(box[2]) / float(box[1])
    left = MARGIN + place * (WIDTH + GUTTER)
    inner = re.sub(
        r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', rf'\1 x="{left}" y="{HEAD}" width="{WIDTH}" height="{height:.2f}"', svg, count=1
    )
    middle = left + WIDTH / 2
    above = (
        f'<text x="{middle}" y="27" font-size="22" font-weight="600">{escape(heading)}</text>'
        f'<text x="{middle}" y="50" font-size="14.5">{escape(words)}</text>'
    )
    return above + inner, HEAD + height


def main() -> None:
    """Draws both halves, and sets them side by side on a white ground."""
    opened = engine.open_study(NETWORKS)
    readings = {case: opened.read(case) for case in opened.cases}
    sections = {section.key: section for section in opened.asked.study.page(readings, opened.asked.options)}
    pictures = (draw(sections["width-law"].plots[0], "front"), film_strip(load(PROOF), 4, columns=2).svg())
    halves = [half(svg, place, *words) for place, (svg, words) in enumerate(zip(pictures, WORDS, strict=True))]
    width, height = 2 * (WIDTH + MARGIN) + GUTTER, max(bottom for _, bottom in halves) + FOOT
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {height:.0f}" '
        f'width="{width}" height="{height:.0f}" role="img" font-family="system-ui,sans-serif" fill="#222" text-anchor="middle">'
        f'<title>Certifield</title><rect width="100%" height="100%" fill="#fff"/>{"".join(body for body, _ in halves)}</svg>\n'
    )
    (ROOT / "docs" / "images" / "front.svg").write_text(text, encoding="utf-8")
    print(f"docs/images/front.svg: {len(text)} bytes")


if __name__ == "__main__":
    main()
