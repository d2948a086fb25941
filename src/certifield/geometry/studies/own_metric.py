"""The study of a variety of one's own: metrics of growing degree, each judged on unseen points, with its certificate."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from certifield.evidence import InputError
from certifield.geometry import Variety
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
    ``draws``: of the points of each fit.  Raises `InputError` for a class outside of the Kaehler cone, and where there is no case.
    """
    t = tuple(kaehler_parameters(build().configuration, kaehler))
    if not ladders:
        raise InputError("ladders", ladders, "one case at the least", 'try {"k=2": [[2]]}')
    rows = {name: Row(build, t, (tuple(tuple(one) for one in degrees),), draws) for name, degrees in ladders.items()}
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
