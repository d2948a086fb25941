"""Tables with a relation that was put there: does a model see it, is it read off, and does it stay with perturbed rows? (ledger C1)"""

from collections.abc import Iterator

import numpy as np
from pydantic import Field

from certifield.conjecture.models import Data, attribute, components, lattice, scores, train
from certifield.evidence import Estimate, Exact
from certifield.study import Case, Claim, Found, Options, Piece, Pieces, Plot, Readings, Section, Study, Task, curves

PLANTED = ("x1", "x2", "x3")  # y says whether x1 x2 + x3 > 0
NAMES = tuple(f"x{number}" for number in range(1, 9))
UNIT = 1000  # features are whole numbers over this
KINDS = ("majority or mean", "linear", "decision tree", "network")
NOISES = (0.02, 0.05, 0.1, 0.2)  # in units of the spread of a feature


class Question(Options):
    """Rows of a table, seeds of networks and their steps, the features that a plane with a lattice is hidden in."""

    rows: int = Field(2000, ge=100)
    seeds: int = Field(4, ge=2)
    steps: int = Field(1500, ge=20)
    ambient: int = Field(20, ge=3)


def cases(options: Question) -> Iterator[Case]:
    """The planted table and the same with the labels of others; a lattice and a cloud; perturbed rows."""
    yield Case("planted", {"shuffled": False}, "relation")
    yield Case("shuffled", {"shuffled": True}, "relation")
    yield Case("lattice", {"sites": True}, "plane")
    yield Case("cloud", {"sites": False}, "plane")
    yield Case("perturbed", {}, "perturbed")


def piece(task: Task, options: Question) -> Piece:
    """Scores and shares of features; shares of the variance and strengths of waves; rows whose label a perturbation turned."""
    rng = np.random.default_rng(task.seed)
    if "sites" in task.case.data:
        return _plane(rng, options, task.case.data["sites"])
    whole = rng.integers(-UNIT, UNIT + 1, (options.rows, len(NAMES)))
    table = Data(NAMES, whole / UNIT, _exact(whole, UNIT).astype(np.int64), np.arange(options.rows), (0.0, 1.0))
    if task.case.name == "perturbed":
        return _perturbed(table, whole, rng, options)
    table = table.permuted(rng) if task.case.data["shuffled"] else table
    told = scores(table, KINDS, folds=3, seed=1)
    seen = attribute(table, seeds=options.seeds, seed=1, steps=options.steps, most=4)
    tops = [one for _, one in seen.top]
    return {
        "scores": np.array([[told[name].mean, told[name].stderr] for name in (*KINDS, "labels permuted")], float),
        "gradient": np.array([seen.gradient.mean, seen.gradient.stderr]),
        "order": list(seen.order),
        "top": np.array([[one.mean, one.stderr] for one in tops], float),
    }


def _exact(whole: np.ndarray, unit: int) -> np.ndarray:
    """Whether x1 x2 + x3 > 0, in whole numbers."""
    return whole[:, 0] * whole[:, 1] + unit * whole[:, 2] > 0


def _plane(rng: np.random.Generator, options: Question, sites: bool) -> Piece:
    """A plane in a larger space, with a little noise: sites of a lattice, or a Gaussian cloud of the same size."""
    basis = np.linalg.qr(rng.normal(size=(options.ambient, 2)))[0] @ np.array([[1.0, 0.3], [0.0, 0.9]])
    flat = rng.integers(-3, 4, (options.rows, 2)) if sites else 2.0 * rng.normal(size=(options.rows, 2))
    x = flat @ basis.T + 0.05 * rng.normal(size=(options.rows, options.ambient))
    names = tuple(f"x{number}" for number in range(options.ambient))
    found = components(Data(names, x, np.zeros(options.rows), np.arange(options.rows)))
    waves = lattice(found)
    return {
        "shares": np.array([found.shares.mean, found.shares.stderr])[:, :6],
        "strengths": np.array([waves.strengths.mean, waves.strengths.stderr]),
        "rank": waves.rank,
        "scores": found.scores[:400, :2],
    }


def _perturbed(table: Data, whole: np.ndarray, rng: np.random.Generator, options: Question) -> Piece:
    """Rows not trained on that the network got right, moved by so much in every feature: against the gradient, and at random.

    A label counts as turned where the exact rule says the same of the moved row as before, and the network does not.
    """
    used, held = np.arange(options.rows // 2), np.arange(options.rows // 2, options.rows)
    network = train(table, used, steps=options.steps, seed=1)
    right = network(table.x[held]) == table.y[held]
    kept = held[right]
    slope = np.sign(network.gradients(table.x[kept], table.y[kept]))
    spread = UNIT * table.x[used].std(axis=0)
    rows = []
    for size in NOISES:
        counts = []
        for direction in (slope, rng.choice([-1.0, 1.0], slope.shape)):
            moved = whole[kept] + np.rint(size * spread * direction).astype(np.int64)
            same = _exact(moved, UNIT) == (table.y[kept] == 1)
            turned = same & (network(moved / UNIT) != table.y[kept])
            counts += [int(turned.sum()), int(same.sum())]
        rows.append([size, *counts])
    wrong_exactly = int(np.sum(_exact(whole[held], UNIT) != (table.y[held] == 1)))
    return {"turned": np.array(rows), "right": int(right.sum()), "held": len(held), "exact": wrong_exactly}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Accuracies and shares, strengths of waves, shares of labels that turned."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if case.group == "relation":
        for name, row in zip((*KINDS, "labels permuted"), np.asarray(held["scores"]), strict=True):
            yield f"accuracy of {name}", Found(_told(row, f"{case.name} {name}", options.rows))
        yield "planted among the top three", Found(Exact(len(set(held["order"][:3]) & set(PLANTED)), "by gradients, of three"))
        yield "accuracy of the top three", Found(_told(np.asarray(held["top"])[2], f"{case.name} top", options.seeds))
    elif case.group == "plane":
        shares, strengths = np.asarray(held["shares"]), np.asarray(held["strengths"])
        yield "variance in the plane", Found(_told([shares[0, :2].sum(), shares[1, :2].sum()], f"{case.name} variance", options.rows))
        yield "strength of the weaker wave", Found(_told(strengths[:, 1], f"{case.name} waves", options.rows))
        yield "directions on a lattice", Found(Exact(int(held["rank"]), "waves of strength above one half"))
    else:
        for size, turned, same, other, alike in np.asarray(held["turned"]).tolist():
            yield f"turned by {size:g} against the gradient", Found(_part(turned, same, f"{size:g} gradient"))
            yield f"turned by {size:g} at random", Found(_part(other, alike, f"{size:g} random"))
        yield "errors of the network", Found(Exact(held["held"] - held["right"], f"of {held['held']} rows not trained on"))
        yield "errors of the exact rule", Found(Exact(held["exact"], f"of {held['held']} rows"))


def _told(pair: np.ndarray | list, source: str, draws: int) -> Estimate:
    return Estimate.from_stderr(float(pair[0]), float(pair[1]), source=source, draws=draws, method="over rows or seeds", bias="unknown")


def _part(count: float, of: float, source: str) -> Estimate:
    share, trials = count / max(of, 1), max(of, 1)
    error = max((share * (1 - share) / trials) ** 0.5, 1 / trials)
    return Estimate.from_stderr(share, error, source=source, draws=int(of), method="share")


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """How far a model is above the baseline where there is a relation, and where there is none."""
    for name, words in (("planted", "gain where there is a relation"), ("shuffled", "gain where there is none")):
        if name in readings and 0 in readings[name].pieces:
            (base, base_error), (network, error) = np.asarray(readings[name].pieces[0]["scores"])[[0, KINDS.index("network")]]
            yield words, Found(_told([network - base, np.hypot(error, base_error)], words, options.rows))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Shares of the features, scores of the plane, labels that turned."""
    done = {name: one.pieces[0] for name, one in readings.items() if 0 in one.pieces}
    marks, rows = [], []
    for number, name in enumerate(one for one in ("planted", "shuffled") if one in done):
        mean, error = np.asarray(done[name]["gradient"]).tolist()
        places = [float(place) for place in range(1, len(NAMES) + 1)]
        low, high = ([one + side * other for one, other in zip(mean, error, strict=True)] for side in (-1, 1))
        marks += curves(name, places, mean, number, low=low, high=high, joined=False)
        rows += [(name, *row) for row in zip(NAMES, mean, error, strict=True)]
    text = "y says whether x1 x2 + x3 > 0; five more features say nothing.  Shares are of the gradients of the loss on rows not trained on."
    plots = [Plot("What a network looks at", "feature", "share of the gradient", marks)] if marks else []
    yield Section("features", "A relation that was planted", text, columns=("table", "feature", "share", "error"), rows=rows, plots=plots)
    if "lattice" in done:
        plots = [
            Plot(f"Scores: {name}", "first component", "second component", curves(name, *np.asarray(done[name]["scores"]).T, joined=False))
            for name in ("lattice", "cloud")
            if name in done
        ]
        yield Section("plane", "A lattice in a plane", f"Two of {options.ambient} directions carry the rows.", plots=plots)
    if "perturbed" in done:
        turned = np.asarray(done["perturbed"]["turned"])
        columns = ("size, in spreads", "turned", "of", "turned at random", "of")
        text = "A label counts as turned where the exact rule says of the moved row what it said before, and the network does not."
        yield Section("perturbed", "Perturbed rows", text, columns=columns, rows=[tuple(row) for row in turned.tolist()])


CLAIMS = (
    Claim("CO-05", "arXiv:2402.13321, section 2", "Accurate prediction hints at a relation.", ours="gain where there is a relation",
          printed=Exact(0.2), relation=">", note="Above the baseline by so much; with the labels of others there is no gain."),
    Claim("CO-05a", "arXiv:2402.13321, section 2", "Attribution reads it off a model that is a black box.",
          ours="planted/planted among the top three", printed=Exact(3), note="The three features that decide, among eight."),
    Claim("CO-07", "arXiv:2402.13321, section 2", "Principal components suggest structure.", ours="lattice/directions on a lattice",
          printed=Exact(2), note="On a planted lattice; a cloud beside it has none. Fano polytopes and BPS spectra are not at hand."),
    Claim("CO-08", "arXiv:2402.13321, section 1", "Small perturbations turn what a classifier says.",
          ours="perturbed/turned by 0.1 against the gradient", printed=Exact(0), relation=">",
          note="At random the same size turns far fewer."),
    Claim("CO-08a", "arXiv:2402.13321, section 1", "Classifiers always err.", ours="perturbed/errors of the exact rule",
          printed=Exact(1, "some"), correction=Exact(0), note="The network errs; a rule decided in whole numbers does not."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="tables", packages=("jax", "scikit-learn"))
