"""The study of a variety of one's own: metrics of growing degree, each judged on unseen points, with its certificate."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from certifield._arguments import of_kind, whole
from certifield.evidence import InputError
from certifield.geometry import Variety, logarithms
from certifield.geometry.studies._ladders import MEASURES, Row, cells, ladder
from certifield.geometry.varieties import kaehler_parameters
from certifield.study import Curve, Options, Plot, Points, Readings, Section, Study


class Question(Options):
    """Draws of the points on which metrics are judged."""

    tested: int = 2000


def own_metric(
    build: Callable[[], Variety], kaehler: Sequence[object], ladders: Mapping[str, Sequence[Sequence[int]]], *, draws: int
) -> Study[Question]:
    """The study that `certifield run FILE` runs where it stands in FILE as STUDY.

    ``build``: a function that makes the variety; ``ladders``: for each case, called "k=2" and the like, the multidegrees of its logarithms;
    ``draws``: of the points of each fit.
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
    return ladder(Question, lambda _: rows, page=page, preparing="sampling points")


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """sigma by case, and the table."""
    seen = {name: reading for name, reading in readings.items() if "sigma" in reading}
    mean, error = np.array([[float(getattr(one["sigma"].value, part)) for one in seen.values()] for part in ("mean", "stderr")])
    degrees = np.array([one.case.data["k"] for one in seen.values()], dtype=float)
    yield Section(
        "metric",
        "The metric",
        "sigma is the mean of |1 - eta| over the variety, eta being det g over |Omega|^2 and its mean; it is measured on points that the "
        "fit has not seen. The volume is right for every potential that is defined everywhere, and no measure of the metric.",
        plots=[Plot("", "degree k", "sigma", [Curve(degrees, mean), Points(degrees, mean, error, "blue")], "a falling curve", y_log=True)],
        caption="Points: measured, with one standard error by draw.",
        columns=("case", *MEASURES, "positive everywhere"),
        rows=[(name, *cells(one, (*MEASURES, "positive"))) for name, one in seen.items()],
    )
