"""How often printed error bars hold the true value: replications of whole estimates, and the table of docs/error-bars.md.

Each replication has a seed of its own and is judged as a user would: an estimate whose error bar is refused prints none; of the others,
the share within one and within two printed standard errors is counted.  True values are exact where a formula exists, and the mean over
all replications (20 times as sharp as one of 400) for the deep tanh network.

    python provenance/coverage.py docs/error-bars.md --replications 400

That takes some twelve minutes of one processor; every line is written as soon as it is known, and
``--rows 12:`` goes on where it was cut short.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import certifield as cf

net, correlators = cf.ensembles, cf.correlators
GROUPS = 128
LINE = np.array([[0.2], [0.6], [1.0], [1.4]])
HEAD = ["| estimate | method | draws | error bars printed | within 1 | within 2 |", "|---|---|---|---|---|---|"]
BEGIN, END = "<!-- coverage: made by provenance/coverage.py -->", "<!-- end of coverage -->"


class Deep(eqx.Module):
    """Linear layers with an activation between them."""

    layers: list
    activation: Callable = eqx.field(static=True)

    def __call__(self, x: jax.Array) -> jax.Array:
        """The field at one point."""
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def deep(activation: Callable, hidden: tuple[int, ...], scale: float = 1.0) -> net.Ensemble:
    """A bias-free network with Gaussian weights of variance scale^2 over fan-in."""
    sizes = (1, *hidden, 1)
    key = jax.random.key(0)
    module = Deep([eqx.nn.Linear(a, b, use_bias=False, key=key) for a, b in pairwise(sizes)], activation)
    return net.Ensemble(module, net.fan_in(module, net.normal(scale)), even=True, dim=1)


class Case(NamedTuple):
    """One row: what is estimated, how, from how many draws; ``truth`` where it is not that of ``exact_of``, NaN for the mean of all
    replications."""

    name: str
    ensemble: net.Ensemble
    points: np.ndarray
    connected: bool
    method: str
    draws: int
    truth: float = math.nan
    exact_of: net.Ensemble | None = None


def cases() -> list[Case]:
    """All rows of the table."""
    one, four = np.ones((2, 1)), np.ones((4, 1))
    linear, relu = deep(lambda z: z, (8, 8)), deep(jax.nn.relu, (8, 6, 10), math.sqrt(2))
    rows = [
        Case(
            f"linear field, t({nu:g}), two points",
            net.linear_field(1, net.student_t(nu)),
            one,
            False,
            "network-kstat",
            20_000,
            nu / (nu - 2),
        )
        for nu in (2.5, 3.0, 4.5, 5.0)
    ]
    nets = {"Gauss-net, sigma_b = 0.5": net.gauss_net(1, 5, sigma_b=0.5), "Erf-net": net.erf_net(1, 5), "ReLU-net": net.relu_net(1, 5)}
    nets["tanh"] = net.single_layer("tanh", 1, 5)
    for name, ensemble in nets.items():
        for method in ("neuron", "network-wick", "network-kstat"):
            rows.append(Case(name, ensemble, LINE, True, method, 20_000, exact_of=ensemble))
    for name in ("Erf", "ReLU", "tanh"):
        exact_of = nets.get(f"{name}-net", nets["tanh"])
        rows.append(Case(name, net.single_layer(name.lower(), 1, 5), LINE, True, "sobol", 2**14, exact_of=exact_of))
    rows.append(Case("ReLU-net", nets["ReLU-net"], LINE, True, "network-wick", 100_000, exact_of=nets["ReLU-net"]))
    fourth = 3 * 4 * math.prod(1 + 5 / n for n in (8, 6, 10))  # K = 2 at the first layer
    draws = 20_000
    rows.append(Case("deep linear 8-8, two points", linear, one, False, "network-kstat", draws, 1.0))
    rows.append(Case("deep linear 8-8, four points", linear, four, False, "network-kstat", draws, 3 * (1 + 2 / 8) ** 2))
    rows.append(Case("deep ReLU 8-6-10, two points", relu, one, False, "network-kstat", draws, 2.0))
    rows.append(Case("deep ReLU 8-6-10, four points", relu, four, False, "network-kstat", draws, fourth))
    rows.append(Case("deep tanh 8-8, four points", deep(jnp.tanh, (8, 8), 1.5), LINE, True, "network-kstat", 20_000))
    return rows


def replications(case: Case, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Means and printed standard errors (infinite where refused) of ``number`` estimates."""
    if case.method == "sobol":
        ask = {"connected": case.connected, "method": "sobol", "draws": case.draws}
        found = [correlators.estimate(case.ensemble, case.points, seed=seed, **ask) for seed in range(number)]
        return np.array([float(one.mean) for one in found]), np.array([float(one.stderr) for one in found])
    order = len(case.points)
    orders, size = {order: [list(range(order))]}, -(-case.draws // GROUPS)
    chosen = correlators.measurement(
        case.ensemble, case.points, orders=orders, connected=case.connected, method=case.method, block_size=1, name=case.name
    )
    # A replication is a block of 128 groups, drawn in one call: what `estimate` does group by group.
    chosen = replace(chosen, inner=size, chunk=size, batches=GROUPS)
    found = [chosen.estimate(chosen.sub_sums(0, index, size * GROUPS, GROUPS), seed=0, order=order)[0] for index in range(number)]
    return np.array([float(one.mean) for one in found]), np.array([float(one.stderr) for one in found])


def row(case: Case, number: int) -> str:
    """One line of the table."""
    means, errors = replications(case, number)
    truth = case.truth
    if case.exact_of is not None:
        truth = float(correlators.exact(case.exact_of, case.points, connected=case.connected).value)
    elif math.isnan(truth):
        truth = float(means.mean())
    printed = np.isfinite(errors)
    pulls = np.abs(means[printed] - truth) / errors[printed]
    shares = [f"{np.mean(pulls < sigmas):.3f}" if printed.any() else "" for sigmas in (1, 2)]
    return f"| {case.name} | `{case.method}` | {case.draws} | {printed.sum()} of {number} | {shares[0]} | {shares[1]} |"


def rewritten(page: str, lines: list[str]) -> str:
    """The page with these lines in its table, each in place of the one with the same estimate, method and draws, or behind all others."""
    (before, rest), end = page.split(BEGIN), "\n\n" + END
    table, after = rest.split(END)
    known = {tuple(line.split("|")[1:4]): line for line in [*HEAD, *table.split("\n"), *lines] if line}
    return before + BEGIN + "\n\n" + "\n".join(known.values()) + end + after


def main() -> None:
    """Measures, prints, and writes every line as soon as it is known: what is cut short is continued with ``--rows``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path, help="the page whose table is replaced")
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--rows", default=":", help="which rows, e.g. 3:7; the lines of the others stay as they are")
    chosen = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    first, last = (int(end) if end else None for end in chosen.rows.split(":"))
    for case in cases()[first:last]:
        line = row(case, chosen.replications)
        print(line, flush=True)
        chosen.page.write_text(rewritten(chosen.page.read_text(encoding="utf-8"), [line]), encoding="utf-8")


if __name__ == "__main__":
    main()
