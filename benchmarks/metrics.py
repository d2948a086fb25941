"""Ricci-flat metrics beside the packages cymetric and cymyc: points a second, gradients, error against time on the same two varieties.

``--cymetric PYTHON`` and ``--cymyc PYTHON`` name Pythons that have these packages, which install from their sources alone:
``pip install git+https://github.com/ruehlef/cymetric`` and ``pip install numba git+https://github.com/Justin-Tan/cymyc``; they need not
have Certifield.  Without them only this side is timed.

Fermat quintic   cymetric: its tutorial, `_cymetric_peer.py`
two cubics       psi = 1/2, cymyc: its tutorial, `_cymyc_peer.py`

Ours with the symmetry of the variety and without.  Times are seconds of the processor, points and compilation included, imports not.
All metrics are judged alike: sigma as `geometry.quality` has it, on the same unseen points, from g at these points.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
from _metric_peers import asked_of, epochs, judged, timing
from _timing import options, race, spread, write

from certifield.geometry import Points, Symmetry, Variety, fermat, fubini_study, ricci_flat, sample, two_cubics
from certifield.geometry.networks import train_network

TARGETS = (0.05, 0.02)
UNSEEN = 99991  # seed of the points on which all are judged
Setting = tuple[int, int]  # degree or steps, and draws


def invariant(variety: Variety, setting: Setting, seed: int) -> tuple[Any, Points]:
    """The fit among invariant forms: degree and draws."""
    degree, draws = setting
    return ricci_flat(variety, [1], [[[degree]]], draws=draws, seed=seed)


def plain(variety: Variety, setting: Setting, seed: int) -> tuple[Any, Points]:
    """The fit among all Hermitian forms, up a ladder of degrees: the last degree and draws."""
    degree, draws = setting
    return ricci_flat(variety, [1], [[[k]] for k in range(2, degree + 1)], draws=draws, seed=seed, symmetry=Symmetry())


def network(variety: Variety, setting: Setting, seed: int) -> tuple[Any, Points]:
    """A network of 3 x 64 neurons on top of the Fubini-Study metric: steps and draws."""
    steps, draws = setting
    points = sample(variety, draws, seed)
    return train_network(fubini_study(variety, [1]), points, steps=steps, seed=seed), points


Make = Callable[[Variety, Setting, int], tuple[Any, Points]]
METHODS: dict[str, tuple[bool, Make]] = {"invariant": (True, invariant), "plain": (False, plain), "network": (False, network)}


@dataclass(frozen=True)
class Case:
    """A variety with ``each`` points a draw; ``settings`` of our methods, from the quickest to the best; a peer and what it is asked."""

    variety: Variety
    each: int
    settings: Mapping[str, Sequence[Setting]]
    peer: str
    question: dict[str, Any]


def cases(small: bool) -> dict[str, Case]:
    """The two polynomials."""
    if small:
        few = {"invariant": [(2, 40)], "plain": [(2, 300)], "network": [(2, 40)]}
        asked = {"points": 3000, "batch": 500, "limit": 1}
        quintic, cubics = asked, asked
        settings = few, {"invariant": [(2, 40)]}
    else:
        quintic, cubics = {"points": 100_000, "batch": 20_000, "limit": 100}, {"points": 20_480, "batch": 3500, "limit": 150}
        settings = (
            {"invariant": [(2, 2000), (3, 2000), (4, 2000), (6, 2000)], "plain": [(2, 2000), (3, 4000), (4, 6000)],
             "network": [(50, 4000), (150, 4000), (400, 4000)]},
            {"invariant": [(2, 1200), (3, 1200), (4, 1200), (5, 1200)], "plain": [(2, 1200), (3, 5300), (4, 5300)],
             "network": [(50, 2200), (150, 2200), (400, 2200)]},
        )  # fmt: skip
    return {
        "Fermat quintic": Case(fermat(), 5, settings[0], "cymetric", quintic),
        "two cubics": Case(two_cubics(0.5), 9, settings[1], "cymyc", cubics),
    }


def ours(variety: Variety, make: Make, settings: Sequence[Setting], seeds: Sequence[int], points: Points) -> list[dict[str, Any]]:
    """For each seed and setting the seconds from nothing, and how good the metric is."""
    curves = []
    for seed in seeds:
        rows = []
        for setting in settings:
            jax.clear_caches()
            started = time.process_time()
            metric, seen = make(variety, setting, seed)
            seconds = time.process_time() - started
            rows.append({"setting": setting[0], "points": len(seen), "seconds": seconds, **judged(points, metric.metric(points.local))})
        curves.append({"seed": seed, "rows": rows})
    return curves


def told(program: str, method: str, symmetric: bool, curves: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A row of the result, shown as well: for each target the seconds of each seed after which sigma was that small, or none."""
    reached = {
        str(target): [min((row["seconds"] for row in curve["rows"] if row["sigma"] <= target), default=None) for curve in curves]
        for target in TARGETS
    }
    best = min((row for curve in curves for row in curve["rows"]), key=lambda row: row["sigma"])
    print(f"  {program} {method}: best {best['sigma']:.4f} after {best['seconds']:.3g} s; {reached}", flush=True)
    return {"program": program, "method": method, "symmetry": symmetric, "reached": reached, "curves": curves}


def gradients(variety: Variety, small: bool) -> dict[str, Any]:
    """Seconds of a step of our training for 1000 points: what many steps take beyond few, once compiled."""
    few, many, batch = (2, 22, 64) if small else (4, 64, 512)
    points, base = sample(variety, 40 if small else 400, 0), fubini_study(variety, [1])
    times = race(
        {str(steps): lambda turn, steps=steps: train_network(base, points, steps=steps, batch=batch, seed=turn) for steps in (few, many)},
        2 if small else 5,
        time.process_time,
    )
    visits = (many - few) * min(batch, len(points)) / 1000
    gaps = [max(b - a, 1e-9) / visits for a, b in zip(times[str(few)]["rounds"], times[str(many)]["rounds"], strict=True)]
    return timing([times[str(many)]["first_call"], *gaps])


def measured(case: Case, peer: str | None, small: bool, seeds: Sequence[int]) -> dict[str, Any]:
    """All that is measured on one variety."""
    repeats, draws = (2, 40) if small else (5, 2000)
    points = sample(case.variety, 60 if small else 10_000 // case.each, UNSEEN)
    times = race({"certifield": lambda turn: sample(case.variety, draws, turn).local.tangents}, repeats, time.process_time)
    counts, steps = {"certifield": draws * case.each}, {"certifield": gradients(case.variety, small)}
    found: dict[str, Any] = {"judged_on": len(points), "runs": []}
    if peer:
        answer = asked_of(peer, case.peer, case.question | {"rounds": repeats, "seeds": list(seeds)}, points)
        times[case.peer], counts[case.peer] = timing(answer.pop("rounds")), case.question["batch"]
        steps[case.peer] = epochs(answer["curves"])
        found["runs"].append(told(case.peer, "tutorial", False, answer.pop("curves")))
        found["peer"] = answer | {"limit": case.question["limit"]}
    for name, settings in case.settings.items():
        symmetric, make = METHODS[name]
        found["runs"].append(told("certifield", name, symmetric, ours(case.variety, make, settings, seeds, points)))
    rates = {program: spread([counts[program] / seconds for seconds in one["rounds"]]) for program, one in times.items()}
    for program, one in steps.items():
        print(
            f"  {program}: {rates[program]['median']:.4g} points a second, {1000 * one['median']:.3g} ms of a step for 1000 points",
            flush=True,
        )
    found["load"] = os.getloadavg()[0]
    return found | {"counts": counts, "sampling": times, "per_second": rates, "steps": steps}


def main() -> None:
    """Measures, prints, writes."""
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--cymetric")
    early.add_argument("--cymyc")
    known, rest = early.parse_known_args()
    sys.argv = [sys.argv[0], *rest]
    chosen = options(__doc__ or "", __file__, seeds=3)
    peers = {name: python for name, python in vars(known).items() if python}
    if len(peers) < 2 and not chosen.small:  # the committed result holds all sides
        chosen.json = None
    measurements = []
    for name, case in cases(chosen.small).items():
        print(name, flush=True)
        seeds = range(1, (1 if chosen.small else chosen.seeds) + 1)
        measurements.append({"polynomial": name} | measured(case, peers.get(case.peer), chosen.small, seeds))
        write(chosen, "Ricci-flat metrics on two varieties: points, gradients and error against time, ours and two peers", measurements)


if __name__ == "__main__":
    main()
