"""Sextic inflation: how many viable models a search finds, and what the mode equations say of them (ledger M3)."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.cosmology.inflation import PRESETS, Exponentials, Polynomial, SexticGenome, cosmologies, exact_spectrum, slow_roll
from certifield.evidence import Estimate, Exact, InputError, NotConverged
from certifield.search.genetic import Genetic, evolve
from certifield.study import COLOURS, Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

EVOLUTION = Genetic(population=100, generations=50)
REACH, EFOLDS = 60.0, 55.0
# Closed forms: potential, start of the mode equations, then n_s, r, P_R of the exact spectrum at 55 e-folds.
SOLVED = {"quadratic": (17.5, (0.96338, 0.14403, 5.0989e-9)), "Starobinsky": (6.0, (0.96490, 0.003550, 1.8539e-9))}


class Question(Options):
    """Potentials in closed form, the amplitudes ("rescale", "grid"), evolutions of each, and how many viable models are solved exactly."""

    closed: tuple[str, ...] = tuple(SOLVED)
    amplitudes: tuple[str, ...] = ("rescale", "grid")
    evolutions: int = Field(16, ge=1)
    solved: int = Field(40, ge=1)


def cases(options: Question) -> Iterator[Case]:
    """Two potentials in closed form, a search for each amplitude, and models solved exactly."""
    yield from (Case(f"closed/{name}", {"name": name}, "closed forms") for name in options.closed)
    yield from (Case(f"search/{name}", {"amplitude": name, "evolutions": options.evolutions}, "search") for name in options.amplitudes)
    yield Case("exact", {"models": options.solved}, "exact")


def potential(name: str) -> Polynomial | Exponentials:
    """A potential of `SOLVED`."""
    if name == "quadratic":
        return Polynomial(jnp.array([0.0, 0.0, 5e-11]))
    return Exponentials(1e-10 * jnp.array([1.0, -2.0, 1.0]), jnp.array(np.sqrt(2 / 3)))


def piece(task: Task, options: Question) -> Piece:
    """Numbers of one case."""
    data = task.case.data
    if "name" in data:
        start, _ = SOLVED[data["name"]]
        exact = exact_spectrum(potential(data["name"]), start, efolds=EFOLDS)
        rolled = slow_roll(potential(data["name"]), 0.0, 40.0, efolds=EFOLDS, end="epsilon")
        told = {"exact": (exact.tilt, exact.ratio, exact.amplitude), "slow roll": (rolled.tilt, rolled.ratio, rolled.amplitude)}
        return {key: np.array([[one.mean, one.stderr] for one in values]) for key, values in told.items()}
    if "amplitude" in data:
        genome = SexticGenome(amplitude=data["amplitude"])
        seen = evolve(genome, EVOLUTION, seed=task.seed % 2**31, count=data["evolutions"])
        known: set[bytes] = set()
        curve = []
        for found in seen.found:
            known |= {row.tobytes() for row in np.packbits(found, axis=1)}
            curve.append(len(known))
        return {"curve": curve, "viable": seen.terminal.mean(axis=0) / EVOLUTION.population, "best": seen.fitness[:, :, 4].mean(axis=0)}
    return _solved(data["models"], task.seed % 2**31)


def _solved(count: int, seed: int) -> Piece:
    """Viable models of one evolution: rescaled slow roll against the mode equations of the same potential."""
    genome = SexticGenome()
    found = evolve(genome, EVOLUTION, seed=seed).found[0]
    chosen = found[np.random.Generator(np.random.PCG64(seed)).permutation(len(found))[:count]]
    coefficients = np.asarray(genome.decode(jnp.asarray(chosen)))
    rows, failed = [], 0
    fast = jax.jit(jax.vmap(lambda c: cosmologies(c, EFOLDS, REACH)))(jnp.asarray(coefficients))
    viable = np.asarray(jax.vmap(lambda one: genome.graded(one)[1])(fast))
    for row, c in enumerate(coefficients):
        side = int(np.argmax(viable[row]))
        end, pivot, vacuum, size = (float(np.asarray(getattr(fast, name))[row, side]) for name in ("end", "pivot", "vacuum", "amplitude"))
        factor = genome.observed.amplitude / size
        scaled = c * factor
        scaled[0] -= vacuum * factor
        try:
            exact = exact_spectrum(Polynomial(jnp.asarray(scaled)), _start(scaled, end, pivot), efolds=EFOLDS)
        except (InputError, NotConverged):
            failed += 1
            continue
        slow = [float(np.asarray(getattr(fast, name))[row, side]) for name in ("tilt", "ratio")]
        rows.append([*slow, *(float(one.mean) for one in (exact.tilt, exact.ratio, exact.amplitude)), end, pivot, *scaled])
    return {"models": np.array(rows).reshape(len(rows), 14), "failed": failed}


def _start(c: np.ndarray, end: float, pivot: float) -> float:
    """Outward of the pivot by ten e-folds of slow roll, in steps of a hundredth."""
    phi = pivot
    for _ in range(1000):
        value, slope = np.polyval(c[::-1], phi), np.polyval((c[1:] * np.arange(1, len(c)))[::-1], phi)
        phi += 0.01 * slope / value
    return float(phi)


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Closed forms against their table, distinct viable models, and how many are not what slow roll says."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if case.group == "closed forms":
        printed = SOLVED[case.data["name"]][1]
        about: dict[str, Any] = {"source": case.name, "bias": "unknown"}
        for name, (value, error), expected, within in zip(("n_s", "r", "P_R"), held["exact"], printed, (2e-4, None, None), strict=True):
            table = Exact(expected, "table", radius=within or 1e-3 * expected)
            yield name, Found(Estimate.from_stderr(value, error, method="mode equations", **about), table)
        if case.data["name"] == "quadratic":
            known = {"n_s": 1 - 4 / (2 * EFOLDS + 1), "r": 16 / (2 * EFOLDS + 1)}
            for (name, value), (found, error) in zip(known.items(), held["slow roll"][:2], strict=True):
                closed = Exact(value, "closed form", radius=4 * float(np.spacing(value)))
                yield f"slow-roll {name}", Found(Estimate.from_stderr(found, error, method="adaptive quadrature", **about), closed)
    elif case.group == "search":
        yield (
            "distinct viable",
            Found(Exact(held["curve"][-1], f"models after {len(held['curve'])} evolutions of {EVOLUTION.evaluations} evaluations")),
        )
        told = Exact(float(held["viable"][-1]), "of all strings of the last generations", radius=1e-12)  # a count, divided in floats
        yield "viable fraction at the end", Found(told)
        yield (
            "growth",
            Found(Exact(held["curve"][-1] - held["curve"][0], "distinct models after all evolutions less those after the first")),
        )
    else:
        models, preset = np.asarray(held["models"]), PRESETS["planck2018"]
        off = np.abs(models[:, 2] - models[:, 0]) > preset.tilt_error
        yield "solved", Found(Exact(len(models), "viable models whose mode equations were solved"))
        yield (
            "off by more than the error",
            Found(Exact(int(off.sum()), "models whose exact n_s differs from slow roll by more than 0.0042")),
        )
        good = (np.abs(models[:, 2] - preset.tilt) <= preset.tilt_error) & (models[:, 3] < preset.ratio)
        yield "viable exactly", Found(Exact(int(good.sum()), "of these, viable by the exact spectrum"))
        fields = np.abs(models[:, 6] - models[:, 5])
        yield "large field", Found(Exact(int((good & (fields > 1)).sum()), "viable exactly, with a field excursion above 1"))
        yield "small field", Found(Exact(int((good & (fields <= 1)).sum()), "viable exactly, with a field excursion of 1 at most"))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The number of states of the environment."""
    yield "states", Found(Exact(2**36, "six coefficients on six bits"))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Search, observables, and two potentials."""
    plots, rows = [], []
    for number, (name, reading) in enumerate((key, one) for key, one in readings.items() if key.startswith("search/") and 0 in one.pieces):
        held = reading.pieces[0]
        y = np.asarray(held["curve"], float)
        plots.append((name, np.arange(1.0, len(y) + 1), y, np.asarray(held["viable"]), COLOURS[number]))
        rows.append((name, len(y) * EVOLUTION.evaluations, int(y[-1]), f"{held['viable'][-1]:.3f}"))
    if plots:
        distinct = [Curve(x, y, colour, label=name) for name, x, y, _, colour in plots]
        viable = [Curve(np.arange(float(len(v))), v, colour, label=name) for name, _, _, v, colour in plots]
        yield Section(
            "search", "Viable models found",
            "Fifty generations of a hundred potentials an evolution. With the amplitude put right by scaling V, nothing else changes: "
            "a model is viable by n_s, r and e-folds. In the search 'grid' the coefficients as they are must give it within 5 %.",
            plots=[
                Plot("distinct viable models", "evolutions", "models", distinct, "curves"),
                Plot("viable fraction", "generation", "fraction", viable, "curves"),
            ],
            columns=("search", "evaluations", "distinct viable", "viable at the end"), rows=rows,
        )  # fmt: skip
    if "exact" in readings and 0 in readings["exact"].pieces:
        models = np.asarray(readings["exact"].pieces[0]["models"])
        if len(models):
            yield _exact(models)


def _exact(models: np.ndarray) -> Section:
    preset = PRESETS["planck2018"]
    window = [Curve(np.array([low, low]), np.array([models[:, 3].min(), preset.ratio]), "ink", "dashed") for low in
              (preset.tilt - preset.tilt_error, preset.tilt + preset.tilt_error)]  # fmt: skip
    marks = [
        Points(models[:, 0], models[:, 1], None, "orange", "s", hollow=True, label="slow roll"),
        Points(models[:, 2], models[:, 3], None, "blue", label="exact"),
    ]
    shapes = []
    fields = np.abs(models[:, 6] - models[:, 5])
    for place, label, colour in (
        (int(np.argmax(fields)), "largest excursion", "blue"),
        (int(np.argmin(fields)), "smallest excursion", "orange"),
    ):
        end, pivot, c = models[place, 5], models[place, 6], models[place, 7:]
        reach = pivot - end
        x = np.linspace(end - 0.8 * reach, pivot + 0.4 * reach, 200)
        value = np.polyval(c[::-1], x)
        at = np.array([end, pivot])
        unit = np.polyval(c[::-1], pivot)
        shapes += [
            Curve((x - end) / reach, value / unit, colour, label=label),
            Points((at - end) / reach, np.polyval(c[::-1], at) / unit, None, colour),
        ]
    rows = [(f"{m[0]:.5f}", f"{m[2]:.5f}", f"{m[1]:.3e}", f"{m[3]:.3e}", f"{m[4]:.4e}", f"{abs(m[6] - m[5]):.3f}") for m in models]
    return Section(
        "exact", "Mode equations",
        "Each of these is viable in slow roll, scaled to the observed amplitude, and solved again by the equations of the modes. The exact "
        "amplitude differs from the one that slow roll was scaled to.",
        plots=[Plot("tilt and ratio", "n_s", "r", [*marks, *window], "points in a window", y_log=True),
               Plot("potentials between pivot and end", "(phi - end)/(pivot - end)", "V over V at the pivot", shapes, "two curves")],
        caption="Dashed: one standard deviation of n_s. The two potentials are those with the largest and the smallest field excursion.",
        columns=("n_s slow roll", "n_s exact", "r slow roll", "r exact", "A_s exact", "field excursion"), rows=rows,
    )  # fmt: skip


_TALK = "ML in particle and string theory (talk), example 2"
CLAIMS = (
    Claim("MO-07", _TALK, "H^2 = phidot^2/2 + V.", open="A choice of units: with 3 H^2 = phidot^2/2 + V, M_P = 1; as printed 3 M_P^2 = 1."),
    Claim("MO-08", _TALK, "2^36, about 10^11 potentials.", ours="states", printed=Exact(10**11), correction=Exact(2**36), note="6.87e10."),
    Claim("MO-10", _TALK, "The viable fraction and the number of distinct models grow with the generations.",
          ours="search/rescale/growth", printed=Exact(0), relation=">",
          note="With the amplitude put right by scaling; the report shows the search that asks it of the grid, too."),
    Claim("MO-11", f"{_TALK}, figures 3, 4", "There are large-field and small-field examples.",
          ours="exact/large field", printed=Exact(0), relation=">",
          note="The coefficients are not printed; ours are solved by the mode equations. Small-field ones are counted beside."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="searches", packages=("diffrax",), version=2)
