"""Kaehler-Ricci flow: to the Ricci-flat metric on the Fermat quintic, and at its exact rate on a flat torus (ledger G3)."""

import math
from collections.abc import Iterator

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.geometry import AlgebraicMetric, Symmetry, fermat, fit, fubini_study, logarithms, quality, sample
from certifield.geometry.flows import kaehler_ricci_flow
from certifield.geometry.studies._ladders import measured, packed
from certifield.study import (
    COLOURS,
    MARKERS,
    Case,
    Claim,
    Curve,
    Found,
    Options,
    Piece,
    Pieces,
    Plot,
    Points,
    Readings,
    Section,
    Study,
    Task,
)

_TIMES = (0.0, 0.005, 0.01, 0.02, 0.04, 0.07, 0.1, 0.2, 1.0)
_LATE = (0.3, 0.4, 0.5)  # on the torus, when the lowest waves are left
_BENT = 0.03  # of the start there


class Question(Options):
    """Degrees on the Fermat quintic, draws of the flow and of the test (5 points each), and draws on the cubic curve (3 points each)."""

    fermat: tuple[int, ...] = (2, 4, 6)
    draws: int = 1000
    tested: int = 2000
    torus: int = 1000


def cases(options: Question) -> Iterator[Case]:
    """One for each degree, and the torus."""
    yield from (Case(f"fermat/k={k}", {"k": k}, "quintic") for k in options.fermat)
    yield Case("torus", {}, "torus")


def piece(task: Task, options: Question) -> Piece:
    """The distance from the Ricci-flat metric along the flow; at its end sigma, and that of least squares on the same points."""
    seed = task.seed % 2**31
    if task.case.name == "torus":
        random = np.random.default_rng(seed)
        a = random.normal(size=(6, 6)) + 1j * random.normal(size=(6, 6))
        start = AlgebraicMetric(fermat(1), logarithms(fermat(1), [1], [[2]]), (np.eye(6) + _BENT * a @ a.conj().T,))
        flow = kaehler_ricci_flow(start, sample(fermat(1), options.torus, seed), _LATE, symmetry=Symmetry())
        return packed("distance", flow.distance) | {"draws": options.torus, "seed": seed}
    variety, k = fermat(), task.case.data["k"]
    points, tested = sample(variety, options.draws, seed), sample(variety, options.tested, seed + 1)
    start = fubini_study(variety, logarithms(variety, [1], [[k]]))
    flow = kaehler_ricci_flow(start, points, _TIMES)
    held = packed("distance", flow.distance) | {"draws": options.draws, "seed": seed, "tested": options.tested}
    for name, metric in (("sigma", flow.metrics[-1]), ("least squares", fit(start, points))):
        held |= packed(name, quality(metric, tested, points, ricci=0, certify=False).sigma)
    return held


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Distances and errors; on the torus the eigenvalue that belongs to the rate."""
    if 0 not in pieces:
        return
    held = pieces[0]
    distance = measured(case, held, "distance")
    if case.name == "torus":
        d = np.asarray(distance.mean)
        early, late = -4 * np.diff(np.log(d)) / np.diff(_LATE)
        # What is not yet, or not any more, of the lowest waves: the change of the rate from one interval to the next.
        rate = Estimate.from_stderr((early + late) / 2, abs(early - late), source="torus", method="two intervals", bias="unknown")
        yield "eigenvalue", Found(rate, Exact(8 * math.pi**2 / 3**1.5, "8 pi^2/3^(3/2)", radius=1e-12))
        return
    yield "distance", Found(distance[0])
    yield "distance at the end", Found(distance[len(_TIMES) - 1])
    judged = {**held, "draws": int(held["tested"]), "seed": int(held["seed"]) + 1}
    for name in ("sigma", "least squares"):
        yield name, Found(measured(case, judged, name))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """What is left of the distance at the highest degree."""
    seen = [one for one in readings.values() if "distance at the end" in one]
    if seen:
        start, end = (seen[-1][name].value for name in ("distance", "distance at the end"))
        assert isinstance(start, Estimate) and isinstance(end, Estimate)
        ratio, error = float(end.mean / start.mean), float(end.stderr / start.mean)
        yield "distance left", Found(Estimate.from_stderr(ratio, error, source="flow", method="end over start", bias="unknown"))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The distance along the flow, and the table."""
    marks, rows = [], []
    for number, (name, reading) in enumerate(readings.items()):
        if 0 not in reading.pieces:
            continue
        if name != "torus":
            distance = measured(reading.case, reading.pieces[0], "distance")
            mean, error, colour = np.asarray(distance.mean), np.asarray(distance.stderr), COLOURS[number % len(COLOURS)]
            x = np.array(_TIMES)
            marks += [Curve(x, mean, colour), Points(x, mean, error, colour, MARKERS[number % len(MARKERS)], label=name)]
        rows += [(name, key, found.value) for key, found in reading.items()]
    told = "curves that fall, and then stay, the lower the higher the degree"
    yield Section(
        "flow",
        "To the Ricci-flat metric",
        "The flow among potentials of degree k falls fast, as short waves do, and rests where ln eta is orthogonal to what the degree can "
        "represent: next to the metric of least squares on the same points. On the cubic curve the lowest waves fall at the rate of the "
        "lowest eigenvalue of the flat torus, over 4.",
        plots=[Plot("", "time", "distance of ln eta", marks, told, y_log=True)] if marks else [],
        caption="The root of the mean square of ln eta less its mean, on the points of the flow, with one standard error by draw.",
        columns=("case", "finding", "value"),
        rows=rows,
    )


CLAIMS = (
    Claim("GE-11 (Ricci flow)", "arXiv:2402.13321, section 3.2", "The Calabi-Yau metric is a fixed point of Ricci flow.",
          ours="distance left", printed=Exact(0.3), relation="<",
          note="Kaehler-Ricci flow from Fubini-Study on the Fermat quintic: what is left is the error of the degree."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="flows")
