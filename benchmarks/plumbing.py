"""Plumbing forests: normal forms by size, and a million scrambled pairs decided by their codes.

``codes``        `topology.plumbing.normal_codes`: normal forms with their canonical codes, no moves kept.
``with moves``   `topology.plumbing.normal_form`: the same for one forest at a time, every move logged.
``pairs``        `topology.plumbing.pairs("same", ...)`: base trees, both growths and both normal forms.
"""

import time

import numpy as np
from _timing import options, race, spread, write

from certifield.topology.plumbing import Forests, normal_codes, normal_form, pairs, scrambled

COUNT = 200


def by_size(size: int, repeats: int) -> dict:
    """Trees of so many vertices after 100 blow-ups and extrusions."""

    rng = np.random.Generator(np.random.PCG64([size, 1]))
    weights = rng.integers(-10, 11, COUNT * size)
    edges = np.array([(rng.integers(0, v), v) for _ in range(COUNT) for v in range(1, size)])
    bases = Forests(weights, edges, np.arange(COUNT + 1) * size, np.arange(COUNT + 1) * (size - 1))
    forests = [scrambled(bases[number], 100, seed=number, down=False)[0] for number in range(COUNT)]
    times = race(
        {"codes": lambda turn: normal_codes(forests), "with moves": lambda turn: [normal_form(forest) for forest in forests[:50]]}, repeats
    )
    each = {name: [1e3 * second / (COUNT if name == "codes" else 50) for second in times[name]["rounds"]] for name in times}
    return {
        "task": "normal form",
        "base_vertices": size,
        "vertices": sum(len(forest.weights) for forest in forests) / COUNT,
        "milliseconds": {name: spread(values) for name, values in each.items()},
    }


def scrambled_pairs(chunk: int, chunks: int) -> dict:
    """Chunks of pairs with up to 40 moves on each side."""
    pairs("same", 10, seed=0)
    started, wrong = time.perf_counter(), 0
    for number in range(chunks):
        wrong += int((~pairs("same", chunk, seed=number).same).sum())
    return {"task": "scrambled pairs", "pairs": chunk * chunks, "mismatches": wrong, "seconds_on_one_core": time.perf_counter() - started}


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__)
    measurements = []
    for size in (10, 25) if chosen.small else (10, 25, 100, 400):
        row = by_size(size, 2 if chosen.small else 5)
        measurements.append(row)
        codes, moves = (row["milliseconds"][name]["median"] for name in ("codes", "with moves"))
        print(f"{size} base vertices, {row['vertices']:.0f} in all: {codes:.3g} ms for a code, {moves:.3g} ms with the moves", flush=True)
    row = scrambled_pairs(1000, 2) if chosen.small else scrambled_pairs(20_000, 50)
    measurements.append(row)
    print(f"{row['pairs']} scrambled pairs: {row['mismatches']} mismatches, {row['seconds_on_one_core']:.3g} s on one core")
    write(chosen, "A million pairs of scrambled plumbing forests are decided in minutes", measurements)


if __name__ == "__main__":
    main()
