"""Quartic and other potentials in an open box, d = 1: networks at three widths, extrapolated, against quantum mechanics (ledger F2)."""

import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from certifield.ensembles import propagator
from certifield.evidence import Estimate, Exact, propagate
from certifield.fieldtheory import (
    WidthLimit,
    chains,
    foretell_ess,
    free_field,
    interacting_field,
    open_box,
    oracles,
    periodic_box,
    polynomial,
    reweighted,
    torus,
    width_limit,
)
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Points, Readings, Section, Study, Task, curves

_POINTS = np.array([[0.0], [0.5], [1.0], [1.5]])
_PAIRS = ((0, 0), (0, 1), (0, 2), (3, 3))
_NAMES = ("phi(0)^2", "phi(0) phi(1/2)", "phi(0) phi(1)", "phi(3/2)^2")
_FOUR = "phi(0)^4, connected"
_TIMES = (4.0, 8.0, 16.0, 32.0, 64.0)

POTENTIALS: dict[str, dict[int, float]] = {
    "lambda=1": {4: 1 / 24},
    "lambda=6": {4: 6 / 24},
    "lambda=24": {4: 1.0},
    "double-well": {2: -1.0, 4: 0.25},
}

# (side, lambda) of the unhalved lattice action, m^2 = -4 -> phi^2: exact, and by lattice chains
TORI: dict[tuple[int, float], Exact | Estimate] = {
    (2, 8.0): Exact(0.1714344232, "quadrature over four sites", radius=1e-10),
    (6, 6.975): Estimate.from_stderr(0.161394, 3.1e-5, source="lattice chains, L = 6"),
    (8, 8.0): Estimate.from_stderr(0.143449, 2.1e-5, source="lattice chains, L = 8"),
}


class Question(Options):
    """Potentials, widths, draws and quadrature spacing of the open box; sides and couplings of tori, and draws of their chains."""

    potentials: tuple[str, ...] = ("lambda=1", "lambda=6", "lambda=24", "double-well")
    widths: tuple[int, ...] = (8, 16, 32)
    draws: int = 50_000
    spacing: float = 0.05
    tori: tuple[tuple[int, float], ...] = tuple(TORI)
    chain_draws: int = 1000


def cases(options: Question) -> Iterator[Case]:
    """One for each potential and width, one for each torus, and the pilots of long boxes."""
    for name in options.potentials:
        for width in options.widths:
            yield Case(f"{name}/N={width}", {"potential": name, "width": width}, name)
    for side, coupling in options.tori:
        yield Case(f"torus/L={side}", {"side": side, "coupling": coupling}, "torus, d = 2")
    yield Case("pilots", {}, "volume")


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Correlators by reweighting; on the torus by chains in mode space; the effective draws foretold for long boxes."""
    seed = task.seed % 2**31
    if task.case.name == "pilots":
        free = free_field(1, 1.0, options.widths[-1])
        found = [foretell_ess(interacting_field(free, POTENTIALS["lambda=24"], open_box(time, 0.25)), seed=seed).ess for time in _TIMES]
        return {"ess": np.array(found)}
    if "side" in task.case.data:
        return _on_the_torus(task.case.data["side"], task.case.data["coupling"], options.chain_draws, seed)
    free = free_field(1, 1.0, task.case.data["width"])
    field = interacting_field(free, polynomial(POTENTIALS[task.case.data["potential"]]), open_box(4.0, options.spacing))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # momenta have no bound: the shift is reported instead
        two = reweighted(field, _POINTS, _PAIRS, draws=options.draws, seed=seed)
        four = reweighted(field, _POINTS[:1], [[0, 0, 0, 0]], draws=options.draws, seed=seed)  # the same draws
    return _arrays(two.values, four.values) | {
        "partition": np.array([float(two.partition.mean), float(two.partition.stderr)]),
        "quality": np.array([two.ess, two.predicted_ess, two.heaviest, two.halving]),
        "shift": np.stack([two.shift.mean, two.shift.stderr]) if two.shift is not None else np.zeros((2, len(_PAIRS))),
    }


def _arrays(two: Estimate, four: Estimate) -> dict[str, np.ndarray]:
    return {
        "mean": two.mean,
        "deviations": next(iter(two.deviations.values())),
        "four": four.mean,
        "four deviations": next(iter(four.deviations.values())),
        "draws": np.array([two.draws, two.blocks]),
    }


def _on_the_torus(side: int, coupling: float, draws: int, seed: int) -> dict[str, np.ndarray]:
    """The unhalved action with m^2 = -4 in the halved convention: phi_h = sqrt(2) phi, lambda_h = 6 lambda."""
    box = periodic_box(propagator(2, 1.0), float(side), sites=side)
    field = interacting_field(box.ensemble, {2: (-4.0 - 1.0) / 2, 4: 6 * coupling / 24}, torus(box))
    every = [[site, site] for site in range(len(box.sites))]
    found = chains(field, box.sites, every, draws=draws, steps=8, seed=seed)
    average = propagate(np.mean, found.values)
    checks = [found.energy, found.schwinger_dyson]
    return {
        "mean": average.mean.reshape(1),
        "stderr": average.stderr.reshape(1),
        "checks": np.array([[float(one.mean), float(one.stderr)] for one in checks]),
        "quality": np.array([found.r_hat, found.ess, found.acceptance, found.redraws]),
    }


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """What was found at one width; on the torus against the exact or the published value of the unhalved field."""
    if 0 not in pieces:
        return
    found = {name: np.asarray(array) for name, array in pieces[0].items()}
    if case.name == "pilots":
        yield "effective part foretold at T = 64", Found(_given(case, "T = 64", float(found["ess"][-1]), 0.5 * float(found["ess"][-1])))
        return
    if "side" in case.data:
        known = TORI.get((case.data["side"], case.data["coupling"]))
        value = _given(case, "phi^2", float(found["mean"][0]) / 2, float(found["stderr"][0]) / 2)
        yield "phi^2, unhalved", Found(value, known)
        for name, (mean, error) in zip(("exp(-dH)", "Schwinger-Dyson"), found["checks"], strict=True):
            yield name, Found(_given(case, name, float(mean), float(error)), Exact(1.0))
        return
    two, four = _estimates(case.name, found)
    for place, name in enumerate(_NAMES):
        yield name, Found(two[place])
    yield _FOUR, Found(propagate(lambda high, low: high - 3 * low**2, four[0], two[0]))
    yield "partition", Found(_given(case, "partition", *found["partition"].tolist()))


def _given(case: Case, name: str, mean: float, error: float) -> Estimate:
    return Estimate.from_stderr(mean, error, source=f"{case.name}/{name}", method=name)


def _estimates(name: str, found: dict[str, np.ndarray]) -> tuple[Estimate, Estimate]:
    draws, blocks = found["draws"].tolist()
    two, four = (
        Estimate(found[mean], {f"{name}/draws": found[away]}, draws, blocks, None, "reweighted draws", "float64", bias="unknown")
        for mean, away in (("mean", "deviations"), ("four", "four deviations"))
    )
    return two, four


def _limit(readings: Readings, name: str, options: Question, names: tuple[str, ...]) -> WidthLimit | None:
    found: dict[int, Any] = {}
    for width in options.widths:
        reading = readings.get(f"{name}/N={width}")
        if reading is None or any(one not in reading for one in names):
            return None
        each = [reading[one].value for one in names]
        found[width] = propagate(lambda *values: np.stack(values), *each, independent=True)
    return width_limit(found) if len(found) >= 3 else None


@lru_cache
def _known(name: str) -> Exact:
    """Quantum mechanics in the box of length 4, between two free ground states."""
    times = [[float(_POINTS[place, 0]) for place in pair] for pair in _PAIRS]
    return oracles.open_box(polynomial(POTENTIALS[name]).coefficients, 1.0, 4.0).correlator(times)


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The limit of infinite width of every potential, against quantum mechanics."""
    for name in options.potentials:
        line = _limit(readings, name, options, _NAMES)
        if line is None:
            continue
        for place, what in enumerate(_NAMES):
            yield f"{name}: {what} at infinite width", Found(line.limit[place], _known(name)[place])
        four = _limit(readings, name, options, (_FOUR,))
        if four is not None:
            yield f"{name}: {_FOUR} at infinite width", Found(four.limit[0])


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The extrapolations, and the effective part of draws against the volume."""
    marks, rows = [], []
    for number, name in enumerate(options.potentials):
        line = _limit(readings, name, options, _NAMES)
        if line is None:
            continue
        x = 1 / np.array(options.widths, dtype=float)
        values = [readings[f"{name}/N={width}"][_NAMES[0]].value for width in options.widths]
        mean, error = (np.array([float(getattr(one, part)) for one in values]) for part in ("mean", "stderr"))
        bars = {"low": (mean - error).tolist(), "high": (mean + error).tolist()}
        marks += curves(name, x.tolist(), mean.tolist(), number, **bars, joined=False)
        known = np.asarray(_known(name).value)
        marks.append(Points(np.zeros(1), line.limit.mean[:1], line.limit.stderr[:1], "ink", marker="s"))
        for place, what in enumerate(_NAMES):
            rows.append((name, what, str(line.limit[place]), f"{line.chi2[place]:.2f}", f"{known[place]:.6f}"))
    yield Section(
        "widths",
        "The limit of infinite width",
        "The open box |t| < 2, m = 1, Cauchy momenta and unit amplitudes; the field is free outside. Draws of the free network are "
        "weighted with exp(-S_int), at each width, and a straight line in 1/N goes to the limit, which quantum mechanics knows.",
        plots=[Plot("", "1/N", "phi(0)^2", marks, "points at three widths for each potential, and their limits")],
        caption="Squares: the limit, with one standard error.",
        columns=("potential", "correlator", "limit", "chi2, 1 degree of freedom", "quantum mechanics"),
        rows=rows,
    )
    pilots = readings.get("pilots")
    if pilots is not None and 0 in pilots.pieces:
        ess = np.asarray(pilots.pieces[0]["ess"]).tolist()
        quartic = polynomial(POTENTIALS["lambda=24"]).coefficients
        exact = [float(np.asarray(oracles.reweighting_efficiency(quartic, 1.0, time).value)) for time in _TIMES]
        both = [*curves("foretold by pilots", _TIMES, ess, 0), *curves("Z(lambda)^2/Z(2 lambda)", _TIMES, exact, 1)]
        yield Section(
            "volume",
            "Effective draws against the volume",
            "Reweighting at lambda = 24: the effective part of the draws falls exponentially with the length of the box. A pilot of 2048 "
            "draws measures it in small boxes and foretells it in large ones; below 1 % the measurement is refused before it is run.",
            plots=[Plot("", "length T", "effective part of the draws", both, "two falling lines on top of each other", y_log=True)],
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
