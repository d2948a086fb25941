"""Ensembles of finite networks trained side by side, against the exact law of infinite width (ledger D3, D4).

A case is a width.  Its networks are trained by the flow of the squared loss on four points and read at two others and at the four; every
network is also compared with the linear law from its own start.
"""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

import numpy as np
from pydantic import Field, field_validator

from certifield.evidence import Estimate, Exact, InputError, propagate
from certifield.layers import dense, erf, serial
from certifield.study import (
    Band,
    Blocks,
    Case,
    Curve,
    Found,
    Mark,
    Missing,
    Options,
    Piece,
    Pieces,
    Plot,
    Points,
    Readings,
    Section,
    Study,
    Task,
    curves,
)  # fmt: skip

from .._question import Training
from ..dynamics import GradientDescent
from ..ensembles import Trained
from ._ensemble_claims import CLAIMS

X = np.array([[1.0, 0.2], [-0.5, 0.8], [-0.9, -0.6], [0.3, -1.1]])
Y = np.array([0.5, -0.3, 0.2, 0.9])[:, None]
AT = np.array([[0.2, 0.5], [-1.0, 0.1]])
NETWORK = serial(dense(1.5**0.5, 0.05**0.5), erf(), dense(1.5**0.5, 0.05**0.5))
_OTHERS = slice(0, 2)


class Ensembles(Options):
    """Widths, times of the flow, and a factor of the labels, with which what 1/width adds grows."""

    widths: tuple[int, ...] = Field((16, 32, 64, 128, 512), min_length=2, examples=[[16, 32, 64, 128]])
    times: tuple[float, ...] = Field((1.0, 4.0, 16.0), min_length=1, examples=[[1.0, 4.0, 16.0]])
    labels: float = Field(1.0, gt=0, examples=[1.0])

    @field_validator("widths")
    @classmethod
    def _ascending(cls, given: tuple[int, ...]) -> tuple[int, ...]:
        if given[0] < 1 or any(second <= first for first, second in itertools.pairwise(given)):
            raise InputError("widths", list(given), "ascending whole numbers", "try widths = [16, 32, 64, 128]")
        return given


@lru_cache(maxsize=16)
def question(labels: float) -> Training:
    """What is asked of networks of every width."""
    return Training(NETWORK, X, labels * Y, at=np.concatenate([AT, X]))


def cases(options: Ensembles) -> Iterator[Case]:
    """One for each width; ``work``: operations of a network, over its steps."""
    for width in options.widths:
        yield Case(f"n={width}", {"width": width, "work": 4e4 * width * options.times[-1]})


BLOCKS = Blocks(first=256, doubling=64, operations=1e12, work=lambda case: case.data["work"])


def piece(task: Task, options: Ensembles) -> Piece:
    """The fields of a block of networks, before and after."""
    width, count = task.case.data["width"], BLOCKS.size(task.case, task.step)
    before = BLOCKS.draws(task.case, task.step)
    found = question(options.labels).train(options.times, width=width, networks=count, first=before, seed=task.root)
    return {"initial": found.initial, "fields": found.fields, "moved": found.moved, "seed": task.root}


def _gathered(pieces: Pieces) -> Trained:
    ordered = [pieces[step] for step in sorted(pieces)]
    return Trained(*(np.concatenate([np.asarray(each[name], dtype=float) for each in ordered]) for name in ("initial", "fields", "moved")))


def read(case: Case, pieces: Pieces, options: Ensembles) -> Iterator[tuple[str, Found]]:
    """The first functions of the field against the theory, and what finite width adds."""
    if not len(pieces):
        yield "mean", Found(Missing("no networks yet", waiting=True))
        return
    asked, width, found = question(options.labels), case.data["width"], _gathered(pieces)
    seed = next(iter(pieces.values()))["seed"]
    theory, measured = asked.theory(options.times), asked.learned(found, options.times, width=width, seed=seed)
    for name in ("mean", "covariance", "connected"):
        here = (slice(None), _OTHERS) if name == "mean" else (slice(None), _OTHERS, _OTHERS)
        yield name, Found(getattr(measured, name)[here], getattr(theory, name)[here] if width >= 256 else None)
    yield "loss at the labels", Found(_loss(measured.mean, options))
    variance = measured.covariance[-1, 1, 1, 0]
    yield "excess kurtosis", Found(measured.connected[-1, 1, 1, 0] / variance**2)
    apart = asked.deviation(found, options.times, width=width, seed=seed)
    nothing = Exact(np.zeros((len(options.times), 2, 1), dtype=int), "the law of infinite width")
    yield "mean: deviation", Found(apart.mean[:, _OTHERS], nothing if width >= 256 else None)
    yield "covariance: deviation", Found(apart.covariance[:, _OTHERS, _OTHERS])
    yield "squared distance from the linear law", Found(_average(apart.square[-1, _OTHERS, 0]))
    lengths = found.moved
    for name, values in (("motion of parameters", lengths[:, 0]), ("relative motion of parameters", lengths[:, 0] / lengths[:, 1])):
        yield name, Found(_mean(values, f"motion/{width}/{seed}"))


def _average(parts: Estimate) -> Estimate:
    listed = list(parts)
    return sum(listed[1:], listed[0]) / len(listed)


def _mean(values: np.ndarray, source: str) -> Estimate:
    return Estimate.from_stderr(values.mean(), values.std(ddof=1) / np.sqrt(len(values)), source=source, draws=len(values))


def _loss(mean: Estimate, options: Ensembles) -> Estimate:
    """The loss of the mean field at the labels over that of the field 0, at the last time."""
    labels = options.labels * Y[:, 0]
    total = sum(((mean[-1, 2 + k, 0] - float(label)) ** 2 for k, label in enumerate(labels)), start=0)
    return total / float(np.sum(labels**2))  # type: ignore[return-value]


_DISTANCE, _RELATIVE, _MOTION = "squared distance from the linear law", "relative motion of parameters", "motion of parameters"
_HERE = {"mean": (slice(None), _OTHERS), "covariance": (slice(None), _OTHERS, _OTHERS)}


def _known(readings: Readings, options: Ensembles) -> dict[int, dict[str, Estimate]]:
    """The estimates of the widths that are there."""
    found = {width: readings.get(f"n={width}") for width in options.widths}
    return {
        width: {name: one.value for name, one in reading.items() if isinstance(one.value, Estimate)}
        for width, reading in found.items()
        if reading is not None and _DISTANCE in reading
    }


def conclude(readings: Readings, options: Ensembles) -> Iterator[tuple[str, Found]]:
    """Powers of the width, the widest networks over the theory, and the limits of the rate."""
    known = _known(readings, options)
    if len(known) < len(options.widths):
        return
    for name, power in ((_DISTANCE, -1), (_RELATIVE, Fraction(-1, 2)), (_MOTION, 0)):
        fitted = _power({width: found[name] for width, found in known.items()})
        yield f"{name}: power of the width", Found(fitted[0], Exact(power, "kernel regime"))
        if len(known) > 2:
            yield f"{name}: next order", Found(fitted[1])
    widest, theory = known[options.widths[-1]], question(options.labels).theory(options.times)
    one = Exact(1.0, "arXiv:1902.06720, eqs. 13-15")
    for name, here in _HERE.items():
        yield f"widest: {name} over theory", Found(_weighted(widest[name], np.asarray(getattr(theory, name)[here].mean)), one)
    mean, reference = widest["mean"][-1, 1, 0], float(np.asarray(theory.mean.mean)[-1, 1, 0])
    variance, spread = widest["covariance"][-1, 1, 1, 0], float(np.asarray(theory.covariance.mean)[-1, 1, 1, 0])
    yield "widest: G2 over covariance", Found(1 + mean * mean / variance, Exact(1 + reference**2 / spread, "1 + G1 G1/covariance"))
    yield "widest: loss of the mean field at the labels", Found(widest["loss at the labels"])
    yield "widest: mean loss - loss of the mean", Found(variance / 2, Exact(spread / 2, "half the variance"))
    yield (
        "widest: spread over prediction",
        Found(propagate(lambda v, m: np.sqrt(v) / np.abs(m), variance, mean), Exact(spread**0.5 / abs(reference))),
    )
    yield "widest: kurtosis", Found(3 + widest["excess kurtosis"], Exact(3, "a Gaussian field"))
    limit = question(options.labels).but(rule=GradientDescent()).stable_rate
    yield "largest stable rate", Found(_by_inertia(question(options.labels).kernels.ntk[:4, :4]), limit)
    mean_rate = question(options.labels).but(rule=GradientDescent(), reduction="mean").stable_rate
    yield "stable rate of the mean loss over that of the sum", Found(mean_rate / limit, Exact(4.0, "number of labels"))


def _by_inertia(theta: Exact) -> Exact:
    """The largest rate at which descent converges: where 2 - rate Theta stops being positive definite, by its pivots in fractions.

    For a kernel that is off by its radius r the rate differs by rate^2 |r|/2 to first order, and twice that bounds the rest.
    """
    entries = [[Fraction(float(entry)) for entry in row] for row in np.asarray(theta.value)]
    low, high = Fraction(0), Fraction(8.0 / float(np.trace(np.asarray(theta.value))))
    while high - low > Fraction(1, 10**12):
        middle = ((low + high) / 2).limit_denominator(1 << 60)
        low, high = (
            (middle, high)
            if _positive([[2 * (i == j) - middle * e for j, e in enumerate(row)] for i, row in enumerate(entries)])
            else (low, middle)
        )
    off = float(high) ** 2 * float(np.linalg.norm(np.broadcast_to(theta.radius, theta.shape)))
    return Exact(float((low + high) / 2), "bisection by the signs of pivots", "", float(high - low) + off)


def _positive(matrix: list[list[Fraction]]) -> bool:
    """Whether a symmetric matrix of fractions is positive definite."""
    while matrix:
        first, *rest = matrix
        if first[0] <= 0:
            return False
        matrix = [[entry - row[0] * above / first[0] for entry, above in zip(row[1:], first[1:], strict=True)] for row in rest]
    return True


def _weighted(value: Estimate, reference: np.ndarray) -> Estimate:
    """The factor by which the theory is multiplied: least squares over all entries."""
    flat, weights = value[...], reference / np.sum(reference**2)
    parts = [flat[index] * float(weights[index]) for index in np.ndindex(reference.shape)]
    return sum(parts[1:], parts[0])


def _power(values: dict[int, Estimate]) -> Estimate:
    """Power p and next order c, as [p, c]: least squares of log(value) on a + p log(width) + c/width, all points alike.

    Without c what the next order adds to narrow networks would count as a part of the power; two widths allow no c, and give [p].
    """
    widths = np.array(list(values), dtype=float)
    columns = [np.ones_like(widths), np.log(widths), 1 / widths][: len(widths)]
    weights = np.linalg.pinv(np.stack(columns, axis=1))[1:]
    return propagate(lambda *means: weights @ np.log(np.stack(means)), *values.values(), independent=True)


def page(readings: Readings, options: Ensembles) -> Iterator[Section]:
    """Mean and band over time, pulls, and what falls with the width."""
    known, asked = _known(readings, options), question(options.labels)
    if not known:
        return
    widest = max(known)
    found, times = known[widest], np.geomspace(options.times[0] / 20, options.times[-1] * 2, 60)
    theory, compared = asked.theory(times.tolist()), asked.theory(options.times)
    middle, spread = np.asarray(theory.mean.mean), np.sqrt(np.maximum(np.asarray(theory.covariance.mean), 0))
    bands: list[Mark] = []
    for place, colour in enumerate(("blue", "orange")):
        centre, width = middle[:, place, 0], 2 * spread[:, place, place, 0]
        error = 2 * np.sqrt(np.maximum(found["covariance"].mean[:, place, place, 0], 0))
        measured = found["mean"].mean[:, place, 0]
        bands += [Band(times, centre - width, centre + width, colour=colour),
                  Curve(times, centre, colour=colour, label=f"theory, point {place}"),
                  Points(np.array(options.times), measured, error, colour=colour, label=f"width {widest}")]  # fmt: skip
    left = Plot("field at two points while training", "time", "mean and two deviations", bands, x_log=True,
                alternative="measured means and spreads on the bands of the theory")  # fmt: skip
    falls: list[Mark] = []
    for number, (name, power) in enumerate(((_DISTANCE, -1.0), (_RELATIVE, -0.5))):
        mean, error = (np.array([float(getattr(each[name], part)) for each in known.values()]) for part in ("mean", "nominal_stderr"))
        low, high = (mean - error).tolist(), (mean + error).tolist()
        falls += curves(name, list(known), mean.tolist(), number, low=low, high=high, joined=False)
        across = np.array(list(known), dtype=float)
        falls.append(Curve(across, mean[0] * (across / across[0]) ** power, colour="muted", style="dashed"))
    right = Plot("what falls with the width", "width", "", falls, x_log=True, y_log=True, alternative="lines of slopes -1 and -1/2")
    rows = []
    for width, each in known.items():
        pulls = [np.max(np.abs(each[name].agrees_with(getattr(compared, name)[here]).pull)) for name, here in _HERE.items()]
        rows.append([width, each["mean"].draws, *(f"{float(pull):.2f}" for pull in pulls), each[_DISTANCE]])
    text = (
        "Networks with one hidden layer of erf neurons learn four labels by gradient flow. Bands: mean and two standard deviations of the "
        "ensemble at infinite width; they are not those of a posterior. Dashed: 1/width and 1/sqrt(width)."
    )
    yield Section("training", "Trained ensembles against the theory", text, plots=(left, right),
                  caption="Left: points with two standard deviations of the widest ensemble. Right: errors of one standard deviation.",
                  columns=("width", "networks", "pull of mean", "pull of covariance", "squared distance"), rows=rows)  # fmt: skip


STUDY = Study(
    options=Ensembles, cases=cases, piece=piece, read=read, steps=BLOCKS, conclude=conclude, claims=CLAIMS, page=page, unit="networks"
)
