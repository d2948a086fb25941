"""Plumbing forests: normal forms by size, and scrambled pairs decided by their codes; seconds of the processor.

``codes``        `topology.plumbing.normal_codes`: normal forms with their canonical codes, no moves kept.
``with moves``   `topology.plumbing.normal_form`: the same for one forest at a time, every move logged.
``pairs``        `topology.plumbing.pairs("same", ...)`: base trees, both growths and both normal forms.
``many``         the same in batches on two processes, a million pairs by default: seconds of the clock and of both processors.
"""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from _timing import options, race, spread, write

from certifield.topology.plumbing import PlumbingForest, normal_codes, normal_form, pairs, scrambled

COUNT = 100
BATCH, FIRST_SEED = 20_000, 1 << 30  # seeds of their own for the many


def by_size(size: int, repeats: int) -> dict:
    """Trees of so many vertices after 100 blow-ups and extrusions."""
    rng = np.random.Generator(np.random.PCG64([size, 1]))
    trees = [
        PlumbingForest(tuple(rng.integers(-10, 11, size).tolist()), tuple((int(rng.integers(0, v)), v) for v in range(1, size)))
        for _ in range(COUNT)
    ]
    forests = [scrambled(tree, 100, seed=number, down=False)[0] for number, tree in enumerate(trees)]
    times = race(
        {"codes": lambda turn: normal_codes(forests), "with moves": lambda turn: [normal_form(forest) for forest in forests]},
        repeats,
        time.process_time,
    )
    return {
        "task": "normal form",
        "base_vertices": size,
        "vertices": sum(len(forest.weights) for forest in forests) / COUNT,
        "forests": COUNT,
        "seconds": times,
        "milliseconds": {name: spread(1e3 * np.array(times[name]["rounds"]) / COUNT) for name in times},
    }


def scrambled_pairs(count: int, repeats: int) -> dict:
    """Pairs with up to 40 moves on each side, others in every round."""
    told = {"mismatches": 0}

    def run(turn: int) -> None:
        told["mismatches"] += int((~pairs("same", count, seed=turn).same).sum())

    times = race({"pairs": run}, repeats, time.process_time)
    rate = spread(count / np.array(times["pairs"]["rounds"]))
    return {"task": "scrambled pairs", "pairs": count * (repeats + 1), **told, "seconds": times, "pairs_per_second": rate}


def _any_core(cores: set[int]) -> None:
    """Frees a worker from the one core of its parent."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    pairs("same", 1, seed=0)  # compiles


def _batch(seed: int) -> tuple[int, float]:
    """Mismatches of a batch, and what it took of the processor."""
    started = time.process_time()
    mismatches = int((~pairs("same", BATCH, seed=seed).same).sum())
    return mismatches, time.process_time() - started


def many_pairs(count: int, cores: set[int]) -> dict:
    """So many scrambled pairs, up to whole batches, on two processes; the start of the processes and what they compile is not counted."""
    batches = -(-count // BATCH)
    with ProcessPoolExecutor(2, get_context("spawn"), _any_core, (cores,)) as workers:
        list(workers.map(time.sleep, [1.0, 1.0]))  # both have started
        started = time.perf_counter()
        found = list(workers.map(_batch, range(FIRST_SEED, FIRST_SEED + batches)))
        clock = time.perf_counter() - started
    mismatches, seconds = (sum(part) for part in zip(*found, strict=True))
    return {"task": "many pairs", "pairs": batches * BATCH, "processes": 2, "mismatches": mismatches,
            "clock_seconds": clock, "processor_seconds": seconds}  # fmt: skip


def main() -> None:
    """Measures, prints, writes."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    chosen = options(__doc__, __file__, pairs=1_000_000)
    measurements = []
    for size in (10, 25) if chosen.small else (10, 25, 100, 400):
        row = by_size(size, 2 if chosen.small else 5)
        measurements.append(row)
        codes, moves = (row["milliseconds"][name]["median"] for name in ("codes", "with moves"))
        print(f"{size} base vertices, {row['vertices']:.0f} in all: {codes:.3g} ms for a code, {moves:.3g} ms with the moves", flush=True)
    row = scrambled_pairs(500, 2) if chosen.small else scrambled_pairs(20_000, 9)
    measurements.append(row)
    print(f"{row['pairs']} scrambled pairs: {row['mismatches']} mismatches, {row['pairs_per_second']['median']:.4g} a second on one core")
    row = many_pairs(BATCH if chosen.small else chosen.pairs, cores)
    measurements.append(row)
    print(f"{row['pairs']} scrambled pairs on two processes: {row['mismatches']} mismatches, {row['clock_seconds']:.0f} s of the clock, "
          f"{row['processor_seconds']:.0f} s of the processors")  # fmt: skip
    write(chosen, "Scrambled plumbing forests are decided by normal forms, thousands of pairs a second", measurements)


if __name__ == "__main__":
    main()
