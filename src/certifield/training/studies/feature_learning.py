"""Training where features are learned: mean-field theory against wide networks, and the parametrisations that lead there (ledger D5).

A case is a network at one strength of feature learning gamma: linear or tanh, of one or two hidden layers.  The theory is solved, and wide
networks in pairs of opposite readouts are trained beside it.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.evidence import Estimate, Exact
from certifield.streams import block_key, stream_key
from certifield.study import COLOURS, MARKERS, Case, Curve, Found, Options, Pieces, Plot, Points, Reading, Section, Study, Task

from ..mean_field import MeanField, deep, deep_linear, two_layers
from ..scaling import Parametrisation
from ._feature_claims import CLAIMS
from ._networks import measured

TARGET, TIMES = 1.5, tuple(k / 8 for k in range(17))  # lines are drawn through all times
AT = tuple(TIMES.index(time) for time in (0.25, 0.5, 1.0, 2.0))  # and compared at these
_LAST = TIMES.index(1.0)


class Question(Options):
    """Strengths of feature learning; width and number of pairs of networks; particles and paths of the theory."""

    gammas: tuple[float, ...] = Field((0.1, 0.5, 1.0, 2.0), min_length=1)
    systems: tuple[str, ...] = Field(("linear-1", "tanh-1", "linear-2", "tanh-2"), min_length=1)
    width: int = Field(512, ge=4)
    pairs: int = Field(16, ge=2)
    particles: int = Field(1 << 15, ge=64)
    samples: int = Field(500, ge=200)
    steps: int = Field(12, ge=6)


@dataclass(frozen=True)
class System:
    """A network: its activation, its hidden layers, and how its theory is solved."""

    activation: Callable
    depth: int
    theory: Callable[[float, Question, int], MeanField]


def _identity(h: jax.Array) -> jax.Array:
    return h


def _linear(depth: int) -> Callable[[float, Question, int], MeanField]:
    return lambda gamma, options, seed: deep_linear([[1.0]], [TARGET], TIMES, gamma=gamma, depth=depth, steps=6 * options.steps)


def _particles(gamma: float, options: Question, seed: int) -> MeanField:
    return two_layers([[1.0]], [TARGET], TIMES, gamma=gamma, particles=options.particles, seed=seed)


def _paths(gamma: float, options: Question, seed: int) -> MeanField:
    return deep([[1.0]], [TARGET], TIMES, gamma=gamma, samples=options.samples, steps=options.steps, replicates=16, seed=seed)


SYSTEMS: Mapping[str, System] = {
    "linear-1": System(_identity, 1, _linear(1)),
    "tanh-1": System(jnp.tanh, 1, _particles),
    "linear-2": System(_identity, 2, _linear(2)),
    "tanh-2": System(jnp.tanh, 2, _paths),
}


def cases(options: Question) -> Iterator[Case]:
    """Every network at every gamma."""
    for name, gamma in itertools.product(options.systems, options.gammas):
        yield Case(f"{name}/gamma={gamma:g}", {"system": name, "gamma": gamma}, group=name)


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Theory and networks: prediction [T], kernel [T] and last features [T], with replicates where they are sampled."""
    system, gamma = SYSTEMS[task.case.data["system"]], task.case.data["gamma"]
    found = system.theory(gamma, options, task.root)
    root = stream_key(task.root, "networks of the mean-field theory")
    given = np.ones((1, 1)), np.array([TARGET]), np.array(TIMES), gamma, system.activation, system.depth

    def networks(width: int) -> np.ndarray:
        runs = (measured(*given, width, block_key(root, pair)) for pair in range(options.pairs))
        return np.stack([_curves(run.prediction, run.kernel, run.features) for run in runs])

    result = {"networks": networks(options.width), "narrow": networks(options.width // 2).mean(axis=0)}
    theory = [found.prediction, found.kernel, found.features]
    result["theory"] = _curves(*(each.mean for each in theory))
    if found.prediction.blocks:
        away = [next(iter(each.deviations.values())) for each in theory]
        result["deviations"] = np.stack([_curves(*rows) for rows in zip(*away, strict=True)])
    else:  # solved on a grid, without random numbers
        result["error"] = _curves(*(each.stderr for each in theory))
    return result


def _curves(prediction: np.ndarray, kernel: np.ndarray, features: np.ndarray) -> np.ndarray:
    """[3, T]: prediction, kernel and last features at the one datum."""
    return np.stack([np.asarray(prediction)[:, 0], np.asarray(kernel)[:, 0, 0], np.asarray(features)[-1, :, 0, 0]])


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Prediction and motion of the kernel at times after the start: theory against networks; and the closed form where there is one."""
    if 0 not in pieces:
        return
    theory, networks = _theory(case, pieces[0]), _networks(case, pieces[0])
    at = list(AT)
    yield "prediction", Found(theory[0, at], networks[0, at])
    yield "kernel over its start", Found(_motion(theory)[at], _motion(networks)[at])
    yield "network: kernel over its start", Found(_motion(networks)[-1])
    if case.data["system"] == "linear-1":
        gamma = case.data["gamma"]
        yield (
            "prediction in closed form",
            Found(theory[0, at], closed_form(gamma, TARGET, [TIMES[k] for k in at])),
        )
        yield "prediction at t = 1", Found(theory[0, _LAST])


def _theory(case: Case, piece: Mapping) -> Estimate:
    mean, source = np.asarray(piece["theory"]), f"theory/{case.name}"
    if "error" in piece:
        words = "mean-field theory, matrix equations extrapolated in the step"
        return Estimate.from_stderr(mean, np.asarray(piece["error"]), source=source, method=words, bias="unknown")
    away = np.asarray(piece["deviations"])
    return Estimate(mean, {source: away}, len(away), len(away), None, "mean-field theory, sampled", "float64", bias="unknown")


def _networks(case: Case, piece: Mapping) -> Estimate:
    """The mean over pairs; its error holds what the finite width leaves, c/N, which is also what networks of half the width differ by."""
    rows = np.asarray(piece["networks"])
    mean = rows.mean(axis=0)
    away = (rows - mean) / np.sqrt(len(rows) * (len(rows) - 1))
    finite = np.eye(mean.size).reshape((mean.size, *mean.shape)) * (np.asarray(piece["narrow"]) - mean)
    apart = {f"networks/{case.name}": away, f"finite width/{case.name}": finite}
    return Estimate(mean, apart, 2 * len(rows), len(rows), None, "trained networks", "float32")


def _motion(curves: Estimate) -> Estimate:
    """[T]: the tangent kernel over that at t = 0."""
    return curves[1] / curves[1, 0]


def closed_form(gamma: float, y: float, times: Sequence[float]) -> Exact:
    """phi(t) of two linear layers and one datum, d phi/dt = 2 (y - phi) sqrt(1 + gamma^2 phi^2).

    With gamma phi = sinh u and v = e^u the rate is a ratio of two linear factors, whose roots are c +- sqrt(1 + c^2), c = gamma y.
    """
    c = gamma * y
    rate = np.sqrt(1 + c**2)
    above, below = c + rate, -1 / (c + rate)
    grown = np.exp(2 * rate * np.asarray(times, dtype=float)) * (1 - below) / (above - 1)
    v = (grown * above + below) / (1 + grown)
    phi = (v - 1 / v) / (2 * gamma)
    words = "phi = sinh(log v)/gamma, (v - v-)/(v+ - v) = e^{2 sqrt(1 + c^2) t} (1 - v-)/(v+ - 1)"
    return Exact(phi, words, radius=1e-13 * (1 + above / c) * np.maximum(np.abs(phi), 1.0))


def _plotted(curves: Estimate) -> tuple[Estimate, Estimate, Estimate]:
    """Prediction, motion of the kernel, and features, each [T]."""
    return curves[0], _motion(curves), curves[2]


def conclude(readings: Mapping[str, Reading], options: Question) -> Iterator[tuple[str, Found]]:
    """Networks over theory for deep networks, and what the parametrisations leave free."""
    for name in options.systems:
        parts = [reading.pieces[0] for key, reading in readings.items() if key.startswith(f"{name}/") and 0 in reading.pieces]
        if len(parts) == len(options.gammas):
            yield f"{name}: networks over theory", Found(_ratio(name, parts), Exact(1.0, "infinite width"))
    yield "free parameters of feature learning", Found(free_parameters(3))


def _ratio(name: str, parts: list[Mapping]) -> Estimate:
    """Predictions of networks over those of the theory at t = 1, the mean over gamma; all gammas share networks and random numbers."""
    networks, theory = (
        np.stack([np.asarray(part[key])[..., 0, _LAST] for part in parts]) for key in ("networks", "theory")
    )  # [gammas, ...]
    measured, count = networks.mean(axis=1), networks.shape[1]
    away = {f"networks/{name}": np.mean((networks - measured[:, None]) / theory[:, None], axis=0) / np.sqrt(count * (count - 1))}
    if "deviations" in parts[0]:
        moved = np.stack([np.asarray(part["deviations"])[:, 0, _LAST] for part in parts])
        away[f"theory/{name}"] = np.mean(-moved * (measured / theory**2)[:, None], axis=0)
    return Estimate(
        np.asarray(np.mean(measured / theory)), away, 2 * count, count, None, "trained networks over theory", "float32", bias="unknown"
    )


def free_parameters(depth: int) -> Exact:
    """The dimension of the powers (a_l, b_l, c) at which preactivations, features and outputs all move by O(1), in every layer."""
    layers = depth + 1
    rows = []
    for layer in range(layers):
        start = [0] * (2 * layers + 1)
        start[layer] = start[layers + layer] = 1  # a_l + b_l is fixed
        motion = [0] * (2 * layers + 1)
        motion[layer], motion[-1] = 2, 1  # and so is 2 a_l + c
        rows += [start, motion]
    return Exact(2 * layers + 1 - int(np.linalg.matrix_rank(np.array(rows))), "nullity of the conditions on a_l + b_l and 2 a_l + c")


def page(readings: Mapping[str, Reading], options: Question) -> Iterator[Section]:
    """Predictions, kernels and features in time, theory and networks; the values; the parametrisations."""
    rows = []
    for name in options.systems:
        marks: dict[str, list] = {"prediction": [], "tangent kernel over its start": [], "<f(h) f(h)>, last layer": []}
        for number, gamma in enumerate(options.gammas):
            reading = readings.get(f"{name}/gamma={gamma:g}")
            if reading is None or 0 not in reading.pieces:
                continue
            theory, networks = _theory(reading.case, reading.pieces[0]), _networks(reading.case, reading.pieces[0])
            rows.append(
                (
                    name,
                    f"{gamma:g}",
                    theory[0, _LAST],
                    networks[0, _LAST],
                    _motion(theory)[_LAST],
                    _motion(networks)[_LAST],
                )
            )
            colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
            for axes, line, points in zip(marks.values(), _plotted(theory), _plotted(networks), strict=True):
                at = list(AT)
                axes.append(Curve(np.array(TIMES), line.mean, colour, label=f"gamma = {gamma:g}"))
                axes.append(Points(np.array(TIMES)[at], points.mean[at], points.stderr[at], colour, marker))
        plots = [
            Plot("", "time", label, axes, f"{label} of {name} against time, theory and networks", legend_columns=2)
            for label, axes in marks.items()
            if axes
        ]
        if plots:
            words = "The kernel of the lazy limit would stay at 1; it stands still for small gamma and moves for large."
            caption = (
                f"Lines: mean-field theory. Points: {options.pairs} pairs of networks of width {options.width} with their standard errors."
            )
            yield Section(f"{name}-in-time", f"{name}: in time", words, plots=plots, caption=caption)
    yield Section(
        "values", "At t = 1", "One datum with x.x/D = 1, label 1.5, loss |phi - y|^2/2.",
        columns=("network", "gamma", "theory", f"networks, N = {options.width}", "kernel over its start, theory", "networks"), rows=rows,
    )  # fmt: skip
    yield Section(
        "parametrisations",
        "Powers of the width",
        "W^l = N^-a w^l, w^l ~ N(0, N^-2b), rate N^-c; a gauge transformation a + s, b - s, c - 2s changes nothing. r is the power with "
        "which features stand still.",
        columns=("parametrisation", "a", "b", "c", "r", "regime"),
        rows=[(name, _powers(one.a), _powers(one.b), str(one.c), one.r, one.regime) for name, one in PARAMETRISATIONS.items()],
        numbers=False,
    )


PARAMETRISATIONS = {
    "standard, c = 0": Parametrisation.standard(2),
    "standard, c = 1": Parametrisation.standard(2, 1),
    "tangent kernel": Parametrisation.tangent_kernel(2),
    "maximal update": Parametrisation.maximal_update(2),
    "maximal update, gauge 1/2": Parametrisation.maximal_update(2).gauge(Fraction(1, 2)),
}


def _powers(powers: tuple[Fraction, ...]) -> str:
    return ", ".join(map(str, powers))


STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="cases")
