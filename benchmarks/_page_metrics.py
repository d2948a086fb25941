"""The page about benchmarks: Ricci-flat metrics."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from _page_tables import bracket, machine, show, table
from _timing import spread

METRICS = """
## Ricci-flat metrics

Beside {peers}, each with the settings of its own tutorial, on {machine}; seconds of the processor.
The polynomials are those of the two tutorials: the Fermat quintic for cymetric (its phi-model, 3 layers of 64 neurons, 1e5 points), and two
cubics in P^5 at psi = 1/2 for cymyc (its spectral network, 4 layers of 48 neurons, batches of 1024).
Instead of the 4e5 points of that tutorial cymyc had {few}, sampled once for all seeds, as they come slowly on one core.

Points a second, with weights and \\(|\\Omega|^2\\); those of cymyc without, which took it {weighed} s for all of them.
Gradients: milliseconds of a step of training for 1000 points, ours for a network of 3 x 64 neurons with its optimiser; both phases of an
epoch of cymetric counted.
Both peers are made for accelerators, where they are many times faster; here everything has one core, and other work ran beside it (load
{loads} at the end of each polynomial).
"""

TIMES = """
Time until sigma was as small as stated on {quintic} and {cubics} points that nobody was trained on, points and compilation included,
median over {seeds} seeds (smallest to largest), with the number of seeds that got there where some did not.
All are judged by the formula of `geometry.quality` from the metrics at these points.
Each of our times is that of one setting from nothing, and the quickest that got there is quoted; a peer trains on, and was stopped at the
first metric that was there {limits} s of training or later, for each seed.
A fit among invariant forms uses the symmetry of the polynomial, which the others do not.
The volumes are those of the best metrics, measured on the same points; those of the classes are 5/6 and 3/2 exactly, and a potential that
is defined everywhere has them: that of cymetric is a function of coordinates of a chart, held together by a loss.
"""

CURVES = """
Error against time, medians over the seeds: degrees of fits, steps of networks, epochs of the peers.
"""

NAMES = {
    "invariant": "fit, symmetry used",
    "plain": "fit, no symmetry used",
    "network": "network, no symmetry used",
    "tutorial": "its tutorial",
}
KINDS = {"invariant": "k =", "plain": "k =", "network": "steps", "tutorial": "epoch"}


def metrics(record: dict[str, Any]) -> str:
    """Points, gradients, times to a given sigma, curves."""
    rows = record["measurements"]
    quintic, cubics = rows
    peers = " and ".join(
        f"{name} {row['peer']['versions'][name]} ({', '.join(f'{k} {v}' for k, v in row['peer']['versions'].items() if k != name)})"
        for row, name in zip(rows, ("cymetric", "cymyc"), strict=True)
    )
    few = next(run for run in cubics["runs"] if run["program"] == "cymyc")["curves"][0]["rows"][0]["points"]
    text = METRICS.format(
        peers=peers,
        machine=machine(record),
        few=show(few),
        weighed=show(cubics["peer"]["weighed"]),
        loads=" and ".join(show(row["load"]) for row in rows),
    )
    rates = [
        [row["polynomial"], program, bracket(rate), bracket({name: 1000 * row["steps"][program][name] for name in rate})]
        for row in rows
        for program, rate in row["per_second"].items()
    ]
    text += "\n" + table(["polynomial", "program", "points a second", "ms a step for 1000 points"], rates)
    seeds, limits = len(quintic["runs"][0]["curves"]), " and ".join(show(row["peer"]["limit"]) for row in rows)
    sizes = [show(row["judged_on"]) for row in rows]
    text += TIMES.format(quintic=sizes[0], cubics=sizes[1], seeds=seeds, limits=limits)
    targets = list(quintic["runs"][0]["reached"])
    runs = [(row["polynomial"], run) for row in rows for run in row["runs"]]
    names = [[polynomial, run["program"], NAMES[run["method"]]] for polynomial, run in runs]
    head = ["polynomial", "program", "how"]
    times = [[*map(_reached, run["reached"].values()), *_best(run)] for _, run in runs]
    told = [[*name, *row] for name, row in zip(names, times, strict=True)]
    text += "\n" + table([*head, *(f"seconds to {target}" for target in targets), "best sigma", "after s", "volume"], told)
    curves = [[*name, _curve(run)] for name, (_, run) in zip(names, runs, strict=True)]
    return text + CURVES + "\n" + table([*head, "seconds: sigma"], curves)


def _reached(seconds: Sequence[float | None]) -> str:
    there = [one for one in seconds if one is not None]
    if not there:
        return "not reached"
    return bracket(spread(there)) + ("" if len(there) == len(seconds) else f", {len(there)} of {len(seconds)}")


def _best(run: dict[str, Any]) -> list[str]:
    """The smallest sigma of each seed, the seconds after which it was there, and the volume."""
    best = [min(curve["rows"], key=lambda row: row["sigma"]) for curve in run["curves"]]
    return [bracket(spread([row[name] for row in best])) for name in ("sigma", "seconds", "volume")]


def _curve(run: dict[str, Any]) -> str:
    """At most seven points of a curve that all seeds have."""
    size = min(len(curve["rows"]) for curve in run["curves"])
    told = []
    for place in sorted({round(one) for one in np.linspace(0, size - 1, min(size, 7))}):
        rows = [curve["rows"][place] for curve in run["curves"]]
        seconds, sigma = (float(np.median([row[name] for row in rows])) for name in ("seconds", "sigma"))
        told.append(f"{KINDS[run['method']]} {rows[0]['setting']}, {show(seconds)} s: {show(sigma)}")
    return "; ".join(told)
