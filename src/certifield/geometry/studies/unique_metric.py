"""One Ricci-flat metric in a class: fits, networks and seeds agree within their errors; two losses lead to it (ledger G2)."""

import math
from collections.abc import Iterator

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.geometry import KaehlerMetric, Points as PointSet, fermat, fubini_study, integral, quality, ricci, ricci_flat, sample
from certifield.geometry.metrics import silent
from certifield.geometry.networks import train_network
from certifield.geometry.studies._ladders import measured, packed
from certifield.study import COLOURS, MARKERS, Case, Claim, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

_COMMON = 20402  # the stream of the points at which all metrics are compared
_NUMBERS = {"monge-ampere": 9, "ricci-norm": 36}  # real numbers a point and neuron: jets of second and of fourth order on a surface
_ROUNDING = 1e-6  # of the logarithms of curvatures in two charts, with room
_BLOCKS = 32  # of points
_LONG = {"monge-ampere": 400, "ricci-norm": 100}  # steps, from which on a training is asked how far it came
_SECOND_ORDER = 0.1  # what the distance is not proportional to the error by: of the order of the error


class Question(Options):
    """On the Fermat quartic: degrees of algebraic fits; steps of the networks by either loss; seeds of all; draws (4 points each)."""

    degrees: tuple[int, ...] = (2, 4, 6)
    monge_ampere: tuple[int, ...] = (100, 400)
    ricci_norm: tuple[int, ...] = (25, 100)
    seeds: int = 16
    neurons: int = 16
    draws: int = 800
    tested: int = 400


def cases(options: Question) -> Iterator[Case]:
    """Algebraic fits, and networks by the loss that they are trained with, for each seed; and two charts of the same points."""
    for seed in range(options.seeds):
        yield from (Case(f"algebraic/k={k}/{seed}", {"degree": k, "seed": seed}, "algebraic") for k in options.degrees)
        for loss, all_steps in (("monge-ampere", options.monge_ampere), ("ricci-norm", options.ricci_norm)):
            yield from (Case(f"{loss}/{one}/{seed}", {"loss": loss, "steps": one, "seed": seed}, loss) for one in all_steps)
    yield Case("charts", {}, "charts")


def piece(task: Task, options: Question) -> Piece:
    """The error of a metric, and its components at the common points."""
    data, common = task.case.data, sample(fermat(2), options.tested, _COMMON)
    if task.case.name == "charts":
        return {"norms": np.array([_norms(common, local) for local in (common.local, common.local.neighbour(0)[0])])}
    seed = task.seed % 2**31
    base = fubini_study(fermat(2), [1])
    if "degree" in data:
        metric, points = ricci_flat(fermat(2), [1], [[[data["degree"]]]], draws=options.draws, seed=seed, progress=silent)
    else:
        points = sample(fermat(2), options.draws, seed)
        shape = (options.neurons,) * 2
        metric = train_network(base, points, widths=shape, steps=data["steps"], batch=64, seed=data["seed"], loss=data["loss"])
    found = quality(metric, common, points, ricci=0, certify=False)
    held: dict[str, object] = {"draws": options.tested, "seed": _COMMON, "refusal": found.refusal}
    if np.isfinite(float(found.sigma.mean)):
        held |= packed("sigma", found.sigma) | packed("l2", found.l2)
    g = metric.metric(common.local)
    return held | {"real": np.real(g), "imaginary": np.imag(g)}  # type: ignore[return-value]


def _norms(points: PointSet, local) -> list[np.ndarray]:
    """The sum of the squared entries of Ric, and with g, at each point."""
    metric: KaehlerMetric = fubini_study(points.variety, [1])
    g, tensor = ricci(metric, local)  # type: ignore[arg-type]
    raised = np.linalg.solve(g.transpose(0, 2, 1), tensor.transpose(0, 2, 1))
    return [np.sum(np.abs(tensor) ** 2, axis=(1, 2)), np.real(np.einsum("nab,nba->n", raised, raised))]


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Errors of a metric; of the two norms, how they vary from chart to chart."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if case.name == "charts":
        entries, norm = np.log(np.asarray(held["norms"])[0] / np.asarray(held["norms"])[1])
        yield "sum of squared entries, from chart to chart", Found(_spread(entries, "entries"))
        yield "norm by g, from chart to chart", Found(_spread(norm, "norm"), Exact(0.0, "a scalar, up to rounding", radius=_ROUNDING))
        return
    if "sigma/mean" in held:
        for name in ("sigma", "l2"):
            yield name, Found(measured(case, held, name))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Distances from the best metric over the errors; both losses at the same work."""
    seen = {name: one for name, one in readings.items() if "l2" in one}
    if len(seen) < 2:
        return
    common, best = sample(fermat(2), options.tested, _COMMON), min(seen, key=lambda name: _mean(seen[name], "l2"))
    ratios = [_distance(common, seen[best], one) / _mean(one, "l2") for name, one in seen.items() if _far(name, best)]
    if len(ratios) > 1:
        yield "distance over error", Found(_over(np.array([float(one.mean) for one in ratios]), "metrics"))
    twins = [name for name in seen if name.startswith(best.rpartition("/")[0]) and name != best]
    if twins:
        both = _distance(common, seen[best], seen[twins[0]])
        bound = _mean(seen[best], "l2") + _mean(seen[twins[0]], "l2")
        yield "two seeds of the best fit, over the sum of errors", Found(both / bound)
    trained = {"monge-ampere": options.monge_ampere, "ricci-norm": options.ricci_norm}
    longest = {loss: max(steps) for loss, steps in trained.items() if steps}
    sigma = {
        loss: np.array([_mean(one, "sigma") for name, one in seen.items() if name.startswith(f"{loss}/{steps}/")])
        for loss, steps in longest.items()
    }
    start = float(quality(fubini_study(fermat(2), [1]), common, ricci=0, certify=False).sigma.mean)
    for loss, values in sigma.items():
        if len(values) > 1:
            # What a loss has not done in a few steps says nothing about what it drives to.
            few = ", few steps" if longest[loss] < _LONG[loss] else ""
            yield f"sigma by {loss} over that of Fubini-Study{few}", Found(_over(values / start, f"seeds of {loss}"))
    if len(sigma) == 2 and len(sigma["ricci-norm"]) == len(sigma["monge-ampere"]) > 1:
        yield "Ricci over Monge-Ampere", Found(_over(sigma["ricci-norm"] / sigma["monge-ampere"], "seeds"))


def _spread(logs: np.ndarray, what: str) -> Estimate:
    """How the logarithm of a ratio varies over the points: its standard deviation, with an error by blocks of points."""
    squares = (logs - logs.mean()) ** 2
    blocks = np.array([part.mean() for part in np.array_split(squares, _BLOCKS)])
    spread = math.sqrt(squares.mean())
    error = float(np.std(blocks, ddof=1)) / math.sqrt(_BLOCKS) / (2 * max(spread, 1e-300))
    return Estimate.from_stderr(spread, error, source=f"charts/{what}", draws=len(logs), method="deviation over points", bias="unknown")


def _far(name: str, best: str) -> bool:
    """Whether this is of another kind than the best one: that of its own degree errs alike."""
    return name.rpartition("/")[0] != best.rpartition("/")[0]


def _mean(reading, name: str) -> float:
    return float(reading[name].value.mean)


def _distance(points: PointSet, first, second) -> Estimate:
    r"""The root of the mean of $|g - g'|_g^2$, by draw."""
    one, two = (np.asarray(r.pieces[0]["real"]) + 1j * np.asarray(r.pieces[0]["imaginary"]) for r in (first, second))
    change = np.linalg.solve(one, two - one)
    square = np.real(np.einsum("nab,nba->n", change, change))
    features = np.stack([points.weights, points.weights * square], axis=1)
    return integral(points, lambda _: features, lambda means: np.sqrt(means[:, 1] / means[:, 0]), "distance of metrics, by draw")


def _over(values: np.ndarray, what: str) -> Estimate:
    """The mean with the error of its spread; all share the points of the comparison, and with distances the best metric."""
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    return Estimate.from_stderr(np.mean(values), error, source=what, draws=len(values), method=f"mean over {what}", bias="unknown")


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Distances against errors, and sigma against the work of both losses."""
    seen = {name: one for name, one in readings.items() if "l2" in one}
    plots, rows = [], []
    if len(seen) > 1:
        common, best = sample(fermat(2), options.tested, _COMMON), min(seen, key=lambda name: _mean(seen[name], "l2"))
        marks, work = [], []
        for number, kind in enumerate(("algebraic", "monge-ampere", "ricci-norm")):
            own = {name: one for name, one in seen.items() if name.startswith(kind) and name != best}
            if not own:
                continue
            distances = [_distance(common, seen[best], one) for one in own.values()]
            mean, error = (np.array([float(getattr(one, part)) for one in distances]) for part in ("mean", "stderr"))
            l2, colour, marker = np.array([_mean(one, "l2") for one in own.values()]), COLOURS[number], MARKERS[number]
            marks.append(Points(l2, mean, error, colour, marker, label=kind))
            if kind in _NUMBERS:
                steps = np.array([one.case.data["steps"] for one in own.values()], dtype=float)
                sigma = np.array([_mean(one, "sigma") for one in own.values()])
                spread = np.array([float(one["sigma"].value.stderr) for one in own.values()])  # type: ignore[union-attr]
                work.append(Points(steps * _NUMBERS[kind], sigma, spread, colour, marker, label=kind))
            rows += [
                (name, *(one[part].value for part in ("sigma", "l2")), gap) for (name, one), gap in zip(own.items(), distances, strict=True)
            ]
        told = "points along the diagonal"
        plots.append(Plot("distance from the best metric", "error (L2)", "distance", marks, told, x_log=True, y_log=True))
        if work:
            told = "two clouds of points that fall"
            plots.append(Plot("two losses", "steps times numbers a point", "sigma", work, told, x_log=True, y_log=True))
    yield Section(
        "unique",
        "One metric in a class",
        "For metrics of one class that are nearly Ricci-flat the distance, the root of the mean of |g - g'|^2, is the difference of their "
        "volume forms in the same sense: int |d dbar phi|^2 = int (tr d dbar phi)^2. So whatever the ansatz and the seed, a metric is as "
        "far from the best one as its error says, and a second Ricci-flat metric would be seen. The two losses are those of one potential "
        "with one network: Monge-Ampere takes its jets of second order, the Ricci tensor those of fourth. Its square is that of g: "
        "the sum of squared entries changes from chart to chart.",
        plots=plots,
        caption="Networks of two layers, 64 points a step; on common unseen points, with one standard error by draw.",
        columns=("case", "sigma", "L2", "distance from the best"),
        rows=rows,
    )


CLAIMS = (
    Claim("GE-01", "arXiv:2402.13321, section 3.2; ML for CY metrics (talk)", "A class has one Ricci-flat metric.",
          ours="distance over error", printed=Exact(1.0, radius=_SECOND_ORDER),
          note="Algebraic fits of several degrees and networks by two losses, several seeds each, on the quartic K3 surface: the distance "
               "from the best one is the error of each, to first order. Existence is a theorem (Yau); this is its numerical face."),
    Claim("GE-02", "arXiv:2402.13321 (15); ML for CY metrics (talk)", "Monge-Ampere is a more efficient loss than the Ricci curvature.",
          ours="Ricci over Monge-Ampere", printed=Exact(1.0), relation=">",
          note="At the same work: four steps by Monge-Ampere for one by the curvature. (15) sums squared entries, which depend on the "
               "chart: the norm is that of g, averaged over the manifold."),
    Claim("GE-02 (Ricci loss)", "arXiv:2402.13321 (15)", "The Ricci curvature as a loss drives to a Ricci-flat metric.",
          ours="sigma by ricci-norm over that of Fubini-Study", printed=Exact(0.5), relation="<",
          note="In a hundred steps it comes to about half of where it began, and seeds scatter: that it goes on is not decided here."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="metrics")
