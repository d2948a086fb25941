"""Finite networks of many architectures against the Gaussian process that they become as width, channels or heads grow.

A case is an architecture at one width.  Its networks are drawn, and their two- and four-point functions estimated; over three widths the
kernel is extrapolated to infinite width and held against `certifield.kernels.nngp`.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from pydantic import Field, field_validator

from certifield.evidence import Estimate, Exact, InputError, propagate
from certifield.kernels import deep_relu_moment, finite_width, nngp
from certifield.study import (
    Blocks,
    Case,
    Curve,
    Found,
    Missing,
    Options,
    Piece,
    Pieces,
    Plot,
    Readings,
    Section,
    Study,
    Task,
    curves,
    groups,
    piece_of_sums,
)  # fmt: skip

from ._claims import CLAIMS
from ._drawn import FOURS, PAIRS, drawn, four_points, operations, two_points
from ._prior import prior_findings
from ._zoo import EITHER, HEADS, ZOO, known


class Limits(Options):
    """Which architectures, at which widths."""

    architectures: tuple[str, ...] = Field(tuple(ZOO), min_length=1, examples=[["deep-erf"]])
    widths: tuple[int, int, int] = Field((8, 16, 32), examples=[[8, 16, 32]])

    _known = field_validator("architectures")(known)

    @field_validator("widths")
    @classmethod
    def _ascending(cls, given: tuple[int, int, int]) -> tuple[int, int, int]:
        if not 1 <= given[0] < given[1] < given[2]:
            raise InputError("widths", list(given), "three ascending whole numbers", "try widths = [8, 16, 32]")
        return given


def cases(options: Limits) -> Iterator[Case]:
    """Every architecture at every width; ``work``: operations of a draw."""
    for name in options.architectures:
        for width in options.widths:
            yield Case(f"{name}/n={width}", {"architecture": name, "width": width, "work": operations(name, width)}, group=name)


BLOCKS = Blocks(work=lambda case: case.data["work"], operations=1e8)


def piece(task: Task, options: Limits) -> Piece:
    """A block of draws in 16 sub-sums."""
    data = task.case.data
    return piece_of_sums(drawn(task.key, data["architecture"], data["width"], BLOCKS.size(task.case, task.step)))


def read(case: Case, pieces: Pieces, options: Limits) -> Iterator[tuple[str, Found]]:
    """G_2 at all pairs, and G_c4 at four index tuples, of one output."""
    sums, source = groups(pieces), f"nngp-limits/{case.name}"
    if len(sums) < 2:
        yield "G_2", Found(Missing("no draws yet", waiting=True))
        return
    yield "G_2", Found(two_points(sums, source))
    yield "G_c4", Found(four_points(sums, source), _first_order(case.data["architecture"], case.data["width"]))


@lru_cache(maxsize=64)
def _kernel(name: str) -> Exact | Estimate:
    kernel = nngp(ZOO[name].network, ZOO[name].x, draws=1 << 14)
    return kernel[tuple(np.array(PAIRS).T)]


def _first_order(name: str, width: int) -> Estimate | None:
    """The theory of G_c4 of dense networks: to first order in 1/n, so that one width tells it for all; the next order goes as 1/n^2."""
    if name not in ("deep-erf", "deep-relu", "deep-gelu"):
        return None
    known, scale = _at_width_64(name), 64 / width
    return Estimate.from_stderr(scale * known.mean, scale**2 * known.stderr, source="next order in 1/n", bias="unknown")


@lru_cache(maxsize=64)
def _at_width_64(name: str) -> Estimate:
    return finite_width(ZOO[name].network, ZOO[name].x, 64).connected[tuple(np.array(FOURS).T)]


_INVERSE = Exact(-1.0, "heads are independent, so that cumulants add")


def conclude(readings: Readings, options: Limits) -> Iterator[tuple[str, Found]]:
    """Kernels extrapolated to infinite width, the fall of G_c4, and the prior of finite differences."""
    ratios: dict[str, list[Estimate]] = {}
    slopes = []
    for name in options.architectures:
        limit = _extrapolated(name, readings, options)
        if limit is None:
            continue
        kernel = _kernel(name)
        yield f"{name}: kernel at infinite width", Found(limit, kernel)
        reference = np.asarray(kernel.mean)
        ratio = _weighted(limit, reference)
        ratios.setdefault("attention" if ZOO[name].grows in (HEADS, EITHER) else "dense and convolutional", []).append(ratio)
        slope = _slope(name, readings, options)
        if slope is not None:
            yield f"{name}: slope of G_c4", Found(slope, _INVERSE if ZOO[name].grows == HEADS else None)
            slopes += [slope] if ZOO[name].grows == HEADS else []
    for kind, found in ratios.items():
        yield f"{kind}: kernel over theory", Found(_mean(found), Exact(1.0, "the recursion of the covariance"))
    if slopes:
        yield "attention: slope of G_c4 in the number of heads", Found(_mean(slopes), _INVERSE)
    if "deep-relu" in options.architectures:
        yield from _exact_relu(readings, options)
    yield from prior_findings()


def _exact_relu(readings: Readings, options: Limits) -> Iterator[tuple[str, Found]]:
    """G_c4 of deep ReLU networks at one point over its exact value 3 K^2 (prod (1 + 5/n) - 1), at all widths."""
    variance = float(np.asarray(_kernel("deep-relu").mean)[0])
    parts = []
    for width in options.widths:
        found = _found(readings, "deep-relu", width, "G_c4")
        if found is None:
            return
        exact = variance**2 * (deep_relu_moment([width, width], 4) - 3)
        parts.append(found[0] / exact)
    yield "deep-relu: G_c4 over 3 K^2 (prod(1 + 5/n) - 1)", Found(_mean(parts), Exact(1.0, "exact at every width"))


def _mean(values: Sequence[Estimate]) -> Estimate:
    """Of estimates from cases that were drawn independently."""
    return propagate(lambda *each: np.mean(each, axis=0), *values, independent=True)


def _weighted(limit: Estimate, reference: np.ndarray) -> Estimate:
    """The factor by which the theory is multiplied: least squares over the pairs, as if all errors were alike."""
    weights = reference / np.sum(reference**2)
    parts = [limit[place] * float(weight) for place, weight in enumerate(weights)]
    return sum(parts[1:], parts[0])


def _extrapolated(name: str, readings: Readings, options: Limits) -> Estimate | None:
    """The quadratic in 1/n through three widths, at 1/n = 0: what is left is O(1/n^3).  With heads alone G_2 is the same at all widths."""
    values = [value for width in options.widths if (value := _found(readings, name, width, "G_2")) is not None]
    if len(values) < len(options.widths):
        return None
    if ZOO[name].grows == HEADS:
        return _mean(values)
    steps = [1 / width for width in options.widths]
    weights = [math.prod(-other / (step - other) for other in steps if other != step) for step in steps]
    return propagate(lambda *each: np.tensordot(weights, each, axes=1), *values, independent=True)


def _slope(name: str, readings: Readings, options: Limits) -> Estimate | None:
    """log of the ratio of G_c4 at the widest and the narrowest, over that of the widths; None where one is no signal."""
    ends = [end for width in (options.widths[0], options.widths[-1]) if (end := _found(readings, name, width, "G_c4")) is not None]
    if len(ends) < 2 or any(end.refused[0] or not end.mean[0] > 5 * end.stderr[0] for end in ends):
        return None
    apart = math.log(options.widths[-1] / options.widths[0])
    return propagate(lambda narrow, wide: np.log(wide / narrow) / apart, ends[0][0], ends[1][0], independent=True)


def _found(readings: Readings, name: str, width: int, what: str) -> Estimate | None:
    reading = readings.get(f"{name}/n={width}")
    value = reading[what].value if reading is not None and what in reading else None
    return value if isinstance(value, Estimate) else None


def page(readings: Readings, options: Limits) -> Iterator[Section]:
    """How far the kernel and the four-point function are from those of the limit, against the width."""
    kernels, falls, rows = [], [], []
    for number, name in enumerate(options.architectures):
        both = [(width, _found(readings, name, width, "G_2"), _found(readings, name, width, "G_c4")) for width in options.widths]
        found = [(width, two, four) for width, two, four in both if two is not None and four is not None]
        if not found:
            continue
        reference = np.asarray(_kernel(name).mean)
        across = [1 / width for width, *_ in found]
        ratio = [_weighted(two, reference) for _, two, _ in found]
        kernels += _with_bars(name, across, ratio, number)
        excess = [four[0] / float(3 * reference[0] ** 2) for *_, four in found]
        shown = [(1 / step, each) for step, each in zip(across, excess, strict=True) if float(each.mean) > 2 * float(each.nominal_stderr)]
        if shown:
            falls += _with_bars(name, [width for width, _ in shown], [each for _, each in shown], number)
        rows += [[name, ZOO[name].grows, width, one, two] for (width, *_), one, two in zip(found, ratio, excess, strict=True)]
    if not rows:
        return
    widths = np.array([options.widths[0], options.widths[-1]], dtype=float)
    left = Plot("two-point function over the kernel", "1/width", "G_2 / K", kernels, alternative="ratios that tend to 1 as the width grows",
                legend_columns=2)  # fmt: skip
    guide = Curve(widths, 1.0 / widths, colour="muted", style="dashed", label="1/width")
    right = Plot("fall of the four-point function", "width", "G_c4 / 3 K^2", [guide, *falls], x_log=True, y_log=True,
                 alternative="falling lines of slope -1", legend_columns=2)  # fmt: skip
    text = (
        "All weights are Gaussian with mean 0; variances and fan-ins are those written in the architectures. What grows is the width of "
        "all hidden layers, the channels, or the heads. A ratio of 1 at 1/width = 0 is the Gaussian process; the four-point function of a "
        "Gaussian process vanishes."
    )
    yield Section("limits", "From finite networks to the Gaussian process", text, plots=(left, right),
                  caption="Left: least squares over six pairs of inputs. Right: one input. Bars: one standard error.",
                  columns=("architecture", "grows", "width", "G_2 / K", "G_c4 / 3K^2"), rows=rows)  # fmt: skip


def _with_bars(name: str, across: Sequence[float], values: Sequence[Estimate], number: int) -> list:
    mean, error = (np.array([float(part) for part in parts]) for parts in zip(*((v.mean, v.nominal_stderr) for v in values), strict=True))
    return curves(name, across, mean.tolist(), number, low=(mean - error).tolist(), high=(mean + error).tolist())


STUDY = Study(options=Limits, cases=cases, piece=piece, read=read, steps=BLOCKS, conclude=conclude, claims=CLAIMS, page=page, unit="draws")
