"""Cost against draws, width, points and order; peak memory against draws.

Time: blocks of the Erf-net with one input, networks unless said otherwise, all index tuples of the order.  Memory: the largest
resident set of a fresh process that estimates the 126 four-point functions at six points.
"""

import itertools
import subprocess
import sys
from collections.abc import Callable

import jax
import numpy as np
from _timing import options, race, spread, write

import certifield as cf

MEMORY = """
import itertools, re, sys
import jax
jax.config.update("jax_enable_x64", True)
import certifield as cf
points = [[-1.0], [-0.6], [-0.2], [0.2], [0.6], [1.0]]
indices = list(itertools.combinations_with_replacement(range(6), 4))
net = cf.ensembles.erf_net(dim=1, width=5)
cf.correlators.estimate(net, points, indices=indices, connected=True, method=sys.argv[1], draws=int(sys.argv[2]))
# Not ru_maxrss: Linux hands the peak of the parent down to a new process.
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024)
"""


def blocks(width: int, points: int, order: int, draws: int, method: str = "network-wick") -> tuple[Callable[[int], object], dict]:
    """A program that computes one block, and what it is."""
    where = np.linspace(-1, 1, points)[:, None]
    tuples = list(itertools.combinations_with_replacement(range(points), order))
    net = cf.ensembles.erf_net(dim=1, width=width)
    measurement = cf.correlators.measurement(net, where, orders={order: tuples}, method=method, block_size=draws)
    what = {"method": method, "width": width, "points": points, "order": order, "tuples": len(tuples), "draws": measurement.block_size}
    return lambda turn: measurement.block(0, turn), what


def times(against: str, cases: list[tuple[Callable[[int], object], dict]], repeats: int) -> dict:
    """Cost of each case and, between the first and the last, the exponent with which it grows."""
    raced = race({str(number): program for number, (program, _) in enumerate(cases)}, repeats)
    rows = []
    for number, (_, what) in enumerate(cases):
        seconds = raced[str(number)]
        rows.append(what | {"seconds": seconds, "seconds_per_draw": spread(np.array(seconds["rounds"]) / what["draws"])})
    sizes = [row[against] for row in rows]
    cost = [row["seconds" if against == "draws" else "seconds_per_draw"]["median"] for row in rows]
    print(f"cost against {against}: " + ", ".join(f"{size}: {value:.3g} s" for size, value in zip(sizes, cost, strict=True)), flush=True)
    return {
        "against": against,
        "unit": "seconds" if against == "draws" else "seconds per draw",
        "rows": rows,
        "local_exponents": (np.diff(np.log(cost)) / np.diff(np.log(sizes))).tolist(),
    }


def peak_megabytes(method: str, draws: int) -> float:
    """Largest resident set of a process of its own."""
    done = subprocess.run([sys.executable, "-c", MEMORY, method, str(draws)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def memory(methods: tuple[str, ...], draws: tuple[int, ...]) -> dict:
    """Peak memory of each method at each number of draws, in mebibytes."""
    rows = []
    for method in methods:
        for count in draws:
            rows.append({"method": method, "draws": count, "peak": peak_megabytes(method, count)})
            print(f"peak memory, {method}, {count} draws: {rows[-1]['peak']:.0f} MiB", flush=True)
    return {"against": "draws", "unit": "peak MiB of the process", "rows": rows}


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__)
    jax.config.update("jax_enable_x64", True)
    if chosen.small:
        repeats, draws, widths, points, orders = 2, (1024, 4096), (5, 20), (2, 4), (2, 4)
        methods, much = ("neuron",), (4096,)
    else:
        repeats, draws, widths = 9, (2**13, 2**15, 2**17, 2**19), (1, 3, 10, 30, 100, 300, 1000)
        points, orders = (2, 4, 6, 8, 12), (2, 4, 6, 8)
        methods, much = ("neuron", "network-wick"), (4096, 10**5, 10**6, 10**7)
    per = 2048 if chosen.small else 2**14
    measurements = [
        times("draws", [blocks(5, 6, 4, count) for count in draws], repeats),
        times("draws", [blocks(5, 6, 4, count, "neuron") for count in draws], repeats),
        times("width", [blocks(width, 6, 4, max(256, per * 5 // max(width, 5))) for width in widths], repeats),
        times("points", [blocks(20, count, 4, per) for count in points], repeats),
        times("order", [blocks(20, 4, order, per) for order in orders], repeats),
        memory(methods, much),
    ]
    write(chosen, "Cost is linear in draws and in width; memory does not grow with draws", measurements)


if __name__ == "__main__":
    main()
