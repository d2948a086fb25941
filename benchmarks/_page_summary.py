"""The table at the top of the page about benchmarks: work, ours, the best peer, the ratio, and where we lose."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from _page_tables import bracket, show, table
from _timing import spread

SUMMARY = """
## At a glance

How many times faster Certifield is than the fastest other program measured here for the same work, median and smallest to largest.
Details, and the slower programs, are in the sections below.
"""


class Beside(NamedTuple):
    """Our time or rate, the best peer, and its time over ours."""

    ours: str
    peer: str
    ratio: Mapping[str, float]


Rows = Sequence[dict[str, Any]]


def at(rows: Rows, **wanted: Any) -> dict[str, Any]:
    """The measurement with these entries."""
    return next(row for row in rows if all(row.get(name) == value for name, value in wanted.items()))


def raced(seconds: Mapping[str, Any], peer: str, ours: str = "certifield") -> Beside:
    """Of programs that were timed in turns on the same work."""
    ratio = np.array(seconds[peer]["rounds"]) / np.array(seconds[ours]["rounds"])
    return Beside(f"{show(seconds[ours]['median'])} s", peer, spread(ratio))


def rate(row: Mapping[str, Any], ratio: Mapping[str, Any], peer: str, ours: float, unit: str) -> Beside:
    """Of programs whose rates were measured."""
    return Beside(f"{show(ours)} {unit}/s", peer, ratio[peer])


def _metric_points(rows: Rows, polynomial: str, peer: str) -> Beside:
    ours, theirs = (at(rows, polynomial=polynomial)["per_second"][name] for name in ("certifield", peer))
    ratio = {"median": ours["median"] / theirs["median"], "min": ours["min"] / theirs["max"], "max": ours["max"] / theirs["min"]}
    return Beside(f"{show(ours['median'])} points/s", peer, ratio)


def _metric_step(rows: Rows, polynomial: str, peer: str) -> Beside:
    ours, theirs = (at(rows, polynomial=polynomial)["steps"][name] for name in ("certifield", peer))
    ratio = {"median": theirs["median"] / ours["median"], "min": theirs["min"] / ours["max"], "max": theirs["max"] / ours["min"]}
    return Beside(f"{show(ours['median'])} s", peer, ratio)


TABLE: tuple[tuple[str, str, Callable[[Rows], Beside]], ...] = (
    ("Erf-nets of width 100 drawn and evaluated", "networks_per_second", lambda rows: rate(
        row := at(rows, width=100), row["certifield_over"], "jax", row["networks_per_second"]["certifield"]["median"], "nets")),
    ("126 four-point functions of such nets", "networks_per_second", lambda rows: rate(
        row := at(rows, width=100), row["certifield_over"], "numpy, moments",
        row["networks_per_second"]["certifield, moments"]["median"], "nets")),
    ("connected four-point function at equal error, width 100", "neuron_versus_network", lambda rows: Beside(
        "single neurons", "whole networks", at(rows, system="erf", width=100)["time_to_equal_error_ratio"])),
    ("kernel of a ReLU network, 3000 points", "kernels", lambda rows: raced(rows[0]["seconds"], "plain recursion", "nngp")),
    ("tangent kernel, perceptron 2 x 64", "training", lambda rows: raced(
        at(at(rows, name="equintk")["rows"], name="perceptron 2 x 64")["seconds"], "equintk")),
    ("tangent kernel, perceptron 2 x 256", "training", lambda rows: raced(
        at(at(rows, name="equintk")["rows"], name="perceptron 2 x 256")["seconds"], "equintk")),
    ("256 networks trained side by side", "training", lambda rows: raced(at(rows, name="ensembles")["seconds"], "plain vmap")),
    ("Kolmogorov-Arnold network, loss and gradient", "kolmogorov_arnold", lambda rows: raced(
        at(rows, name="networks")["seconds"], "efficient-kan")),
    ("step at conserved energy, gradient included", "kolmogorov_arnold", lambda rows: raced(
        at(rows, name="descents")["seconds"]["with the gradient"], "optax adam", "ecd_q1")),
    ("random waves evaluated", "quantum_fields", lambda rows: raced(at(rows, name="cosines")["seconds"], "jax")),
    ("lattice phi^4, all checks included", "quantum_fields", lambda rows: raced(at(rows, name="lattice")["seconds"], "plain loop")),
    ("ribbon discs of 21 slice knots", "ribbon", lambda rows: raced(
        at(rows, task="slice primes")["seconds"], "spherogram", "certifield, enumeration")),
    ("unknots of 120 crossings undone, every move logged", "moves", lambda rows: raced(
        at(rows, task="scrambled unknots", crossings=120)["seconds"], "spherogram")),
    ("unknots undone, every move logged", "unknots", lambda rows: raced(at(rows, task="backtracked")["seconds"], "regina")),
    ("steps of the game on braids", "braid_environment", lambda rows: Beside(
        f"{show(at(rows, choices='core')['steps_per_second']['jax']['median'])} steps/s", "Python",
        at(rows, choices="core")["times_faster"])),
    ("volumes of 1633 toric manifolds", "conjectures", lambda rows: Beside(
        f"{show(at(rows, task='volumes')['per_second']['all at once']['median'])} volumes/s", "scalar Newton",
        _of_rates(at(rows, task="volumes")["per_second"], "all at once", "scalar"))),
    ("cohomology of line bundles, with proof", "conjectures", lambda rows: raced(at(rows, task="cohomology")["seconds"], "plain")),
    ("linear bounds on 1633 rows", "conjectures", lambda rows: raced(at(rows, task="bounds")["seconds"], "all rows")),
    ("bounds on a table of graphs", "graph_bounds", lambda rows: raced(at(rows, task="three features")["seconds"], "txgraffiti")),
    ("scan of monads", "models", lambda rows: _model(at(rows, task="scan, one vector in C"), "numpy", "states")),
    ("genetic search for monads", "models", lambda rows: _model(at(rows, task="genetic search"), "numpy", "strings")),
    ("points on the Fermat quintic", "metrics", lambda rows: _metric_points(rows, "Fermat quintic", "cymetric")),
    ("points on two cubics", "metrics", lambda rows: _metric_points(rows, "two cubics", "cymyc")),
    ("step of a metric network, 1000 points, quintic", "metrics", lambda rows: _metric_step(rows, "Fermat quintic", "cymetric")),
    ("step of a metric network, 1000 points, cubics", "metrics", lambda rows: _metric_step(rows, "two cubics", "cymyc")),
)  # fmt: skip


def _of_rates(rates: Mapping[str, Any], ours: str, peer: str) -> dict[str, float]:
    one, other = rates[ours], rates[peer]
    return {"median": one["median"] / other["median"], "min": one["min"] / other["max"], "max": one["max"] / other["min"]}


def _model(row: Mapping[str, Any], peer: str, unit: str) -> Beside:
    return rate(row, row["times_faster"], peer, row["per_second"]["certifield"]["median"], unit)


def _judged(ratio: Mapping[str, float]) -> str:
    """A loss is one in every round."""
    return "**we lose**" if ratio["max"] < 1 else "even" if ratio["min"] <= 1 else ""


def summary(records: Mapping[str, dict[str, Any]]) -> str:
    """The table, from all results."""
    lines = []
    for work, script, pick in TABLE:
        found = pick(records[script]["measurements"])
        lines.append([work, found.ours, found.peer, bracket(found.ratio), _judged(found.ratio)])
    return SUMMARY + "\n" + table(["work", "certifield", "best other", "times faster", ""], lines)
