"""Which parametrisation lets a learning rate found on a narrow network be used on a wide one (ledger D5).

A perceptron with two hidden layers of tanh learns a smooth function.  A case is a parametrisation with an optimiser: its coordinate check,
and the loss after training against the learning rate, at several widths.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from pydantic import Field

from certifield.evidence import Estimate, Exact, propagate
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Reading, Section, Study, Task, curves

from ..scaling import coordinate_check, width_transfer as transfer

INPUTS, POINTS = 8, 32
# Optimiser by name: how it is made from a rate, and log2 of the rates at the base width.
OPTIMISERS: Mapping[str, tuple[Callable, tuple[int, int]]] = {"adam": (optax.adam, (-12, -3)), "sgd": (optax.sgd, (-8, 1))}
# Of the coordinate checks: so small that in five steps the output of the widest standard network moves by less than its label.  With larger
# ones it overshoots, and the slope of the second layer says nothing: with Adam it goes from 0.95 at 2^-16 down to 0.14 at 2^-10,
# and up to 1.3 at 2^-5, where training overshoots ever more.
RATES = {"adam": 2.0**-14, "sgd": 2.0**-10}


class Question(Options):
    """Widths; seeds; steps of the coordinate check and of the trainings; optimisers; learning rates."""

    widths: tuple[int, ...] = Field((64, 128, 256, 512, 1024), min_length=2)
    seeds: int = Field(16, ge=2)
    check_steps: int = Field(5, ge=1)
    steps: int = Field(30, ge=1)
    optimisers: tuple[str, ...] = ("adam", "sgd")
    every: int = Field(1, ge=1)  # octave of the learning rates
    faster: int = 0  # octaves by which the coordinate checks are


def cases(options: Question) -> Iterator[Case]:
    """Both parametrisations with every optimiser."""
    for optimiser, maximal in itertools.product(options.optimisers, (False, True)):
        words = "maximal-update" if maximal else "standard"
        yield Case(f"{words}/{optimiser}", {"maximal": maximal, "optimiser": optimiser}, group=optimiser)


def make(width: int, key: jax.Array) -> eqx.nn.MLP:
    """The network; its biases are part of it."""
    return eqx.nn.MLP(INPUTS, 1, width, 2, activation=jnp.tanh, key=key)


def data() -> tuple[np.ndarray, np.ndarray]:
    """Points on a sphere, and a function of two directions."""
    x = np.random.default_rng(8).normal(size=(POINTS, INPUTS))
    x *= INPUTS**0.5 / np.linalg.norm(x, axis=1, keepdims=True)
    return x, (np.sin(x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3])


def rates(optimiser: str, every: int) -> np.ndarray:
    """The learning rates at the base width."""
    low, high = OPTIMISERS[optimiser][1]
    return 2.0 ** np.arange(low, high, every)


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Both measurements, with the deviations that carry their errors."""
    x, y = data()
    name = task.case.data["optimiser"]
    optimiser = OPTIMISERS[name][0]
    rule = name if task.case.data["maximal"] else None
    common = {"rule": rule, "seeds": options.seeds, "seed": task.root}
    check = coordinate_check(make, options.widths, x, y, optimiser(RATES[name] * 2.0**options.faster), steps=options.check_steps, **common)
    moved = transfer(make, options.widths, rates(name, options.every), x, y, optimiser, steps=options.steps, **common)
    found: dict[str, np.ndarray] = {}
    for key, estimate in {
        "changes": check.changes, "slopes": check.slopes, "losses": moved.losses, "best": moved.best, "shift": moved.shift
    }.items():  # fmt: skip
        mean = np.where(np.isfinite(estimate.mean), estimate.mean, np.inf)
        found[key], found[f"{key} away"] = mean, np.where(np.isfinite(mean), next(iter(estimate.deviations.values())), 0.0)
    return found


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Slopes of the coordinate check, and how far the best rate moves."""
    if 0 in pieces:
        zero = Exact(np.zeros(len(NAMES)), "coordinates that move alike at every width", radius=0.05) if case.data["maximal"] else None
        slopes = _estimate("slopes", case, pieces[0], options)
        yield "slopes", Found(slopes, zero)
        for place in (1, -1):
            yield f"{NAMES[place]}: growth where the width doubles", Found(propagate(lambda slope: 2**slope, slopes[place]))
        yield "best rate, log2", Found(_estimate("best", case, pieces[0], options))
        yield "shift of the best rate, log2", Found(_estimate("shift", case, pieces[0], options))


NAMES = ("first layer", "second layer", "readout", "output")


def _estimate(name: str, case: Case, piece: Mapping, options: Question) -> Estimate:
    mean, away = np.asarray(piece[name]), np.asarray(piece[f"{name} away"])
    seeds = options.seeds
    return Estimate(mean, {f"{case.name}": away}, seeds, seeds, None, "trained networks", "float64", bias="unknown")


def page(readings: Mapping[str, Reading], options: Question) -> Iterator[Section]:
    """The coordinate check, and losses against rates."""
    checks, losses, rows = [], [], []
    for name, reading in readings.items():
        if 0 not in reading.pieces:
            continue
        changes = _estimate("changes", reading.case, reading.pieces[0], options)
        slopes = _estimate("slopes", reading.case, reading.pieces[0], options)
        marks = []
        for number, (label, row, error) in enumerate(zip(NAMES, changes.mean, changes.nominal_stderr, strict=True)):
            if np.all(np.isfinite(row)):
                low, high = (np.exp(row + sign * error).tolist() for sign in (-1, 1))
                marks += curves(label, options.widths, np.exp(row).tolist(), number, low=low, high=high)
        if marks:
            checks.append(Plot(name, "width", "rms change", marks, f"changes of {name} against width", x_log=True, y_log=True))
        rows.append((name, *(slopes[place] for place in range(len(NAMES))), _estimate("shift", reading.case, reading.pieces[0], options)))
        lines, found = [], _estimate("losses", reading.case, reading.pieces[0], options)
        for number, width in enumerate(options.widths):
            across, row, error = rates(name.partition("/")[2], options.every).tolist(), found.mean[number], found.nominal_stderr[number]
            low, high = (np.exp(row + sign * error).tolist() for sign in (-1, 1))
            lines += curves(f"N = {width}", across, np.exp(row).tolist(), number, low=low, high=high)
        losses.append(Plot(name, "learning rate at the base width", "loss", lines, f"loss of {name} against rate", x_log=True, y_log=True))
    text = (
        f"How far preactivations and output move in {options.check_steps} steps: level lines keep their size at every width, and a slope "
        "is a power of the width. The last column is by how many octaves the best learning rate moves over all widths."
    )
    yield Section(
        "coordinates",
        "Coordinate check",
        text,
        plots=checks,
        caption="Bars: one standard error, over seeds.",
        columns=("", *NAMES, "shift of the best rate"),
        rows=rows,
    )
    words = f"Mean over {options.seeds} seeds of log(loss) after {options.steps} steps; divergence counts as ten times the first loss."
    yield Section("rates", "Loss against learning rate", words, plots=losses)


CLAIMS = (
    Claim(
        "DY-15 (coordinates)", "Strings 2025; Physics4ML notes 2.3.2; arXiv:2203.03466",
        "In the maximal-update parametrisation outputs move by as much at every width.",
        ours="maximal-update/adam/output: growth where the width doubles", printed=Exact(1.0, "no growth", radius=2**0.05 - 1),
        within=0.035,
        note="The radius is the tolerance of the check, a slope of 0.05.",
    ),
    Claim(
        "DY-15 (standard)", "Strings 2025; arXiv:2203.03466",
        "In the standard parametrisation with Adam preactivations grow with the width.",
        ours="standard/adam/second layer: growth where the width doubles", printed=Exact(1.0, "no growth"), relation=">",
        note="By 2 in the limit of wide networks and small rates: N aligned entries of size eta.",
    ),
    Claim(
        "DY-15 (transfer)", "Strings 2025; arXiv:2203.03466",
        "The best learning rate does not move with the width in the maximal-update parametrisation.",
        ours="maximal-update/adam/shift of the best rate, log2", printed=Exact(1.0, "one octave"), relation="<",
        note="Over the widths of the study, from the smallest to the largest.",
    ),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="cases")
