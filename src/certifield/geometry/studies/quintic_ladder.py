"""Ricci-flat metrics on quintics by algebraic fits of growing degree: error against degree, parameters and time (ledger G2)."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certifield.evidence import Exact
from certifield.geometry import dwork, fermat, invariant_forms, named
from certifield.geometry.studies._ladders import Row, cells, donaldson, ladder, network
from certifield.study import COLOURS, MARKERS, Claim, Curve, Found, Options, Plot, Points, Readings, Section

_QUINTICS = {"fermat": fermat, "dwork": lambda: dwork(-2), "generic": lambda: named("quintic", 7)}
_ONE = (Fraction(1),)


class Question(Options):
    """Degrees for each quintic, draws of the fits (5 points each) and of the test; the generic one takes as many as it needs.

    On the Fermat quintic also: degrees of balanced metrics, and steps of a network of 3 x 64 neurons.
    """

    fermat: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8)
    dwork: tuple[int, ...] = (2, 3, 4, 5, 6)
    generic: tuple[int, ...] = (2, 3)
    donaldson: tuple[int, ...] = (2, 4, 6)
    network: tuple[int, ...] = (50, 150, 400)
    draws: int = 2000
    tested: int = 4000


def _rows(options: Question) -> dict[str, Row]:
    rows = {}
    for name, build in _QUINTICS.items():
        for k in getattr(options, name):
            symmetric = name != "generic"
            parameters = 0 if symmetric else invariant_forms(build(), [k]).size
            ladder = ((k,),) if symmetric else tuple((degree,) for degree in range(2, k + 1))
            rows[f"{name}/k={k}"] = Row(build, _ONE, tuple((one,) for one in ladder), max(options.draws, 3 * parameters))
    for k in options.donaldson:
        rows[f"donaldson/k={k}"] = Row(fermat, _ONE, (((k,),),), options.draws, solve=donaldson)
    for steps in options.network:
        rows[f"network/steps={steps}"] = Row(fermat, _ONE, (), options.draws, solve=network(steps))
    return rows


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The ratio of a grid to a sample in the cost of Monte Carlo."""
    yield "lattice points over sampled ones", Found(Exact(20**6 // 100_000, "20 points a dimension, six of them, over 1e5 draws"))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Error against degree and time, and the table of the ladder."""
    by_degree, by_time, rows = [], [], []
    for number, name in enumerate(("fermat", "dwork", "generic", "donaldson", "network")):
        seen = [reading for key, reading in readings.items() if key.startswith(f"{name}/") and "sigma" in reading]
        if not seen:
            continue
        colour, marker = COLOURS[number], MARKERS[number]
        sigma = [reading["sigma"].value for reading in seen]
        mean, error = (np.array([float(getattr(one, part)) for one in sigma]) for part in ("mean", "stderr"))
        degrees = np.array([reading.case.data["k"] for reading in seen], dtype=float)
        if name != "network":
            by_degree += [Curve(degrees, mean, colour), Points(degrees, mean, error, colour, marker, label=name)]
        seconds = [reading.seconds for reading in seen]
        if all(seconds):
            taken = np.array(seconds, dtype=float)
            by_time += [Curve(taken, mean, colour), Points(taken, mean, error, colour, marker, label=name)]
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
        "Fermat quintic; the network knows no symmetry, and is positive where it was looked at.",
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
          note="The volume of any potential that is defined everywhere is exact (Stokes): at degree 2 it agrees and sigma is 0.053."),
)  # fmt: skip

STUDY = ladder(Question, _rows, conclude=conclude, claims=CLAIMS, page=page, preparing="sampling points")
