"""Searches for models of string theory: scans, genetic search, learners, slow roll, spectra, axion geometries; processor seconds.

Beside each stands a plain program that answers the same question: a scan and a genetic search in NumPy, PyGAD where it is installed, and
slow roll by adaptive quadrature, one potential at a time and to many more digits.
"""

import time
from collections.abc import Mapping
from itertools import combinations_with_replacement
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from _learning_monads import learning
from _timing import options, race, spread, write

from certifield.bundles import BICUBIC
from certifield.bundles.monads import Box, Conditions, Genome, scan
from certifield.bundles.trees import DOMINANT, weak_fano_base
from certifield.cosmology import axions
from certifield.cosmology.inflation import Exponentials, Polynomial, SexticGenome, cosmologies, exact_spectrum, slow_roll
from certifield.evidence import InputError
from certifield.search.genetic import Genetic, evolve

STAROBINSKY: Any = Exponentials(1e-10 * np.array([1.0, -2.0, 1.0]), np.sqrt(2 / 3))  # type: ignore[arg-type]  of 64 bits


def plain_scan(box: Box) -> int:
    """How many multisets of shape (r_B, 1) with c_1 = 0 have the right index, in NumPy."""
    b, r_b = box.vectors("b"), box.shape[0]
    chi = box.manifold.indices(b)
    found = 0
    tails = np.array(list(combinations_with_replacement(range(len(b)), r_b - 2)))
    for first in range(len(b)):
        for second in range(first, len(b)):
            rows = tails[tails[:, 0] >= second]
            c = b[first] + b[second] + b[rows].sum(axis=1)
            inside = ((c >= box.c[0]) & (c <= box.c[1])).all(axis=1)
            indices = chi[first] + chi[second] + chi[rows[inside]].sum(axis=1) - box.manifold.indices(c[inside])
            found += int((indices == box.target).sum())
    return found


def plain_value(genome: Genome, states: np.ndarray) -> np.ndarray:
    """Index and anomaly of many states, in NumPy: the two terms that need the intersection numbers."""
    box = genome.conditions.box
    b, c = states[:, : box.shape[0]], states[:, box.shape[0] :]
    flat = states.reshape(-1, states.shape[2])
    chi = box.manifold.indices(flat).reshape(states.shape[:2])
    index = chi[:, : box.shape[0]].sum(axis=1) - chi[:, box.shape[0] :].sum(axis=1)
    forms = box.manifold.intersections
    c2 = -(np.einsum("rst,nis,nit->nr", forms, b, b) - np.einsum("rst,nis,nit->nr", forms, c, c)) / 2
    return -np.abs(index - box.target) - np.maximum(c2 - box.manifold.second_chern, 0).sum(axis=1)


def plain_evolution(genome: Genome, population: int, generations: int, seed: int) -> None:
    """Roulette, one cut, one per cent of mutation, in NumPy over the population."""
    rng, half = np.random.default_rng(seed), population // 2
    strings = rng.integers(0, 2, (population, genome.bits), dtype=np.uint8)
    for _ in range(generations):
        value = plain_value(genome, genome.states(strings))
        weight = np.clip(2 * (value - value.mean()) + value.max() - value.mean(), 0, None) + 1e-12
        one, other = strings[rng.choice(population, (2, half), p=weight / weight.sum())]
        behind = np.arange(genome.bits)[None, :] >= rng.integers(1, genome.bits + 1, (half, 1))
        strings = np.concatenate([np.where(behind, other, one), np.where(behind, one, other)])
        strings ^= (rng.random(strings.shape) < 0.01).astype(np.uint8)


def pygad_evolution(genome: Genome, population: int, generations: int, seed: int) -> None:
    """The same settings in PyGAD, which asks for the fitness of a whole population."""
    import pygad

    def fitness(_: Any, solutions: np.ndarray, __: Any) -> np.ndarray:
        return plain_value(genome, genome.states(np.asarray(solutions, np.uint8)))

    pygad.GA(
        num_generations=generations, num_parents_mating=population // 2, fitness_func=fitness, sol_per_pop=population,
        num_genes=genome.bits, gene_space=[0, 1], gene_type=int, parent_selection_type="rank", crossover_type="single_point",
        mutation_type="random", mutation_probability=0.01, fitness_batch_size=population, random_seed=seed, keep_elitism=0,
        suppress_warnings=True,
    ).run()  # fmt: skip


def plain_slow_roll(rows: np.ndarray) -> int:
    """Cosmologies from every minimum and side by adaptive quadrature, one at a time."""
    found = 0
    for c in rows:
        roots = np.roots((c[1:] * np.arange(1, len(c)))[::-1])
        places = np.sort(roots.real[np.abs(roots.imag) < 1e-7 * (1 + np.abs(roots.real))])
        for place, minimum in enumerate(places):
            if np.polyval((c[2:] * np.arange(2, len(c)) * np.arange(1, len(c) - 1))[::-1], minimum) <= 0:
                continue
            lowered = c.copy()
            lowered[0] -= np.polyval(c[::-1], minimum)
            for limit in (places[place - 1] if place else -60.0, places[place + 1] if place + 1 < len(places) else 60.0):
                try:
                    slow_roll(Polynomial(jnp.asarray(lowered)), float(minimum), float(limit))
                    found += 1
                except InputError:
                    pass
    return found


def row(task: str, times: dict[str, Any], counts: Mapping[str, float], ours: str = "certifield") -> dict[str, Any]:
    """Rates of each program, and how many times faster ours is."""
    rates = {name: spread([counts[name] / seconds for seconds in times[name]["rounds"]]) for name in times}
    faster = {
        name: spread([counts[ours] / fast / (counts[name] / slow) for fast, slow in zip(times[ours]["rounds"], times[name]["rounds"],
                                                                                      strict=True)])
        for name in times if name != ours
    }  # fmt: skip
    for name, rate in rates.items():
        print(f"{task:24s}{name:14s}{rate['median']:14.4g} per processor second", flush=True)
    return {"task": task, "counts": counts, "seconds": times, "per_second": rates, "times_faster": faster}


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__ or "", __file__)
    small, repeats, clock = chosen.small, 2 if chosen.small else 5, time.process_time
    measurements = []
    few = Box(BICUBIC, (4, 1), 9, b=(-2, 1), c=(0, 3)) if small else Box(BICUBIC, (5, 1), 9, b=(-2, 2))
    states = scan(few).counts
    assert plain_scan(few) == states[1]
    times = race({"certifield": lambda _: scan(few), "numpy": lambda _: plain_scan(few)}, repeats, clock)
    measurements.append(row("scan, one vector in C", times, dict.fromkeys(times, states[0])))
    whole = few if small else Box(BICUBIC, (6, 2), 9)
    times = race({"certifield": lambda _: scan(whole)}, repeats, clock)
    measurements.append(row("scan of (6, 2)", times, {"certifield": scan(whole).counts[0]}))
    genome = Genome(Conditions(Box(BICUBIC, (6, 2), 9)), "gray")
    method, together = Genetic(population=200, generations=20 if small else 100), 1 if small else 16
    size, generations = (20, 3) if small else (200, 20)
    programs = {
        "certifield": lambda turn: evolve(genome, method, seed=1, count=together, first=turn * together),
        "numpy": lambda turn: plain_evolution(genome, size, generations, turn),
    }
    try:
        import pygad  # noqa: F401  an option

        programs["pygad"] = lambda turn: pygad_evolution(genome, size, generations, turn)
    except ImportError:
        pass
    counts = {name: size * generations for name in programs} | {"certifield": together * method.evaluations}
    measurements.append(row("genetic search", race(programs, repeats, clock), counts))
    with jax.enable_x64(True):
        sextics, many, few_rows = SexticGenome(), 64 if small else 8192, 1 if small else 4
        strings = np.random.default_rng(0).integers(0, 2, (many, 36)).astype(np.uint8)
        rows = jnp.asarray(np.asarray(sextics.decode(jnp.asarray(strings))))
        judged = jax.jit(jax.vmap(lambda c: cosmologies(c, 55.0, 60.0)))
        plain = np.asarray(rows)
        programs = {
            "certifield": lambda _: jax.block_until_ready(judged(rows)),
            "quadrature": lambda turn: plain_slow_roll(plain[turn * few_rows : (turn + 1) * few_rows]),
        }
        times = race(programs, repeats, clock)
        measurements.append(row("slow roll", times, {"certifield": many, "quadrature": few_rows}))
        times = race({"certifield": lambda turn: exact_spectrum(STAROBINSKY, 6.0 + turn / 100)}, repeats, clock)
        measurements.append(row("exact spectra", times, {"certifield": 1}))
    base, share = weak_fano_base(DOMINANT[0]), 0.02 if small else 0.1

    def geometry(turn: int) -> None:
        one = axions.tree_threefold(base, np.random.default_rng(turn), share=share)
        axions.couplings(one, axions.stretched_tip(one).t)

    measurements.append(row("axion geometries", race({"certifield": geometry}, repeats, clock), {"certifield": 1}))
    measurements += learning(small, repeats)
    write(chosen, "Scans, searches and spectra of models run many times faster than plain programs, by processor seconds", measurements)


if __name__ == "__main__":
    main()
