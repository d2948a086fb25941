"""Easy and hard unknots in one run: our simplifier, our proofs, spherogram's simplifier and Regina's.

``certifield``   `topology.moves.simplify`, which logs every move.
``proved``       `topology.moves.unknot`: the same, with its certificate written and replayed by the checker, which is plain Python.
``spherogram``   ``simplify('global')``, which logs nothing.
``regina``       ``Link.simplify()``, which logs nothing.

All start from their own objects, made before the clock starts from the same planar codes.
Easy: backtracked by spherogram; closures of scrambled braids of about 75 letters; diagrams scrambled by our own moves.
Hard: published ones, from the codes in tests/topology/hard_unknots.json; Haken's Gordian unknot is in moves.py.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import regina
from _timing import options, race, spread, write
from spherogram import Link

from certifield.evidence import Certified
from certifield.topology import Diagram, parse
from certifield.topology.braids import scrambled_unknot
from certifield.topology.moves import simplify, unknot
from certifield.topology.ribbon import scrambled

HARD = Path(__file__).parents[1] / "tests" / "topology" / "hard_unknots.json"
ROUNDS = 100  # shakings in vain before our simplifier gives up


def backtracked(steps: int, seed: int) -> Diagram:
    """A diagram that spherogram made of the unknot by random moves."""
    random.seed(seed)
    link = Link(braid_closure=[1])
    link.backtrack(steps)
    return Diagram.from_pd([list(crossing) for crossing in link.PD_code()])


def braid(letters: int, seed: int) -> Diagram:
    """The closure of a scrambled braid of the unknot on 6 strands, of so many letters before it is freely reduced."""
    made = scrambled_unknot(6, letters, random.Random(seed))
    return Diagram.from_braid(made.word, made.strands)


def families(small: bool) -> dict[str, list[Diagram]]:
    """The unknots of the race."""
    count = 2 if small else 12
    easy = {
        "backtracked": [backtracked(40 + 12 * place, place) for place in range(count)],
        "scrambled braids": [braid(150 + 10 * place, place) for place in range(count)],
        "scrambled diagrams": [scrambled(Diagram(circles=1), 40 + 8 * place, seed=place) for place in range(count)],
    }
    rows = json.loads(HARD.read_text(encoding="utf-8"))
    return easy | {"hard, published": [parse(row["code"]) for row in (rows[:2] if small else rows)]}


def program(name: str, diagrams: list[Diagram], told: dict[str, int]) -> Callable[[int], Callable[[], int]]:
    """What makes ready the objects of one program and returns what is timed, which tells how many became circles."""

    def ready(turn: int) -> Callable[[], int]:
        if name == "certifield":
            return lambda: sum(not simplify(one, rounds=ROUNDS, seed=turn).diagram.crossings for one in diagrams)
        if name == "proved":
            return lambda: sum(isinstance(unknot(one, rounds=ROUNDS, seed=turn), Certified) for one in diagrams)
        if name == "spherogram":
            random.seed(turn)
            links = [Link([list(crossing) for crossing in one.crossings]) for one in diagrams]
            return lambda: sum(link.simplify("global") is not None and not link.crossings for link in links)
        theirs = [regina.Link.fromPD([tuple(crossing) for crossing in one.pd(1)]) for one in diagrams]
        return lambda: sum(link.simplify() is not None and not link.size() for link in theirs)

    return ready


def measured(family: str, diagrams: list[Diagram], repeats: int) -> dict:
    """All programs on one family, in turns."""
    told: dict[str, int] = {}
    waiting = {name: program(name, diagrams, told) for name in ("certifield", "proved", "spherogram", "regina")}
    prepared = {(name, turn): ready(turn) for name, ready in waiting.items() for turn in range(repeats + 1)}

    def run(name: str) -> Callable[[int], None]:
        def once(turn: int) -> None:
            undone = prepared[name, turn]()
            told[name] = min(told.get(name, undone), undone)

        return once

    times = race({name: run(name) for name in waiting}, repeats)
    seconds = {name: np.array(timed["rounds"]) for name, timed in times.items()}
    return {
        "task": family,
        "knots": len(diagrams),
        "crossings": [len(one.crossings) for one in diagrams],
        "undone": told,
        "seconds": times,
        "times_faster_than_spherogram": {
            name: spread(seconds["spherogram"] / seconds[name]) for name in ("certifield", "proved", "regina")
        },
    }


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__)
    measurements = []
    print("unknots undone, and how many times faster than spherogram:")
    for family, diagrams in families(chosen.small).items():
        row = measured(family, diagrams, 2 if chosen.small else 9)
        measurements.append(row)
        ratios = ", ".join(f"{name} {ratio['median']:.3g}" for name, ratio in row["times_faster_than_spherogram"].items())
        print(
            f"{family}: {min(row['crossings'])} to {max(row['crossings'])} crossings, undone {row['undone']} of {row['knots']}; {ratios}",
            flush=True,
        )
    write(chosen, "Easy unknots take less time than with spherogram, with every move logged", measurements)


if __name__ == "__main__":
    main()
