"""Gauge-equivariant flows in two dimensions against exact plaquettes and topology, and against hybrid Monte Carlo (ledger F7)."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jax.numpy as jnp
import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.fieldtheory import flows, gauge
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Reading, Readings, Section, Study, Task, curves

# Coefficients c_1, c_2, c_3 of S = -(beta/N) Re tr sum c_n U^n (arXiv:2008.05456), beta = 9.
_SETS = ((1.0, 0.0, 0.0), (0.17, -0.65, 1.22), (0.98, -0.63, -0.21))
_BETA = 9.0
_TOLD = {
    "hierarchy": "flow, loops of all sizes",
    "plaquettes": "flow, plaquettes",
    "chains": "hybrid Monte Carlo",
    "matrix": "flow of one matrix",
}


class Question(Options):
    """Single ``matrices`` (N of SU(N), number of the set of coefficients); ``lattices`` (group, side, beta), on the first of which
    plaquettes alone are tried as well if ``plaquettes``; steps of ``training``, of single matrices 5/2 as many; ``draws``
    of each flow; ``chains`` and ``trajectories`` of hybrid Monte Carlo.
    """

    matrices: tuple[tuple[int, int], ...] = ((2, 0), (3, 0))
    lattices: tuple[tuple[str, int, float], ...] = (("U(1)", 4, 2.0), ("SU(2)", 4, 2.2))
    training: int = 120
    draws: int = 8192
    plaquettes: bool = True
    chains: int = 64
    trajectories: int = 400


def cases(options: Question) -> Iterator[Case]:
    """Matrices, and lattices by every route."""
    for n, which in options.matrices:
        yield Case(f"SU{n}/set-{which}", {"n": n, "set": which, "route": "matrix"}, "one matrix")
    for number, (group, side, beta) in enumerate(options.lattices):
        for route in ("hierarchy", "plaquettes", "chains"):
            if route != "plaquettes" or (number == 0 and options.plaquettes):
                name = f"{_plain(group)}/L={side}/beta={beta:g}/{route}"
                yield Case(name, {"group": group, "side": side, "beta": beta, "route": route}, _TOLD[route])


def _plain(group: str) -> str:
    """As names of cases are spelt: U1, SU2."""
    return group.replace("(", "").replace(")", "")


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Means with their deviations; of flows also the training curve and the weights' quality."""
    data, seed = task.case.data, task.seed % 2**31
    if data["route"] == "matrix":
        action = flows.class_action(_SETS[data["set"]], _BETA)
        steps, flow = 5 * options.training // 2, flows.class_flow(data["n"], seed=seed)
        made = flows.train(flow, action, steps=steps, batch=128, rate=0.1, seed=seed)
        found = _of_flow(made, flows.sample(made.flow, action, flows.class_trace, draws=options.draws, seed=seed))
        known = flows.class_efficiency(made.flow, _SETS[data["set"]], _BETA)
        return found | {"known ess": np.array([float(known.mean), float(known.stderr)])}
    lattice = gauge.GaugeLattice(data["group"], (data["side"],) * 2, data["beta"])
    if data["route"] == "chains":
        run = gauge.gauge_hmc(lattice, chains=options.chains, trajectories=options.trajectories, step=0.25, steps=6, seed=seed).checked()
        every = [run.plaquette] if run.charge is None else [run.plaquette, run.charge]
        times = [run.autocorrelation] if run.charge_autocorrelation is None else [run.autocorrelation, run.charge_autocorrelation]
        deviations = np.stack([next(iter(one.deviations.values())) for one in every], axis=1)
        return {"mean": np.array([float(one.mean) for one in every]), "deviations": deviations,
                "draws": np.array([run.plaquette.draws, run.chains]),
                "quality": np.array([run.acceptance, *(float(one.mean) for one in times)])}  # fmt: skip
    flow = flows.gauge_flow(lattice, hierarchy=data["route"] == "hierarchy", sweeps=2, seed=seed)
    made = flows.train(flow, lattice, steps=options.training, batch=64, rate=0.03, seed=seed)
    return _of_flow(made, flows.sample(made.flow, lattice, _measured, draws=options.draws, seed=seed))


def _measured(links: Any) -> Any:
    """The mean plaquette, and Q^2/V of U(1), of links [N, N, 2, L, L, draws]."""
    mean, sites = gauge.plaquette_means(links), links.shape[3] * links.shape[4]
    return mean[:, None] if links.shape[0] > 1 else jnp.stack([mean, gauge.topological_charges(links) ** 2 / sites], axis=1)


def _of_flow(made: flows.Trained, draws: flows.FlowDraws) -> dict[str, np.ndarray]:
    values, part, chain = draws.reweighted(), draws.efficiency(), draws.metropolis()
    weights = np.exp(draws.log_weights - draws.log_weights.max())
    centred = draws.observables - weights @ draws.observables / weights.sum()
    return {
        "mean": values.mean, "deviations": np.concatenate([one.reshape(len(one), -1) for _, one in sorted(values.deviations.items())]),
        "draws": np.array([values.draws, values.blocks]), "curve": made.curve, "ess": np.array([float(part.mean), float(part.stderr)]),
        "variance": weights @ centred**2 / weights.sum(), "refused": np.array(bool(draws.faults)),
        "quality": np.array([chain.acceptance, *(float(one.mean) for one in chain.autocorrelation)]),
    }  # fmt: skip


def _names(data: Mapping[str, Any]) -> tuple[str, ...]:
    if data["route"] == "matrix":
        return ("Re tr U/N",)
    return ("plaquette", "Q^2/V") if data["group"] == "U(1)" else ("plaquette",)


def _restored(case: Case, found: Mapping[str, Any]) -> Estimate:
    draws, blocks = np.asarray(found["draws"]).tolist()
    mean = np.asarray(found["mean"])
    refused = np.full(mean.shape, bool(np.asarray(found.get("refused", False))))
    told = {"warnings": ["the weights of the flow are unusable: it wants more training"]} if refused.any() else {}
    return Estimate(mean, {f"{case.name}/draws": np.asarray(found["deviations"])}, draws, blocks, None, _TOLD[case.data["route"]],
                    "float64", bias="unknown", refused=refused, diagnostics=told)  # fmt: skip


@cache
def _exact(route: str, *key: Any) -> tuple[Exact | Estimate, ...]:
    if route == "matrix":
        n, which = key
        return (flows.class_quadrature(n, _SETS[which], _BETA),)
    lattice = gauge.GaugeLattice(key[0], (key[1], key[1]), key[2])
    first = gauge.mean_plaquette(lattice)
    return (first, gauge.topological_susceptibility(lattice)) if lattice.group == "U(1)" else (first,)


def _known(data: Mapping[str, Any]) -> tuple[Exact | Estimate, ...]:
    if data["route"] == "matrix":
        return _exact("matrix", data["n"], data["set"])
    return _exact("lattice", data["group"], data["side"], data["beta"])


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Plaquettes and topology against the exact torus, traces against a quadrature, and the effective part of the draws."""
    if 0 not in pieces:
        return
    every = _restored(case, pieces[0])
    for place, (name, exact) in enumerate(zip(_names(case.data), _known(case.data), strict=True)):
        yield name, Found(every[place], exact)
    if "ess" in pieces[0]:
        yield "effective part of the draws", Found(_part(pieces[0]["ess"], case, "weights"))
    if "known ess" in pieces[0]:
        yield "effective part by quadrature", Found(_part(pieces[0]["known ess"], case, "quadrature over eigenangles"))


def _part(held: Any, case: Case, method: str) -> Estimate:
    mean, error = np.asarray(held).tolist()
    return Estimate.from_stderr(mean, error, source=f"{case.name}/ess by {method}", method=method)


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """How training goes, all values, and independent samples per second."""
    lines, rows = [], []
    for number, reading in enumerate(one for one in readings.values() if 0 in one.pieces and "curve" in one.pieces[0]):
        curve = np.asarray(reading.pieces[0]["curve"])
        lines += curves(reading.case.name, curve[:, 0].tolist(), curve[:, 2].tolist(), number)
    yield Section(
        "training",
        "Training",
        "The effective part of 2048 fresh draws along the training. Single matrices have the densities exp(-S) with S = -(beta/N) Re tr "
        "sum c_n U^n, beta = 9; lattices the Wilson action. Loops of all sizes reach further than plaquettes with fewer layers. The "
        "effective part of a single matrix is also known by quadrature over the start of its flow, where no rare weight is missed.",
        plots=[Plot("", "steps of training", "effective part", lines, "curves that rise to one", y_range=(0.0, 1.0))] if lines else [],
        caption="One look of 2048 draws at each mark.",
    )
    for reading in readings.values():
        for name, one in reading.items():
            pull = ""
            if isinstance(one.value, Estimate) and isinstance(one.expected, Exact | Estimate):
                pull = f"{float(one.value.agrees_with(one.expected, independent=True).pull):+.2f}"
            rows.append((reading.case.name, name, one.value, one.expected, pull))
    yield Section("values", "Values", "Plaquettes and topology of the torus are exact, by the character expansion; traces of one matrix "
                  "are quadratures over eigenangles.", columns=("case", "observable", "value", "expected", "pull"), rows=rows)  # fmt: skip
    yield _race(readings, options)


def _race(readings: Readings, options: Question) -> Section:
    rows, winners = [], []
    for group, side, beta in options.lattices:
        key = f"{_plain(group)}/L={side}/beta={beta:g}"
        flow = readings.get(f"{key}/hierarchy")
        if flow is None or 0 not in flow.pieces:
            continue
        for place, name in enumerate(_names(flow.case.data)):
            variance, speeds = float(np.asarray(flow.pieces[0]["variance"])[place]), {}
            for route in ("hierarchy", "plaquettes", "chains"):
                reading = readings.get(f"{key}/{route}")
                if reading is None or 0 not in reading.pieces or not reading.seconds:
                    continue
                found = reading.pieces[0]
                error = float(np.sum(np.asarray(found["deviations"])[:, place] ** 2))
                usable = not bool(np.asarray(found.get("refused", False))) and error > 0
                if usable:
                    speeds[_TOLD[route]] = variance / error / reading.seconds
                rows.append((key, name, _TOLD[route], _moves(reading, place), f"{variance / error:.3g}" if usable else "unusable",
                             f"{reading.seconds:.3g}", f"{speeds[_TOLD[route]]:.3g}" if usable else ""))  # fmt: skip
            if speeds:
                winners.append(f"{key}, {name}: {max(speeds, key=lambda one: speeds[one])} wins")
    return Section(
        "race",
        "Independent samples per second, training included",
        "Independent samples are the variance of the observable, from the weighted draws of the flow, over the squared error of its mean. "
        "Seconds are those of the whole case in this run, with training, warm-up and compilation. " + "; ".join(winners) + ".",
        columns=("lattice", "observable", "method", "quality", "independent samples", "seconds", "per second"),
        rows=rows,
    )


def _moves(reading: Reading, place: int) -> str:
    quality = np.asarray(reading.pieces[0]["quality"]).tolist()
    told = f"acceptance {quality[0]:.2f}, tau_int {quality[1 + place]:.2f}"
    return told if "ess" not in reading.pieces[0] else f"{told}, effective {np.asarray(reading.pieces[0]['ess'])[0]:.3f}"


CLAIMS = (
    Claim("FI-21", "Strings 2025; arXiv:2008.05456", "Lattice networks that are equivariant under the gauge group sample gauge fields.",
          ours="U1/L=4/beta=2/hierarchy/plaquette", printed=Exact(0.6992519268, "character expansion", "", 1e-10), within=1e-2,
          note="Two-dimensional U(1) and SU(2), against the exact torus; equivariance holds to rounding."),
    Claim("FI-21c", "arXiv:2008.05456", "Flows of class functions on one SU(2) matrix keep more than 90 % of their draws.",
          ours="SU2/set-0/effective part of the draws", printed=Exact(0.9), relation=">",
          note="By a gradient flow of the eigenangles; the figure is ours."),
    Claim("FI-21d", "arXiv:2008.05456", "Flows of class functions on one SU(3) matrix keep more than 90 % of their draws.",
          ours="SU3/set-0/effective part of the draws", printed=Exact(0.9), relation=">",
          note="A few rare weights are large where training is short; quadrature gives the same part without draws."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="methods", packages=("bijx",))
