"""Looks for pairs of knots with the same 0-surgery, and writes those that are certified in the form of the shipped pairs.json.

Knots of the table of Hoste and Thistlethwaite, whose 0-fillings SnapPy knows, are compared with the knots of its census of small
triangulations, whose longitude is the one slope with an infinite first homology group.  Floats only propose: equal volumes of the closed
manifolds, then SnapPy's search for an isometry.  A census knot that is left gets a diagram by ``exterior_to_link``, which our simplifier
makes small, and `equal_zero_surgery` proves the pair or drops it, one chirality after the other.

    python provenance/zero_surgery_pairs.py pairs.json --crossings 12 --tetrahedra 8
"""

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from math import gcd
from pathlib import Path
from typing import Any, NamedTuple

import snappy  # in the main thread

from certifield.evidence import Certified
from certifield.topology import Diagram, jones_polynomial, named
from certifield.topology.moves import simplify
from certifield.topology.surgery import equal_zero_surgery
from certifield.topology.surgery._candidates import DIGITS, TRIES, isometric

TABLE = re.compile(r"K\d+[an]\d+")
SLOPES = sorted(((p, q) for p in range(-12, 13) for q in range(13) if gcd(p, q) == 1), key=lambda slope: max(map(abs, slope)))
SOURCE = (
    "search: 0-fillings of knots to {crossings} crossings and of SnapPy's census knots to {tetrahedra} tetrahedra with equal volumes, "
    "isometric in SnapPy {version}; diagrams of census knots by exterior_to_link; chirality found here"
)


class Filled(NamedTuple):
    """A knot by name, its exterior, and the 0-filling."""

    name: str
    exterior: Any
    surgery: Any


def hyperbolic(manifold: Any) -> bool:
    """Whether a solution is found, of positively oriented tetrahedra at best, else with some negatively oriented ones."""
    for _ in range(TRIES):
        if manifold.solution_type() == "all tetrahedra positively oriented":
            return True
        manifold.randomize()
    return manifold.solution_type() == "contains negatively oriented tetrahedra"


def table(crossings: int) -> Iterator[Filled]:
    """Knots of the table up to so many crossings, where the 0-filling is hyperbolic."""
    for number in range(3, crossings + 1):
        for exterior in snappy.HTLinkExteriors(knots_vs_links="knots", crossings=number):
            yield from filled(exterior, (0, 1))


def census(tetrahedra: int) -> Iterator[Filled]:
    """Knots of the census up to so many tetrahedra, the same way."""
    for exterior in snappy.CensusKnots:
        if exterior.num_tetrahedra() <= tetrahedra:
            yield from filled(exterior, longitude(exterior))


def longitude(exterior: Any) -> tuple[int, int]:
    """The slope whose filling has an infinite first homology group."""
    copy = exterior.copy()
    for slope in SLOPES:
        copy.dehn_fill(slope)
        if copy.homology().betti_number() == 1:
            return slope
    raise ValueError(f"the longitude of {exterior.name()} is longer than 12")


def filled(exterior: Any, slope: tuple[int, int]) -> Iterator[Filled]:
    copy = exterior.copy()
    copy.dehn_fill(slope)
    if hyperbolic(copy):
        yield Filled(exterior.name(), exterior.copy(), copy)


def candidates(crossings: int, tetrahedra: int) -> Iterator[tuple[Filled, Filled]]:
    """A knot of the table and one of the census, or two of the table, that differ and whose surgeries seem the same."""
    classes: dict[float, list[Filled]] = defaultdict(list)
    for found in table(crossings):
        classes[round(float(found.surgery.volume()), DIGITS)].append(found)
    print(f"{sum(map(len, classes.values()))} knots of the table with hyperbolic 0-surgery", flush=True)
    for members in classes.values():
        for one, other in combinations(members, 2):
            yield from seeming(one, other)
    for found in census(tetrahedra):
        for known in classes.get(round(float(found.surgery.volume()), DIGITS), []):
            yield from seeming(known, found)


def seeming(one: Filled, other: Filled) -> Iterator[tuple[Filled, Filled]]:
    if not isometric(one.exterior.copy(), other.exterior.copy()) and isometric(one.surgery, other.surgery):
        yield one, other


def diagram_of(knot: Filled) -> Diagram:
    """Of the table, the table's; of the census, one that SnapPy finds, made smaller."""
    if TABLE.fullmatch(knot.name):
        return named(knot.name)
    found = Diagram.from_pd([list(crossing) for crossing in knot.exterior.exterior_to_link().PD_code()])
    return min((simplify(found, rounds=200, seed=seed).diagram for seed in range(5)), key=lambda small: len(small.crossings))


def certified(one: Filled, other: Filled) -> dict[str, Any] | None:
    """The pair with the chirality for which the surgeries are proved to be the same, or None."""
    first, second = diagram_of(one), diagram_of(other)
    if jones_polynomial(first) in (jones_polynomial(second), jones_polynomial(second.mirror())):
        return None
    for sign, knot in (("", second), ("-", second.mirror())):
        if isinstance(equal_zero_surgery(first, knot), Certified):
            codes = [[list(crossing) for crossing in diagram.crossings] for diagram in (first, knot)]
            return {"names": [one.name, sign + other.name], "first": codes[0], "second": codes[1]}
    return None


def main() -> None:
    """Searches, proves, writes after every pair."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="where the pairs are written")
    parser.add_argument("--crossings", type=int, default=12)
    parser.add_argument("--tetrahedra", type=int, default=8)
    chosen = parser.parse_args()
    source = SOURCE.format(crossings=chosen.crossings, tetrahedra=chosen.tetrahedra, version=snappy.version())
    rows: list[dict[str, Any]] = []
    for one, other in candidates(chosen.crossings, chosen.tetrahedra):
        row = certified(one, other)
        print(f"{one.name} {other.name}: {'certified' if row else 'not certified'}", flush=True)
        if row is not None:
            rows.append({"names": row["names"], "source": source, "first": row["first"], "second": row["second"]})
            chosen.path.write_text(json.dumps({"pairs": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
