"""Descent that conserves an energy: its measure, its energy, and how it compares with other optimisers (ledger D6).

A case is a stationary measure, held against a quadrature; a step size, with the change of energy that it makes; or an optimiser on a
problem.  Every optimiser has a grid of ten learning rates; the best on four seeds is used on others, and all of those are reported.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.evidence import Estimate, Exact, propagate
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Reading, Readings, Section, Study, Task, curves

from ..descent import Flow, bbi_flow, descend, energy_conserving, separable_flow, unit_speed_flow
from ._descents import OPTIMISERS, PROBLEMS, rates, trained

_CHAINS, _TUNING = 64, 4
_TOP = 4.0  # conserved energy, where the measure depends on it
# Name: flow, d, time step, rate of new directions.  V = 1 + |q|^2/2.
MEASURES: Mapping[str, tuple[Flow, int, float, float]] = {
    "unit-speed/d=2/eta=4": (unit_speed_flow(4.0), 2, 0.1, 0.3),
    "unit-speed/d=3/eta=3": (unit_speed_flow(3.0), 3, 0.1, 0.3),
    "unit-speed/d=10/eta=2": (unit_speed_flow(2.0), 10, 0.2, 0.3),
    "separable/s=0/d=3/eta=3": (separable_flow(3.0, 0), 3, 0.02, 0.3),
    "separable/s=1/d=4/eta=2": (separable_flow(2.0, 1), 4, 0.05, 0.3),
    "bbi/d=2": (bbi_flow(), 2, 0.1, 0.3),
}
_TIMES = (0.02, 0.005, 0.00125)
_ROUNDING = 1e-12  # of an energy after the 16,000 steps of the smallest
DRIFTS: Mapping[str, Flow] = {
    "unit-speed": unit_speed_flow(3.0), "separable": separable_flow(3.0, 1), "bbi": bbi_flow()
}  # fmt: skip


class Question(Options):
    """Steps of the 64 chains of every measure; problems; optimisers; seeds of the comparison."""

    steps: int = Field(20_000, ge=100)
    problems: tuple[str, ...] = ("ackley", "zakharov", "double-well", "regression", "digits")
    optimisers: tuple[str, ...] = tuple(OPTIMISERS)
    seeds: int = Field(16, ge=5)


def cases(options: Question) -> Iterator[Case]:
    """Measures, drifts, and every optimiser on every problem; a single parameter has no flow at unit speed."""
    for name in MEASURES:
        yield Case(f"measure/{name}", {"measure": name}, "measures")
    for name in DRIFTS:
        yield Case(f"drift/{name}", {"drift": name}, "energies")
    for problem, optimiser in itertools.product(options.problems, options.optimisers):
        if (problem, optimiser) != ("double-well", "ecd-q1"):
            yield Case(f"{problem}/{optimiser}", {"problem": problem, "optimiser": optimiser}, problem)


def valley(q: Any) -> Any:
    """1 + |q|^2/2."""
    return 1 + jnp.sum(q * q) / 2


def _start(flow: Flow, dim: int) -> tuple[np.ndarray, float]:
    """A start at |q| = 1, and deltaEn so that the conserved energy is `_TOP` (its logarithm for BBI)."""
    given = {"bbi": _TOP - 1.5}.get(flow.name, float(np.exp(_TOP) / 1.5**2 - 1) if "s = 1" in flow.name else 1.0)
    return np.full(dim, dim**-0.5), given


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Chains, energies, or trainings."""
    data = task.case.data
    if "measure" in data:
        flow, dim, time, refresh = MEASURES[data["measure"]]
        start, given = _start(flow, dim)
        optimiser = energy_conserving(flow, time, deltaEn=given, refresh=refresh)
        with jax.enable_x64(True):
            found = jax.jit(jax.vmap(lambda key: _chain(optimiser, jnp.asarray(start), options.steps, key)))(
                jax.random.split(task.key, _CHAINS)
            )
        return {"squares": np.asarray(found)}
    if "drift" in data:
        with jax.enable_x64(True):
            found = [
                descend(valley, np.array([1.0, 0.5, -0.3]), energy_conserving(DRIFTS[data["drift"]], time, deltaEn=1.0, consEn=False),
                        round(20 / time)) for time in _TIMES
            ]  # fmt: skip
        return {"drift": np.array([np.max(np.abs(one.drift)) for one in found]), "trace": found[0].drift, "speed": found[0].speed}
    problem, (make, _) = PROBLEMS[data["problem"]](), OPTIMISERS[data["optimiser"]]
    grid, tuning, judged = rates(data["optimiser"]), *(jax.random.fold_in(jax.random.key(task.root), k) for k in (0, 1))
    score, lowest, _ = trained(problem, lambda rate: make(rate, problem), jax.random.split(tuning, _TUNING), grid)
    key = score if problem.noisy or data["problem"] == "regression" else lowest
    best = int(np.argmin(np.mean(np.log(np.minimum(key, 1e9) + 1e-300), axis=1)))
    score, lowest, in_time = trained(
        problem, lambda rate: make(rate, problem), jax.random.split(judged, options.seeds), grid[best : best + 1]
    )
    return {"tuned": key, "best": grid[best], "score": score[0], "lowest": lowest[0], "in time": in_time[0]}


def _chain(optimiser: Any, q: Any, steps: int, key: Any) -> Any:
    """The mean of |q|^2 over the second nine tenths of a chain."""

    def step(carry: Any, _: None) -> tuple[Any, Any]:
        q, state = carry
        value, grads = jax.value_and_grad(valley)(q)
        updates, state = optimiser.update(grads, state, q, value=value)
        return (q + updates, state), jnp.sum(q * q)

    _, squares = jax.lax.scan(step, (q, optimiser.init(q)._replace(key=key)), None, length=steps)
    return jnp.mean(squares[steps // 10 :])


def _over(values: np.ndarray, source: str, method: str) -> Estimate:
    count = len(values)
    away = (values - values.mean(axis=0)) / np.sqrt(count * (count - 1))
    return Estimate(values.mean(axis=0), {source: away}, count, count, None, method, "float64", bias="unknown")


def _measured(value: float, error: float, source: str, method: str) -> Estimate:
    """A number that one run of a program gave; what its error leaves out is not known."""
    return Estimate.from_stderr(value, error, source=source, method=method, bias="unknown")


def _powers(drift: np.ndarray) -> np.ndarray:
    """Of the time step, between each two that follow one another."""
    return np.log2(drift[:-1] / drift[1:]) / np.log2(np.divide(_TIMES[:-1], _TIMES[1:]))


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Squares against a quadrature; drifts and their power of the step; losses of all seeds."""
    if 0 not in pieces:
        return
    found, data = pieces[0], case.data
    if "measure" in data:
        flow, dim, _, _ = MEASURES[data["measure"]]
        energy = float(np.log(_TOP)) if flow.name == "bbi" else _TOP
        yield "<q^2>", Found(_over(np.asarray(found["squares"]), case.name, "chains"), flow.mean_square(dim, energy=energy))
    elif "drift" in data:
        drift = np.asarray(found["drift"])
        at, powers = f"{case.name} at the time step {_TIMES[-1]:g}", _powers(drift)
        yield "largest change of the energy", Found(_measured(drift[-1], _ROUNDING, at, "one run of 20 units of time, errors of rounding"))
        error = abs(powers[-1] - powers[-2])  # what is not yet of the leading order
        yield "power of the time step", Found(_measured(powers[-1], error, case.name, "the last of three time steps, and those before"))
    else:
        for name in ("score", "lowest"):
            logs = np.log10(np.maximum(np.asarray(found[name], dtype=float), 1e-16))
            yield f"log10 of the {name}", Found(_over(np.minimum(logs, 9.0), case.name, "trained seeds"))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The best descent less Adam and less SGD, in log10 of the score, on every problem."""
    descents = [name for name in options.optimisers if name in ("bbi", "ecd-sep", "ecd-q1")]
    for problem in options.problems:
        figure = "log10 of the score" if problem in ("digits", "regression") else "log10 of the lowest"
        known: dict[str, Any] = {name: readings[f"{problem}/{name}"][figure].value for name in options.optimisers
                 if figure in readings.get(f"{problem}/{name}", ())}  # fmt: skip
        ours = [known[name] for name in descents if name in known]
        if not ours:
            continue
        best = min(ours, key=lambda one: float(one.mean))
        for other in ("sgd", "adam"):
            if other in known:
                gap = propagate(lambda a, b: 10 ** (a - b), best, known[other], independent=True)
                yield f"{problem}: best descent over {other}", Found(gap)


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Measures, energies, and the table of optimisers."""
    rows = [(name.partition("/")[2], one["<q^2>"].value, one["<q^2>"].expected) for name, one in readings.items() if "<q^2>" in one]
    yield Section(
        "measures", "Where the motion spends its time",
        "The mean of |q|^2 for the loss F - F0 = 1 + |q|^2/2, by chains whose directions are drawn anew now and then, and by quadrature of "
        "the stationary density.",
        columns=("flow", "chains", "quadrature"), rows=rows,
    )  # fmt: skip
    lines, table = [], []
    for number, name in enumerate(DRIFTS):
        one = readings.get(f"drift/{name}")
        if one is not None and 0 in one.pieces:
            drift = np.asarray(one.pieces[0]["drift"])
            lines += curves(name, list(_TIMES), drift.tolist(), number)
            table.append((name, *(f"{value:.2e}" for value in drift), f"{_powers(drift)[-1]:.2f}"))
    yield Section(
        "energies", "Energy without restoring it",
        "The largest change of the conserved quantity over 20 units of time. Half kicks on both sides of a drift are of second order, "
        "since speeds depend on the momentum alone; that of BBI does on the shell of its energy.",
        plots=[Plot("", "time step", "largest change", lines, "three lines of slope 2", x_log=True, y_log=True)] if lines else [],
        columns=("flow", *(f"step {time:g}" for time in _TIMES), "power"), rows=table,
    )  # fmt: skip
    for problem in options.problems:
        yield _comparison(problem, readings, options)


def _comparison(problem: str, readings: Readings, options: Question) -> Section:
    lines, rows = [], []
    for number, name in enumerate(options.optimisers):
        one: Reading | None = readings.get(f"{problem}/{name}")
        if one is None or 0 not in one.pieces:
            continue
        piece, found = one.pieces[0], PROBLEMS[problem]()
        track = np.exp(np.mean(np.log(np.clip(np.asarray(piece["in time"], dtype=float), 1e-16, 1e9)), axis=0))
        lines += curves(name, (np.arange(1, 101) * found.steps / 100).tolist(), track.tolist(), number)
        rows.append((name, f"{float(np.asarray(piece['best'])):.3g}", one["log10 of the score"].value, one["log10 of the lowest"].value))
    return Section(
        problem, problem.capitalize().replace("-", " "),
        f"The best of ten learning rates on {_TUNING} seeds, on {options.seeds} others, none left out. Score: "
        + ("the loss on points that were held back, at the end." if problem in ("digits", "regression") else "the loss at the end.")
        + " Lowest: of all losses on the way, of minibatches where there are such.",
        plots=[Plot("", "step", "loss", lines, "falling losses of all optimisers", y_log=True)] if lines else [],
        caption="Geometric means over seeds, of a hundredth of the steps each.",
        columns=("optimiser", "learning rate", "log10 of the score", "log10 of the lowest loss"), rows=rows,
    )  # fmt: skip


CLAIMS = (
    Claim(
        "DY-16 (measure)", "arXiv:2501.18419; Strings 2025", "The motion at unit speed has the stationary density (F - F0)^(-eta d/2).",
        ours="measure/unit-speed/d=2/eta=4/<q^2>", printed=Exact(1.0, "<q^2> for F - F0 = 1 + |q|^2/2, d = 2, eta = 4"), within=0.05,
    ),
    Claim(
        "DY-16 (energy)", "arXiv:2306.00352; Strings 2025", "The descent conserves its energy.",
        ours="drift/unit-speed/largest change of the energy", printed=Exact(1e-4, "a bound"), relation="<",
        note="Of second order in the time step, with half kicks on both sides; the published programs restore it at each step.",
    ),
    Claim(
        "DY-16", "Strings 2025; arXiv:2306.00352", "Energy-conserving descent improves learning.",
        ours="digits: best descent over adam", printed=Exact(1.0, "no better than Adam"), relation="<",
        note="The cross-entropy at held-out digits, best of three descents over Adam; other problems are in the study.",
    ),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="cases")
