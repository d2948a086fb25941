"""What the report says of monads: counts, saturation curves, panels of training, candidates with their stages."""

from collections.abc import Iterator, Sequence

import numpy as np

from certifield.bundles.monads import FILTERS
from certifield.study import COLOURS, Curve, Plot, Reading, Readings, Section


def sections(readings: Readings) -> Iterator[Section]:
    """The sections for which there is something."""
    done = [one for one in readings.values() if 0 in one.pieces]
    scans = [one for one in done if one.case.group == "scan"]
    if scans:
        yield _counts(scans)
    searches = [one for one in done if "searcher" in one.case.data]
    if searches:
        yield recall(searches, next((one for one in scans if one.case.name == "scan/6,2/9"), None), "(6, 2), |Gamma| = 9")
        yield from _genetic([one for one in searches if "fitness" in one.pieces[0] and one.case.group == "genetic"])
        yield from _training([one for one in searches if "panels" in one.pieces[0]])
    for one in done:
        if one.case.name == "certificates":
            yield _candidates(one)


def _counts(scans: Sequence[Reading]) -> Section:
    names = ("bundles mod symmetry", "candidates mod symmetry", "models mod symmetry")
    rows = [
        (one.case.data["shape"], one.case.data["order"], *(one[name].value.value for name in (*FILTERS, *names)))  # type: ignore[union-attr]
        for one in scans
    ]
    return Section(
        "counts",
        "All monads of the box",
        "Every multiset of line bundles with c_1 = 0, b from -3 to 4 and c from 0 to 7, exactly once. Filters act one after another, from "
        "left to right. Bogomolov's inequality, which the published searches do not ask for, is the last; without it the classes are those "
        "of the column 'candidates'.",
        columns=("(r_B, r_C)", "|Gamma|", *FILTERS, *names),
        rows=rows,
    )


def recall(searches: Sequence[Reading], truth: Reading | None, where: str) -> Section:
    """Saturation of each search against the exact total."""
    total = len(truth.pieces[0]["models"]) if truth else None
    marks, rows = [], []
    slowest = min((one.seconds for one in searches if one.seconds), default=None)
    groups = list(dict.fromkeys(one.case.group for one in searches))
    for number, group in enumerate(groups):
        for place, one in enumerate(each for each in searches if each.case.group == group):
            held = one.pieces[0]
            x = held["each"] * np.arange(1, len(held["curve"]) + 1)
            marks.append(Curve(x, np.asarray(held["curve"], float), COLOURS[number % len(COLOURS)], label=group if place == 0 else ""))
            at = int(len(x) * slowest / one.seconds) if slowest and one.seconds else 0
            equal = held["curve"][max(0, min(at, len(x)) - 1)] if at else ""
            told = one["richness"].value if "richness" in one else ""
            fraction = one["terminal fraction"].value
            rows.append((one.case.name, int(x[-1]), held["curve"][-1], equal, told, fraction,
                         "" if one.seconds is None else f"{one.seconds:.0f}"))  # fmt: skip
    if total:
        marks.append(
            Curve(
                np.array([marks[0].x[0], max(mark.x[-1] for mark in marks)]), np.array([total, total], float), "ink", "dashed", label="all"
            )
        )
    return Section(
        "recall",
        "What each searcher finds",
        "Distinct models up to permutations and the symmetries of the configuration, against evaluated states, of which all get "
        "about as many: the table says how many. The dashed line is the exact total. 'At equal time' is the count when the fastest of "
        "these searches was through. Chao's estimate of all bounds the truth from below in the mean.",
        plots=[Plot(f"models on {where}", "states evaluated", "distinct models", marks, "curves that rise towards a line", x_log=True)],
        caption="One line for each seed.",
        columns=("search", "evaluations", "distinct", "at equal time", "estimate of all", "terminal fraction at the end", "seconds"),
        rows=rows,
    )


def _genetic(searches: Sequence[Reading]) -> Iterator[Section]:
    if not searches:
        return
    held = searches[0].pieces[0]
    fitness, terminal = np.asarray(held["fitness"]), np.asarray(held["terminal"])
    x = np.arange(len(fitness), dtype=float)
    marks = [
        Curve(x, fitness[:, place], COLOURS[place], label=label)
        for place, label in enumerate(("worst", "lower quartile", "median", "upper quartile", "best"))
    ]
    yield Section(
        "evolution",
        "Evolution",
        f"Fitness and terminal fraction by generation, the mean over evolutions; {held['clipped']} negative weights were put to 0.",
        plots=[
            Plot("fitness", "generation", "intrinsic value", marks, "five rising curves"),
            Plot("terminal states", "generation", "fraction of the population", [Curve(x, terminal, "blue")], "a rising curve"),
        ],
    )


def _training(searches: Sequence[Reading]) -> Iterator[Section]:
    if not searches:
        return
    plots = []
    firsts = {one.case.group: np.asarray(one.pieces[0]["panels"]) for one in reversed(searches)}
    series = {
        "total loss": {name: held[:, 0] + held[:, 1] for name, held in firsts.items()},
        "policy loss": {name: held[:, 0] for name, held in firsts.items()},
        "value loss": {name: held[:, 1] for name, held in firsts.items()},
        "return": {name: held[:, 2] for name, held in firsts.items()},
        "terminal states": {name: held[:, 3] for name, held in firsts.items()},
        "terminal fraction": {name: held[:, 3] / np.maximum(held[:, 4], 1) for name, held in firsts.items()},
    }
    for title, lines in series.items():
        marks = [Curve(np.arange(1.0, len(y) + 1), y, COLOURS[n % len(COLOURS)], label=name) for n, (name, y) in enumerate(lines.items())]
        plots.append(Plot(title, "batch", title, marks, f"{title} against the batch"))
    yield Section(
        "training",
        "Training",
        "Losses, mean return, and terminal states of each batch, of the first seed. Games begin from fresh random states; one is won by "
        "a terminal state, and cut off after 64 moves. The policy loss is minus the surrogate of each method, the value loss half the mean "
        "squared error.",
        plots=plots,
    )


def _candidates(one: Reading) -> Section:
    held = one.pieces[0]
    names = ("topology", "cohomology of V", "exterior square", "tens", "singlets", "equivariance")
    rows = []
    for state, row in zip(np.asarray(held["states"]), held["stages"], strict=True):
        vectors = [f"({','.join(map(str, vector))})" for vector in state.tolist()]
        found = {name: text for name, _, text in row}
        name, status, _ = row[-1]
        ended = f"{name}: {status}"
        told = [found.get(name, "") for name in names[:5]]
        rows.append((" ".join(vectors[:6]), " ".join(vectors[6:]), *told, ended))
    counts = [
        sum(row[-1][1] != "failed" or len(row) > place + 1 for row in held["stages"] if len(row) > place) for place in range(len(names))
    ]
    left = ", ".join(f"{name} {count}" for name, count in zip(names, counts, strict=True))
    return Section(
        "candidates",
        "Candidates and their certificates",
        f"Models that are left after each stage: {left}. Published: 18 new models of O(500) candidates, in another box. "
        "Ranks are of random maps over two primes: full rank is a proof, other ranks are right with probability all but 1e-5. "
        "Vanishing cohomology is necessary for stability, not sufficient, and equivariance is tested by divisibility alone.",
        plots=[],
        columns=("B", "C", "topology", "h(V)", "h0(wedge2 V)", "tens", "singlets", "ends with"),
        rows=rows,
        numbers=False,
    )
