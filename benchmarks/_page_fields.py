"""The page about benchmarks: networks as quantum fields."""

from typing import Any

from _page_tables import bracket, machine, show, table

FIELDS = """
## Networks as quantum fields

Seconds of the processor in 64 bit, {machine}; other programs ran on the machine.
*Cosines*: fields of 16 random waves at 86 points, momenta and phases drawn anew for every field, certifield with a key for each.
*Site updates*: hybrid Monte Carlo of phi^4 on 8 by 8 sites, {chains} chains, {trajectories} trajectories of 8 steps: certifield measures
all observables, the correlator and both run-time identities on every trajectory, the plain compiled loop nothing.
"""

SAMPLERS = """
*Independent samples* of phi(0)^2 in the open box of length 4 (N = 16, cutoff 10), the variance over the squared error, per second of a long
run beyond a short one: reweighting is best where its weights are even, and its lead shrinks with the coupling.
*Refused runs*, of six, are those whose own checks (the quadrature of S_int; R-hat, divergences, identities) failed; *start* is what a
question costs before its first draw, compilation apart.
"""

FLOWS = """
## Flows that sample lattice fields

Seconds of the processor in 64 bit, {machine}; other programs ran on the machine.
phi^4 on 8 by 8 sites, lambda = 8: independent samples of the squared mean field, the variance over the squared error of its mean, after the
first call.
The continuous flow keeps {ess:.0%} of its draws after {steps} steps of training, which take {seconds:.3g} s with compilation; hybrid Monte
Carlo makes {meanwhile:.2g} independent samples in that time.
"""

NAMES = {"cosines": "cosines/s", "lattice": "site updates/s"}


def quantum_fields(record: dict[str, Any]) -> str:
    """Speeds, their ratios, and the samplers coupling by coupling."""
    lines, runs = [], []
    for row in record["measurements"]:
        if row["name"] in NAMES:
            lines.append([f"{NAMES[row['name']]}, certifield", bracket(row["per_second"]["certifield"])])
            lines += [[f"times those of {name}", bracket(ratio)] for name, ratio in row["ours_over"].items()]
        else:
            for name, found in row["samplers"].items():
                rate = bracket(found["independent_per_second"]) if "independent_per_second" in found else "none"
                runs.append([f"{row['coupling']:g}", name, rate, str(found["refused"]), show(max(found["start"], 0.0))])
    lattice = next(row for row in record["measurements"] if row["name"] == "lattice")
    text = FIELDS.format(machine=machine(record), chains=lattice["chains"], trajectories=lattice["trajectories"])
    rates = table(["lambda", "sampler", "independent samples/s", "refused runs", "start, s"], runs)
    return text + "\n" + table(["", "median (smallest to largest)"], lines) + SAMPLERS + "\n" + rates


def lattice_flows(record: dict[str, Any]) -> str:
    """Independent samples per second of the three samplers, and the price of training."""
    (row,) = record["measurements"]
    lines = [[name, bracket(rate)] for name, rate in row["independent_per_second"].items()]
    return FLOWS.format(machine=machine(record), **row["training"]) + "\n" + table(["sampler", "independent samples/s"], lines)
