r"""What looking at neighbours can learn: chessboards with cells that nobody has seen, and data on manifolds (ledger D7).

A board has m by m cells of labels that alternate, and no sample in a share of the cells.  The nearest neighbours of a point there lie in
cells next to it, of the other label.  On a flat torus of m dimensions, isometric in R^12 for every m, the error of the nearest neighbour
among n samples of $f = \sqrt{2/m}\sum_i\cos\theta_i$ is, for large n, what the distance r to it makes of the mean square slope 1:

$$\mathbb E|f - f_n|^2 \to \frac{\mathbb E\,r^2}m = \frac{\Gamma(1 + 2/m)}m\Big(\frac{n V_m}{(2\pi)^m}\Big)^{-2/m},\qquad
V_m = \frac{\pi^{m/2}}{\Gamma(1 + m/2)}.$$
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from pydantic import Field
from scipy.spatial import KDTree

from certifield.evidence import Estimate, Exact
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Readings, Section, Study, Task, curves

AMBIENT = 12
_STARTS = 4  # of a training: products of broken lines may get stuck
_LEARNERS = {
    "neighbours-1": "nearest neighbour",
    "neighbours-5": "majority of five neighbours",
    "tanh": "network of two tanh layers",
    "product": "product of functions of one coordinate",
}


class Question(Options):
    """Cells of a ``side`` of the board; share of cells ``unseen``; ``samples`` elsewhere; ``seeds`` of boards; ``steps`` of training;
    ``dimensions`` of manifolds; ``counts`` of samples on them, and how many ``sets`` of samples.
    """

    side: int = Field(6, ge=2)
    unseen: float = Field(0.2, gt=0, lt=1)
    samples: int = Field(600, ge=16)
    seeds: int = Field(16, ge=16)
    steps: int = Field(600, ge=1)
    dimensions: tuple[int, ...] = (1, 2, 3, 6)
    counts: tuple[int, ...] = Field((256, 1024, 4096), min_length=2)
    sets: int = Field(16, ge=16)


def cases(options: Question) -> Iterator[Case]:
    """Boards by learner, samples at centres of cells, and manifolds."""
    for learner in _LEARNERS:
        yield Case(f"board/{learner}", {"learner": learner}, "boards")
    for missing in (0, 1):
        yield Case(f"centres/{missing}-missing", {"missing": missing}, "boards")
    for dim in options.dimensions:
        yield Case(f"torus/m={dim}", {"dim": dim}, "manifolds")


def label(points: np.ndarray, side: int) -> np.ndarray:
    """1 or -1, by turns, on [0, 1)^2."""
    return 1.0 - 2.0 * (np.floor(side * points).sum(axis=-1) % 2)


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Shares of wrong labels, or errors by number of samples."""
    data, rng = task.case.data, np.random.default_rng(task.seed)
    if "learner" in data:
        return {"wrong": np.array([_board(data["learner"], options, np.random.default_rng([task.root, seed]), seed)
                                   for seed in range(options.seeds)])}  # fmt: skip
    if "missing" in data:
        grid = (np.arange(options.side) + 0.5) / options.side
        centres = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
        centres = rng.permutation(centres)[data["missing"] :]
        points = rng.random((4_000_000, 2))
        wrong = _neighbours(1)(centres, label(centres, options.side), points) != label(points, options.side)
        return {"share": np.array([wrong.mean(), wrong.std() / len(points) ** 0.5])}
    return {"rms": np.array([[_on_torus(data["dim"], count, rng) for count in options.counts] for _ in range(options.sets)])}


def _board(learner: str, options: Question, rng: np.random.Generator, seed: int) -> tuple[float, float]:
    """Shares of wrong labels in cells with samples and in those without; every learner has the same boards."""
    side = options.side
    hidden = np.zeros(side * side, dtype=bool)
    hidden[rng.permutation(side * side)[: max(1, round(options.unseen * side * side))]] = True

    def drawn(count: int, where: bool) -> np.ndarray:
        points = rng.random((count * 20 * side, 2))
        cell = np.floor(side * points).astype(int) @ np.array((side, 1))
        return points[hidden[cell] == where][:count]

    x, seen, unseen = drawn(options.samples, False), drawn(4000, False), drawn(4000, True)
    guess = LEARNERS[learner]
    told = guess(x, label(x, side), np.concatenate([seen, unseen]), side, options.steps, seed)
    right = np.concatenate([label(seen, side), label(unseen, side)])
    wrong = np.sign(told) != right
    return float(wrong[: len(seen)].mean()), float(wrong[len(seen) :].mean())


def _neighbours(count: int) -> Callable[..., np.ndarray]:
    def guess(x: np.ndarray, y: np.ndarray, points: np.ndarray, *_: Any) -> np.ndarray:
        found = KDTree(x).query(points, count)[1].reshape(len(points), count)
        return np.sign(y[found].sum(axis=1))

    return guess


def _trained(start: Callable[[Any, int], Any], field: Callable[[Any, Any, int], Any]) -> Callable[..., np.ndarray]:
    """A field whose sign is the label, by Adam on the logistic loss, from several starts, of which the least loss on the samples counts."""

    @partial(jax.jit, static_argnames=("side", "steps"))  # once for all boards
    def run(params: Any, x: Any, y: Any, points: Any, side: int, steps: int) -> Any:
        optimiser = optax.adam(optax.cosine_decay_schedule(0.02, steps))

        def loss(params: Any) -> Any:
            return jnp.mean(jax.nn.softplus(-y * field(params, x, side)))

        def step(carry: Any, _: None) -> tuple[Any, None]:
            params, state = carry
            updates, state = optimiser.update(jax.grad(loss)(params), state)
            return (optax.apply_updates(params, updates), state), None

        def descended(params: Any) -> tuple[Any, Any]:
            end = jax.lax.scan(step, (params, optimiser.init(params)), None, length=steps)[0][0]
            return loss(end), field(end, points, side)

        losses, told = jax.vmap(descended)(params)
        return told[jnp.argmin(losses)]

    def starts(key: Any, side: int) -> Any:
        return jax.tree.map(lambda *each: jnp.stack(each), *(start(one, side) for one in jax.random.split(key, _STARTS)))

    def guess(x: Any, y: Any, points: Any, side: int, steps: int, seed: int) -> np.ndarray:
        x, y, points = (jnp.asarray(one, jnp.float32) for one in (x, y, points))
        with jax.numpy_dtype_promotion("standard"):  # a schedule of Optax counts in whole numbers
            return np.asarray(run(starts(jax.random.key(seed), side), x, y, points, side, steps))

    return guess


def _tanh_start(key: Any, side: int) -> Any:
    sizes = (2, 32, 32, 1)
    keys = jax.random.split(key, 3)
    return [(jax.random.normal(k, (a, b), jnp.float32) * (side if a == 2 else 1) / a**0.5, jnp.zeros((1, b), jnp.float32))
            for k, a, b in zip(keys, sizes, sizes[1:], strict=False)]  # fmt: skip


def _tanh(params: Any, x: Any, side: int) -> Any:
    x = x - 0.5
    for weights, shift in params[:-1]:
        x = jnp.tanh(x @ weights + shift)
    return (x @ params[-1][0] + params[-1][1])[:, 0]


def _product_start(key: Any, side: int) -> Any:
    return jax.random.normal(key, (2, 4 * side + 1), jnp.float32)


def _product(params: Any, x: Any, side: int) -> Any:
    """Broken lines of one coordinate each, multiplied."""
    hats = jnp.maximum(0.0, 1.0 - jnp.abs(4 * side * x[:, :, None] - jnp.arange(4 * side + 1, dtype=jnp.float32)[None, None]))
    return jnp.prod(jnp.sum(hats * params[None], axis=2), axis=1)


LEARNERS: Mapping[str, Callable[..., np.ndarray]] = {
    "neighbours-1": _neighbours(1), "neighbours-5": _neighbours(5), "tanh": _trained(_tanh_start, _tanh),
    "product": _trained(_product_start, _product),
}  # fmt: skip


def _on_torus(dim: int, count: int, rng: np.random.Generator) -> float:
    """The root mean square error of the nearest of ``count`` samples, at 2000 points, in a random orientation of R^12."""
    turn = np.linalg.qr(rng.standard_normal((AMBIENT, AMBIENT)))[0][: 2 * dim]
    angles = 2 * np.pi * rng.random((count + 2000, dim))
    places = np.concatenate([np.cos(angles), np.sin(angles)], axis=1) @ turn
    values = (2 / dim) ** 0.5 * np.cos(angles).sum(axis=1)
    nearest = KDTree(places[:count]).query(places[count:])[1]
    return float(np.mean((values[nearest] - values[count:]) ** 2) ** 0.5)


def foretold(dim: int, count: int) -> float:
    """The same for large ``count``, in closed form."""
    ball = np.pi ** (dim / 2) / math.gamma(dim / 2 + 1)
    return (math.gamma(1 + 2 / dim) / dim) ** 0.5 * (count * ball / (2 * np.pi) ** dim) ** (-1 / dim)


def _over(values: np.ndarray, source: str, method: str) -> Estimate:
    count = len(values)
    away = (values - values.mean(axis=0)) / np.sqrt(count * (count - 1))
    return Estimate(values.mean(axis=0), {source: away}, count, count, None, method, "float64")


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Errors, and the power of the number of samples with which they fall."""
    if 0 not in pieces:
        return
    held, data = pieces[0], case.data
    if "learner" in data:
        found = _over(np.asarray(held["wrong"]), case.name, "boards")
        yield "wrong in cells with samples", Found(found[0])
        yield "wrong in cells without", Found(found[1])
    elif "missing" in data:
        share, error = np.asarray(held["share"]).tolist()
        expected = Exact(data["missing"] / options.side**2, "cells without a sample over all cells")
        yield "wrong", Found(Estimate.from_stderr(share, error, source=case.name, method="uniform points"), expected)
    else:
        rms, logs = np.asarray(held["rms"]), np.log(options.counts)
        centred = logs - logs.mean()
        yield "power of the samples", Found(_over(np.log(rms) @ centred / (centred @ centred), case.name, "sets of samples"))
        ratio = rms[:, -1] / foretold(data["dim"], options.counts[-1])
        yield "error over that of large samples", Found(_over(ratio, f"{case.name}/last", "sets of samples"))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Boards, and errors on manifolds."""
    rows = [(_LEARNERS[name.removeprefix("board/")], *(one.value for one in reading.values()))
            for name, reading in readings.items() if name.startswith("board/") and reading]  # fmt: skip
    hidden = max(1, round(options.unseen * options.side**2))
    yield Section(
        "boards", "Cells that nobody has seen",
        f"A board of {options.side} by {options.side} cells whose labels alternate; {options.samples} samples, none of them in {hidden} "
        "of the cells. Neighbours are right where there are samples, and wrong where there are none, since cells side by side differ. "
        "A product of functions of one coordinate learns every row and column from other cells. With one sample at the centre of each "
        "cell the nearest neighbour is right everywhere: n samples do tell n regions apart, and no more.",
        columns=("learner", "wrong in cells with samples", "wrong in cells without"), rows=rows,
    )  # fmt: skip
    marks, table = [], []
    for number, dim in enumerate(options.dimensions):
        reading = readings.get(f"torus/m={dim}")
        if reading is None or 0 not in reading.pieces:
            continue
        rms = np.asarray(reading.pieces[0]["rms"])
        marks += curves(f"m = {dim}", list(options.counts), np.exp(np.log(rms).mean(axis=0)).tolist(), number)
        table.append((dim, f"{-1 / dim:.4f}", *(one.value for one in reading.values())))
    yield Section(
        "manifolds", "Data on a manifold",
        f"The error of the nearest neighbour in R^{AMBIENT}, where samples lie on a flat torus of m dimensions: it falls with the power "
        "-1/m of their number, whatever the dimension of the space around.",
        plots=[Plot("", "samples", "root mean square error", marks, "lines that fall, the flatter the more dimensions", x_log=True,
                    y_log=True)] if marks else [],
        columns=("m", "-1/m", "power", "error over that of large samples"), rows=table,
    )  # fmt: skip


CLAIMS = (
    Claim("DY-20", "Physics4ML notes 1", "Learners that take a function for constant near each sample fail where it varies.",
          ours="board/neighbours-1/wrong in cells without", printed=Exact(0.5, "chance"), relation=">",
          note="In cells of a chessboard without a sample. There n samples do tell n regions apart, and no more."),
    Claim("DY-20b", "Physics4ML notes 1", "Networks whose parts are shared between regions learn of regions that they have not seen.",
          ours="board/product/wrong in cells without", printed=Exact(0.5, "chance"), relation="<",
          note="A product of functions of one coordinate; two layers of tanh, without that structure, do not."),
    Claim("DY-20c", "Physics4ML notes 1", "Data on a manifold helps: its dimension counts, not that of the space around.",
          ours="torus/m=2/power of the samples", printed=Exact(-0.5, "-1/m"), within=0.02,
          note="Nearest neighbours in R^12; the constant is known, too."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="cases", version=2)
