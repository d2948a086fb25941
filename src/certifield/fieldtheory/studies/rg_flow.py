"""How the quartic coupling of three networks runs with the cutoff, in one, two and three dimensions (ledger S6)."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from certifield import ensembles
from certifield.evidence import Estimate, Exact
from certifield.fieldtheory import running
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Readings, Section, Study, Task, curves

_POINTS = np.array([[0.5, 0.1, 0.3], [1.0, -0.2, 0.4]])
_NETS = {"relu": {"sigma_b": 0.0}, "erf": {}, "gauss": {}}
# The slope of log|lambda| at large cutoffs, by dimension; the Erf-net only approaches it.
_LIMITS = {"relu": lambda dim: -(dim + 4), "erf": lambda dim: -dim, "gauss": lambda dim: 0}


class Question(Options):
    """Dimensions, cutoffs and width."""

    dims: tuple[int, ...] = (1, 2, 3)
    cutoffs: tuple[float, ...] = (10.0, 30.0, 100.0, 300.0, 1000.0)
    width: int = 20


def cases(options: Question) -> Iterator[Case]:
    """One for each network and dimension."""
    for net in _NETS:
        for dim in options.dims:
            yield Case(f"{net}/d{dim}", {"net": net, "dim": dim})


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """The coupling of one entry against the cutoff, its slopes and beta function."""
    net, dim = task.case.data["net"], task.case.data["dim"]
    ensemble = getattr(ensembles, f"{net}_net")(dim, options.width, **_NETS[net])
    found = running(ensemble, _POINTS[:, :dim], options.cutoffs, indices=[[0, 0, 1, 1]])
    return {
        "lambda": np.array([np.asarray(one.mean.mean) for one in found.local], dtype=float),
        "slope": np.array([one.mean[0] for one in found.slopes]),
        "radius": np.array([one.nominal_stderr[0] for one in found.slopes]),
        "beta": np.array([one.mean[0] for one in found.betas]),
    }


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """The coupling at the first cutoff and the slope at the last."""
    if 0 not in pieces:
        return
    found, net, dim = pieces[0], case.data["net"], case.data["dim"]
    first = float(found["lambda"][0])
    closed = Exact(-12.5 / options.width / options.cutoffs[0] ** 5) if case.name == "relu/d1" else None
    coupling = _by_quadrature(first, (1e-4 if dim > 1 else 1e-9) * abs(first), case, "-G_c4 / (24 I_4), no 1/4!")
    yield "lambda at the first cutoff", Found(coupling, closed)
    slack = 0.02 if net == "erf" else 0.0
    limit = Exact(float(_LIMITS[net](dim)), "power counting at large cutoff", radius=slack)
    slope = _by_quadrature(float(found["slope"][-1]), float(found["radius"][-1]) + 1e-9, case, "-Lambda^d int over the sphere / I_4")
    yield "slope at the last cutoff", Found(slope, limit)


def _by_quadrature(value: float, error: float, case: Case, words: str) -> Estimate:
    """With the error that the rules state for themselves, which is no bound."""
    return Estimate.from_stderr(value, error, source=f"{case.name}/{words}", method=words, bias="unknown")


def _seen(value: Any) -> float:
    """The value, and 0 for what is below all rounding, such as the tail of a Gaussian."""
    return float(value) if abs(value) > 1e-30 else 0.0


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """log|lambda| against log Lambda."""
    plots, rows = [], []
    for dim in options.dims:
        marks = []
        for number, net in enumerate(_NETS):
            reading = readings.get(f"{net}/d{dim}")
            if reading is None or 0 not in reading.pieces:
                continue
            found = reading.pieces[0]
            marks += curves(f"{net}-net", options.cutoffs, np.abs(found["lambda"]).tolist(), number)
            for place, cutoff in enumerate(options.cutoffs):
                slope, beta = _seen(found["slope"][place]), _seen(found["beta"][place])
                rows.append(
                    (
                        f"{net}, d = {dim}",
                        f"{cutoff:g}",
                        f"{float(found['lambda'][place]):.5g}",
                        f"{_seen(slope):.6g}",
                        f"{_seen(beta):.4g}",
                    )
                )
        if marks:
            plots.append(Plot(f"d = {dim}", "cutoff Lambda", "-lambda", marks, "couplings falling with the cutoff", x_log=True, y_log=True))
    yield Section(
        "flow",
        "The coupling against the cutoff",
        "lambda < 0 throughout (no 1/4!). Correlators do not know the cutoff, so lambda I_4 is constant: the ReLU-net runs with the slope "
        "-(d + 4), the Erf-net tends to -d, and the Gauss-net does not run once the cutoff is beyond its correlation length.",
        plots=plots,
        columns=("network", "cutoff", "lambda", "d log|lambda| / d log Lambda", "beta"),
        rows=rows,
    )


CLAIMS = (
    Claim("ST-25", "PHENO 2021; arXiv:2008.08601", "The quartic coupling runs with the cutoff, with a slope that depends on the dimension.",
          ours="relu/d1/slope at the last cutoff", printed=Exact(-5.0, "-(d + 4) of the ReLU-net", radius=1e-6),
          note="Likewise -6 and -7 in two and three dimensions; -d for the Erf-net. The Gauss-net does not run."),
    Claim("ST-25a", "PHENO 2021", "All three networks run: slopes below -0.01.", ours="gauss/d1/slope at the last cutoff",
          printed=Exact(-0.01), relation="<", correction=Exact(-0.01),
          note="The Gauss-net's I_4 converges: its coupling is constant once the cutoff is beyond the correlation length."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="flows")
