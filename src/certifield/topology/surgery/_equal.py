"""Knots with the same 0-surgery."""

import json
import random
import zlib

from certifield.evidence import Certificate, Certified, Unknown

from ..diagrams._diagram import Diagram
from ..diagrams._reading import refuse
from ._meet import meeting
from ._octahedra import zero_surgery
from ._permutations import IMAGES, INVERSE, PRODUCT
from ._signature import signature
from ._simplify import simplified
from ._triangulation import Triangulation

CHECKER = "equal-zero-surgery@1"
ROUND = 4000

Pair = tuple[Triangulation, Triangulation]


def equal_zero_surgery(first: Diagram, second: Diagram, budget: int = 20_000, *, seed: int = 0) -> Certified | Unknown:
    """Whether the 0-surgeries on two knots are homeomorphic by a map that preserves orientation.

    Both are triangulated straight from the diagrams, with the orientation of the 3-sphere (`zero_surgery`), simplified, and led to one
    triangulation by 2-3, 3-2 and 2-0 moves from both sides; all moves are the witness.  Half of the ``budget`` are moves of the
    simplification, half are triangulations met on the way, in rounds of 4000.  The checker makes the triangulations itself from the
    planar diagram codes, so that the proof rests on no theorem but that these moves keep the manifold.
    No is never answered.  Knots are taken with their chirality: `Diagram.mirror` gives the other one.
    Raises `InputError` for links of several components, the circle without crossings, and a budget or seed that is no whole number from 0.
    """
    for name, number in (("budget", budget), ("seed", seed)):
        if type(number) is not int or number < 0:
            raise refuse(name, number, "a whole number from 0", "such as 20000")
    found, spent = _met(zero_surgery(first), zero_surgery(second), budget, random.Random(seed))
    if found is None:
        return Unknown(spent)
    claim = {"kind": "equal zero surgery", "first": _code(first), "second": _code(second)}
    parts = [found[0].log(), found[1].log(), _isomorphism(*found)]
    trace = f"{zlib.crc32(json.dumps(parts, separators=(',', ':')).encode()):08x}"
    witness = {"first": parts[0], "second": parts[1], "isomorphism": parts[2], "trace": trace}
    return Certified(Certificate(claim, "0", witness, CHECKER).checked(), spent)


def _met(first: Triangulation, second: Triangulation, budget: int, rng: random.Random) -> tuple[Pair | None, dict[str, int]]:
    """Rounds of simplification and search, each from the beginning: where one ends in a blind alley the next may not.

    The isomorphic triangulations, where some were met, and the work.
    """
    spent = {"moves": 0, "triangulations": 0}
    while (left := budget - sum(spent.values())) > 0:
        share = max(min(left, ROUND) // 4, 1)
        found = meeting(simplified(first, rng, share), simplified(second, rng, share), 2 * share)
        spent["moves"] += 2 * share
        spent["triangulations"] += found.seen
        if found.pair is not None:
            return found.pair, spent
    return None, spent


def _code(diagram: Diagram) -> list[list[int]]:
    return [list(crossing) for crossing in diagram.crossings]


def _isomorphism(first: Triangulation, second: Triangulation) -> list[object]:
    """Where the smallest tetrahedron of the first goes, and its vertices."""
    (_, (t, p)), (_, (s, q)) = signature(first), signature(second)
    image, waiting = {t: (s, PRODUCT[INVERSE[q]][p])}, [t]
    for t in waiting:
        s, r = image[t]
        for face, (other, p) in enumerate(first.glue[t]):
            if other not in image:
                beyond, q = second.glue[s][IMAGES[r][face]]
                image[other] = beyond, PRODUCT[q][PRODUCT[r][INVERSE[p]]]
                waiting.append(other)
    goal, images = image[min(first.glue)]
    return [goal, list(IMAGES[images])]
