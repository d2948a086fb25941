"""Training: ensembles against a plain vmap, the memory of kernels in tiles, and empirical kernels beside equintk where it is given.

Ensembles: erf networks in single precision, gradient descent, fields at three times.  Memory: the largest resident set of a fresh process
that computes tiles of 1000 x 1000 of the kernel of 20,000 points.  Seconds of the processor.

equintk is not on the package index: give its file ``equintk/ntk.py`` with ``--equintk``; its package cannot be imported as a whole, since
the module ``variational`` that it asks for is not in the repository.
"""

import argparse
import importlib.util
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from _timing import options, race, spread, write

import certifield as cf

X, Y = np.array([(1, 0.2), (-0.5, 0.8), (-0.9, -0.6), (0.3, -1.1)]), np.array([0.5, -0.3, 0.2, 0.9])[:, None]
AT, WEIGHT, BIAS, RATE = np.array([(0.2, 0.5), (-1.0, 0.1)]), 1.5**0.5, 0.05**0.5, 0.5

MEMORY = """
import itertools, re, sys, time
import jax
jax.config.update("jax_enable_x64", True)
from certifield.kernels.studies.kernel_tiles import Tiles, cases, piece
from certifield.study import Task
kernel, points, tile, count = sys.argv[1], *map(int, sys.argv[2:])
options = Tiles(points=points, tile=tile, kernel=kernel)
begin = time.process_time()
for case in itertools.islice(cases(options), count):
    piece(Task(1, case, 0), options)
seconds = time.process_time() - begin
# Not ru_maxrss: Linux hands the peak of the parent down to a new process.
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024, seconds)
"""


def plain(networks: int, width: int, times: tuple[int, ...]) -> Any:
    """What one writes by hand: a network, its loss, a scan over the steps, and vmap over the keys."""

    def field(params: dict[str, jax.Array], x: jax.Array) -> jax.Array:
        h = jax.lax.erf(WEIGHT * x @ params["w"].T / x.shape[1] ** 0.5 + BIAS * params["b"])
        return WEIGHT * h @ params["v"] / width**0.5 + BIAS * params["c"]

    def loss(params: dict[str, jax.Array], x: jax.Array, y: jax.Array) -> jax.Array:
        return 0.5 * jnp.sum((field(params, x) - y) ** 2)

    def one(key: jax.Array, x: jax.Array, y: jax.Array, at: jax.Array) -> jax.Array:
        keys = jax.random.split(key, 4)
        shapes = {"w": (width, x.shape[1]), "b": (width,), "v": (width,), "c": ()}
        params = {name: jax.random.normal(k, shape, x.dtype) for k, (name, shape) in zip(keys, shapes.items(), strict=True)}

        def step(params: dict[str, jax.Array], _: None) -> tuple[dict[str, jax.Array], None]:
            gradient = jax.grad(loss)(params, x, y)
            return jax.tree.map(lambda p, g: p - RATE * g, params, gradient), None

        found = []
        for before, now in zip((0, *times), times, strict=False):
            params, _ = jax.lax.scan(step, params, length=now - before)
            found.append(field(params, at))
        return jnp.stack(found)

    program = jax.jit(jax.vmap(one, in_axes=(0, None, None, None)))
    data = [jnp.asarray(each, jnp.float32) for each in (X, Y[:, 0], AT)]
    return lambda turn: np.asarray(program(jax.random.split(jax.random.key(turn), networks), *data))


def ensembles(networks: int, width: int, times: tuple[int, ...], repeats: int) -> dict[str, Any]:
    """The race, and how far the means of both are apart in standard errors."""
    net = cf.layers.serial(cf.layers.dense(WEIGHT, BIAS), cf.layers.erf(), cf.layers.dense(WEIGHT, BIAS))
    asked = cf.training.Training(net, X, Y, at=AT, rule=cf.training.GradientDescent(RATE))

    def ours(turn: int) -> np.ndarray:
        return asked.train(times, width=width, networks=networks, seed=turn).fields

    theirs = plain(networks, width, times)
    raced = race({"certifield": ours, "plain vmap": theirs}, repeats, time.process_time)
    first, second = ours(0)[..., 0], theirs(0)
    pull = (first.mean(axis=0) - second.mean(axis=0)) / np.hypot(first.std(axis=0), second.std(axis=0)) * networks**0.5
    ratio = np.array(raced["plain vmap"]["rounds"]) / np.array(raced["certifield"]["rounds"])
    what = f"{networks} networks of width {width}, {times[-1]} steps"
    print(f"{what}: " + ", ".join(f"{name} {one['median']:.3g} s" for name, one in raced.items()))
    print(f"plain vmap over certifield: {np.median(ratio):.2f}; largest pull between the means {np.max(np.abs(pull)):.2f}")
    return {
        "name": "ensembles", "networks": networks, "width": width, "steps": times[-1], "seconds": raced,
        "plain_over_ours": spread(ratio), "largest_pull": float(np.max(np.abs(pull))),
    }  # fmt: skip


def memory(points: int, tile: int, count: int) -> dict[str, Any]:
    """Peak memory and seconds of a process for each kernel, in mebibytes; the matrix itself would be points^2 numbers."""
    rows = []
    for kernel in ("nngp", "ntk"):
        command = [sys.executable, "-c", MEMORY, kernel, str(points), str(tile), str(count)]
        peak, seconds = map(float, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
        rows.append({"kernel": kernel, "peak": peak, "process_seconds": seconds})
        print(f"{kernel} of {points} points: peak {peak:.0f} MiB after {count} tiles of {tile}, {seconds:.3g} s")
    blocks = -(-points // tile)
    whole = blocks * (blocks + 1) // 2
    return {"name": "memory", "points": points, "tile": tile, "tiles": min(count, whole), "of": whole, "rows": rows}


def beside(path: Path, repeats: int, cases: tuple[tuple[str, int, int, int], ...]) -> dict[str, Any]:
    """The kernel summed over outputs: ours with the radius of every entry, and equintk's."""
    spec = importlib.util.spec_from_file_location("equintk_ntk", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = []
    for name, width, outputs, n in cases:
        net = jax.tree.map(
            lambda leaf: leaf.astype(float) if eqx.is_inexact_array(leaf) else leaf,
            eqx.nn.MLP(10, outputs, width, 2, key=jax.random.key(0)),
        )
        x = np.random.RandomState(0).randn(n, 10)

        def ours(turn: int, net: Any = net, x: np.ndarray = x) -> np.ndarray:
            return np.asarray(cf.training.empirical_ntk(net, x + 1e-9 * turn, output="trace").value)

        def theirs(turn: int, net: Any = net, x: np.ndarray = x) -> np.ndarray:
            return np.asarray(module.ntk(net, jnp.asarray(x + 1e-9 * turn)))

        raced = race({"certifield": ours, "equintk": theirs}, repeats, time.process_time)
        ratio = np.array(raced["equintk"]["rounds"]) / np.array(raced["certifield"]["rounds"])
        apart = float(np.max(np.abs(outputs * ours(0) - theirs(0))) / np.max(np.abs(theirs(0))))
        print(f"{name}: equintk over certifield {np.median(ratio):.2f}; largest relative difference {apart:.1e}")
        rows.append(
            {"name": name, "points": n, "outputs": outputs, "seconds": raced, "equintk_over_ours": spread(ratio), "difference": apart}
        )
    return {"name": "equintk", "rows": rows}


def main() -> None:
    """All three."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--equintk", type=Path)
    own, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    chosen = options(__doc__, __file__, networks=256, tiles=210)
    jax.config.update("jax_enable_x64", True)
    if chosen.small:
        found = [ensembles(8, 16, (2, 4), 2), memory(60, 20, 3)]
    else:
        found = [ensembles(chosen.networks, 512, (50, 100, 200), 7), memory(20_000, 1000, chosen.tiles)]
    if own.equintk:
        cases = (("perceptron 2 x 64", 64, 1, 128), ("perceptron 2 x 128", 128, 10, 32), ("perceptron 2 x 256", 256, 10, 32))
        found.append(beside(own.equintk, 2 if chosen.small else 5, cases))
    write(chosen, "Ensembles train about as fast as a plain vmap, and kernels in tiles need the memory of a few tiles.", found)


if __name__ == "__main__":
    main()
