"""The pictures of the documentation: plots of studies that `provenance/ledger.py` has run, as SVG files in docs/images.

python provenance/pictures.py [STUDY ...]    those named, or all in the table that are in runs/ledger
"""

import sys
from pathlib import Path

from certifield import engine
from certifield.report.figures import draw

ROOT = Path(__file__).resolve().parents[1]
RUNS, IMAGES = ROOT / "runs" / "ledger", ROOT / "docs" / "images"

# Study: the section of its page, and which plot of it.
PICTURES = {
    "free-scalar": ("propagators", 0),
    "interacting-qm": ("widths", 0),
    "phi4-lattice": ("finer", 0),
    "os-axioms": ("verdicts", 0),
    "network-quantum-mechanics": ("oscillators", 1),
    "nngp-limits": ("limits", 1),
    "eft-three-nets": ("fits", 0),
    "rg-flow": ("flow", 0),
    "edgeworth-action": ("density", 0),
    "symmetry-duality": ("symmetries", 0),
    "broken-independence": ("interactions", 0),
    "conformal-fields": ("conformal", -1),
    "universal-approximation": ("rates", 0),
    "differential-equations": ("costs", 0),
    "equivariance": ("errors", 0),
    "vacua-graph": ("late", 0),
    "transformer-ensemble": ("heads", 1),
    "rg-optimal-transport": ("lattices", 0),
    "renormalising-diffusion": ("weights", 1),
    "lattice-flows": ("training", 0),
    "quintic-ladder": ("ladder", 0),
    "signature-slope": ("loop", 0),
    "bicubic-monads": ("recall", 0),
    "weil-petersson": ("moduli", 1),
    "unique-metric": ("unique", 0),
}


def main() -> None:
    """Draws one plot of each study."""
    for name in sys.argv[1:] or [name for name in PICTURES if (RUNS / name).is_dir()]:
        key, place = PICTURES[name]
        opened = engine.open_study(RUNS / name)
        readings = {case: opened.read(case) for case in opened.cases}
        sections = {section.key: section for section in opened.asked.study.page(readings, opened.asked.options)}
        text = draw(sections[key].plots[place], name)
        (IMAGES / f"{name}.svg").write_text(text, encoding="utf-8")
        print(f"docs/images/{name}.svg: {len(text)} bytes")


if __name__ == "__main__":
    main()
