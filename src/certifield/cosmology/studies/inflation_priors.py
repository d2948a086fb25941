"""Does the tensor-to-scalar ratio of viable models follow from the prior of the coefficients?  (ledger M3)"""

from collections.abc import Iterator, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.cosmology.inflation import PRESETS, RANGES, cosmologies
from certifield.evidence import Estimate, Exact, propagate
from certifield.study import (
    COLOURS,
    Case,
    Claim,
    Found,
    Missing,
    Options,
    Piece,
    Pieces,
    Plot,
    Points,
    Readings,
    Section,
    Stairs,
    Study,
    Task,
)

REACH = 60.0
PRINTED = (1e-4, 4e-4)  # the range of r that is said to be preferred
_BATCH = 20_000
# The prior of c_n: half-widths in units of the box, and how many decades below them a logarithmic prior reaches (0: uniform).
PRIORS = {
    "box": ((1.0, 1.0, 1.0, 1.0, 1.0, 1.0), 0.0),
    "decades": ((1.0, 1.0, 1.0, 1.0, 1.0, 1.0), 3.0),
    "falling": ((1.0, 1.0, 1.0, 1.0, 0.1, 0.01), 0.0),
}


class Question(Options):
    """The priors and the draws of each."""

    priors: tuple[str, ...] = tuple(PRIORS)
    draws: int = Field(1_000_000, ge=_BATCH)


def cases(options: Question) -> Iterator[Case]:
    """One for each prior."""
    yield from (Case(name, {"draws": options.draws}) for name in options.priors)


def drawn(name: str, count: int, rng: np.random.Generator) -> np.ndarray:
    """Coefficients c_0 = 0, c_1, ..., c_6 from a prior."""
    widths, decades = PRIORS[name]
    size = np.array(RANGES) * widths
    numbers = rng.uniform(-1, 1, (count, 6))
    if decades:
        numbers = np.sign(numbers) * 10 ** rng.uniform(-decades, 0, (count, 6))
    return np.concatenate([np.zeros((count, 1)), size * numbers], axis=1)


def piece(task: Task, options: Question) -> Piece:
    """log10 r, ln A_s over the observed one, and the field excursion of every viable cosmology."""
    seen, rng = PRESETS["planck2018"], np.random.Generator(np.random.PCG64(task.seed))
    solve = jax.jit(jax.vmap(lambda c: cosmologies(c, seen.efolds, REACH)))
    kept = []
    for _ in range(task.case.data["draws"] // _BATCH):
        found = jax.tree.map(np.asarray, solve(jnp.asarray(drawn(task.case.name, _BATCH, rng))))
        full = found.minimum & found.rolls & (found.efolds >= seen.efolds * (1 - 1e-9))
        good = full & (np.abs(found.tilt - seen.tilt) <= seen.tilt_error) & (found.ratio < seen.ratio)
        rows = [np.log10(found.ratio[good]), np.log(found.amplitude[good] / seen.amplitude), np.abs(found.pivot - found.end)[good]]
        kept.append(np.stack(rows, axis=1))
    return {"viable": np.concatenate(kept)}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Share of viable ones in the printed range, median of log10 r, its slope against ln A_s."""
    if 0 not in pieces:
        return
    viable = np.asarray(pieces[0]["viable"])
    count = len(viable)
    yield "viable", Found(Exact(count, f"cosmologies of {case.data['draws']} draws"))
    near = viable[np.abs(viable[:, 1]) < 1]
    yield (
        "viable at the observed amplitude",
        Found(Exact(len(near), "of these, with A_s within a factor e of the observed one before scaling")),
    )
    if count < 30:
        yield "share in the printed range", Found(Missing("fewer than thirty viable cosmologies"))
        return
    ratio, size = viable[:, 0], viable[:, 1]
    inside = float(np.mean((ratio > np.log10(PRINTED[0])) & (ratio < np.log10(PRINTED[1]))))
    error = np.sqrt(max(inside * (1 - inside), 1 / count) / count)
    about = {"source": case.name, "draws": count}
    yield "share in the printed range", Found(Estimate.from_stderr(inside, error, method="share", **about))
    resampled = [np.median(ratio[np.random.Generator(np.random.PCG64(k)).integers(0, count, count)]) for k in range(200)]
    yield "median of log10 r", Found(Estimate.from_stderr(np.median(ratio), np.std(resampled), method="bootstrap", **about))
    slope, scatter = _slope(size, ratio)
    yield "slope of log10 r", Found(Estimate.from_stderr(slope, scatter, method="least squares", **about))
    # V -> s V takes ln A_s to ln A_s + ln s: viable models at the observed amplitude need coefficients smaller by this factor.
    yield "ln A_s", Found(Estimate.from_stderr(np.mean(size), np.std(size) / np.sqrt(count), method="mean", **about))


def _slope(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    centred = x - x.mean()
    slope = float(np.sum(centred * y) / np.sum(centred**2))
    rest = y - y.mean() - slope * centred
    return slope, float(np.sqrt(np.sum((centred * rest) ** 2)) / np.sum(centred**2))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """How far the medians of two priors are apart."""
    medians = [one["median of log10 r"].value for one in readings.values() if "median of log10 r" in one]
    if len(medians) >= 2:
        first, second = medians[:2]
        assert isinstance(first, Estimate) and isinstance(second, Estimate)
        yield "shift of the median between two priors", Found(propagate(np.subtract, second, first, independent=True))


_TOLD = ("share in the printed range", "median of log10 r", "slope of log10 r", "ln A_s", "viable at the observed amplitude")


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Histograms and the dependence on the amplitude."""
    ratios, excursions, trend, rows = [], [], [], []
    known = [
        (name, np.asarray(one.pieces[0]["viable"]))
        for name, one in readings.items()
        if 0 in one.pieces and len(one.pieces[0]["viable"]) >= 30
    ]
    for number, (name, viable) in enumerate(known):
        colour = COLOURS[number % len(COLOURS)]
        for column, kept, edges in ((0, ratios, np.linspace(-5, -1, 33)), (2, excursions, np.linspace(0, 12, 33))):
            heights = np.histogram(viable[:, column], edges)[0] / len(viable)
            kept.append(Stairs(edges, heights, colour, label=name))
        trend.append(_trend(viable, colour, name))
        reading = readings[name]
        told = [reading[one].value for one in _TOLD]
        rows.append((name, len(viable), *told))
    if not rows:
        return
    yield Section(
        "priors", "The ratio r and the prior",
        "Viable in slow roll: 55 e-folds, n_s within one standard deviation, r below 0.056, the amplitude put right by scaling V. Box: "
        "uniform in the published ranges of the coefficients. Decades: of random sign and logarithmic over three decades below them. "
        "Falling: uniform, the ranges of the highest two coefficients a tenth and a hundredth. The share of r between 1e-4 and 4e-4 is in "
        "the table. With the amplitude fixed, V at the pivot is 3.1e-8 r: to ask the coefficients as they are for the observed amplitude "
        "selects models whose ln A_s is 0 in the last plot, far from the bulk, so that the ranges of the coefficients decide on r.",
        plots=[
            Plot("ratio", "log10 r", "share", ratios, "histograms"),
            Plot("field excursion", "|phi* - phi_e|", "share", excursions, "histograms"),
            Plot("ratio by amplitude", "ln A_s over the observed one, before scaling", "log10 r", trend, "points"),
        ],
        caption="Histograms have the sum 1. Points: medians in ten groups of equal size, with the quartiles as bars.",
        columns=("prior", "viable", "share of 1e-4 < r < 4e-4", "median of log10 r", "slope in ln A_s", "mean ln A_s", "|ln A_s| < 1"),
        rows=rows,
    )  # fmt: skip


def _trend(viable: np.ndarray, colour: str, name: str) -> Points:
    order = np.argsort(viable[:, 1])
    groups: Sequence[np.ndarray] = [one for one in np.array_split(order, 10) if len(one)]
    x = np.array([np.mean(viable[one, 1]) for one in groups])
    quartiles = np.array([np.quantile(viable[one, 0], [0.25, 0.5, 0.75]) for one in groups])
    bars = np.maximum(0.0, np.array([quartiles[:, 1] - quartiles[:, 0], quartiles[:, 2] - quartiles[:, 1]]))
    return Points(x, quartiles[:, 1], bars, colour, label=name)


CLAIMS = (
    Claim("MO-12", "ML in particle and string theory (talk), figures 5, 7; arXiv:2208.13804", "1e-4 < r < 4e-4 is preferred.",
          ours="box/share in the printed range", printed=Exact(0.5), relation=">", correction=Exact(0.5),
          note="With the amplitude put right by scaling a small share lies there, under each prior. With the amplitude asked of fixed "
               "ranges, V = 3.1e-8 r at the pivot ties r to these ranges: r falls with the amplitude before scaling."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="draws")
