"""Learners and genetic search on sextic inflation: distinct viable models at equal evaluations (ledger M3)."""

from collections.abc import Iterator
from itertools import pairwise

import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.cosmology.inflation import SexticGame, SexticGenome, reflected
from certifield.cosmology.inflation._game import POOL
from certifield.evidence import Estimate, Exact, propagate
from certifield.search import A2C, PPO
from certifield.search._keys import key_of
from certifield.search.genetic import Genetic, evolve, richness
from certifield.study import COLOURS, Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Readings, Section, Study, Task

EVOLUTIONS = {"genetic": Genetic(population=100, generations=50), "random": Genetic(population=100, generations=0)}
_TOGETHER = {"genetic": 4, "random": 20}  # evolutions in one program
_COMMON = {"patience": 32, "discount": 0.95}
LEARNERS = {"ppo": PPO(rate=2e-3, bonus=0.03, **_COMMON), "a2c": A2C(bonus=0.01, **_COMMON)}


class Question(Options):
    """``evaluations``: judged potentials of each search, those that games begin from among them; ``seeds`` of each searcher with the
    amplitude put right by scaling ("rescale"), and ``grid`` seeds where the coefficients as they are must give it."""

    searchers: tuple[str, ...] = (*EVOLUTIONS, "ppo")
    evaluations: int = Field(200_000, ge=10_000)
    seeds: int = Field(2, ge=2)
    grid: int = Field(0, ge=0)


def cases(options: Question) -> Iterator[Case]:
    """Every searcher by amplitude and seed."""
    for amplitude, seeds in (("rescale", options.seeds), ("grid", options.grid)):
        for name in options.searchers:
            for seed in range(seeds):
                data = {"searcher": name, "amplitude": amplitude, "evaluations": options.evaluations}
                yield Case(f"{amplitude}/{name}/{seed}", data, f"{amplitude}/{name}")


def piece(task: Task, options: Question) -> Piece:
    """Distinct models by evaluations, in how many samples each was found, and the course of the search."""
    data, seed = task.case.data, task.seed % 2**31
    genome = SexticGenome(amplitude=data["amplitude"])
    search = _learned if data["searcher"] in LEARNERS else _evolved
    return search(genome, data["searcher"], data["evaluations"], seed)


def _evolved(genome: SexticGenome, name: str, budget: int, seed: int) -> Piece:
    """Independent evolutions; random strings are evolutions of one generation."""
    method, together = EVOLUTIONS[name], _TOGETHER[name]
    count = max(1, budget // method.evaluations // together) * together
    size, finds, viable = 1 << genome.encodings[0].bits, [], []
    for first in range(0, count, together):
        seen = evolve(genome, method, seed=seed, count=together, first=first)
        finds += [reflected(_bins(genome, one), size) for one in seen.found]
        viable.append(seen.terminal.mean(axis=0) / method.population)
    return _tallied(finds, method.evaluations, 0) | {"course": np.mean(viable, axis=0)}


def _bins(genome: SexticGenome, strings: np.ndarray) -> np.ndarray:
    """The bins [strings, 6] of strings."""
    each = genome.encodings[0]
    numbers = np.asarray(genome.decode(jnp.asarray(strings)))[:, 1:]
    highs = np.array([one.high for one in genome.encodings])
    return np.floor((numbers / highs + 1) / 2 * (1 << each.bits)).astype(np.int64)


def _learned(genome: SexticGenome, name: str, budget: int, seed: int) -> Piece:
    """Training from fresh games; every viable potential on the way counts."""
    learner, game = LEARNERS[name], SexticGame(genome, seed=seed, pool=min(POOL, budget // 8))
    size, begun = game.values.shape[1], game.pool.viable.shape[0]
    state, finds, course = learner.init(game, key_of(seed, "inflation")), [], []
    for _ in range(max(1, (budget - begun) // learner.batch)):
        state, report = learner.step(game, state)
        seen = report.experience
        won = np.asarray(seen.won)
        finds.append(reflected(game.reached(np.asarray(seen.observations)[won], np.asarray(seen.actions)[won]), size))
        course.append(float(report.won) / max(float(report.ended), 1.0))
    return _tallied(finds, learner.batch, begun) | {"course": np.array(course)}


def _tallied(finds: list[np.ndarray], each: int, begun: int) -> dict[str, object]:
    """Distinct models after each sample of so many evaluations, and how many were found in so many samples."""
    times: dict[bytes, int] = {}
    curve = []
    for rows in finds:
        for row in {one.astype(np.int16).tobytes() for one in rows}:
            times[row] = times.get(row, 0) + 1
        curve.append(len(times))
    return {
        "curve": np.array(curve),
        "each": each,
        "begun": begun,
        "tallies": np.bincount(np.array(list(times.values()), int), minlength=2),
    }


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Distinct models, their number by Chao's estimate, and the viable share at the end."""
    if 0 not in pieces:
        return
    held = pieces[0]
    spent = int(held["begun"]) + int(held["each"]) * len(held["curve"])
    yield "distinct", Found(Exact(int(held["curve"][-1]), f"viable models up to reflection within {spent} evaluations"))
    times = np.repeat(np.arange(len(held["tallies"])), np.asarray(held["tallies"]))
    if len(times):
        yield "richness", Found(richness(times.tolist(), len(held["curve"])))


def _counts(readings: Readings, group: str) -> np.ndarray:
    """Distinct models of each seed, to the evaluations that all searchers have spent."""
    return np.array([int(one.pieces[0]["curve"][-1]) for one in readings.values() if one.case.group == group and 0 in one.pieces])


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Means over seeds, and ratios of them: genetic search over the best learner, and the best learner over random strings."""
    means: dict[str, Estimate] = {}
    for name in options.searchers:
        counts = _counts(readings, f"rescale/{name}")
        if len(counts) >= 2:
            error = max(float(np.std(counts, ddof=1)), float(np.sqrt(counts.mean())), 1.0) / np.sqrt(len(counts))
            means[name] = Estimate.from_stderr(float(counts.mean()), error, source=name, draws=len(counts), method="seeds")
            yield f"distinct models of {name}", Found(means[name])
    learned = [name for name in LEARNERS if name in means]
    if not learned:
        return
    best = max(learned, key=lambda name: float(means[name].mean))
    for name, over, under in (("genetic over the best learner", "genetic", best), ("best learner over random", best, "random")):
        if over in means and under in means and float(means[under].mean) > 0:
            yield name, Found(propagate(np.divide, means[over], means[under], independent=True))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Saturation, and what becomes of a learner."""
    done = [one for one in readings.values() if 0 in one.pieces]
    if not done:
        return
    names = list(options.searchers)
    plots, rows = [], []
    for amplitude in dict.fromkeys(one.case.data["amplitude"] for one in done):
        marks = []
        for one in (each for each in done if each.case.data["amplitude"] == amplitude):
            held, name = one.pieces[0], one.case.data["searcher"]
            x = held["begun"] + held["each"] * np.arange(1, len(held["curve"]) + 1)
            label = name if one.case.name.endswith("/0") else ""
            marks.append(Curve(x, np.maximum(np.asarray(held["curve"], float), 0.5), COLOURS[names.index(name)], label=label))
            told = one["richness"].value if "richness" in one else ""
            seconds = "" if one.seconds is None else f"{one.seconds:.0f}"
            rows.append((one.case.name, int(x[-1]), int(held["curve"][-1]), told, f"{held['course'][-1]:.3f}", seconds))
        plots.append(Plot(f"amplitude: {amplitude}", "potentials judged", "distinct viable models", marks, "rising curves", True, True))
    yield Section(
        "searchers", "What each searcher finds",
        "Viable potentials of the published environment, up to reflection of the field, against judged potentials, of which all searchers "
        "get about as many, as the table says. "
        "Learners play from fresh random potentials, one coefficient up or down at a time; a game is won by a viable one, and "
        "cut off after 32 moves. With the amplitude 'rescale' a potential is scaled to the observed amplitude, with 'grid' its "
        "coefficients as they are must give it within 5 per cent. "
        "The last share is of strings of the last generation, or of games of the last batch.",
        plots=plots, caption="One line for each seed. A half stands for none.",
        columns=("search", "evaluations", "distinct", "estimate of all", "viable at the end", "seconds"), rows=rows,
    )  # fmt: skip
    learned = [one for one in done if one.case.group.startswith("rescale/") and one.case.data["searcher"] in LEARNERS]
    if learned:
        marks = [
            Curve(np.arange(1.0, len(one.pieces[0]["course"]) + 1), np.asarray(one.pieces[0]["course"]),
                  COLOURS[names.index(one.case.data["searcher"])], label=one.case.data["searcher"] if one.case.name.endswith("/0") else "")
            for one in learned
        ]  # fmt: skip
        new = [
            (one.case.name, *(f"{share:.4f}" for share in _new(one.pieces[0])))
            for one in done if one.case.group.startswith("rescale/")
        ]  # fmt: skip
        yield Section(
            "learning", "Do the learners learn?",
            "The share of games that are won, by batch. The table has the new models found for each evaluation in the first and in the "
            "last fifth of a search.",
            plots=[Plot("games won", "batch", "share", marks, "rising curves")],
            columns=("search", "first fifth", "last fifth"), rows=new,
        )  # fmt: skip


def _new(held: Piece) -> tuple[float, float]:
    """New models for each evaluation at the beginning and at the end."""
    curve = np.concatenate([[0], np.asarray(held["curve"])])
    ends = np.linspace(0, len(curve) - 1, 6).round().astype(int)
    rates = [(curve[b] - curve[a]) / max((b - a) * held["each"], 1) for a, b in pairwise(ends)]
    return float(rates[0]), float(rates[-1])


CLAIMS = (
    Claim("MO-09", "ML in particle and string theory (talk), example 2",
          "Reinforcement learning does not work well here, genetic algorithms do.",
          ours="genetic over the best learner", printed=Exact(1.0), relation=">",
          note="Distinct viable models at equal evaluations, 200,000, with the amplitude put right by scaling, as a ratio over seeds. "
               "That is 22 batches of proximal policy optimisation, which wins half of its games by then and has found fewer models than "
               "random strings. On another seed and 500,000 evaluations it won 0.997 of its games at the end, with 23,620 distinct models: "
               "it does learn, late, and to less than genetic search finds from the start."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="searches")
