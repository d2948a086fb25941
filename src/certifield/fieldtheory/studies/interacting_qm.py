"""Quartic and other potentials in an open box, d = 1: networks at three widths, extrapolated, against quantum mechanics (ledger F2)."""

import warnings
from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from certifield.evidence import Estimate, Exact, InputError, NotConverged, propagate
from certifield.fieldtheory import (
    WidthLimit,
    foretell_ess,
    free_field,
    interacting_field,
    open_box,
    oracles,
    reweighted,
    width_limit,
)
from certifield.study import (
    COLOURS,
    Case,
    Claim,
    Curve,
    Found,
    Missing,
    Options,
    Pieces,
    Plot,
    Points,
    Readings,
    Section,
    Stairs,
    Study,
    Task,
    curves,
)

from ..interacting._reweighting import HEAVIEST, LEAST_ESS
from ._named_potentials import POTENTIALS, PotentialName, described, exact_four, exact_pairs, named_potential

_POINTS = np.array([[0.0], [0.5], [1.0], [1.5]])
_PAIRS = ((0, 0), (0, 1), (0, 2), (3, 3))
_NAMES = ("phi(0)^2", "phi(0) phi(1/2)", "phi(0) phi(1)", "phi(3/2)^2")
_FOUR = "phi(0)^4, connected"
_TIMES = (4.0, 8.0, 16.0, 32.0, 64.0)
_LENGTH = 4.0
_PILOTED = "lambda=24"
_EDGES = np.linspace(-12.0, 2.0, 57)  # of the logarithm of a weight over the mean weight


class Question(Options):
    """Potentials, widths, draws and quadrature spacing of the open box."""

    potentials: tuple[PotentialName, ...] = Field(
        tuple(POTENTIALS),
        description=f"one of {', '.join(POTENTIALS)}, or V by even powers: 2:-1.2,4:0.35 is -1.2 phi^2 + 0.35 phi^4",
    )
    widths: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (8, 16, 32), min_length=1, description="of the networks; the limit needs three, the largest at least four times the smallest"
    )
    draws: int = Field(50_000, ge=1000, description="of the free network, at each potential and width")
    spacing: float = Field(0.05, gt=0, le=_LENGTH / 2, description="of the quadrature of int V over the box")


def cases(options: Question) -> Iterator[Case]:
    """One for each potential and width, and the pilots of long boxes."""
    for name in options.potentials:
        for width in options.widths:
            yield Case(f"{name}/N={width}", {"potential": name, "width": width}, name)
    yield Case("pilots", {}, "volume")


def piece(task: Task, options: Question) -> dict[str, Any]:
    """Correlators by reweighting, and a histogram of the weights, or why there are none; the effective draws foretold for long boxes."""
    seed = task.seed % 2**31
    if task.case.name == "pilots":
        free = free_field(1, 1.0, options.widths[-1])
        long = [interacting_field(free, named_potential(_PILOTED), open_box(time, 0.25)) for time in _TIMES]
        return {"ess": np.array([foretell_ess(field, seed=seed).ess for field in long])}
    free = free_field(1, 1.0, task.case.data["width"])
    field = interacting_field(free, named_potential(task.case.data["potential"]), open_box(_LENGTH, options.spacing))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # momenta have no bound: the shift is reported instead
        try:
            found = reweighted(field, _POINTS, _products, draws=options.draws, seed=seed)
        except NotConverged as error:  # too few draws would count; the other potentials are none the worse for it
            return {"refused": str(error)}
    assert found.shift is not None
    return {
        "mean": found.values.mean,
        "deviations": next(iter(found.values.deviations.values())),
        "draws": np.array([found.values.draws, found.values.blocks]),
        "partition": np.array([float(found.partition.mean), float(found.partition.stderr)]),
        "histogram": np.histogram(np.clip(found.log_weights, _EDGES[0], _EDGES[-1]), _EDGES)[0],
        "quality": np.array([found.ess, found.predicted_ess, found.heaviest, found.halving]),
        "shift": np.stack([found.shift.mean, found.shift.stderr]),
    }


def _products(phi: np.ndarray) -> np.ndarray:
    """The pairs of `_PAIRS`, and phi(0)^4, on the same draws."""
    return np.stack([*(phi[..., one] * phi[..., other] for one, other in _PAIRS), phi[..., 0] ** 4], axis=-1)


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """What was found at one width."""
    if 0 not in pieces:
        return
    if "refused" in pieces[0]:
        yield from ((name, Found(Missing(pieces[0]["refused"]))) for name in (*_NAMES, _FOUR, "partition"))
        return
    found = {name: np.asarray(array) for name, array in pieces[0].items()}
    if case.name == "pilots":
        foretold = float(found["ess"][-1])
        yield f"{_PILOTED}: effective part foretold at T = 64", Found(_given(case, "T = 64", foretold, 0.5 * foretold))
        return
    # The quadrature errs alike at every width.
    sources = {f"{case.name}/draws": found["deviations"], f"{case.data['potential']}/spacing": found["shift"][:1]}
    draws, blocks = found["draws"].tolist()
    refused = np.full(found["mean"].shape, found["quality"][0] < LEAST_ESS or found["quality"][2] > HEAVIEST)
    values = Estimate(found["mean"], sources, draws, blocks, None, "reweighted draws", "float64", bias="unknown", refused=refused)
    for place, name in enumerate(_NAMES):
        yield name, Found(values[place])
    yield _FOUR, Found(propagate(lambda every: every[-1] - 3 * every[0] ** 2, values))
    yield "partition", Found(_given(case, "partition", *found["partition"].tolist()))


def _given(case: Case, name: str, mean: float, error: float) -> Estimate:
    return Estimate.from_stderr(mean, error, source=f"{case.name}/{name}", method=name)


def _limit(readings: Readings, name: str, options: Question, names: tuple[str, ...]) -> WidthLimit | Missing | None:
    """The line through all widths, or why there is none; None as long as widths are not there."""
    found: dict[int, Any] = {}
    for width in options.widths:
        reading = readings.get(f"{name}/N={width}")
        if reading is None or any(one not in reading for one in names):
            return None
        each = [reading[one].value for one in names]
        if isinstance(each[0], Missing):
            return Missing(f"at N = {width} {each[0].reason}")
        found[width] = propagate(lambda *values: np.stack(values), *each, independent=True)
    try:
        return width_limit(found)
    except InputError as error:
        return Missing(f"a straight line in 1/N needs {error.allowed}, and here are {error.given}: {error.remedy}")


def _known(name: str) -> Exact:
    """Quantum mechanics at `_PAIRS`."""
    return exact_pairs(name, _LENGTH, tuple((float(_POINTS[one, 0]), float(_POINTS[other, 0])) for one, other in _PAIRS))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The limit of infinite width of every potential, against quantum mechanics."""
    for name in options.potentials:
        line = _limit(readings, name, options, _NAMES)
        if line is None:
            continue
        for place, what in enumerate(_NAMES):
            yield f"{name}: {what} at infinite width", Found(line if isinstance(line, Missing) else line.limit[place], _known(name)[place])
        four = _limit(readings, name, options, (_FOUR,))
        if four is not None:
            limit = four if isinstance(four, Missing) else four.limit[0]
            yield f"{name}: {_FOUR} at infinite width", Found(limit, exact_four(name, _LENGTH))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The extrapolations, and the effective part of draws against the volume."""
    marks, rows = [], []
    for number, name in enumerate(options.potentials):
        line = _limit(readings, name, options, _NAMES)
        if not isinstance(line, WidthLimit):
            continue
        x = 1 / np.array(options.widths, dtype=float)
        values = [readings[f"{name}/N={width}"][_NAMES[0]].value for width in options.widths]
        mean, error = (np.array([float(getattr(one, part)) for one in values]) for part in ("mean", "stderr"))
        bars = {"low": (mean - error).tolist(), "high": (mean + error).tolist()}
        marks += curves(name, x.tolist(), mean.tolist(), number, **bars, joined=False)
        known = np.asarray(_known(name).value)
        marks.append(Curve(np.array([0.0, 1.05 * x.max()]), np.full(2, known[0]), COLOURS[number % len(COLOURS)], "dashed", 0.8))
        marks.append(Points(np.zeros(1), line.limit.mean[:1], line.limit.stderr[:1], "ink", marker="s"))
        for place, what in enumerate(_NAMES):
            rows.append((name, what, line.limit[place], f"{line.chi2[place]:.2f}", f"{known[place]:.6f}"))
    yield Section(
        "widths",
        "The limit of infinite width",
        f"The open box |t| < T/2 = {_LENGTH / 2:g}, m = 1, momenta from the Cauchy law and unit amplitudes; the field is free outside. "
        "Draws of the free network are weighted with exp(-S_int), S_int = int V(phi) dt, at each width, and a straight line in 1/N goes to "
        f"the limit, which quantum mechanics knows.\n\n{'; '.join(map(described, options.potentials))}.",
        plots=[Plot("", "1/N", "phi(0)^2", marks, f"points at {len(options.widths)} widths for each potential, and their limits")],
        caption="Squares: the limit, with one standard error; dashed: quantum mechanics.",
        columns=("potential", "correlator", "limit", f"chi2, degrees of freedom: {len(options.widths) - 2}", "quantum mechanics"),
        rows=rows,
    )
    histograms = []
    for number, name in enumerate(options.potentials):
        reading = readings.get(f"{name}/N={options.widths[-1]}")
        if reading is not None and "histogram" in reading.pieces.get(0, {}):
            counts = np.asarray(reading.pieces[0]["histogram"], dtype=float)
            histograms.append(Stairs(_EDGES, counts / counts.sum() / np.diff(_EDGES), COLOURS[number % len(COLOURS)], label=name))
    plots = [Plot("Weights", "log(w / mean w)", "density of draws", histograms, "one outline for each potential")] if histograms else []
    pilots = readings.get("pilots")
    if pilots is not None and 0 in pilots.pieces:
        ess = np.asarray(pilots.pieces[0]["ess"]).tolist()
        quartic = named_potential(_PILOTED).coefficients
        exact = [float(np.asarray(oracles.reweighting_efficiency(quartic, 1.0, time).value)) for time in _TIMES]
        both = [*curves("foretold by pilots", _TIMES, ess, 0), *curves("Z(lambda)^2/Z(2 lambda)", _TIMES, exact, 1)]
        plots.append(Plot(_PILOTED, "length T", "effective part", both, "two falling lines on top of each other", x_log=True, y_log=True))
    yield Section(
        "volume",
        "Weights, and effective draws against the volume",
        f"The weights of draws at N = {options.widths[-1]}, T = 4; weights below exp({_EDGES[0]:g}) stand in the first bin. The effective "
        "part of the draws falls exponentially with the length of the box. A pilot of 2048 draws measures it in small boxes and foretells "
        "it in large ones; below 1 % the measurement is refused before it is run.",
        plots=plots,
    )


CLAIMS = (
    Claim("FI-04", "arXiv:2402.13321 (13); Strings 2025", "P_G exp(-lambda/4! int phi^4) is phi^4 theory with a cutoff.",
          ours="lambda=6: phi(0)^2 at infinite width", printed=Exact(0.355068, "quantum mechanics", radius=5e-7),
          within=0.01, note="In a box: the order of limits is N, then the box, then the cutoff. In four dimensions the theory is trivial."),
    Claim("FI-05", "arXiv:2402.13321, section 3.1; Strings 2025", "The interaction comes from broken independence, not from 1/N.",
          ours=f"lambda=6: {_FOUR} at infinite width", printed=Exact(0.0), relation="<",
          note="The connected four-point function stays at infinite width."),
    Claim("FI-06", "Physics4ML notes (3.5)", "Any local potential is inserted with the weight exp(+int V).",
          ours="lambda=6: phi(0)^2 at infinite width", printed=Exact(0.5, "of the free field"), relation=">", correction=Exact(0.5),
          note="The weight is exp(-int V), V bounded below: a quartic narrows the field."),
    Claim("FI-07", "arXiv:2402.13321, sections 1, 4", "Networks may define continuum theories non-perturbatively.",
          open="Strong coupling in one dimension agrees with quantum mechanics; that is no continuum theory beyond it."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="fields")
