"""The tangent kernels of finite networks of many architectures, against the one recursion at infinite width (ledger D2).

A case is an architecture at one width.  Its networks are drawn and their tangent kernels averaged; through two widths the average is
extrapolated to infinite width and held against `certifield.kernels.ntk`, and the spread between draws is followed.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from pydantic import Field, field_validator

from certifield.evidence import Estimate, Exact, propagate
from certifield.kernels import nngp, ntk
from certifield.kernels.studies._zoo import EITHER, HEADS, ZOO, known
from certifield.study import (
    Blocks,
    Case,
    Claim,
    Found,
    Missing,
    Options,
    Picture,
    Piece,
    Pieces,
    Plot,
    Points,
    Readings,
    Section,
    Study,
    Task,
)

from certifield.study import curves, groups  # isort: skip

from ._draws import Statistic, over_draws, sums_over_draws
from ._heat_map import heat_maps

PAIRS = list(itertools.combinations_with_replacement(range(3), 2))


class Frozen(Options):
    """Which architectures, at which two widths."""

    architectures: tuple[str, ...] = Field(tuple(ZOO), min_length=1, examples=[["deep-erf"]])
    widths: tuple[int, int] = Field((16, 32), examples=[[16, 32]])

    _known = field_validator("architectures")(known)


@lru_cache(maxsize=64)
def _kernels(name: str, width: int) -> Callable[[Array], Array]:
    """The tangent kernel at six pairs, from keys."""
    chosen = ZOO[name]
    ensemble, x = chosen.network.ensemble(chosen.x.shape[1:], width), jnp.asarray(chosen.x.reshape(3, -1))
    left, right = np.array(PAIRS).T

    def one(key: Array) -> Array:
        jacobian = jax.jacrev(lambda params: ensemble.architecture(params, x)[:, 0])(ensemble.density.sample(key))
        flat = [leaf.reshape(3, -1) for leaf in jax.tree.leaves(jacobian)]
        return sum((leaf @ leaf.T for leaf in flat), start=jnp.zeros((3, 3)))[left, right]

    return jax.jit(jax.vmap(one))


def cases(options: Frozen) -> Iterator[Case]:
    """Every architecture at both widths; ``work``: operations of a draw."""
    for name in options.architectures:
        for width in options.widths:
            ensemble = ZOO[name].network.ensemble(ZOO[name].x.shape[1:], width)
            shapes = jax.eval_shape(ensemble.density.sample, jax.random.key(0))
            parameters = sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(shapes))
            yield Case(f"{name}/n={width}", {"architecture": name, "width": width, "work": 60 * parameters + 1000}, group=name)


BLOCKS = Blocks(first=1024, doubling=64, operations=1e9, work=lambda case: case.data["work"])
_AT_ONCE = 1 << 24


def piece(task: Task, options: Frozen) -> Piece:
    """Sums of the kernel at six pairs and of the square of the first, in 16 parts."""
    data = task.case.data
    kernels = _kernels(data["architecture"], data["width"])
    draws, at_once = BLOCKS.size(task.case, task.step), _AT_ONCE // int(data["work"])
    return sums_over_draws(task, draws, at_once, kernels, lambda values: np.concatenate([values, values[:, :1] ** 2], axis=1))


def read(case: Case, pieces: Pieces, options: Frozen) -> Iterator[tuple[str, Found]]:
    """The average kernel, and its relative variance at the first input."""
    sums = groups(pieces)
    if len(sums) < 2:
        yield "Theta", Found(Missing("no draws yet", waiting=True))
        return
    means: Statistic = lambda total, n: total[:, :6] / n[:, None]  # noqa: E731
    spread: Statistic = lambda total, n: n / (n - 1) * (total[:, 6] * n / total[:, 0] ** 2 - 1)  # noqa: E731
    for what, statistic in (("Theta", means), ("relative variance", spread)):
        yield what, Found(over_draws("frozen-kernel", case, sums, statistic))


@lru_cache(maxsize=64)
def _theory(name: str) -> Exact | Estimate:
    return ntk(ZOO[name].network, ZOO[name].x, draws=1 << 14)[tuple(np.array(PAIRS).T)]


def _both(readings: Readings, name: str, what: str, options: Frozen) -> list[Estimate] | None:
    found = [readings[f"{name}/n={width}"].get(what) for width in options.widths if f"{name}/n={width}" in readings]
    values = [one.value for one in found if one is not None and isinstance(one.value, Estimate)]
    return values if len(values) == 2 else None


def _limit(kernels: list[Estimate], options: Frozen) -> Estimate:
    """By the straight line in 1/width."""
    low, high = options.widths
    return propagate(lambda a, b: (high * b - low * a) / (high - low), *kernels, independent=True)


def conclude(readings: Readings, options: Frozen) -> Iterator[tuple[str, Found]]:
    """The kernel at infinite width by a straight line in 1/width, over the theory; and how the relative variance falls."""
    low, high = options.widths
    ratios, slopes = [], []
    for name in options.architectures:
        kernels, spreads = (_both(readings, name, what, options) for what in ("Theta", "relative variance"))
        if kernels is None or spreads is None:
            continue
        theory = np.asarray(_theory(name).mean)
        weights = theory / np.sum(theory**2)
        # Where heads alone grow, and with one hidden layer, there is no correction; elsewhere what is left is of order 1/width^2.
        ratio = propagate(lambda limit, w=weights: np.sum(w * limit), _limit(kernels, options))
        yield f"{name}: Theta at infinite width over theory", Found(ratio, Exact(1, "tangent recursion"))
        slope = propagate(lambda a, b: np.log(b / a) / np.log(high / low), *spreads, independent=True)
        yield f"{name}: slope of the relative variance", Found(slope)
        yield f"{name}: Theta at infinite width, six pairs", Found(_limit(kernels, options), _theory(name))
        if ZOO[name].grows not in (HEADS, EITHER):
            ratios.append(ratio)
            slopes.append(slope)
    if ratios:
        ratio = propagate(lambda *all: np.mean(all, axis=0), *ratios, independent=True)
        yield "dense and convolutional: Theta over theory", Found(ratio, Exact(1, "tangent recursion"))
        left = propagate(lambda *all: 2 ** np.mean(all, axis=0), *slopes, independent=True)  # next orders show: 1/2 is but the first
        yield "dense and convolutional: share of the relative variance that is left at twice the width", Found(left)
    if "deep-relu" in options.architectures:
        k, theta = (kernel(ZOO["deep-relu"].network, ZOO["deep-relu"].x)[0, 0] for kernel in (nngp, ntk))
        yield "deep-relu: Theta over K at one input", Found(theta / k, Exact(3.0, "as many equal parts as layers with weights"))


def page(readings: Readings, options: Frozen) -> Iterator[Section]:
    """Averages over the theory, and the spread, against the width."""
    ratios, spreads, rows, pictures = [], [], [], []
    for number, name in enumerate(options.architectures):
        kernels, variances = (_both(readings, name, what, options) for what in ("Theta", "relative variance"))
        if kernels is None or variances is None:
            continue
        theory = np.asarray(_theory(name).mean)
        weights = theory / np.sum(theory**2)
        found = [propagate(lambda value, w=weights: np.sum(w * value), kernel) for kernel in kernels]
        for marks, across, values in ((ratios, [1 / w for w in options.widths], found), (spreads, list(options.widths), variances)):
            mean, error = (
                np.array([float(part) for part in parts]) for parts in ([v.mean for v in values], [v.nominal_stderr for v in values])
            )
            marks += curves(name, across, mean.tolist(), number, low=(mean - error).tolist(), high=(mean + error).tolist())
        maps = {"recursion": theory, "limit of draws": _limit(kernels, options).mean, f"width {options.widths[0]}": kernels[0].mean}
        drawn = heat_maps({title: _matrix(pairs) for title, pairs in maps.items()}, f"tangent kernels of {name}")
        pictures.append(Picture(drawn, name, f"three almost equal matrices of the architecture {name}"))
        rows += [[name, width, one, two] for width, one, two in zip(options.widths, found, variances, strict=True)]
    if not rows:
        return
    left = Plot("average tangent kernel over the recursion", "1/width", "Theta / theory", ratios, alternative="ratios that tend to 1",
                legend_columns=3)  # fmt: skip
    nameless = [replace(mark, label="") if isinstance(mark, Points) else mark for mark in spreads]
    right = Plot("spread between draws", "width", "relative variance", nameless, x_log=True, y_log=True, alternative="lines of slope -1")
    text = (
        "Tangent kernels of randomly drawn networks, averaged. At infinite width the average is that of the recursion and the spread is 0: "
        "one kernel for all draws. What grows is the width of all hidden layers, the channels, or the heads."
    )
    yield Section("frozen", "One kernel for all draws", text, plots=(left, right),
                  caption="Bars: one standard error. Right: signs and colours as on the left.",
                  columns=("architecture", "width", "Theta / theory", "relative variance"), rows=rows)  # fmt: skip
    words = "Theta between three inputs, over its largest entry: by the recursion, by the line in 1/width, and at the smaller width."
    yield Section("kernels", "Kernels", words, pictures=pictures)


def _matrix(pairs: np.ndarray) -> np.ndarray:
    matrix = np.zeros((3, 3))
    for value, (row, column) in zip(pairs, PAIRS, strict=True):
        matrix[row, column] = matrix[column, row] = value
    return matrix


CLAIMS = (
    Claim("DY-03 (spread)", "arXiv:2402.13321 (8); Physics4ML notes (2.48)", "The tangent kernel becomes deterministic as the width grows.",
          ours="dense and convolutional: share of the relative variance that is left at twice the width",
          printed=Exact(1, "a spread that stays"), relation="<", note="1/2 to first order; from 16 to 32 neurons the next order shows."),
    Claim("DY-03 (value)", "arXiv:2402.13321 (8); Physics4ML notes (2.48)", "Its value follows from the architecture by a recursion.",
          ours="dense and convolutional: Theta over theory", printed=Exact(1, "tangent recursion"), within=0.03),
    Claim("DY-04", "Physics4ML notes 2.3.1", "Frozen behaviour is universal in the limit of infinite width.",
          open="the architectures here are in the kernel regime by their parametrisation; in others features move at every width, which is "
          "the study feature-learning"),
)  # fmt: skip

STUDY = Study(options=Frozen, cases=cases, piece=piece, read=read, steps=BLOCKS, conclude=conclude, claims=CLAIMS, page=page, unit="draws")
