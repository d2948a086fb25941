"""Formulas of potentials by genetic programming, each that is reported solved by the mode equations (ledger M3)."""

from collections.abc import Iterator
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.cosmology.inflation import (
    PRESETS,
    Formula,
    FormulaGenome,
    Lowered,
    Scaled,
    cosmologies_of,
    exact_spectrum,
)
from certifield.cosmology.inflation._genome import graded
from certifield.cosmology.inflation._slow_roll import jet
from certifield.evidence import Exact, InputError, NotConverged
from certifield.search.genetic import Genetic, evolve
from certifield.study import Case, Curve, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task, curves

EVOLUTION = Genetic(population=100, generations=30)
OBSERVED = PRESETS["planck2018"]
COLUMNS = ("n_s", "r", "exact n_s", "exact r", "exact A_s", "end", "pivot")


class Question(Options):
    """Independent evolutions, levels of operations of a tree, and how many forms of each are solved exactly: the shortest ones."""

    evolutions: int = Field(2, ge=1)
    depth: int = Field(3, ge=1, le=4)
    solved: int = Field(8, ge=1)


def cases(options: Question) -> Iterator[Case]:
    """An evolution each."""
    yield from (Case(f"evolution/{number}", {"number": number}, "evolutions") for number in range(options.evolutions))


def piece(task: Task, options: Question) -> Piece:
    """Formulas that are viable in slow roll, their forms, and the shortest of each of the shortest forms by the mode equations."""
    genome = FormulaGenome(OBSERVED, depth=options.depth)
    seen = evolve(genome, EVOLUTION, seed=task.seed % 2**31)
    strings = seen.found[0]
    told = {"viable": seen.terminal[0] / EVOLUTION.population, "strings": len(strings)}
    if not len(strings):
        return told | {"forms": 0, "formulas": [], "models": np.zeros((0, len(COLUMNS))), "refused": []}
    every = jax.tree.map(np.asarray, jax.jit(jax.vmap(genome.decode))(jnp.asarray(strings)))
    shortest: dict[str, Formula] = {}
    for row in range(len(strings)):
        one = jax.tree.map(lambda part, row=row: part[row], every)
        held = shortest.setdefault(one.form, one)
        if len(one.text) < len(held.text):
            shortest[one.form] = one
    chosen = [shortest[form] for form in sorted(shortest, key=lambda form: (len(form), form))[: options.solved]]
    formulas, models, refused = [], [], []
    for one in chosen:
        try:
            models.append(_solved(one, genome))
            formulas.append([one.form, one.text])
        except (InputError, NotConverged) as error:
            refused.append([one.text, str(error).splitlines()[0]])
    rows = np.array(models).reshape(len(models), len(COLUMNS))
    return told | {"forms": len(shortest), "formulas": formulas, "models": rows, "refused": refused}


def _solved(one: Formula, genome: FormulaGenome) -> list[float]:
    """A row of `COLUMNS`: slow roll as the search saw it, and the mode equations of the same potential, scaled to the amplitude."""
    found = jax.tree.map(np.asarray, _fast(jax.tree.map(jnp.asarray, one), genome.reach))
    side = int(np.argmax(np.asarray(graded(jax.tree.map(jnp.asarray, found), OBSERVED)[1])))
    factor = OBSERVED.amplitude / found.amplitude[side]
    potential = Scaled(Lowered(jax.tree.map(jnp.asarray, one), jnp.asarray(found.vacuum[side])), jnp.asarray(factor))
    start = outward(potential, float(found.pivot[side]))
    exact = exact_spectrum(potential, start, efolds=OBSERVED.efolds)
    told = [float(value.mean) for value in (exact.tilt, exact.ratio, exact.amplitude)]
    return [float(found.tilt[side]), float(found.ratio[side]), *told, float(found.end[side]), float(found.pivot[side])]


@partial(jax.jit, static_argnames="reach")
def _fast(one: Formula, reach: float) -> tuple:
    return cosmologies_of(one, OBSERVED.efolds, reach)


def outward(potential: Scaled, pivot: float, efolds: float = 10.0, steps: int = 200) -> float:
    """The field so many e-folds of slow roll before the pivot."""
    phi = pivot
    for _ in range(steps):
        value, slope, _ = jet(potential, phi)
        phi += efolds / steps * slope / value
    return phi


def viable(models: np.ndarray) -> np.ndarray:
    """Which rows are viable by the central values of the exact columns; their errors are not kept."""
    return (np.abs(models[:, 2] - OBSERVED.tilt) <= OBSERVED.sigmas * OBSERVED.tilt_error) & (models[:, 3] < OBSERVED.ratio)


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Counts: formulas and forms, and of those solved which are viable exactly."""
    if 0 not in pieces:
        return
    held = pieces[0]
    models = np.asarray(held["models"])
    yield "viable formulas", Found(Exact(int(held["strings"]), "different strings that are viable in slow roll"))
    yield "forms", Found(Exact(int(held["forms"]), "of these, different when c stands for every constant"))
    yield "solved", Found(Exact(len(models), "shortest forms whose mode equations were solved"))
    yield "viable exactly", Found(Exact(int(viable(models).sum()), "of these, viable by the central values of the exact spectrum"))
    yield "refused", Found(Exact(len(held["refused"]), "shortest forms without an exact spectrum, by name"))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """How many forms are viable by the mode equations, each once."""
    forms = {
        form
        for one in readings.values() if 0 in one.pieces
        for (form, _), good in zip(one.pieces[0]["formulas"], viable(np.asarray(one.pieces[0]["models"])), strict=True) if good
    }  # fmt: skip
    yield "forms viable exactly", Found(Exact(len(forms), "by the mode equations, each form once"))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Evolution, the formulas, and where they lie."""
    done = [one for one in readings.values() if 0 in one.pieces]
    if not done:
        return
    marks = []
    for number, one in enumerate(done):
        share = np.asarray(one.pieces[0]["viable"])
        marks += curves(one.case.name, list(range(len(share))), share.tolist(), number)
    yield Section(
        "evolution", "Viable formulas by generation",
        f"Trees of {options.depth} levels of sums, differences, products, squares, cosines and exponentials; a leaf is a constant or one "
        "times phi. Fitness is graded: minima, slow roll, e-folds, observables. The amplitude is put right by scaling.",
        plots=[Plot("viable share", "generation", "share of the population", marks, "rising curves")],
        columns=("evolution", "viable formulas", "forms", "solved", "viable exactly"),
        rows=[(one.case.name, *(_count(one, name) for name in ("viable formulas", "forms", "solved", "viable exactly"))) for one in done],
    )  # fmt: skip
    rows = [
        (form, text, *(f"{value:.5g}" for value in row[:5]), "yes" if good else "no")
        for one in done
        for (form, text), row, good in zip(one.pieces[0]["formulas"], np.asarray(one.pieces[0]["models"]).tolist(),
                                           viable(np.asarray(one.pieces[0]["models"])), strict=True)
    ]  # fmt: skip
    models = np.concatenate([np.asarray(one.pieces[0]["models"]) for one in done])
    if not len(models):
        return
    low, high = OBSERVED.tilt - OBSERVED.tilt_error, OBSERVED.tilt + OBSERVED.tilt_error
    ends = np.array([models[:, [1, 3]].min(), OBSERVED.ratio])
    marks = [
        Points(models[:, 0], models[:, 1], None, "orange", "s", hollow=True, label="slow roll"),
        Points(models[:, 2], models[:, 3], None, "blue", label="exact"),
        *(Curve(np.array([edge, edge]), ends, "ink", "dashed") for edge in (low, high)),
    ]
    refused = [text for one in done for text, _ in one.pieces[0]["refused"]]
    yield Section(
        "formulas", "Formulas by the mode equations",
        "The shortest formula of each of the shortest forms. Slow roll is what the search saw; the exact columns are of the same "
        "potential, scaled, by the equations of the modes. c stands for any constant, of either sign."
        + (f" Without an exact spectrum: {'; '.join(refused)}." if refused else ""),
        plots=[Plot("tilt and ratio", "n_s", "r", marks, "points in a window", y_log=True)],
        caption="Dashed: one standard deviation of n_s.",
        columns=("form", "formula", "n_s", "r", "exact n_s", "exact r", "exact A_s", "viable exactly"), rows=rows, numbers=False,
    )  # fmt: skip


def _count(reading: object, name: str) -> int:
    return int(reading[name].value.value)  # type: ignore[index]


STUDY = Study(Question, cases, piece, read, conclude=conclude, page=page, unit="evolutions", packages=("diffrax",))
