"""Hermitian-Yang-Mills metrics on line bundles: slope, solvability, and how well the equation holds (ledger G2)."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certifield.evidence import Exact
from certifield.geometry import fermat, named, ricci_flat, sample
from certifield.geometry.metrics import silent
from certifield.geometry.spectra import bundle_slope, hermitian_yang_mills
from certifield.geometry.studies._ladders import cells, measured, packed
from certifield.study import Case, Curve, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

# A variety with a class, the multidegree of its metric, and a line bundle on it.
_BUNDLES = {
    "fermat": (fermat, (Fraction(1),), (4,), (1,)),
    "bicubic-stable": (lambda: named("bicubic", 3), (Fraction(1), Fraction(1)), (1, 1), (1, -1)),
    "bicubic-steep": (lambda: named("bicubic", 3), (Fraction(1), Fraction(1)), (1, 1), (2, 1)),
}
_MEASURES = ("source", "start", "deviation")


class Question(Options):
    """Degrees of beta on the Fermat quintic and, the same in both factors, on the bicubic; draws of points of fits and of tests."""

    fermat: tuple[int, ...] = (1, 2, 3, 4, 5)
    bicubic: tuple[int, ...] = (1, 2)
    draws: int = 3000
    tested: int = 2000


def cases(options: Question) -> Iterator[Case]:
    """Each bundle by the degree of beta."""
    for name in _BUNDLES:
        degrees = options.fermat if name == "fermat" else options.bicubic
        yield from (Case(f"{name}/k={k}", {"bundle": name, "degree": k}, name) for k in degrees)


def piece(task: Task, options: Question) -> Piece:
    """Fits the metric, solves on the same points, and judges on others."""
    build, kaehler, degrees, bundle = _BUNDLES[task.case.data["bundle"]]
    seed = task.seed % 2**31
    metric, points = ricci_flat(build(), kaehler, [[degrees]], draws=options.draws, seed=seed, progress=silent)
    tested = sample(metric.variety, options.tested, seed + 1)
    found = hermitian_yang_mills(metric, bundle, points, tested, [task.case.data["degree"]] * len(bundle))
    held = {"draws": options.tested, "seed": seed + 1}
    for name in _MEASURES:
        held |= packed(name, getattr(found, name))
    return held  # type: ignore[return-value]


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """The slope, exactly; the mean of the source against 0; the deviation before and after."""
    if 0 not in pieces:
        return
    build, kaehler, _, bundle = _BUNDLES[case.data["bundle"]]
    yield "slope", Found(bundle_slope(build().configuration, kaehler, bundle))
    yield "source", Found(measured(case, pieces[0], "source"), Exact(0))
    for name in ("start", "deviation"):
        yield name, Found(measured(case, pieces[0], name))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The deviation against the degree, and the table."""
    marks, rows = [], []
    for number, name in enumerate(_BUNDLES):
        seen = [reading for key, reading in readings.items() if key.startswith(f"{name}/") and "deviation" in reading]
        if not seen:
            continue
        colour, marker = ("blue", "orange", "green")[number], ("o", "s", "^")[number]
        values = [(float(one["deviation"].value.mean), float(one["deviation"].value.stderr)) for one in seen]  # type: ignore[union-attr]
        mean, error = np.array(values).T
        degrees = np.array([one.case.data["degree"] for one in seen], dtype=float)
        marks += [Curve(degrees, mean, colour), Points(degrees, mean, error, colour, marker, label=name)]
        for one in seen:
            bundle = ", ".join(map(str, _BUNDLES[name][3]))
            rows.append((one.case.name, f"O({bundle})", *cells(one, ("slope", "source", "start", "deviation"))))
    yield Section(
        "bundles",
        "Line bundles",
        "The trace of the curvature must be the slope mu everywhere. The mean of the source of Poisson's equation is 0 for the right "
        "slope: without that there is no solution. The deviation is the mean of |tr F - mu| over the volume, on points that the solution "
        "has not seen, for the Fubini-Study fibre metric and for the solution; it falls with the degree of the functions.",
        plots=[Plot("", "degree of beta", "mean of |tr F - mu|", marks, "curves that fall", y_log=True)],
        caption="Points: measured, with one standard error by draw.",
        columns=("case", "bundle", "mu/pi", "source", "deviation of Fubini-Study", "deviation"),
        rows=rows,
    )


STUDY = Study(Question, cases, piece, read, page=page, unit="bundles")
