"""Chern numbers by integrals of curvature, with and without control variates, against the integers of topology (ledger G2)."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certifield.evidence import Exact
from certifield.geometry import (
    ChernIntegrals,
    Configuration,
    chern_integrals,
    chern_numbers,
    euler_number,
    fermat,
    fubini_study,
    named,
    ricci_flat,
    sample,
    two_cubics,
)
from certifield.geometry.metrics import silent
from certifield.geometry.studies._ladders import measured, packed
from certifield.study import Band, Case, Curve, Found, Options, Piece, Pieces, Plot, Readings, Section, Study, Task

_VARIETIES = {
    "quintic": (lambda: named("quintic", 7), (Fraction(1),)),
    "fermat": (fermat, (Fraction(1),)),
    "two-cubics": (lambda: two_cubics(0.5), (Fraction(1),)),
    "bicubic": (lambda: named("bicubic", 3), (Fraction(1), Fraction(2))),
    "K3": (lambda: fermat(2), (Fraction(1),)),
}
_HALVINGS = 5
_ROUNDING = 1e-10  # of the sums, where the control variates leave nothing else
_MEASURES = ("c1", "c2", "euler")


class Question(Options):
    """Draws of points for Fubini-Study metrics, and for the nearly Ricci-flat metric of degree ``degree`` on the Fermat quintic."""

    draws: int = 8192
    curved: int = 1024
    degree: int = 3


def cases(options: Question) -> Iterator[Case]:
    """Fubini-Study metrics of several varieties, and one that is nearly Ricci-flat."""
    yield from (Case(f"{name}/Fubini-Study", {"variety": name, "draws": options.draws}, name) for name in _VARIETIES)
    yield Case(f"fermat/k={options.degree}", {"variety": "fermat", "draws": options.curved, "degree": options.degree}, "fermat")


def piece(task: Task, options: Question) -> Piece:
    """The Chern integrals from more and more draws of one sample, with control variates and without."""
    build, kaehler = _VARIETIES[task.case.data["variety"]]
    variety, seed, draws = build(), task.seed % 2**31, task.case.data["draws"]
    metric = fubini_study(variety, kaehler)
    if "degree" in task.case.data:
        metric, _ = ricci_flat(variety, kaehler, [[[task.case.data["degree"]]]], draws=1000, seed=seed, progress=silent)
    points = sample(variety, draws, seed + 1)
    steps = [draws >> halving for halving in range(_HALVINGS, -1, -1)]
    held: dict[str, object] = {"draws": draws, "seed": seed + 1, "steps": np.array(steps)}
    for way in ("plain", "controlled"):
        found: list[ChernIntegrals] = [chern_integrals(metric, points[points.draws < step], controls=way != "plain") for step in steps]
        held |= {f"{way} running": np.array([[float(one.euler.mean), float(one.euler.stderr)] for one in found])}
        for name in _MEASURES:
            held |= packed(f"{way} {name}", getattr(found[-1], name))
    return held  # type: ignore[return-value]


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Every controlled integral against its integer; plain ones have heavy tails, and their error bars decide nothing."""
    if 0 not in pieces:
        return
    build, kaehler = _VARIETIES[case.data["variety"]]
    expected = _expected(build().configuration, kaehler)
    for name in _MEASURES:
        yield f"{name}, plain", Found(measured(case, pieces[0], f"plain {name}"))
        yield f"{name}, controlled", Found(measured(case, pieces[0], f"controlled {name}"), expected[name])


def _expected(space: Configuration, kaehler: tuple[Fraction, ...]) -> dict[str, Exact]:
    second = euler_number(space)
    if space.dimension == 3:
        second = Exact(sum(int(one) * t for one, t in zip(np.asarray(chern_numbers(space, 2).value), kaehler, strict=True)), "c_2 J")
    return {"c1": Exact(0.0, "c_1 is an exact form", radius=_ROUNDING), "c2": second, "euler": euler_number(space)}


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Running Euler numbers in funnels of their error, and the table."""
    plots, rows = [], []
    for name, reading in readings.items():
        if "euler, plain" not in reading:
            continue
        held = reading.pieces[0]
        steps, marks = np.asarray(held["steps"], dtype=float), []
        exact = float(np.asarray(reading["euler, controlled"].expected.value, dtype=float))  # type: ignore[union-attr]
        for way, colour in (("plain", "orange"), ("controlled", "blue")):
            mean, error = np.asarray(held[f"{way} running"]).T
            marks += [Band(steps, mean - error, mean + error, colour), Curve(steps, mean, colour, label=way)]
        marks.append(Curve(steps, np.full(len(steps), exact), "ink", "dashed", label="exact"))
        plots.append(Plot(name, "draws", "Euler number", marks, "a funnel that closes on the integer", x_log=True))
        for way in ("plain", "controlled"):
            texts = [reading[f"{one}, {way}"].value for one in _MEASURES]
            rows.append((name, way, *texts, f"{exact:g}"))
    yield Section(
        "chern",
        "Chern numbers",
        "The integral of the top Chern form is the Euler number whatever the metric. Controlled: what the form has in common with products "
        "that contain c_1, whose integrals are 0, and with J^3, whose integral is an intersection number, is subtracted; the coefficients "
        "for one half of the draws come from the other half. On a hypersurface with its Fubini-Study metric nothing is left. Where |dp| is "
        "small the curvature is large: plain estimates have heavy tails, so that their error bars are too short as often as not.",
        plots=plots,
        caption="Bands: one standard error by draw, of the first so many draws of one sample.",
        columns=("case", "variance reduction", "c_1 J^(n-1)", "c_2 J^(n-2)", "c_n", "chi"),
        rows=rows,
    )


STUDY = Study(Question, cases, piece, read, page=page, unit="samples")
