"""docs/benchmarks.md, made from the committed results: no number on that page is typed by hand."""

import json
import sys
from pathlib import Path

from _page_conjectures import conjectures, graph_bounds
from _page_fields import lattice_flows, quantum_fields
from _page_knots import braid_environment, moves, planar_core, plumbing, ribbon, unknots
from _page_metrics import metrics
from _page_models import models
from _page_networks import empirical_kernels, kernels, kolmogorov_arnold, neurons, scaling, speed, training
from _page_start import start_up
from _page_studies import pieces
from _page_summary import summary

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PARTS = {
    "networks_per_second": speed,
    "neuron_versus_network": neurons,
    "scaling": scaling,
    "pieces": pieces,
    "start_up": start_up,
    "kernels": kernels,
    "empirical_kernels": empirical_kernels,
    "training": training,
    "kolmogorov_arnold": kolmogorov_arnold,
    "quantum_fields": quantum_fields,
    "lattice_flows": lattice_flows,
    "ribbon": ribbon,
    "moves": moves,
    "unknots": unknots,
    "braid_environment": braid_environment,
    "planar_core": planar_core,
    "plumbing": plumbing,
    "conjectures": conjectures,
    "graph_bounds": graph_bounds,
    "models": models,
    "metrics": metrics,
}

PROLOGUE = """# Benchmarks

`make bench` measures everything on this page again, writes `benchmarks/results/*.json` and rewrites the page from them.
Other programs that need environments of their own are found by `make bench BENCH_OPTIONS="--peers FOLDER"`; `benchmarks/run_all.py` says
under which names, and a result that would lose one of them stays as it was.
A result holds every single time, the machine, the versions and the date.

Every speed is a ratio to a plain program that answers the same question in the same process, taken in turns (A B C, A B C, ...), so
that what else the machine does meets both alike.
Quoted are the median over the rounds and, in brackets, the smallest and the largest; the first call, which compiles, is kept apart.
The process is held to one core and works in 64 bit.
"""


def page() -> str:
    """The whole page."""
    records = {name: json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8")) for name in PARTS}
    return PROLOGUE + summary(records) + "".join(part(records[name]) for name, part in PARTS.items())


if __name__ == "__main__" and "--small" not in sys.argv:  # small sizes leave the committed results alone
    PAGE.write_text(page(), encoding="utf-8")
