"""Flows of metrics that gradient descent induces: the local, the frozen and the evolving kernel in one set-up (ledger G3)."""

import math
from collections.abc import Iterator, Mapping

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.geometry import AlgebraicMetric, fermat, fubini_study, quality, ricci_flat, sample
from certifield.geometry.flows import bump_rate, local_rate
from certifield.geometry.metrics import silent
from certifield.geometry.networks import NetworkMetric, descend, first_step, metric_kernel, start_layers, train_network
from certifield.geometry.studies._ladders import measured, packed
from certifield.study import Case, Cells, Claim, Curve, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task, curves

_INPUTS, _ONE = 16, ((1,),)  # of the quartic K3 surface in P^3
_KERNEL_POINTS = 10
_SPEED = 0.004  # gradient descent: rate times the mean diagonal of the kernel
_RATES = (1e-2, 1e-3, 1e-4)  # whose first steps are compared with the predicted ones
_SAMPLES = 8  # of the points on which the step at the fixed point is taken


class Question(Options):
    """On the Fermat quartic: seeds of the two regimes and their steps, widths whose kernel is followed; widths s of local bumps."""

    seeds: int = 5
    steps: int = 300
    neurons: int = 32
    widths: tuple[int, ...] = (8, 16, 32, 64, 128)
    followed: int = 20
    bumps: tuple[float, ...] = (0.02, 0.03, 0.05, 0.08, 0.12)
    draws: int = 1500


def cases(options: Question) -> Iterator[Case]:
    """Local bumps, the first step, the fixed point, kernels by width, and the two regimes by seed."""
    yield from (Case(f"bumps/s={s:g}", {"s": s}, "local") for s in options.bumps)
    yield Case("step", {}, "kernel")
    yield Case("fixed-point", {}, "kernel")
    yield from (Case(f"width={width}", {"width": width}, "kernel") for width in options.widths)
    yield from (Case(f"seed={seed}", {"seed": seed}, "regimes") for seed in range(options.seeds))


def piece(task: Task, options: Question) -> Piece:
    """The numbers of one case."""
    data, seed = task.case.data, task.seed % 2**31
    if "s" in data:
        found = bump_rate(1, data["s"], 20_000, seed)
        return {"rate": found.mean, "error": found.stderr}
    points = sample(fermat(2), options.draws, seed)
    base = fubini_study(fermat(2), [1])
    if "seed" in data:
        tested = sample(fermat(2), options.draws, seed + 1)
        held: dict[str, object] = {"draws": options.draws, "seed": seed + 1}
        for name in ("finite", "frozen"):
            shape, frozen = (options.neurons,) * 2, name == "frozen"
            metric = train_network(base, points, widths=shape, steps=options.steps, batch=256, seed=data["seed"], frozen=frozen)
            held |= packed(name, quality(metric, tested, points, ricci=0, certify=False).sigma)
        return held  # type: ignore[return-value]
    few = points[points.draws < 100]
    if "width" in data:
        return _followed(base, few, data["width"], options)
    if task.case.name == "step":
        metric = _network(base, options.neurons, 0)
        changes = [first_step(metric, few, rate) for rate in _RATES]
        return {"gap": np.array([np.linalg.norm(a - b) / np.linalg.norm(a) for a, b in changes])}
    fitted, _ = ricci_flat(fermat(2), [1], [[[2]], [[6]]], draws=500, seed=seed + 2, progress=silent)
    samples = [points[points.draws % _SAMPLES == number] for number in range(_SAMPLES)]
    resting = [_resting(metric, options.neurons) for metric in (fitted, base)]
    return {"speeds": np.array([[np.linalg.norm(first_step(one, part, 1e-3)[0]) for one in resting] for part in samples])}


def _network(base: AlgebraicMetric, width: int, seed: int) -> NetworkMetric:
    return NetworkMetric(base, _ONE, tuple(start_layers(_INPUTS, (width, width), seed)), np.zeros(0))


def _resting(base: AlgebraicMetric, width: int) -> NetworkMetric:
    """A network whose output is 0, so that the metric is its base."""
    *first, (weights, bias) = start_layers(_INPUTS, (width, width), 0)
    return NetworkMetric(base, _ONE, (*first, (0 * weights, bias)), np.zeros(0))


def _followed(base: AlgebraicMetric, points, width: int, options: Question) -> Piece:
    """The drift of the kernel after the same flow at all widths, over seeds, and what it mixes at its start."""
    local, rows, seen = points.local[:_KERNEL_POINTS], [], []
    for seed in range(options.seeds):
        metric = _network(base, width, seed)
        start = metric_kernel(metric, local)
        mean = float(np.mean(np.einsum("xixi->xi", start.values)))
        end = metric_kernel(descend(metric, points, _SPEED / mean, options.followed), local)
        rows.append([end.drift(start), start.off_diagonal, start.across])
        seen.append([np.linalg.norm(one.values, axis=(1, 3)) / mean for one in (start, end)])
    return {"kernel": np.array(rows), "heat": np.array(seen[0])}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Each against what is known."""
    if 0 not in pieces:
        return
    held = {name: np.asarray(value) for name, value in pieces[0].items()}
    if "s" in case.data:
        rate = Estimate.from_stderr(held["rate"], held["error"], source=case.name, draws=20_000, method="random bumps")
        yield "rate", Found(rate, local_rate(1, case.data["s"]))
    elif "seed" in case.data:
        for name in ("finite", "frozen"):
            yield name, Found(measured(case, pieces[0], name))
    elif "width" in case.data:
        for column, name in enumerate(("drift", "off the diagonal", "across components")):
            yield name, Found(_over_seeds(case.name, held["kernel"][:, column]))
    elif case.name == "step":
        orders = np.log(held["gap"][:-1] / held["gap"][1:]) / np.log(np.divide(_RATES[:-1], _RATES[1:]))
        error = abs(orders[-1] - orders[-2])  # what is not yet of the leading order
        order = Estimate.from_stderr(orders[-1], error, source="step", method="three rates", bias="unknown")
        yield "order in the rate", Found(order, Exact(1))
    else:
        yield "speed over that of Fubini-Study", Found(_over("samples of points", "fixed", held["speeds"][:, 0] / held["speeds"][:, 1]))


def _over_seeds(name: str, values: np.ndarray) -> Estimate:
    return _over("seeds", name, values)


def _over(what: str, name: str, values: np.ndarray) -> Estimate:
    error = np.std(values, ddof=1) / math.sqrt(len(values)) if len(values) > 1 else np.inf
    return Estimate.from_stderr(np.mean(values), error, source=f"{what} of {name}", draws=len(values), method=f"mean over {what}")


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """By how much the evolving kernel is ahead of the frozen one, over seeds; how the drift falls with the width."""
    seen = _regimes(readings)
    if len(seen["finite"]) > 1:
        yield "frozen less finite", Found(_over_seeds("regimes", seen["frozen"] - seen["finite"]))
    widths, drifts = _drifts(readings)
    if len(widths) > 1:
        logarithms = np.log(drifts)
        slopes = [np.polyfit(np.log(widths), logarithms[:, seed], 1)[0] for seed in range(logarithms.shape[1])]
        yield "exponent of the drift", Found(_over_seeds("widths", -np.array(slopes)))


def _regimes(readings: Readings) -> dict[str, np.ndarray]:
    seen = [reading.pieces[0] for key, reading in readings.items() if key.startswith("seed=") and 0 in reading.pieces]
    return {name: np.array([float(np.asarray(one[f"{name}/mean"])) for one in seen]) for name in ("finite", "frozen")}


def _drifts(readings: Mapping) -> tuple[np.ndarray, np.ndarray]:
    seen = [one for key, one in readings.items() if key.startswith("width=") and 0 in one.pieces]
    return np.array([one.case.data["width"] for one in seen]), np.array([np.asarray(one.pieces[0]["kernel"])[:, 0] for one in seen])


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Rates of local bumps, the drift of the kernel, and the two regimes."""
    plots, rows = [], []
    local = [(one.case.data["s"], one["rate"].value) for key, one in readings.items() if key.startswith("bumps") and "rate" in one]
    if local:
        s = np.linspace(0.005, max(one for one, _ in local) * 1.1, 60)
        at, rate = np.array([one for one, _ in local]), [value for _, value in local]
        means, errors = (np.array([float(getattr(one, name)) for one in rate]) for name in ("mean", "stderr"))
        marks = [
            Curve(s, np.exp(-((2 * np.pi * s) ** 2)), "orange", label="exp(-q^2 s^2)"),
            Points(at, means, errors, "blue", label="bumps"),
        ]
        plots.append(Plot("the local architecture", "width s", "rate of the first mode", marks, "points on a curve that falls from 1"))
    widths, drifts = _drifts(readings)
    if len(widths):
        marks = curves("drift", widths.tolist(), np.mean(drifts, axis=1).tolist(), 0, low=np.min(drifts, axis=1).tolist(),
                       high=np.max(drifts, axis=1).tolist())  # fmt: skip
        plots.append(Plot("the kernel moves", "width N", "change of Theta", marks, "a curve that falls", x_log=True, y_log=True))
    first = next((one.pieces[0] for key, one in readings.items() if key.startswith("width=") and 0 in one.pieces), None)
    if first is not None:
        edges, heat = np.arange(_KERNEL_POINTS + 1) - 0.5, np.asarray(first["heat"])
        for title, values in zip(("Theta(x, x') at the start", "Theta(x, x') at the end"), heat, strict=True):
            cells = Cells(edges, edges, values, "size over the mean diagonal")
            plots.append(Plot(title, "point x", "point x'", [cells], "a heat map with a darker diagonal"))
    seen = _regimes(readings)
    if len(seen["finite"]):
        marks = [
            curve
            for number, name in enumerate(seen)
            for curve in curves(name, range(len(seen[name])), seen[name].tolist(), number, joined=False)
        ]
        plots.append(Plot("the two regimes", "seed", "sigma", marks, "two rows of points, the finite one lower", y_log=True))
    for name, reading in readings.items():
        rows += [(name, key, found.value) for key, found in reading.items()]
    yield Section(
        "flows",
        "Three regimes",
        "Gradient descent on the weights moves the metric by the tangent kernel Theta. With independent bumps for each component the "
        "kernel is local as the bumps become narrow. For a network of finite width it reaches across points and components and moves "
        "along with the metric; the same flow of the metric moves it less, the wider the network. Frozen at its start, by linearisation, "
        "the same network with the same data and steps ends further from Ricci-flat.",
        plots=plots,
        caption="The quartic K3 surface; bars of the drift: the range over seeds.",
        columns=("case", "finding", "value"),
        rows=rows,
    )


CLAIMS = (
    Claim("GE-11", "arXiv:2402.13321, section 3.2", "Training is a flow of metrics, of which the Calabi-Yau metric is a fixed point.",
          ours="fixed-point/speed over that of Fubini-Study", printed=Exact(0.02), relation="<",
          note="At the fit of degree 6 the same network moves the metric by less than a fiftieth of what it does at Fubini-Study."),
    Claim("DY-01", "arXiv:2402.13321 (7); Physics4ML notes (2.41)-(2.46)",
          "Gradient descent is the flow of the empirical tangent kernel, d phi/dt = - Theta d loss/d phi.",
          ours="step/order in the rate", printed=Exact(1),
          note="For networks whose field is a metric: the first step less the predicted one falls as the rate. (7) lacks the minus sign, "
               "which (18) has."),
    Claim("GE-15", "arXiv:2402.13321 (18)", "The metric moves by a kernel that evolves and reaches across points and components.",
          ours="step/order in the rate", printed=Exact(1),
          note="The predicted first step is right to first order in the rate; drift and shares are in the table."),
    Claim("GE-16", "arXiv:2402.13321 (19)", "In the limit of infinite width the kernel is frozen.", ours="exponent of the drift",
          printed=Exact(0.0), relation=">", note="Drift at the same flow of the metric, against the width."),
    Claim("GE-17", "arXiv:2402.13321 (20)", "An architecture exists whose flow is local.", ours="bumps/s=0.03/rate",
          printed=Exact(math.exp(-((2 * math.pi * 0.03) ** 2)), radius=1e-12),
          note="Independent bumps: a mode moves at exp(-q^2 s^2). The identity is that on symmetric tensors, (1/2)(dd + dd)."),
    Claim("GE-19", "Physics4ML notes", "Networks of finite width learn Calabi-Yau metrics better than the frozen kernel.",
          ours="frozen less finite", printed=Exact(0.0), relation=">", note="Same network, data, steps; five seeds; the K3 surface."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="flows")
