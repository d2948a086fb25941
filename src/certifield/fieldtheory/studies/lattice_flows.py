"""Flows that sample phi^4 on a lattice: how well they are trained, what their weights cost, and who is fastest (ledger F7)."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jax.numpy as jnp
import numpy as np

from certifield.evidence import Estimate, Exact, propagate
from certifield.fieldtheory import flows, oracles
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Reading, Readings, Section, Study, Task, curves

_MASS = -4.0  # m^2 of the unhalved action
_NAMES = ("phi^2", "phi^4", "chi")
_ROUTES = ("continuous", "coupling", "lattice", "particles")
_TOLD = {
    "continuous": "continuous flow", "coupling": "real-NVP flow", "lattice": "hybrid Monte Carlo",
    "particles": "tempered sequential Monte Carlo",
}  # fmt: skip

# Published values, (side, lambda) with m^2 = -4: hybrid Monte Carlo, two million trajectories.
_ROWS = {
    (6, 6.975): ((0.161394, 3.1e-5), (0.052580, 1.9e-5), (1.0638, 1.7e-3)),
    (8, 8.0): ((0.143449, 2.1e-5), (0.042313, 1.2e-5), (0.7443, 1.2e-3)),
    (8, 6.008): ((0.183895, 3.3e-5), (0.066787, 2e-5), (1.9018, 4.2e-3)),
}


class Question(Options):
    """Lattices (side, lambda) of the unhalved action with m^2 = -4; steps of ``training`` of the continuous flow, with ``batch`` draws
    each, and ``coupling_training`` of the real-NVP flow, on the first lattice alone (0: none), with a quarter; ``draws`` of a trained flow;
    ``chains`` and ``trajectories`` of hybrid Monte Carlo; ``particles`` of each of sixteen runs of sequential Monte Carlo.
    """

    lattices: tuple[tuple[int, float], ...] = ((8, 8.0), (8, 6.008))
    training: int = 500
    batch: int = 256
    coupling_training: int = 200
    draws: int = 16384
    chains: int = 128
    trajectories: int = 1000
    particles: int = 1024


def cases(options: Question) -> Iterator[Case]:
    """Every lattice by every route; the real-NVP flow on the first."""
    for number, (side, coupling) in enumerate(options.lattices):
        for route in _ROUTES:
            if route != "coupling" or (number == 0 and options.coupling_training):
                yield Case(f"L={side}/lambda={coupling:g}/{route}", {"side": side, "coupling": coupling, "route": route}, _TOLD[route])


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Means with their deviations; of flows also the training curve, the weights' quality and the chains."""
    data, seed = task.case.data, task.seed % 2**31
    lattice = oracles.LatticeScalar((data["side"],) * 2, _MASS, data["coupling"], "unhalved")
    if data["route"] == "lattice":
        run = oracles.lattice_hmc(lattice, chains=options.chains, trajectories=options.trajectories, warmup=100, seed=seed).checked()
        seen, m2 = run.observables, float(np.asarray(run.observables.susceptibility.mean)) / lattice.sites
        spread = (2 - 3 * float(run.binder.mean)) * m2**2
        quality = [run.acceptance, float(run.autocorrelation.mean), float(run.autocorrelation.stderr), spread * lattice.sites**2]
        return _stored(seen.second, seen.fourth, seen.susceptibility) | {"quality": np.array(quality)}
    if data["route"] == "particles":
        found = oracles.lattice_smc(lattice, particles=options.particles, seed=seed)
        seen = found.observables
        return _stored(seen.second, seen.fourth, seen.susceptibility) | {"quality": np.array([found.acceptance, len(found.ladder) - 1])}
    if data["route"] == "continuous":
        made = flows.train(flows.continuous_flow(lattice, seed=seed), lattice, steps=options.training, batch=options.batch, seed=seed)
    else:
        flow = flows.coupling_flow(lattice, layers=6, channels=8, seed=seed)
        made = flows.train(flow, lattice, steps=options.coupling_training, batch=options.batch // 4, rate=0.005, seed=seed)
    draws = flows.sample(made.flow, lattice, _measured, draws=options.draws, seed=seed)
    chain = draws.metropolis()
    tau = chain.autocorrelation[2]
    return _stored(*draws.reweighted()) | {
        "curve": made.curve,
        "chain mean": chain.values.mean, "chain stderr": chain.values.nominal_stderr,
        "ess": np.array([float(draws.efficiency().mean), float(draws.efficiency().stderr)]),
        "quality": np.array([chain.acceptance, float(tau.mean), float(tau.stderr), draws.heaviest, float(np.std(draws.mismatch))]),
        "refused": np.array(bool(draws.faults)),
    }  # fmt: skip


def _measured(fields: Any) -> Any:
    """phi^2, phi^4 and chi of fields [draws, L, L]."""
    sites = fields.shape[1] * fields.shape[2]
    columns = (jnp.mean(fields**2, axis=(1, 2)), jnp.mean(fields**4, axis=(1, 2)), sites * jnp.mean(fields, axis=(1, 2)) ** 2)
    return jnp.stack(columns, axis=1)


def _stored(*each: Any) -> dict[str, np.ndarray]:
    """Three estimates of one source (and of the integrator's) as arrays."""
    joined = propagate(lambda *parts: np.stack(parts), *each)
    rows = np.concatenate([one.reshape(len(one), -1) for _, one in sorted(joined.deviations.items())])
    return {"mean": joined.mean, "deviations": rows, "draws": np.array([joined.draws, joined.blocks])}


def _restored(name: str, found: Mapping[str, Any]) -> Estimate:
    draws, blocks = np.asarray(found["draws"]).tolist()
    refused = np.full(len(_NAMES), bool(np.asarray(found["refused"]))) if "refused" in found else None
    told = {"warnings": ["the weights of the flow are unusable: it wants more training"]} if refused is not None and refused.any() else {}
    method = _TOLD[name.rsplit("/", 1)[1]]
    return Estimate(np.asarray(found["mean"]), {f"{name}/draws": np.asarray(found["deviations"])}, draws, blocks, None, method, "float64",
                    bias="unknown", refused=refused, diagnostics=told)  # type: ignore[arg-type]  # fmt: skip


@cache
def _known(side: int, coupling: float) -> tuple[Estimate | None, ...]:
    rows = _ROWS.get((side, coupling))
    if rows is None:
        return (None,) * len(_NAMES)
    source = f"published/{side}/{coupling}"
    return tuple(Estimate.from_stderr(*row, source=f"{source}/{name}") for name, row in zip(_NAMES, rows, strict=True))


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """The observables against published ones; of flows the effective part of the draws, and the chains."""
    if 0 not in pieces:
        return
    found, known = pieces[0], _known(case.data["side"], case.data["coupling"])
    every = _restored(case.name, found)
    for place, name in enumerate(_NAMES):
        yield name, Found(every[place], known[place])
    if "ess" in found:
        mean, error = np.asarray(found["ess"]).tolist()
        yield "effective part of the draws", Found(Estimate.from_stderr(mean, error, source=f"{case.name}/ess", method="weights"))
        if not every.refused.any():
            means, errors = np.asarray(found["chain mean"]), np.asarray(found["chain stderr"])
            for place, name in enumerate(_NAMES):
                one = Estimate.from_stderr(
                    means[place], errors[place], source=f"{case.name}/chains/{name}", method="independence Metropolis"
                )
                yield f"{name}, Metropolis", Found(one, known[place])


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Flow and particles less hybrid Monte Carlo of the same run."""
    for side, coupling in options.lattices:
        key = f"L={side}/lambda={coupling:g}"
        base = readings.get(f"{key}/lattice")
        for route in ("continuous", "particles"):
            other = readings.get(f"{key}/{route}")
            if base is None or other is None or 0 not in base.pieces or 0 not in other.pieces:
                continue
            two = [_restored(one.case.name, one.pieces[0]) for one in (other, base)]
            gap = propagate(lambda a, b: a - b, *two, independent=True)
            for place, name in enumerate(_NAMES):
                yield f"{key}: {name}, {route} less lattice", Found(gap[place], Exact(0.0))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """How training goes, all values, and independent samples per second."""
    lines, rows = [], []
    for number, reading in enumerate(one for one in readings.values() if 0 in one.pieces and "curve" in one.pieces[0]):
        curve = np.asarray(reading.pieces[0]["curve"])
        lines += curves(reading.case.name, curve[:, 0].tolist(), curve[:, 2].tolist(), number)
    yield Section(
        "training",
        "Training",
        "The effective part of 2048 fresh draws, (mean w)^2 / mean w^2 with w = exp(-S)/q, along the training by the reverse divergence. "
        "The continuous flow commutes with translations, reflections, exchange of axes and the sign; the real-NVP flow does not.",
        plots=[Plot("", "steps of training", "effective part", lines, "a curve that rises to one", y_range=(0.0, 1.0))] if lines else [],
        caption="One look of 2048 draws at each mark.",
    )
    for reading in readings.values():
        rows += [(reading.case.name, name, one.value, one.expected, _pull(one))
                 for name, one in reading.items()]  # fmt: skip
    yield Section("values", "Values", "Reweighted draws, chains of independence Metropolis, hybrid Monte Carlo and particles; published "
                  "values are those of hybrid Monte Carlo with two million trajectories.",
                  columns=("case", "observable", "value", "expected", "pull"), rows=rows)  # fmt: skip
    yield _race(readings, options)


def _pull(found: Found) -> str:
    if found.expected is None or not isinstance(found.value, Estimate) or not isinstance(found.expected, Exact | Estimate):
        return ""
    return f"{float(found.value.agrees_with(found.expected, independent=True).pull):+.2f}"


def independent_samples(found: Mapping[str, Any], variance: float) -> float:
    """Var/stderr^2 of chi: how many independent fields would give its error bar."""
    away = np.asarray(found["deviations"])[:, 2]
    return variance / float(np.sum(away**2))


def _race(readings: Readings, options: Question) -> Section:
    rows, winners = [], []
    for side, coupling in options.lattices:
        key = f"L={side}/lambda={coupling:g}"
        base = readings.get(f"{key}/lattice")
        if base is None or 0 not in base.pieces:
            continue
        variance, speeds = float(np.asarray(base.pieces[0]["quality"])[3]), {}
        for route in _ROUTES:
            reading = readings.get(f"{key}/{route}")
            if reading is None or 0 not in reading.pieces:
                continue
            count = independent_samples(reading.pieces[0], variance)
            usable = not bool(np.asarray(reading.pieces[0].get("refused", False)))
            if reading.seconds and usable:
                speeds[_TOLD[route]] = count / reading.seconds
            rows.append(
                (
                    key,
                    _TOLD[route],
                    _moves(reading),
                    f"{count:.3g}" if usable else "weights unusable",
                    f"{reading.seconds:.3g}" if reading.seconds else "",
                    f"{count / reading.seconds:.3g}" if reading.seconds and usable else "",
                )
            )
        if speeds:
            winners.append(f"{key}: {max(speeds, key=lambda one: speeds[one])} wins")
    return Section(
        "race",
        "Independent samples per second, training included",
        "Independent samples are the variance of the squared mean field over the squared error of its mean, of all methods alike. Seconds "
        "are those of the whole case in this run, with training, warm-up and compilation, and depend on the machine. "
        + "; ".join(winners)
        + ".",
        columns=("lattice", "method", "quality", "independent samples", "seconds", "per second"),
        rows=rows,
    )


def _moves(reading: Reading) -> str:
    quality = np.asarray(reading.pieces[0]["quality"]).tolist()
    if reading.case.data["route"] == "particles":
        return f"acceptance {quality[0]:.2f}, {int(quality[1])} temperatures"
    told = f"acceptance {quality[0]:.2f}, tau_int {quality[1]:.2f} +- {quality[2]:.2f}"
    if "ess" not in reading.pieces[0]:
        return told
    return f"{told}, effective {np.asarray(reading.pieces[0]['ess'])[0]:.3f}, heaviest {quality[3]:.2g}, log q off by {quality[4]:.1g}"


CLAIMS = (
    Claim("FI-21a", "arXiv:1904.12072; arXiv:2207.00283", "Flows sample phi^4 on a lattice: phi^2 from the weights of a trained flow.",
          ours="L=8/lambda=8/continuous/phi^2", printed=Estimate.from_stderr(0.143449, 2.1e-5, source="published/8/8.0/phi^2"), within=2e-3,
          note="A continuous flow with 135 weights and a frequency; published by hybrid Monte Carlo."),
    Claim("FI-21b", "arXiv:2207.00283", "An equivariant continuous flow keeps most of its draws: ESS of 70 % or more at L = 8, lambda = 8.",
          ours="L=8/lambda=8/continuous/effective part of the draws", printed=Exact(0.7), relation=">",
          note="The figure of 70 % is our own bar; training takes less than a minute of one processor."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="methods", packages=("bijx",))
