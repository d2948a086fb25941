"""Ricci-flat metrics on quintics by algebraic fits of growing degree: error against degree, parameters and time (ledger G2)."""

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import numpy as np
from pydantic import Field

from certifield.evidence import Estimate, Exact, InputError
from certifield.geometry import dwork, fermat, invariant_forms, named
from certifield.geometry.studies._ladders import Row, cells, donaldson, ladder, network
from certifield.study import COLOURS, MARKERS, Claim, Curve, Found, Options, Plot, Points, Readings, Section

_SYMMETRIC = {"fermat": fermat, "dwork": lambda: dwork(-2)}
_ONE = (Fraction(1),)


class Question(Options):
    """Degrees for each quintic, draws of the fits (5 points each) and of the test; generic ones (seeds ``members``) take as many as they
    need, some ``points`` a parameter.

    On the Fermat quintic also: degrees of balanced metrics, and steps of a network of 3 x 64 neurons.
    """

    fermat: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8)
    dwork: tuple[int, ...] = (2, 3, 4, 5, 6)
    generic: tuple[int, ...] = (2, 3)
    members: tuple[int, ...] = (7,)
    points: int = Field(15, ge=3)
    donaldson: tuple[int, ...] = (2, 4, 6)
    network: tuple[int, ...] = (50, 150, 400)
    draws: int = 2000
    tested: int = 4000


def _rows(options: Question) -> dict[str, Row]:
    rows = {}
    for name, build in _SYMMETRIC.items():
        for k in getattr(options, name):
            rows[f"{name}/k={k}"] = Row(build, _ONE, (((k,),),), options.draws)
    members = options.members
    if len(set(members)) < len(members) or min(members, default=0) < 0:
        raise InputError("members", list(members), "different whole numbers, 0 or more", "try members = [1, 2, 3]")
    for member in members:
        build = partial(named, "quintic", member)
        for k in options.generic:
            ladder = tuple(((degree,),) for degree in range(2, k + 1))
            draws = max(options.draws, -(-options.points * invariant_forms(build(), [k]).size // 5))
            rows[f"generic/{member}/k={k}"] = Row(build, _ONE, ladder, draws)
    for k in options.donaldson:
        rows[f"donaldson/k={k}"] = Row(fermat, _ONE, (((k,),),), options.draws, solve=donaldson)
    for steps in options.network:
        rows[f"network/steps={steps}"] = Row(fermat, _ONE, (), options.draws, solve=network(steps))
    return rows


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The ratio of a grid to a sample in the cost of Monte Carlo; the mean error of several generic members."""
    yield "lattice points over sampled ones", Found(Exact(20**6 // 100_000, "20 points a dimension, six of them, over 1e5 draws"))
    for k in options.generic:
        found = [readings[f"generic/{member}/k={k}"].get("sigma") for member in options.members if f"generic/{member}/k={k}" in readings]
        values = np.array([float(one.value.mean) for one in found if one and isinstance(one.value, Estimate)])
        if len(values) > 1:
            error = np.std(values, ddof=1) / math.sqrt(len(values))
            source = f"generic members of degree {k}"
            mean = Estimate.from_stderr(values.mean(), error, source=source, draws=len(values), method="mean over members", bias="unknown")
            yield f"sigma of generic members, k={k}", Found(mean)


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Error against degree and time, and the table of the ladder."""
    by_degree, by_time, rows = [], [], []
    kinds = ("fermat", "dwork", "generic", "donaldson", "network")
    for prefix in dict.fromkeys(key.rpartition("/")[0] for key in readings):  # a generic member has a curve of its own
        seen = [reading for key, reading in readings.items() if key.rpartition("/")[0] == prefix and "sigma" in reading]
        if not seen:
            continue
        name = prefix.partition("/")[0]
        number, label = kinds.index(name), prefix.replace("/", " ")
        colour, marker = COLOURS[number], MARKERS[number]
        sigma = [reading["sigma"].value for reading in seen]
        mean, error = (np.array([float(getattr(one, part)) for one in sigma]) for part in ("mean", "stderr"))
        degrees = np.array([reading.case.data["k"] for reading in seen], dtype=float)
        if name != "network":
            by_degree += [Curve(degrees, mean, colour), Points(degrees, mean, error, colour, marker, label=label)]
        seconds = [reading.seconds for reading in seen]
        if all(seconds):
            taken = np.array(seconds, dtype=float)
            by_time += [Curve(taken, mean, colour), Points(taken, mean, error, colour, marker, label=label)]
        for reading in seen:
            rows.append((reading.case.name, *cells(reading, ("sigma", "l2", "quantile", "maximum", "ricci", "volume", "positive"))))
    plots = [Plot("", "degree k", "sigma", by_degree, "curves that fall with the degree", y_log=True)]
    if by_time:
        plots.append(Plot("", "seconds, points and test included", "sigma", by_time, "curves that fall with time", x_log=True, y_log=True))
    yield Section(
        "ladder",
        "The error of algebraic metrics",
        "sigma is the mean of |1 - eta| over X, eta being the ratio of the volume form to |Omega|^2 over its mean; it is measured on "
        "points that the fit has not seen. Symmetric quintics are fitted among the invariant forms; their time is therefore not that of a "
        "method that does not know the symmetry. The volume is right for every potential that is defined everywhere, the worst ones "
        "included: it measures the sample, not the metric. Balanced metrics (donaldson) and networks of 3 x 64 neurons are those of the "
        "Fermat quintic; the network knows no symmetry, and is positive where it was looked at: no proof exists for networks, so that its "
        "positivity is counted as unknown. The ratio of lattice points to sampled ones, 20^6/100000, is what a grid of 20 points a "
        "dimension costs against a sample of 1e5. Draws are those of the test; the fits take others.",
        plots=plots,
        caption="Points: measured, with one standard error by draw. Times are of the machine of this run, with all that ran beside it.",
        columns=("case", "sigma", "L2", "99.9 %", "maximum", "R-measure", "volume", "positive everywhere"),
        rows=rows,
    )


CLAIMS = (
    Claim("GE-05", "ML for CY metrics (talk)", "A lattice of 20 points a dimension has 6.4e7 points, a sample 1e5.",
          ours="lattice points over sampled ones", printed=Exact(640),
          note="The two errors scale differently: h^2 = n^(-1/3) on a lattice in six dimensions, n^(-1/2) for a sample."),
    Claim("GE-03", "arXiv:2402.13321, section 3.2", "Neural networks give the state of the art of metrics on Calabi-Yau manifolds.",
          ours="fermat/k=6/sigma", printed=Exact(0.037), relation=">", correction=Exact(0.005),
          note="Fermat quintic: 12 parameters with symmetry (degree 6) come below 0.005; a short run of 3 x 64 neurons came to 0.037."),
    Claim("GE-09", "ML for CY metrics (talk), Training", "An accurate volume shows an accurate metric.",
          ours="fermat/k=2/sigma", printed=Exact(0.01), relation="<", correction=Exact(0.01),
          note="The volume of any potential that is defined everywhere is exact (Stokes): at degree 2 it is 0.8306(31), against 5/6 "
               "exactly, and sigma is 0.053, far from Ricci-flat."),
)  # fmt: skip

STUDY = ladder(Question, _rows, conclude=conclude, claims=CLAIMS, page=page, preparing="sampling points")
