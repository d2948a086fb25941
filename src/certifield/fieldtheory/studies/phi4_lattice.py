"""phi^4 on two-dimensional lattices: networks in mode space against lattice Monte Carlo, and the limit of fine lattices (ledger F2)."""

import math
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

import numpy as np

from certifield.ensembles import propagator
from certifield.evidence import Estimate, Exact, propagate
from certifield.fieldtheory import chains, interacting_field, oracles, periodic_box, torus
from certifield.study import Case, Claim, Found, Options, Pieces, Plot, Points, Reading, Readings, Section, Study, Task, curves

_MASS = -4.0  # m^2 of the unhalved action
_NAMES = ("phi^2", "phi^4", "chi", "|m|", "Binder", "chi - V <|m|>^2", "phi^4, connected", "m_eff")
_CHECKS = ("exp(-dH)", "Schwinger-Dyson")
_SIDE = 4.0  # of the box whose lattice is made finer, m = 1
_COUPLING = 6.0  # lambda/4! there, halved

# Published values, (side, lambda) of the unhalved action with m^2 = -4: lattice Monte Carlo, two million trajectories; 2 x 2 is exact.
_ROWS: dict[tuple[int, float], dict[str, tuple[float, float]]] = {
    (6, 6.975): {"phi^2": (0.161394, 3.1e-5), "phi^4": (0.052580, 1.9e-5), "chi": (1.0638, 1.7e-3), "|m|": (0.14157, 1.4e-4),
                 "Binder": (0.1930, 8e-4), "m_eff": (0.6622, 9e-4), "chi - V <|m|>^2": (0.3423, 5e-4)},
    (8, 8.0): {"phi^2": (0.143449, 2.1e-5), "phi^4": (0.042313, 1.2e-5), "chi": (0.7443, 1.2e-3), "|m|": (0.08703, 8e-5),
               "Binder": (0.0805, 1e-3), "m_eff": (0.7917, 1.4e-3), "chi - V <|m|>^2": (0.2596, 4e-4)},
    (8, 6.008): {"phi^2": (0.183895, 3.3e-5), "phi^4": (0.066787, 2e-5), "chi": (1.9018, 4.2e-3), "|m|": (0.14248, 1.8e-4),
                 "Binder": (0.2105, 1e-3), "m_eff": (0.4948, 9e-4), "chi - V <|m|>^2": (0.6026, 1.2e-3)},
}  # fmt: skip


class Question(Options):
    """Lattices (side, lambda) of the unhalved action with m^2 = -4; chains and trajectories of lattice Monte Carlo; draws of each of the
    eight chains in mode space; sites per side of the box whose lattice is made finer.
    """

    lattices: tuple[tuple[int, float], ...] = ((2, 8.0), (6, 6.975), (8, 8.0), (8, 6.008))
    chains: int = 256
    trajectories: int = 2000
    draws: int = 4000
    finer: tuple[int, ...] = (4, 8, 16)


def cases(options: Question) -> Iterator[Case]:
    """Two routes to every lattice, and the box with and without the counterterm."""
    for side, coupling in options.lattices:
        for route in ("lattice", "network"):
            yield Case(f"L={side}/lambda={coupling:g}/{route}", {"side": side, "coupling": coupling, "route": route}, route)
    for sites in options.finer:
        for kind in ("with", "without"):
            yield Case(f"finer/n={sites}/{kind}", {"sites": sites, "kind": kind}, "finer lattices")


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """Observables with their deviations, checks, and how well the sampler moves."""
    data, seed = task.case.data, task.seed % 2**31
    if "sites" in data:
        run = oracles.lattice_hmc(_finer(data["sites"], data["kind"] == "with"), chains=64, trajectories=options.trajectories, steps=12,
                                  step=0.1, seed=seed).checked()  # fmt: skip
        return _stored(run.observables.susceptibility * (_SIDE / data["sites"]) ** 2, [run.exponential, run.schwinger_dyson])
    if data["route"] == "network":
        return _network(data["side"], data["coupling"], options.draws, seed)
    lattice = _lattice(data["side"], data["coupling"])
    run = oracles.lattice_hmc(lattice, chains=options.chains, trajectories=options.trajectories, steps=8, step=0.1, seed=seed).checked()
    tau = run.autocorrelation
    return _stored(_of_lattice(run), [run.exponential, run.schwinger_dyson]) | {
        "quality": np.array([run.acceptance, float(tau.mean), float(tau.stderr), run.chains * run.trajectories / (2 * float(tau.mean))])
    }


def _lattice(side: int, coupling: float) -> oracles.LatticeScalar:
    return oracles.LatticeScalar((side, side), _MASS, coupling, "unhalved")


def _finer(sites: int, counterterm: bool) -> oracles.LatticeScalar:
    r"""Spacing a: a^2 m^2 and a^2 lambda, halved; the counterterm -lambda G_a(0)/2 removes what one loop adds to m^2."""
    area = (_SIDE / sites) ** 2
    loop = float(np.asarray(oracles.LatticeScalar((sites, sites), area, 0.0, "halved").exact().second.mean))
    return oracles.LatticeScalar((sites, sites), area * (1.0 - counterterm * _COUPLING / 2 * loop), area * _COUPLING, "halved")


def _network(side: int, coupling: float, draws: int, seed: int) -> dict[str, np.ndarray]:
    """The Gaussian modes of the free box m = 1, deformed by the rest of the action; halved: phi_h = sqrt(2) phi, lambda_h = 6 lambda."""
    box = periodic_box(propagator(2, 1.0), float(side), sites=side)
    field = interacting_field(box.ensemble, {2: (_MASS - 1.0) / 2, 4: 6 * coupling / 24}, torus(box))
    found = chains(field, box.sites, partial(_measured, side), draws=draws, steps=8, seed=seed)
    assert found.energy is not None
    return _stored(propagate(partial(_named, side), found.values), [found.energy, found.schwinger_dyson]) | {
        "quality": np.array([found.acceptance, found.values.draws / (2 * found.ess), 0.0, found.ess])
    }


def _measured(side: int, halved: np.ndarray) -> np.ndarray:
    """phi^2, phi^4, m^2, |m|, m^4 and the correlator of time slices [side], from halved fields [..., sites]."""
    phi = halved.reshape(*halved.shape[:-1], side, side) / math.sqrt(2)
    slices, m = phi.mean(axis=-1), phi.mean(axis=(-2, -1))
    first = np.stack([(phi**2).mean(axis=(-2, -1)), (phi**4).mean(axis=(-2, -1)), m**2, np.abs(m), m**4], axis=-1)
    return np.concatenate([first, np.stack([(slices * np.roll(slices, -d, -1)).mean(axis=-1) for d in range(side)], axis=-1)], axis=-1)


def _named(side: int, base: Any) -> Any:
    """What `_NAMES` says, and the correlator, from the means of `_measured`."""
    second, fourth, m2, size, m4 = (base[..., place] for place in range(5))
    slices, volume = base[..., 5:], side * side
    first = [second, fourth, volume * m2, size, 1 - m4 / (3 * m2**2), volume * (m2 - size**2), fourth - 3 * second**2]
    if side > 2:  # the mean over all inner times
        ratio = (slices[..., 2:] + slices[..., :-2]) / (2 * slices[..., 1:-1])
        first.append(np.mean(np.arccosh(ratio), axis=-1))
    return np.concatenate([np.stack(first, axis=-1), slices], axis=-1)


def _of_lattice(run: oracles.LatticeRun) -> Estimate:
    """The same of a lattice run: all of one source, so that errors go through together."""
    seen, side = run.observables, run.observables.lattice.shape[0]
    m2 = seen.susceptibility / (side * side)
    m4 = 3 * (1 - run.binder) * m2 * m2
    base: Any = [seen.second, seen.fourth, m2, run.magnetisation, m4, *(run.correlator[d] for d in range(side))]
    return propagate(partial(_named, side), propagate(lambda *each: np.stack(each), *base))


def _stored(found: Any, checks: list[Estimate]) -> dict[str, np.ndarray]:
    return {
        "mean": np.atleast_1d(found.mean),
        "deviations": next(iter(found.deviations.values())),
        "draws": np.array([found.draws, found.blocks]),
        "checks": np.array([[float(one.mean), float(one.stderr)] for one in checks]),
    }


def _restored(name: str, found: Mapping[str, Any]) -> Estimate:
    draws, blocks = np.asarray(found["draws"]).tolist()
    mean, away = np.asarray(found["mean"]), np.asarray(found["deviations"])
    method = "lattice Monte Carlo" if name.endswith("lattice") or name.startswith("finer") else "chains in mode space"
    return Estimate(mean, {f"{name}/draws": away.reshape(len(away), -1)}, draws, blocks, None, method, "float64", bias="unknown")


@cache
def _known(side: int, coupling: float) -> dict[str, Exact | Estimate]:
    if side == 2:
        exact = _lattice(side, coupling).exact()
        return {"phi^2": exact.second, "phi^4": exact.fourth, "chi": exact.susceptibility}
    rows = _ROWS.get((side, coupling), {})
    return {name: Estimate.from_stderr(*row, source=f"published/{side}/{coupling}/{name}") for name, row in rows.items()}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """All observables against what is known of them, and the two checks against 1."""
    if 0 not in pieces:
        return
    found, data = pieces[0], case.data
    every = _restored(case.name, found)
    if "sites" in data:
        yield "susceptibility", Found(every[0])
    else:
        known = _known(data["side"], data["coupling"])
        for place, name in enumerate(_NAMES[: len(_NAMES) - (data["side"] == 2)]):
            yield name, Found(every[place], known.get(name))
    for name, (mean, error) in zip(_CHECKS, np.asarray(found["checks"]).tolist(), strict=True):
        yield name, Found(Estimate.from_stderr(mean, error, source=f"{case.name}/{name}", method=name), Exact(1.0))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Network less lattice, and what halving the spacing does to the susceptibility."""
    for side, coupling in options.lattices:
        key = f"L={side}/lambda={coupling:g}"
        two = [readings.get(f"{key}/{route}") for route in ("network", "lattice")]
        if all(one is not None and 0 in one.pieces for one in two):
            network, lattice = (_restored(one.case.name, one.pieces[0]) for one in two if one is not None)
            gap = propagate(lambda a, b: a - b, network, lattice, independent=True)
            for place, name in enumerate(_NAMES[: len(_NAMES) - (side == 2)]):
                yield f"{key}: {name}, network less lattice", Found(gap[place], Exact(0.0))
    for kind in ("with", "without"):
        two = [readings.get(f"finer/n={sites}/{kind}") for sites in options.finer[-2:]]
        if len(two) == 2 and all(one is not None and "susceptibility" in one for one in two):
            coarse, fine = (one["susceptibility"].value for one in two if one is not None)
            ratio = propagate(lambda a, b: b / a, coarse, fine, independent=True)
            yield f"susceptibility at the finest spacing over that before, {kind} the counterterm", Found(ratio)


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Correlators of both routes, all values with their pulls, how the samplers move, and finer lattices."""
    lines, pulls, rows, moves = [], [], [], []
    for number, (side, coupling) in enumerate(options.lattices):
        key = f"L={side}/lambda={coupling:g}"
        for route in ("lattice", "network"):
            reading = readings.get(f"{key}/{route}")
            if reading is None or 0 not in reading.pieces:
                continue
            every = _restored(reading.case.name, reading.pieces[0])
            half, start = np.arange(side // 2 + 1), len(every.mean) - side
            mean, error = every.mean[start : start + len(half)], every.stderr[start : start + len(half)]
            shown = half + (0.08 if route == "network" else 0.0)
            bars = {"low": (mean - error).tolist(), "high": (mean + error).tolist()}
            lines += curves(f"{key}, {route}", shown.tolist(), mean.tolist(), 2 * number + (route == "network"), **bars, joined=False)
            for place, name in enumerate(one for one in _NAMES if one in reading):
                one = reading[name]
                gap = _pull(one)
                rows.append((key, route, name, one.value, one.expected, gap))
                if gap:
                    pulls.append((place, float(gap), route))
            moves.append(_moves(key, route, reading))
    marks = []
    for route, colour, marker, shift in (("lattice", "blue", "o", -0.1), ("network", "orange", "s", 0.1)):
        places, gaps = np.array([(place + shift, gap) for place, gap, one in pulls if one == route]).reshape(-1, 2).T
        marks.append(Points(places, gaps, None, colour, marker, label=route))
    yield Section(
        "lattices",
        "Networks and lattices",
        "The action without halves, m^2 = -4. Network: the Gaussian modes of the free box with the density exp(-S_int), by Hamiltonian "
        "Monte Carlo in mode space; the box is Gaussian at every size without it, so that there is no limit of large width. Lattice: "
        "Monte Carlo of the field. Expected values are published ones, and those of a quadrature for two by two sites.",
        plots=[Plot("Time slices", "distance", "correlator", lines, "pairs of falling points", y_log=True),
               Plot("Distance from published values", "observable", "standard errors", marks, "two clouds of points about 0",
                    y_range=(-5.0, 5.0))] if rows else [],
        caption="One standard error; the network is moved to the right. Observables: "
        + ", ".join(f"{k} {name}" for k, name in enumerate(_NAMES)) + ".",
        columns=("lattice", "route", "observable", "value", "expected", "pull"),
        rows=rows,
    )  # fmt: skip
    yield Section(
        "samplers",
        "How the samplers move",
        "tau_int is that of m^2 on the lattice, in trajectories, and of the slowest observable in mode space. Independent samples are "
        "draws over 2 tau_int; their rate is of the machine and of this run, compilation included.",
        columns=("lattice", "route", "acceptance", "tau_int", "independent samples", "per second", *(f"<{name}>" for name in _CHECKS)),
        rows=moves,
    )
    yield from _limit(readings, options)


def _pull(found: Found) -> str:
    if found.expected is None or not isinstance(found.value, Estimate) or not isinstance(found.expected, Exact | Estimate):
        return ""
    return f"{float(found.value.agrees_with(found.expected, independent=True).pull):+.2f}"


def _moves(key: str, route: str, reading: Reading) -> tuple[object, ...]:
    acceptance, tau, blur, independent = np.asarray(reading.pieces[0]["quality"]).tolist()
    speed = "" if not reading.seconds else f"{independent / reading.seconds:.3g}"
    told = f"{tau:.2f} +- {blur:.2f}" if blur else f"{tau:.2f}"
    return key, route, f"{acceptance:.3f}", told, f"{independent:.3g}", speed, *(reading[name].value for name in _CHECKS)


def _limit(readings: Readings, options: Question) -> Iterator[Section]:
    marks, rows = [], []
    for number, kind in enumerate(("with", "without")):
        seen = [(sites, readings[f"finer/n={sites}/{kind}"]) for sites in options.finer if f"finer/n={sites}/{kind}" in readings]
        values = [(_SIDE / sites, reading["susceptibility"].value) for sites, reading in seen if "susceptibility" in reading]
        if values:
            mean, error = (np.array([float(getattr(one, part)) for _, one in values]) for part in ("mean", "stderr"))
            bars = {"low": (mean - error).tolist(), "high": (mean + error).tolist()}
            marks += curves(f"{kind} the counterterm", [a for a, _ in values], mean.tolist(), number, **bars)
            rows += [(kind, f"{a:g}", one) for a, one in values]
    yield Section(
        "finer",
        "Finer lattices, with and without a counterterm",
        f"A box of side {_SIDE:g}, m = 1, lambda = {_COUPLING:g} in lambda phi^4/4!, on finer and finer lattices. In two dimensions one "
        "loop adds lambda G_a(0)/2, which grows as log 1/a, to m^2: with the action as it is printed the susceptibility falls on and on, "
        "with that loop taken off it settles.",
        plots=[Plot("", "spacing a", "susceptibility", marks, "one curve that settles and one that falls")] if marks else [],
        columns=("counterterm", "spacing", "susceptibility"),
        rows=rows,
    )


CLAIMS = (
    Claim("FI-04a", "arXiv:2402.13321 (13); Strings 2025", "P_G exp(-lambda/4! int phi^4) is phi^4 theory, here in two dimensions.",
          ours="L=8/lambda=8/network/phi^2", printed=Estimate.from_stderr(0.143449, 2.1e-5, source="published/8/8.0/phi^2"), within=2e-3,
          note="Modes of the periodic box, in the action without halves; all published observables agree, see the study."),
    Claim("FI-05a", "arXiv:2402.13321, section 3.1; Strings 2025", "The interaction comes from broken independence, not from 1/N.",
          ours="L=8/lambda=8/network/phi^4, connected", printed=Exact(0.0), relation="<",
          note="The box is exactly Gaussian at every size: what is connected here comes from modes that depend on each other."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="fields")
