"""Ribbon discs: our enumeration against spherogram's bands, the checker, and three proposers on sums K # -K.

``spherogram``   the bands of ``spherogram.links.bands`` (arXiv:2512.21825) in stages of growing length and twist, one band, linking numbers
                 as filter, ``simplify('global')``; a band that an earlier stage has laid is not laid again; it stops at the unlink and
                 writes no moves.
``certifield``   `ribbon_disc`, by enumeration and by the random agent; it writes every move, and the checker replays them.
``knot by knot`` all slice primes up to 12 crossings, ours three times each and spherogram once, given up after a minute on a knot.
``checker``      certificates of all slice primes up to 12 crossings, replayed.
``sums``         K # -K, scrambled: bands tried until the disc is found, and the time of a second run, when all is compiled.
                 K is prime up to 12 crossings and a sum of two primes beyond.
"""

import random
import time
from collections.abc import Callable, Iterator
from math import inf

import numpy as np
from _timing import options, race, spread, write
from spherogram import Link
from spherogram.links.bands.core import banded_links, normalize_crossing_labels
from spherogram.links.bands.search import linking_nums_all_zero

from certifield.evidence import Certified
from certifield.topology import Diagram
from certifield.topology.ribbon import mirror_sum, ribbon_disc
from certifield.topology.ribbon._search import PROPOSERS, search
from certifield.topology.tables import prime_knots, slice_knots

STAGES = ((0, 2), (1, 2), (2, 2), (1, 3), (2, 4), (2, 5))  # (full twists, length) of spherogram's bands
BUDGETS = (10, 30, 100, 300, 1000, 3000, 10_000)
BANDS = 4


def spherogram_solves(diagram: Diagram, patience: float = inf) -> bool:
    """Whether one band of some stage leads to the unlink, found within ``patience`` seconds."""
    deadline, laid = time.perf_counter() + patience, set()
    for twists, length in STAGES:
        link = Link([list(crossing) for crossing in diagram.crossings])
        normalize_crossing_labels(link)
        for banded, band in banded_links(link, twists, length, "shortest"):
            if time.perf_counter() > deadline:
                return False
            if band in laid:
                continue
            laid.add(band)
            if linking_nums_all_zero(banded):
                banded.simplify("global")
                if len(banded.link_components) == 0:
                    return True
    return False


def enumeration_race(knots: list[Diagram], repeats: int) -> dict:
    """All programs on the same knots; "solved" are those of the worst round."""
    solved: dict[str, int] = {}

    def on_all(name: str, solves: Callable[[Diagram], bool]) -> Callable[[int], None]:
        def run(turn: int) -> None:
            random.seed(turn)
            solved[name] = min(solved.get(name, len(knots)), sum(map(solves, knots)))

        return run

    times = race(
        {
            "certifield, enumeration": on_all("certifield, enumeration", lambda knot: isinstance(ribbon_disc(knot), Certified)),
            "certifield, random": on_all("certifield, random", lambda knot: isinstance(ribbon_disc(knot, proposer="random"), Certified)),
            "spherogram": on_all("spherogram", spherogram_solves),
        },
        repeats,
    )
    slow = np.array(times["spherogram"]["rounds"])
    ratios = {name: spread(slow / np.array(time["rounds"])) for name, time in times.items() if name != "spherogram"}
    return {"task": "slice primes", "knots": len(knots), "solved": solved, "seconds": times, "times_faster_than_spherogram": ratios}


def timed(solves: Callable[[], bool]) -> float:
    """Seconds of an attempt; infinite where it does not succeed."""
    started = time.perf_counter()
    done = solves()
    return time.perf_counter() - started if done else inf


def knot_by_knot(knots: list[Diagram], patience: float) -> dict:
    """Seconds of both programs on each knot; the ratio of the sums on the knots that both solve, and the median of the ratios."""
    random.seed(0)
    rows = []
    for knot in knots:
        mine = np.median([timed(lambda knot=knot: isinstance(ribbon_disc(knot, budget=300_000), Certified)) for _ in range(3)])
        rows.append((mine, timed(lambda knot=knot: spherogram_solves(knot, patience))))
    ours, theirs = np.array(rows).T
    both = np.isfinite(ours) & np.isfinite(theirs)
    return {
        "task": "slice primes, knot by knot",
        "knots": len(knots),
        "patience": patience,
        "solved": {"certifield": int(np.isfinite(ours).sum()), "spherogram": int(np.isfinite(theirs).sum()), "both": int(both.sum())},
        "certifield_seconds": {"sum": float(ours.sum()), **spread(ours)},
        "spherogram_seconds": {"sum": float(theirs[both].sum()), **spread(theirs[both])},
        "times_faster_on_those_both_solve": {"sums": float(theirs[both].sum() / ours[both].sum()), **spread(theirs[both] / ours[both])},
    }


def checker_rate(knots: list[Diagram], repeats: int) -> dict:
    """Replays of the certificates of the knots, in one process."""
    certificates = [answer.certificate for answer in map(ribbon_disc, knots) if isinstance(answer, Certified)]
    moves = sum(len(certificate.document()["witness"]["moves"]) for certificate in certificates)

    def replay(turn: int) -> None:
        assert all(certificate.replay().accepted for certificate in certificates)

    times = race({"checker": replay}, repeats)
    rounds = np.array(times["checker"]["rounds"])
    rates = {"certificates": spread(len(certificates) / rounds), "moves": spread(moves / rounds)}
    return {"task": "checker", "certificates": len(certificates), "moves": moves, "seconds": times, "per_second": rates}


def sums(crossings: int, count: int) -> Iterator[Diagram]:
    """Sums K # -K of so many crossings, scrambled to half as many more."""
    rng, half = random.Random(crossings), crossings // 2

    def prime(number: int) -> Diagram:
        return rng.choice(list(prime_knots(number))).diagram

    for place in range(count):
        knot = prime(half) if half <= 12 else prime(half // 2).connected_sum(prime(half - half // 2))
        yield mirror_sum(knot, scramble=crossings + half, seed=place)


def bands_tried(crossings: int, count: int, budget: int) -> dict:
    """For each proposer, how many knots are solved within each budget of bands, and the median of bands tried."""
    knots, table = list(sums(crossings, count)), {}
    for name, proposer in PROPOSERS.items():
        ends = [search(knot, proposer, BANDS, budget, place) for place, knot in enumerate(knots)]
        started = time.perf_counter()
        for place, knot in enumerate(knots):
            search(knot, proposer, BANDS, budget, place)
        seconds = time.perf_counter() - started
        spent = [tried if end is not None else budget + 1 for end, tried in ends]
        within = {limit: sum(tried <= limit for tried in spent) for limit in BUDGETS if limit <= budget}
        median = float(np.median(spent)) if np.median(spent) <= budget else None
        table[name] = {"solved_within": within, "median_bands": median, "bands": sum(tried for _, tried in ends), "seconds": seconds}
    return {"task": "sums", "crossings": crossings, "knots": count, "budget": budget, "proposers": table}


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__)
    repeats = 2 if chosen.small else 5
    primes = [row.diagram for row in slice_knots(range(9 if chosen.small else 11))]
    measurements = [enumeration_race(primes, repeats)]
    print(f"{len(primes)} slice primes: solved {measurements[0]['solved']}; times faster than spherogram:")
    for name, ratio in measurements[0]["times_faster_than_spherogram"].items():
        print(f"  {name:26s}{ratio['median']:9.3g}  ({ratio['min']:.3g} to {ratio['max']:.3g})", flush=True)
    knots = [row.diagram for row in slice_knots(range(9 if chosen.small else 13))]
    measurements.append(knot_by_knot(knots, 60.0))
    row, ratio = measurements[-1], measurements[-1]["times_faster_on_those_both_solve"]["sums"]
    print(f"{len(knots)} slice primes, knot by knot: solved {row['solved']}; {ratio:.3g} times faster on those both solve", flush=True)
    measurements.append(checker_rate(knots, repeats))
    rates = measurements[-1]["per_second"]
    print(f"checker: {rates['certificates']['median']:.0f} certificates, {rates['moves']['median']:.0f} moves per second", flush=True)
    for crossings in (12,) if chosen.small else (12, 16, 20, 24, 32, 40):
        row = bands_tried(crossings, 3 if chosen.small else 20, 1000 if chosen.small else BUDGETS[-1])
        measurements.append(row)
        print(
            f"K # -K, {crossings} crossings: " + "; ".join(f"{name} {told['solved_within']}" for name, told in row["proposers"].items()),
            flush=True,
        )
    write(chosen, "Enumeration of bands is at least ten times as fast as spherogram's; a network needs fewer bands", measurements)


if __name__ == "__main__":
    main()
