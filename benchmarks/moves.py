"""Moves: how many a second, and our simplifier against spherogram's on scrambled unknots and on Haken's Gordian unknot.

``certifield``   `topology.moves.simplify`: kinks, bigons, pass moves, shaking; every move is logged.
``spherogram``   ``simplify('global')``, which logs nothing; the Gordian unknot is timed once, since it takes long.
"""

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from _timing import options, race, spread, write
from spherogram import Link

from certifield.topology import Diagram
from certifield.topology.moves import simplify
from certifield.topology.ribbon import scrambled

EXAMPLES = Path(__file__).parents[1] / "tests" / "topology" / "example_knots.json"
ROUNDS = 100  # shakings in vain before our simplifier gives up


def ours(diagrams: list[Diagram], told: dict[str, int], moves: dict[int, int]) -> Callable[[int], None]:
    """Simplifies all; notes how many became circles in the worst turn, and for each turn the moves made, those taken back included."""

    def run(turn: int) -> None:
        ends = [simplify(diagram, rounds=ROUNDS, seed=turn) for diagram in diagrams]
        told["certifield"] = min(told.get("certifield", len(ends)), sum(not end.diagram.crossings for end in ends))
        moves[turn] = sum(end.work for end in ends)

    return run


def theirs(diagrams: list[Diagram], told: dict[str, int]) -> Callable[[int], None]:
    """The same by spherogram."""

    def run(turn: int) -> None:
        random.seed(turn)
        links = [Link([list(crossing) for crossing in diagram.crossings]) for diagram in diagrams]
        for link in links:
            link.simplify("global")
        told["spherogram"] = min(told.get("spherogram", len(links)), sum(not link.crossings for link in links))

    return run


def unknots(crossings: int, count: int, repeats: int) -> dict:
    """Both programs on scrambled unknots."""
    diagrams, told = [scrambled(Diagram(circles=1), crossings, seed=seed) for seed in range(count)], {}
    moves: dict[int, int] = {}
    times = race({"certifield": ours(diagrams, told, moves), "spherogram": theirs(diagrams, told)}, repeats)
    mine, other = (np.array(times[name]["rounds"]) for name in ("certifield", "spherogram"))
    return {
        "task": "scrambled unknots",
        "crossings": crossings,
        "knots": count,
        "undone": told,
        "seconds": times,
        "times_faster_than_spherogram": spread(other / mine),
        "moves_per_second": spread(np.array([moves[turn] for turn in range(1, repeats + 1)]) / mine),
    }


def gordian(repeats: int, small: bool) -> dict:
    """Haken's unknot of 141 crossings."""
    diagram = Diagram.from_pd(json.loads(EXAMPLES.read_text(encoding="utf-8"))["gordian"])
    told: dict[str, int] = {}
    times = race({"certifield": ours([diagram], told, {})}, repeats)
    started = time.perf_counter()
    if not small:
        theirs([diagram], told)(0)
    once = None if small else time.perf_counter() - started
    return {"task": "Gordian unknot", "crossings": len(diagram.crossings), "undone": told, "seconds": times, "spherogram_once": once}


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__)
    repeats = 2 if chosen.small else 5
    measurements = []
    print("the same diagrams, simplified by Certifield with every move logged and by spherogram with none:")
    for crossings, count in ((20, 3),) if chosen.small else ((30, 20), (60, 20), (120, 10)):
        row = unknots(crossings, count, repeats)
        measurements.append(row)
        ratio, rate = row["times_faster_than_spherogram"], row["moves_per_second"]
        print(
            f"unknots of {crossings} crossings: undone {row['undone']} of {count}; {ratio['median']:.3g} times faster than spherogram",
            end="",
        )
        print(f" ({ratio['min']:.3g} to {ratio['max']:.3g}); {rate['median']:.3g} moves per second", flush=True)
    measurements.append(gordian(repeats, chosen.small))
    seconds, once = measurements[-1]["seconds"]["certifield"], measurements[-1]["spherogram_once"]
    print(f"Gordian unknot: undone {measurements[-1]['undone']}; {seconds['median']:.3g} s; spherogram {once} s", flush=True)
    write(chosen, "Simplification that logs every move is faster than spherogram's, which logs none", measurements)


if __name__ == "__main__":
    main()
