"""Renormalisation as steepest descent of relative entropy, with its cost in transport, and run backwards as inference (ledger F6)."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from certifield.ensembles import erf_net
from certifield.evidence import Estimate, Exact, NotConverged
from certifield.fieldtheory import oracles, renormalisation as rg
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Readings, Section, Study, Task, curves

_QUARTIC = (0, 0, 0.5, 0, 0.5)  # P_0 ~ exp(-x^2/2 - x^4/2), Q the standard normal law, Cdot = 2
_SCHEDULES = {"heat": 0.0, "alike": 1.0}  # the power of q_k in the noise of a mode
_MASS, _COUPLING = -4.0, 8.0  # m^2 and lambda of the action without halves
_TIME = 0.05  # of the inference
# Published values of the flow of one variable, by time: relative entropy, information, W_2 with the digits that are printed.
_KNOWN = {
    0.0: (None, None, (0.4002, 5e-5)),
    0.25: ((0.0505877, 5e-8), (0.2424366, 3e-6), None),
    0.5: ((0.0161806, 5e-8), (0.0710433, 3e-6), (0.12437, 1e-5)),
    1.0: ((0.00195342, 5e-9), (0.0080548, 3e-6), (0.04386, 1e-5)),
}
_POTENTIALS = {(0.4, 0.7): 0.1309187, (1.0, 0.0): 0.1536075}  # (variance, field): V of 0.1 phi^4


class Question(Options):
    """Sides of the lattices; chains, fields kept of each, times of the flow; draws of the inference and of networks; numbers of data."""

    sides: tuple[int, ...] = (2, 4, 8)
    chains: int = 256
    kept: int = 4
    nodes: int = 12
    draws: int = 20_000
    networks: int = 256
    data: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0)


def cases(options: Question) -> Iterator[Case]:
    """One variable, a Gaussian lattice where all is known, interacting lattices, inference, and an ensemble of networks."""
    yield Case("one-variable", {}, "one variable")
    yield Case("free", {"side": 4}, "lattices")
    for side in options.sides:
        yield Case(f"L={side}", {"side": side}, "lattices")
    yield Case("inference", {}, "inference")
    yield Case("networks", {}, "inference")


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """What each case measures, as means and errors."""
    name, seed = task.case.name, task.seed % 2**31
    if name == "one-variable":
        return _one_variable()
    if name == "inference":
        return {"ratio": _regression(options.draws, seed)}
    if name == "networks":
        x = np.linspace(-1.5, 1.5, 6)[:, None]
        found = rg.fisher_coarse_graining(erf_net(1, 20), x, options.data, draws=options.networks, seed=seed)
        return {part: _both(getattr(found, part)) for part in ("kept", "change", "predicted", "eigenvalues")}
    side = task.case.data["side"]
    lattice = oracles.LatticeScalar((side, side), 2.5, 0.0, "unhalved") if name == "free" else _lattice(side)
    fields = oracles.lattice_fields(lattice, chains=options.chains, kept=options.kept, apart=20, steps=8, step=0.1, seed=seed)
    fields.run.checked()
    reference = _free(4, 1.0) if name == "free" else rg.matched_reference(fields)
    return _lattice_piece(fields, reference, options, seed)


def _one_variable() -> dict[str, np.ndarray]:
    times = np.concatenate([[0.0], np.geomspace(0.02, 2.0, 25), sorted(set(_KNOWN) - {0.0})])
    flow = rg.density_flow(_QUARTIC, np.unique(times))
    potentials = [rg.effective_potential((0, 0, 0, 0, 0.1), variance, [phi]).values for variance, phi in _POTENTIALS]
    named = {part: _both(getattr(flow, part)) for part in ("divergence", "information", "production", "distance", "length")}
    return named | {"times": flow.times, "potentials": np.concatenate([_both(one) for one in potentials], axis=1)}


def _lattice_piece(fields: oracles.LatticeFields, reference: oracles.LatticeScalar, options: Question, seed: int) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {"mass": np.array([reference.mass_squared])}
    for name, power in _SCHEDULES.items():
        flow = rg.lattice_flow(fields, reference, power=power, nodes=options.nodes, seed=seed).checked()
        half = len(flow.times) // 2
        fall = flow.divergence[half] - flow.divergence[0]
        found[name] = np.concatenate([flow.times[None], _both(flow.information), _both(flow.divergence), _both(flow.length)])
        found[f"{name}/fall"] = _both(fall).ravel()
    try:
        found["entropy"] = _both(rg.relative_entropy(fields, reference, draws=32_768, seed=seed)).ravel()
    except NotConverged:  # the free lattice has no overlap with the interacting one: the flow is the only route
        found["entropy"] = np.full(2, np.nan)
    flow = rg.mode_flow(reference)
    cloud = fields.fields.reshape(-1, *reference.shape)
    others = flow.moved(np.zeros(cloud.shape), 1e3 / flow.slowest, seed=seed)
    matched = rg.matched_distance(cloud, others, size=len(cloud) // 16)
    below = rg.gaussian_distance(rg.mode_variances(fields), flow.spectrum)
    rows = (below, matched.square, matched.floor, matched.unbiased)
    found["distances"] = np.stack([_both(one).ravel() for one in rows])
    found["widest"] = np.array([flow.spectrum.max()])
    return found


def _lattice(side: int) -> oracles.LatticeScalar:
    return oracles.LatticeScalar((side, side), _MASS, _COUPLING, "unhalved")


def _free(side: int, mass: float) -> oracles.LatticeScalar:
    return oracles.LatticeScalar((side, side), mass, 0.0, "unhalved")


def _regression(draws: int, seed: int) -> np.ndarray:
    """Bare modes on those of a later time: the variance that is left, times 1/s + T, over all modes; its mean and error [2]."""
    flow, rng = rg.mode_flow(_free(4, 1.0)), np.random.default_rng(seed)
    s = rg.mode_flow(_free(4, 2.5)).spectrum
    x = np.sqrt(s) * rng.standard_normal((draws, 4, 4))
    y = rg.modes(flow.moved(rg.modes(x, 2), _TIME, seed=seed), 2)
    rest = (x - (np.mean(x * y, axis=0) / np.mean(y * y, axis=0)) * y) ** 2 * (1 / s + np.asarray(rg.data_of_flow(flow, _TIME).value))
    each = rest.reshape(draws, -1).mean(axis=1)
    return np.array([each.mean() * draws / (draws - 1), each.std() / np.sqrt(draws)])


def _both(one: Any) -> np.ndarray:
    """Mean and error [2, ...]."""
    return np.stack([np.atleast_1d(one.mean), np.broadcast_to(np.atleast_1d(one.stderr), np.shape(np.atleast_1d(one.mean)))]).astype(float)


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Against published values, closed forms and other routes."""
    if 0 not in pieces:
        return
    found = {name: np.asarray(array) for name, array in pieces[0].items()}
    if case.name == "one-variable":
        yield from _read_one_variable(case, found)
    elif case.name == "inference":
        yield (
            "posterior precision over 1/s + T",
            Found(_given(case, "ratio", *found["ratio"]), Exact(1.0, "Bayes' rule", "arXiv:2212.11379")),
        )
    elif case.name == "networks":
        for place, data in enumerate(options.data):
            for part in ("kept", "change"):
                yield f"{part}, T = {data:g}", Found(_given(case, f"{part}/{data:g}", *found[part][:, place]))
    else:
        yield from _read_lattice(case, found)


def _read_one_variable(case: Case, found: Mapping[str, np.ndarray]) -> Iterator[tuple[str, Found]]:
    for time, known in _KNOWN.items():
        place = int(np.argmin(np.abs(found["times"] - time)))
        for part, told, printed in zip(("divergence", "information", "distance"), ("KL", "Fisher information", "W_2"), known, strict=True):
            if printed is not None:
                value = _given(case, f"{part}/{time:g}", *found[part][:, place], bias="unknown")
                yield f"{told} at {time:g}", Found(value, Exact(printed[0], "published, in the digits that are printed", radius=printed[1]))
    place = int(np.argmin(np.abs(found["times"] - 0.5)))
    ratio = float(-found["production"][0, place] / found["information"][0, place])
    # Of two functions of one solution: the error of their grids, relative.
    error = float(np.hypot(*(found[part][1, place] / found[part][0, place] for part in ("production", "information"))))
    told = "the gradient of relative entropy in the Wasserstein metric"
    yield "-dKL/dt over the information at 0.5", Found(_given(case, "ratio", ratio, error, bias="unknown"), Exact(1.0, told, radius=1e-9))
    for place, ((variance, phi), value) in enumerate(_POTENTIALS.items()):
        mean = _given(case, f"V/{variance:g}", *found["potentials"][:, place], bias="unknown")
        yield f"V_{variance:g}({phi:g})", Found(mean, Exact(value, "published", radius=5e-8))


def _read_lattice(case: Case, found: Mapping[str, np.ndarray]) -> Iterator[tuple[str, Found]]:
    entropy = None
    if case.name == "free":
        flow = rg.mode_flow(_free(4, 1.0))
        entropy = rg.gaussian_flow(flow, rg.mode_flow(_free(4, 2.5)).spectrum, [0.0]).divergence[0]
    elif np.isfinite(found["entropy"][0]):
        entropy = _given(case, "entropy", *found["entropy"])
    for name in _SCHEDULES:
        row = found[name]
        yield f"relative entropy, {name}", Found(_given(case, f"{name}/entropy", *row[3:5, 0], bias="unknown"), entropy)
        yield f"information at the start, {name}", Found(_given(case, f"{name}/start", *row[1:3, 0]))
        yield (
            f"relative entropy half way less at the start, {name}",
            Found(_given(case, f"{name}/fall", *found[f"{name}/fall"], bias="unknown")),
        )
    below, _, _, unbiased = found["distances"]
    yield "W_2^2 of Gaussian laws", Found(_given(case, "gaussian", *below, bias="unknown"))
    yield "W_2^2 of clouds less their floor", Found(_given(case, "clouds", *unbiased, bias="unknown"))


def _given(case: Case, name: str, mean: float, error: float, bias: str = "none") -> Estimate:
    return Estimate.from_stderr(float(mean), float(error), source=f"{case.name}/{name}", method=name.partition("/")[0], bias=bias)


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The flow of one variable, lattices, distances, and inference."""
    yield _page_one_variable(readings)
    yield from _page_lattices(readings)
    yield _page_inference(readings, options)


def _piece(readings: Readings, name: str) -> dict[str, np.ndarray] | None:
    reading = readings.get(name)
    return None if reading is None or 0 not in reading.pieces else {key: np.asarray(one) for key, one in reading.pieces[0].items()}


def _page_one_variable(readings: Readings) -> Section:
    found, marks, rows = _piece(readings, "one-variable"), [], []
    if found is not None:
        parts = {"KL": "divergence", "information": "information", "W_2": "distance", "length of the path": "length"}
        for number, (told, part) in enumerate(parts.items()):
            x, y = found["times"][1:], found[part][0, 1:]
            marks += curves(told, x.tolist(), y.tolist(), number)
        rows = [(name, one.value, one.expected) for name, one in readings["one-variable"].items()]
    return Section(
        "one-variable",
        "One variable, exactly",
        "P_0 ~ exp(-x^2/2 - x^4/2) flows to the standard normal law. Relative entropy falls by as much as the Fisher information says, "
        "which is the square of the speed of the path in the Wasserstein metric; the path is longer than the distance it makes good. "
        "V_C is the effective potential of 0.1 phi^4, fluctuations of variance C integrated out.",
        plots=[Plot("", "time t", "", marks, "three falling curves and one that rises", x_log=True, y_log=True)] if marks else [],
        columns=("quantity", "value", "published"),
        rows=rows,
    )


def _page_lattices(readings: Readings) -> Iterator[Section]:
    plots, rows, table = [], [], []
    for schedule in _SCHEDULES:
        marks = []
        for number, name in enumerate(one for one in readings if one == "free" or one.startswith("L=")):
            found = _piece(readings, name)
            if found is None:
                continue
            t, _, _, kl, error, length, blur = found[schedule]
            kept = (kl > 2 * error) & (kl > 1e-2 * kl[0])
            bars = {"low": (kl - error)[kept].tolist(), "high": (kl + error)[kept].tolist()}
            marks += curves(name, t[kept].tolist(), kl[kept].tolist(), number, **bars)
            reading = readings[name]
            one = reading[f"relative entropy, {schedule}"]
            rise = float(np.max(np.diff(kl) / np.hypot(error[1:], error[:-1])))
            least = float(np.min(found[schedule][1] / found[schedule][2]))
            rows.append((name, schedule, one.value, one.expected, f"{least:+.2f}", f"{rise:+.2f}"))
            if schedule == "heat":
                below, square, floor, unbiased = found["distances"]
                talagrand = 2 * float(found["widest"][0]) * kl[0]
                told = (_with_error(*below[:2]), f"{square[0]:.3g}", f"{floor[0]:.3g}", _with_error(*unbiased[:2]))
                table.append((name, *told, _with_error(length[0] ** 2, 2 * length[0] * blur[0]), f"{talagrand:.3g}"))
        if marks:
            plots.append(Plot(schedule, "time t", "relative entropy", marks, "falling curves, higher for larger lattices", y_log=True))
    yield Section(
        "lattices",
        "The monotone of phi^4 on the lattice",
        f"m^2 = {_MASS:g}, lambda = {_COUPLING:g}, without halves; free is a Gaussian lattice with m^2 = 2.5 and a reference with m^2 = 1, "
        "where everything is known. Fields of hybrid Monte Carlo flow to the free lattice with their susceptibility, with the same noise "
        "in all modes (heat) or at the same rate (alike). The information is a product of two independent fields of one posterior, and its "
        "integral is the relative entropy. Expected: the closed form, and reweighting of free fields where they overlap.",
        plots=plots,
        caption="Values above two standard errors and above a hundredth of the first, with one standard error.",
        columns=("lattice", "noise", "relative entropy", "expected", "least information in errors", "largest rise in errors"),
        rows=rows,
    )
    yield Section(
        "distances",
        "What the flow costs",
        "Bounds on W_2^2 between the interacting and the free lattice: Gaussian laws of the same variances from below; clouds of fields, "
        "matched exactly and without entropy, less the floor that finite clouds of one law have; the square of the length of the path of "
        "the heat flow, and Talagrand's 2 q_max KL, from above.",
        columns=("lattice", "Gaussian laws", "clouds", "floor", "clouds less floor", "path", "Talagrand"),
        rows=table,
    )


def _with_error(mean: float, error: float) -> Estimate | str:
    return Estimate.from_stderr(float(mean), float(error), source="shown") if error else f"{mean:.4g}"


def _page_inference(readings: Readings, options: Question) -> Section:
    found, marks, rows = _piece(readings, "networks"), [], []
    if found is not None:
        for number, (told, part) in enumerate({"directions kept": "kept", "drawn anew: change": "change", "foretold": "predicted"}.items()):
            mean, error = found[part]
            marks += curves(told, options.data, mean.tolist(), number, low=(mean - error).tolist(), high=(mean + error).tolist())
        for place, data in enumerate(options.data):
            rows.append((f"{data:g}", *(_with_error(*found[part][:2, place]) for part in ("kept", "change", "predicted"))))
    ratio = readings["inference"]["posterior precision over 1/s + T"].value if _piece(readings, "inference") is not None else None
    told = str(ratio).partition("  [")[0] if ratio is not None else "waiting"
    return Section(
        "inference",
        "The flow backwards: inference",
        f"What the modes of a Gaussian lattice at time t say of the bare ones is T_k(t) data: the measured precision over 1/s + T is "
        f"{told}. Below, an Erf-net of 61 parameters seen at six points through T data of unit noise: the directions of Fisher's metric "
        "that weigh more than the prior, and what drawing all others anew changes, T |f - f'|^2/2, against what the metric foretells.",
        plots=[
            Plot(
                "",
                "data T",
                "directions, or change of the function",
                marks,
                "a curve that rises to six, and two that are small at both ends",
                x_log=True,
            )
        ]
        if marks
        else [],
        columns=("data T", "directions kept", "change", "foretold"),
        rows=rows,
    )


CLAIMS = (
    Claim("FI-22", "arXiv:2402.13321, section 3.3", "Exact renormalisation is optimal transport: steepest descent of relative entropy.",
          ours="one-variable/-dKL/dt over the information at 0.5", printed=Exact(1.0, "arXiv:2202.11737", radius=1e-9), within=1e-6,
          note="At a fixed reference, in the metric of the noise: relative entropy falls as the square of the speed of the path."),
    Claim("FI-22a", "arXiv:2402.13321, section 3.3", "Relative entropy to the fixed point falls along the flow of an interacting lattice.",
          ours="L=4/relative entropy half way less at the start, heat", printed=Exact(0.0), relation="<",
          note="phi^4 on 2, 4 and 8 sites a side; its integral is the relative entropy that reweighting gives, where that can be had."),
    Claim("FI-23", "arXiv:2402.13321, section 3.3", "The inverse of exact renormalisation is Bayesian inference.",
          ours="inference/posterior precision over 1/s + T", printed=Exact(1.0, "arXiv:2212.11379"), within=0.01,
          note="Gaussian modes: what is at time t counts as T = e^(-2rt)/q(1 - e^(-2rt)) data on the bare mode. For interacting fields it "
          "is Bayes' rule, which is how the information is measured here."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="flows")
