"""The page about benchmarks: models of string theory and cosmology."""

from typing import Any

from _page_tables import bracket, machine, table

MODELS = """
## Models found by search

Per second of the processor, {machine}: states of exhaustive scans, strings judged by genetic search on (6, 2) monads, sextic potentials
in slow roll, exact spectra of one potential after another, and axion geometries from trees with their tip and couplings.
The plain scan and the plain genetic search are NumPy over whole arrays, and PyGAD gets the same fitness for whole populations; both judge
index and anomaly alone, where ours judges all conditions.
Slow roll by quadrature is the route that is reported by, one potential at a time and to many more digits: no like for like.
"""

LEARNERS = """
From fresh networks and fresh games, with the settings of the study `bicubic-monads`: until more than nine of ten of the last thousand
episodes on (6, 2) ended at a state that meets every condition; every run has a seed of its own.
A policy that wins every game need not know many models: the classes that it met on the way are counted, too: the scan has 59.
"""


def models(record: dict[str, Any]) -> str:
    """Rates, and ratios to plain programs."""
    lines = []
    learned = [row for row in record["measurements"] if "learner" in row]
    for row in record["measurements"]:
        for name, rate in row.get("per_second", {}).items():
            faster = bracket(row["times_faster"][name]) if name in row["times_faster"] else ""
            lines.append([row["task"], name, bracket(rate), faster])
    rates = MODELS.format(machine=machine(record)) + "\n" + table(["task", "program", "per second", "Certifield times faster"], lines)
    if not learned:
        return rates
    head = ["learner", "seeds", "processor seconds", "choices", "classes met", "terminal fraction"]
    told = [
        [row["learner"], str(row["seeds"]), *(bracket(row[key]) for key in ("seconds", "choices", "classes", "fraction"))]
        for row in learned
    ]
    return rates + LEARNERS + "\n" + table(head, told)
