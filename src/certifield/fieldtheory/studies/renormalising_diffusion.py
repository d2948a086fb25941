"""The flow backwards: a learned score carries free fields to the interacting lattice, and weights make them exact (ledger F6)."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.fieldtheory import oracles, renormalisation as rg
from certifield.study import COLOURS, Case, Claim, Curve, Found, Options, Pieces, Plot, Readings, Section, Stairs, Study, Task

_MASS = -4.0  # m^2 of the action without halves
_SCHEDULES = {"heat": 0.0, "alike": 1.0}
_NAMES = ("phi^2", "phi^4", "chi")
_ROUTES = ("weights", "Metropolis", "no weights", "lattice")
_EDGES = np.linspace(-3.0, 3.0, 61)  # of the logarithm of a weight over the mean weight
_TRACE = 50  # points of the curve of a training

# Published values of lattice Monte Carlo, two million trajectories.
_KNOWN = {
    (8, 8.0): ((0.143449, 2.1e-5), (0.042313, 1.2e-5), (0.7443, 1.2e-3)),
    (6, 6.975): ((0.161394, 3.1e-5), (0.052580, 1.9e-5), (1.0638, 1.7e-3)),
}


class Question(Options):
    """Lattices (side, lambda); chains of hybrid Monte Carlo and fields kept of each, for the training; its steps; draws of the model."""

    lattices: tuple[tuple[int, float], ...] = ((4, 8.0), (8, 8.0))
    schedules: tuple[str, ...] = ("heat", "alike")
    chains: int = 512
    kept: int = 8
    steps: int = 400
    draws: int = 2048


def cases(options: Question) -> Iterator[Case]:
    """One for each lattice and schedule."""
    for side, coupling in options.lattices:
        for schedule in options.schedules:
            yield Case(f"L={side}/lambda={coupling:g}/{schedule}", {"side": side, "coupling": coupling, "schedule": schedule}, schedule)


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Trains, draws, and measures by four routes; those of hybrid Monte Carlo come from other chains than those of the training."""
    data, seed = task.case.data, task.seed % 2**31
    lattice = oracles.LatticeScalar((data["side"],) * 2, _MASS, data["coupling"], "unhalved")
    fields = oracles.lattice_fields(lattice, chains=options.chains, kept=options.kept, apart=15, steps=8, step=0.1, seed=seed)
    other = oracles.lattice_hmc(lattice, chains=options.chains, trajectories=400, steps=8, step=0.1, seed=seed + 1).checked()
    score = rg.learn_score(fields, rg.matched_reference(fields), power=_SCHEDULES[data["schedule"]], steps=options.steps, seed=seed)
    drawn = rg.diffuse(score, draws=options.draws, seed=seed)
    routes = (drawn.observables(), drawn.along_the_chain(), drawn.as_they_are(), other.observables)
    logs = drawn.log_weights - np.log(np.mean(np.exp(drawn.log_weights - drawn.log_weights.max()))) - drawn.log_weights.max()
    trace = (
        score.losses[: len(score.losses) // _TRACE * _TRACE].reshape(_TRACE, -1).mean(axis=1) if options.steps >= _TRACE else score.losses
    )
    return {
        "values": np.array([_rows(seen) for seen in routes]),
        "quality": np.array([drawn.ess, drawn.heaviest, drawn.acceptance, drawn.step_error]),
        "parts": np.array([_part(block) for block in np.array_split(np.exp(logs), 16)]),
        "partition": np.array([float(drawn.log_partition().mean), float(drawn.log_partition().stderr)]),
        "histogram": np.histogram(np.clip(logs, _EDGES[0], _EDGES[-1]), _EDGES)[0],
        "losses": np.asarray(trace),
    }


def _rows(seen: oracles.LatticeObservables) -> np.ndarray:
    """Mean and error of the observables [3, 2]."""
    return np.array([np.array([one.mean, one.stderr], dtype=float) for one in (seen.second, seen.fourth, seen.susceptibility)])


def _part(weights: np.ndarray) -> float:
    return float(weights.sum() ** 2 / np.sum(weights**2)) / len(weights)


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Averages with weights and along the chain against hybrid Monte Carlo, what the model alone gives, and the effective part."""
    if 0 not in pieces:
        return
    found = {name: np.asarray(array) for name, array in pieces[0].items()}
    lattice = found["values"][_ROUTES.index("lattice")]
    for route, rows in zip(_ROUTES[:3], found["values"], strict=False):
        for name, row, expected in zip(_NAMES, rows, lattice, strict=True):
            held = _given(case, f"lattice/{name}", *expected) if route != "no weights" else None
            yield f"{name}, {route}", Found(_given(case, f"{route}/{name}", *row, bias="unknown"), held)
    parts = found["parts"]
    error = float(parts.std() / np.sqrt(len(parts) - 1))
    yield "effective part", Found(_given(case, "effective part of the draws", float(found["quality"][0]), error, bias="unknown"))
    yield "log of the partition function", Found(_given(case, "mean weight", *found["partition"], bias="unknown"))


def _given(case: Case, name: str, mean: float, error: float, bias: str = "none") -> Estimate:
    return Estimate.from_stderr(mean, error, source=f"{case.name}/{name}", method=name, bias=bias)


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Weighted averages against published ones, and the partition function of one lattice by both schedules."""
    for side, coupling in options.lattices:
        key = f"L={side}/lambda={coupling:g}"
        seen = [readings[name] for schedule in options.schedules if (name := f"{key}/{schedule}") in readings]
        for reading in seen:
            for name, known in zip(_NAMES, _KNOWN.get((side, coupling), ()), strict=False):
                if f"{name}, weights" in reading:
                    published = Estimate.from_stderr(*known, source=f"published/{key}/{name}")
                    yield f"{reading.case.name}: {name}", Found(reading[f"{name}, weights"].value, published)
        both = [reading["log of the partition function"].value for reading in seen if "log of the partition function" in reading]
        if len(both) == 2:
            yield f"{key}: log of the partition function, one schedule against the other", Found(both[0], _estimate(both[1]))


def _estimate(value: Any) -> Estimate:
    assert isinstance(value, Estimate)
    return value


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Trainings, weights, and a table of averages by route."""
    trainings, weights, rows, moves = [], [], [], []
    for number, (name, reading) in enumerate(readings.items()):
        if 0 not in reading.pieces:
            continue
        found = {key: np.asarray(array) for key, array in reading.pieces[0].items()}
        colour, style = COLOURS[number % len(COLOURS)], "solid" if reading.case.data["schedule"] == "heat" else "dashed"
        at = np.linspace(0, options.steps, len(found["losses"]))
        trainings.append(Curve(at, found["losses"], colour, style, label=name))
        heights = found["histogram"] / found["histogram"].sum() / np.diff(_EDGES)
        weights.append(Stairs(_EDGES, heights, colour, label=name))
        for place, what in enumerate(_NAMES):
            told = [Estimate.from_stderr(*found["values"][route, place], source="shown") for route in range(len(_ROUTES))]
            rows.append((name, what, *told))
        ess, heaviest, acceptance, error = found["quality"].tolist()
        speed = "" if not reading.seconds else f"{ess * options.draws / reading.seconds:.3g}"
        partition = reading["log of the partition function"].value
        moves.append((name, f"{ess:.4f}", f"{acceptance:.3f}", f"{heaviest:.2g}", f"{error:.1g}", partition, speed))
    yield Section(
        "weights",
        "Training, and the weights of what is drawn",
        f"phi^4 with m^2 = {_MASS:g}, without halves. The reference is the free lattice with the same susceptibility; its noise is the "
        "same for all modes (heat), which forgets short waves first, or forgets all modes alike. The loss is relative to a score of 0, and "
        "its floor is the variance of the target, not 0. Weights are e^(-S)/p over their mean: a perfect score has them all at 0.",
        plots=[
            Plot("Training", "step", "loss", trainings, "curves that fall to a floor"),
            Plot("Weights", "log(w / mean w)", "density of draws", weights, "peaks at 0, narrower for smaller lattices"),
        ] if trainings else [],
        columns=("lattice", "effective part", "acceptance", "heaviest", "error of steps", "log Z", "effective draws per second, all told"),
        rows=moves,
    )  # fmt: skip
    yield Section(
        "averages",
        "Averages by four routes",
        "Diffused fields with weights, along a chain of Metropolis steps, and as they are: the last has the bias of the score. "
        "Lattice: hybrid Monte Carlo, other chains than those of the training.",
        columns=("lattice", "observable", *_ROUTES),
        rows=rows,
    )


CLAIMS = (
    Claim("FI-24", "arXiv:2402.13321, section 3.3", "Diffusion loses information as renormalisation does; its inverse maps noise to data.",
          ours="L=8/lambda=8/heat: phi^2", printed=Estimate.from_stderr(0.143449, 2.1e-5, source="published/8/8.0/phi^2"), within=2e-3,
          note="A score learned on phi^4 carries free fields back; with weights the averages are those of hybrid Monte Carlo."),
    Claim("FI-24a", "arXiv:2402.13321, section 3.3; arXiv:2308.12355", "Most fields count: more than 70 % of the draws are effective.",
          ours="L=8/lambda=8/heat/effective part", printed=Exact(0.7, "a bound"), relation=">",
          note="L = 8, lambda = 8, with noise that forgets short waves first; fewer where all modes are forgotten alike."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="fields")
