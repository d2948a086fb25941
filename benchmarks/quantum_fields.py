"""Fields that wave, samplers that walk: cosines, independent samples, and lattice sites per second.

``cosines``   fields of 16 random waves at 86 points, draws and all: certifield, plain compiled JAX, and NumPy, draw by draw or as arrays
``samplers``  phi(0)^2 of phi^4 in the open box T = 4 (N = 16, cutoff 10) by reweighting, tempered particles and Hamiltonian chains:
              processor seconds of a short and of a long run.  Independent samples are the variance over the squared error; their rate
              is that of what the long run has more, so that compilation, which the short one shows, does not count
``lattice``   L = 8, unhalved, trajectories of 8 leapfrog steps: hybrid Monte Carlo with all its measurements and checks, and a plain
              compiled loop without any, which has chains first

All seconds are those of the processor: the machine is shared.
"""

import math
import time
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from _timing import options, race, spread, write

import certifield as cf

fields = cf.fieldtheory
WIDTH, POINTS = 16, np.linspace(-2.0, 2.0, 86)[:, None]
COUPLINGS = (1.0, 6.0, 24.0)


def cosines(draws: int, repeats: int) -> dict[str, Any]:
    """Cosine evaluations per second of every way to draw and evaluate."""
    free, cut = fields.free_field(1, 1.0, WIDTH), math.sqrt(1 / (2 * 1.0)) * math.sqrt(2 / WIDTH)

    def by_draw(turn: int) -> np.ndarray:
        rng, out = np.random.default_rng(turn), np.empty((draws // 20, len(POINTS)))
        for k in range(len(out)):
            b, c = rng.standard_cauchy(WIDTH), rng.uniform(-np.pi, np.pi, WIDTH)
            out[k] = cut * np.cos(POINTS * b + c).sum(axis=1)
        return out

    def by_arrays(turn: int) -> float:
        rng, total = np.random.default_rng(turn), 0.0
        for _ in range(draws // 512):
            b, c = rng.standard_cauchy((512, WIDTH)), rng.uniform(-np.pi, np.pi, (512, WIDTH))
            total += float((cut * np.cos(POINTS * b[:, None] + c[:, None]).sum(axis=2))[0, 0])
        return total

    @jax.jit
    def compiled(key: jax.Array) -> jax.Array:
        def batch(one: jax.Array) -> jax.Array:
            b, c = jax.random.cauchy(one, (512, 1, WIDTH)), jax.random.uniform(one, (512, 1, WIDTH), minval=-jnp.pi, maxval=jnp.pi)
            return jnp.sum(cut * jnp.cos(jnp.asarray(POINTS) * b + c), axis=2)

        return jax.lax.map(batch, jax.random.split(key, draws // 512))

    ours = jax.jit(lambda keys: jax.lax.map(lambda key: free.evaluate(key, jnp.asarray(POINTS), 512), keys))
    programs = {
        "certifield": lambda turn: jax.block_until_ready(ours(jax.random.split(jax.random.key(turn), draws // 512))),
        "jax": lambda turn: jax.block_until_ready(compiled(jax.random.key(turn))),
        "numpy, arrays": by_arrays,
        "numpy, draw by draw": by_draw,
    }
    times = race(programs, repeats, time.process_time)
    made = {name: (draws // 20 if name.endswith("by draw") else draws) * WIDTH * len(POINTS) for name in programs}
    return _rated("cosines", times, made, "certifield")


def _rated(name: str, times: dict[str, dict], made: dict[str, int], first: str) -> dict[str, Any]:
    rates = {one: made[one] / np.array(timed["rounds"]) for one, timed in times.items()}
    for one, rate in rates.items():
        print(f"{name}, {one:22s}{np.median(rate):12.3g} per second", flush=True)
    ratios = {one: spread(rates[first] / rate) for one, rate in rates.items() if one != first}
    return {"name": name, "seconds": times, "per_second": {one: spread(rate) for one, rate in rates.items()}, "ours_over": ratios}


def samplers(coupling: float, sizes: dict[str, tuple[int, int]], repeats: int) -> dict[str, Any]:
    """Short and long runs of the three samplers at one coupling."""
    field = fields.interacting_field(fields.free_field(1, 1.0, WIDTH, cutoff=10.0), fields.quartic(coupling), fields.open_box(4.0, 0.1))
    powers = lambda phi: np.stack([phi[..., 0] ** 2, phi[..., 0] ** 4], axis=-1)  # noqa: E731
    runs = {
        "reweighting": lambda size, turn: fields.reweighted(field, [[0.0]], powers, draws=size, seed=turn).values,
        "tempered particles": lambda size, turn: fields.tempered(field, [[0.0]], powers, particles=size, moves=10, seed=turn).values,
        "chains": lambda size, turn: fields.chains(field, [[0.0]], powers, draws=size, warmup=200, seed=turn).values,
    }
    programs = {f"{name}, {word}": partial(_kept, run, size) for name, run in runs.items()
                for word, size in zip(("short", "long"), sizes[name], strict=True)}  # fmt: skip
    _seen.clear()
    times = race(programs, repeats, time.process_time)
    found = {}
    for name, run in runs.items():
        short, long = (np.array(times[f"{name}, {word}"]["rounds"]) for word in ("short", "long"))
        per_draw = float(np.median(long) - np.median(short)) / (sizes[name][1] - sizes[name][0])
        believed = _seen.get((run, sizes[name][1]), [])
        rate = [(one.mean[1] - one.mean[0] ** 2) / one.stderr[0] ** 2 / sizes[name][1] / per_draw for one in believed]
        found[name] = {"start": float(np.median(short)) - per_draw * sizes[name][0], "refused": repeats + 1 - len(rate)}
        found[name] |= {"independent_per_second": spread(rate)} if rate else {}
        told = f"{np.median(rate):12.3g} independent samples per second" if rate else "  every run is refused by its checks"
        print(f"lambda = {coupling:g}, {name:20s}{told}", flush=True)
    return {"name": "samplers", "coupling": coupling, "sizes": sizes, "seconds": times, "samplers": found}


_seen: dict[tuple[Any, int], list] = {}


def _kept(run: Any, size: int, turn: int) -> None:
    try:
        _seen.setdefault((run, size), []).append(run(size, turn))
    except cf.evidence.NotConverged as error:  # the checks of a small run may fail; its time counts
        print(f"  {error}")


def lattice(chains: int, trajectories: int, repeats: int) -> dict[str, Any]:
    """Site updates per second of both loops."""
    asked = fields.oracles.LatticeScalar((8, 8), -4.0, 8.0, "unhalved")

    def force(phi: jax.Array) -> jax.Array:
        around = sum(jnp.roll(phi, shift, axis) for shift in (1, -1) for axis in (1, 2))
        return 2 * (-4.0 + 4) * phi + 4 * 8.0 * phi**3 - 2 * around

    def action(phi: jax.Array) -> jax.Array:
        bonds = sum(phi * jnp.roll(phi, 1, axis) for axis in (1, 2))
        return jnp.sum((-4.0 + 4) * phi**2 + 8.0 * phi**4 - 2 * bonds, axis=(1, 2))

    @jax.jit
    def plain(key: jax.Array) -> jax.Array:
        def trajectory(k: jax.Array, phi: jax.Array) -> jax.Array:
            kick, chance = jax.random.split(jax.random.fold_in(key, k))
            p = jax.random.normal(kick, phi.shape)
            before, q = jnp.sum(p**2, axis=(1, 2)) / 2 + action(phi), phi
            p = p - 0.05 * force(q)
            for _ in range(7):
                q = q + 0.1 * p
                p = p - 0.1 * force(q)
            q = q + 0.1 * p
            p = p - 0.05 * force(q)
            change = jnp.sum(p**2, axis=(1, 2)) / 2 + action(q) - before
            return jnp.where((jnp.log(jax.random.uniform(chance, (chains,))) < -change)[:, None, None], q, phi)

        return jax.lax.fori_loop(0, trajectories, trajectory, jnp.zeros((chains, 8, 8)))

    programs = {
        "certifield": lambda turn: fields.oracles.lattice_hmc(
            asked, chains=chains, trajectories=trajectories, warmup=0, step=0.1, seed=turn
        ),
        "plain loop": lambda turn: jax.block_until_ready(plain(jax.random.key(turn))),
    }
    times = race(programs, repeats, time.process_time)
    made = dict.fromkeys(programs, fields.oracles.site_updates(asked, chains, trajectories, 8))
    return _rated("lattice", times, made, "certifield") | {"chains": chains, "trajectories": trajectories}


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__ or "", __file__)
    jax.config.update("jax_enable_x64", True)
    repeats, draws = (2, 1024) if chosen.small else (5, 1 << 16)
    sizes = {"reweighting": (10_000, 50_000), "tempered particles": (64, 256), "chains": (150, 500)}
    if chosen.small:
        sizes = {"reweighting": (1000, 2000), "tempered particles": (64, 96), "chains": (100, 200)}
    measurements = [cosines(draws, repeats), lattice(64, 5, repeats) if chosen.small else lattice(500, 200, repeats)]
    couplings = COUPLINGS[:1] if chosen.small else COUPLINGS
    measurements += [samplers(coupling, sizes, repeats) for coupling in couplings]
    claim = "Networks as fields are evaluated faster than by NumPy, and a lattice with all its checks as fast as a plain loop without"
    write(chosen, claim, measurements)


if __name__ == "__main__":
    main()
