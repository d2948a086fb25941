"""<script>alert("title")</script> & Co"""

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.study import Case, Claim, Found, Missing, Note, Options, Picture, Plot, Points, Section, Study

EVIL = '<script>alert("x")</script>\'"><img src=x onerror=alert(1)>'
SVG = """<svg width="30" height="30"><script>document.title = "taken"</script><style>* { display: none }</style>
<rect width="30" height="30"/></svg>"""


class Nothing(Options):
    """No options."""


def cases(options):
    """A few, the first of an evil group."""
    return [Case(name, group=EVIL) for name in ("a", "b")]


def piece(task, options):
    """Nothing of interest."""
    return {"n": 1}


def read(case, pieces, options):
    """Every place where a text can be."""
    yield EVIL, Found(Exact(1), Missing(EVIL))
    warned = {"warnings": [EVIL]}
    yield (
        "refused",
        Found(Estimate(np.array(1.0), {"s": np.ones(20)}, 10, 20, 0, EVIL, "float64", refused=np.array(True), diagnostics=warned)),
    )
    yield "none", Found(Missing(EVIL))
    yield "waits", Found(Missing(EVIL, waiting=True))


def page(readings, options):
    """A section whose every text is evil."""
    dots = [Points(np.arange(2.0), np.arange(2.0), label=EVIL), Note(0.1, 0.5, EVIL)]
    plot = Plot(EVIL, EVIL, EVIL, dots)
    picture = Picture(SVG, EVIL, EVIL)
    yield Section("evil", EVIL, f"{EVIL} $<script>_{{<b>}}$", [picture], [plot], EVIL, [(EVIL, EVIL)], (EVIL, "b"), [(EVIL, EVIL)])
    yield Section("dollars", "Costs $5 or $6", "From $ to $.", plots=[Plot("1 $\\nonsense{$", "x", "y", dots[:1])])


STUDY = Study(
    Nothing, cases, piece, read, page=page, unit=EVIL, packages=("no-such-package",),
    conclude=lambda readings, options: [(EVIL, Found(Missing(EVIL)))], claims=[Claim(EVIL, EVIL, EVIL, open=EVIL)],
)  # fmt: skip
