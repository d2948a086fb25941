"""The study of a variety of one's own: metrics of growing degree, each judged on unseen points, with its certificate."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from certifield._arguments import of_kind, whole
from certifield.evidence import Exact, InputError
from certifield.geometry import (
    AlgebraicMetric,
    Logarithm,
    Points as PointSet,
    Polynomial,
    Quality,
    Variety,
    euler_number,
    invariant_forms,
    logarithms,
)
from certifield.geometry.studies._ladders import MEASURES, Row, Solution, cells, ladder
from certifield.geometry.varieties import kaehler_parameters
from certifield.study import Curve, Found, Missing, Options, Piece, Plot, Points, Reading, Readings, Section, Study

_COUNTS = ("parameters", "fitted points")


class Question(Options):
    """Draws of the points on which metrics are judged."""

    tested: int = 2000


def own_metric(
    build: Callable[[], Variety], kaehler: Sequence[object], ladders: Mapping[str, Sequence[Sequence[int]]], *, draws: int
) -> Study[Question]:
    """The study that `certifield run FILE` runs where it stands in FILE as STUDY.

    ``build``: a function that makes the variety; ``ladders``: for each case, called "k=2" and the like, the multidegrees of its logarithms;
    ``draws``: of the points of each fit.  The pieces hold the fitted metrics, which `metric_of` makes of them again.
    Raises `InputError` for a class outside of the Kaehler cone, for multidegrees of another class, and where there is no case.
    """
    if not callable(build):
        raise InputError("build", build, "a function without arguments that makes the variety", "such as build=fermat")
    variety = of_kind("build", build(), Variety, "such as build=fermat")
    t = tuple(kaehler_parameters(variety.configuration, kaehler))
    if not isinstance(ladders, Mapping) or not ladders or not all(re.fullmatch(r".*=\d+", str(name)) for name in ladders):
        raise InputError("ladders", ladders, 'cases by name, "k=2" and the like', 'try {"k=2": [[2]]}')
    for degrees in ladders.values():
        logarithms(variety, t, degrees)  # refuses what is of another class
    count = whole("draws", draws, 1, 10**8, "try draws=2000")
    rows = {name: Row(build, t, (tuple(tuple(one) for one in degrees),), count) for name, degrees in ladders.items()}
    shown = partial(page, variety, t)
    return ladder(Question, lambda _: rows, more=_kept, more_found=_found, page=shown, preparing="sampling points", version=2)


def metric_of(reading: Reading, variety: Variety | None = None) -> AlgebraicMetric:
    """The fitted metric of a case of `own_metric`, from its piece: nothing is fitted again.

    ``reading``: such as ``engine.open_study("run1").read("k=2")``.  ``variety``: what it is on, with its symmetry; without it the equations
    are those that the piece holds.  Raises `InputError` for a case that holds no metric.
    """
    pieces = reading.pieces if isinstance(reading, Reading) else None
    piece = pieces[0] if pieces is not None and 0 in pieces else None
    if piece is None or "terms" not in piece:
        remedy = 'run the study to its end, then metric_of(open_study(DIRECTORY).read("k=2"))'
        raise InputError("reading", reading, "a case of own_metric that is fitted", remedy)
    terms = tuple(Logarithm(Fraction(weight), tuple(degrees)) for weight, degrees in piece["terms"])
    return AlgebraicMetric(variety or _variety_in(piece), terms, tuple(np.asarray(piece[f"matrix/{j}"]) for j in range(len(terms))))


def _variety_in(piece: Piece) -> Variety:
    arrays = (
        tuple(np.asarray(piece[f"polynomial/{i}/{name}"]) for name in ("exponents", "coefficients")) for i in range(piece["equations"])
    )
    known: dict[str, Any] = {name: piece["variety"][name] for name in ("name", "smooth", "reason")}
    return Variety(tuple(piece["variety"]["ambient"]), tuple(Polynomial(*one) for one in arrays), **known)


def _kept(row: Row, metric: Solution, train: PointSet, found: Quality) -> dict[str, Any]:
    """Metric, equations, and what is known of singular points."""
    assert isinstance(metric, AlgebraicMetric)  # by least squares
    variety, singularity = metric.variety, found.singularity
    known = {name: getattr(variety, name) for name in ("name", "smooth", "reason")}
    kept: dict[str, Any] = {"variety": {"ambient": list(variety.ambient), **known}}
    kept["terms"] = [[str(term.weight), list(term.degrees)] for term in metric.terms]
    kept |= {f"matrix/{j}": h for j, h in enumerate(metric.matrices)}
    kept["equations"] = len(variety.polynomials)
    for i, p in enumerate(variety.polynomials):
        kept |= {f"polynomial/{i}/exponents": p.exponents, f"polynomial/{i}/coefficients": p.coefficients}
    kept["parameters"] = sum(invariant_forms(variety, term.degrees).size for term in metric.terms)
    kept["fitted points"] = len(train)
    return kept | {"singular": singularity.singular if singularity else None, "smoothness": str(singularity)}


def _found(piece: Piece) -> Iterator[tuple[str, Found]]:
    for name in _COUNTS:
        yield name, Found(Exact(int(piece[name])))
    singular, told = piece["singular"], str(piece["smoothness"])
    yield "singular", Found(Missing(told) if singular is None else Exact(bool(singular), told))


def page(variety: Variety, kaehler: Sequence[Fraction], readings: Readings, options: Question) -> Iterator[Section]:
    """What the variety is, sigma by case, and the table."""
    seen = {name: reading for name, reading in readings.items() if "sigma" in reading}
    mean, error = np.array([[float(getattr(one["sigma"].value, part)) for one in seen.values()] for part in ("mean", "stderr")])
    degrees = np.array([one.case.data["k"] for one in seen.values()], dtype=float)
    equations = "; ".join(f"{p} = 0" for p in variety.polynomials)
    smooth = dict.fromkeys(str(one.pieces[0]["smoothness"]) for one in seen.values())
    euler = f", Euler number {euler_number(variety.configuration).value}"
    text = (
        f"The variety: {equations}, in {variety.configuration!r} with coordinates x0, x1, ... numbered through all factors{euler}. "
        f"The class: t = ({', '.join(map(str, kaehler))}). Singular points: {'; '.join(smooth) or 'not looked for yet'}.",
        "sigma is the mean of |1 - eta| over the variety, eta being det g over |Omega|^2 and its mean; it is measured on points that the "
        "fit has not seen. l2 is the root of the mean of (1 - eta)^2, quantile what a thousandth of the variety exceeds in |1 - eta|, "
        "maximum its largest value at these points, and ricci the mean of |tr Ric| times V^(1/n). The volume is right for every potential "
        "that is defined everywhere, and no measure of the metric. What is proved is that the metric is positive at every smooth point; a "
        "singular variety has such a proof as well.",
        'The fitted metric without another fit: geometry.studies.metric_of(engine.open_study(DIRECTORY).read("k=2")).',
    )
    yield Section(
        "metric",
        f"The metric of {variety!r}",
        "\n\n".join(text),
        plots=[Plot("", "degree k", "sigma", [Curve(degrees, mean), Points(degrees, mean, error, "blue")], "a falling curve", y_log=True)],
        caption="Points: measured, with one standard error by draw.",
        columns=("case", *_COUNTS, *MEASURES, "positive at smooth points"),
        rows=[(name, *(one.pieces[0][count] for count in _COUNTS), *cells(one, (*MEASURES, "positive"))) for name, one in seen.items()],
    )
