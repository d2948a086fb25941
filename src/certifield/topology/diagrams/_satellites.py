"""Torus links, cables and Whitehead doubles, as walks."""

from collections.abc import Sequence

from ._braid import walks_of_braid
from ._nugatory import without_nugatory
from ._reading import MOST_CROSSINGS, refuse
from ._walks import Pass, Walk, Walks

MOST_STRANDS = 100
Key = tuple[int, int, int]  # a crossing of the companion, the parallel of its upper strand, and that of its lower strand


def walks_of_torus(p: int, q: int) -> Walks:
    """The torus link T(p, q): the closure of (sigma_1 ... sigma_(p-1))^q, positive for p q > 0, with the fewer strands."""
    strands, turns = sorted((abs(p), abs(q)))
    if turns == 0 or strands == 0:
        return Walks((), (), max(abs(p), abs(q)))  # T(n, 0) is n parallel circles
    if strands > MOST_STRANDS or (strands - 1) * turns > MOST_CROSSINGS:
        allowed = f"at most {MOST_STRANDS} strands and {MOST_CROSSINGS} crossings"
        raise refuse("name", f"T({p},{q})", allowed, "take smaller numbers")
    sign = 1 if (p > 0) == (q > 0) else -1
    return walks_of_braid([sign * letter for _ in range(turns) for letter in range(1, strands)], strands)


def walks_of_cable(knot: Walks, p: int, q: int) -> Walks:
    """The (p, q)-cable of a knot: p parallels, which turn so that the cable of the unknot is T(p, q); p > 0.

    The parallels in the plane have the writhe as their linking number, which (sigma_1 ... sigma_(p-1))^(q - p writhe) makes up for.
    """
    knot = without_nugatory(knot)
    if knot.circles:
        return walks_of_torus(p, q)
    turns = q - p * sum(knot.signs)
    _limit(p * p * len(knot.signs) + (p - 1) * abs(turns), p)
    sign = 1 if turns > 0 else -1
    braid = [sign * letter for _ in range(abs(turns)) for letter in range(1, p)]
    number: dict[object, int] = {}
    rows: list[list[Pass]] = [[] for _ in range(p)]
    at = list(range(p))  # the parallel, named by where it starts, at each position from the left
    for place, letter in enumerate(braid):
        left = abs(letter) - 1
        crossing = number.setdefault(("twist", place), len(number))
        rows[at[left]].append(Pass(crossing, letter > 0))
        rows[at[left + 1]].append(Pass(crossing, letter < 0))
        at[left], at[left + 1] = at[left + 1], at[left]
    ending = {strand: position for position, strand in enumerate(at)}
    parallels = [_parallel(knot, position, p) for position in range(p)]
    walks, free = [], dict.fromkeys(range(p))
    while free:
        strand, walk = next(iter(free)), []
        while strand in free:
            del free[strand]
            walk += rows[strand]
            walk += [Pass(number.setdefault(key, len(number)), over) for key, over in parallels[ending[strand]]]
            strand = ending[strand]
        walks.append(tuple(walk))
    signs = [sign] * len(number)
    for key, crossing in number.items():
        if key[0] != "twist":  # type: ignore[index]
            signs[crossing] = knot.signs[key[0]]  # type: ignore[index]
    return Walks(tuple(walk for walk in walks if walk), tuple(signs), sum(not walk for walk in walks))


def walks_of_double(knot: Walks, framing: int, clasp: int) -> Walks:
    """The Whitehead double with a positive or negative clasp and so many full twists: of the unknot, D+(-1) is the right-handed trefoil.

    Two antiparallel strands along the knot, of linking number -framing, joined by a clasp of two crossings.
    """
    knot = without_nugatory(knot)
    turns = 2 * (framing - sum(knot.signs))
    _limit(4 * len(knot.signs) + abs(turns) + 2, 2)
    number: dict[object, int] = {}
    signs: dict[int, int] = {}

    def passes(keys: Sequence[tuple[object, bool, int]]) -> list[Pass]:
        found = []
        for key, over, sign in keys:
            crossing = number.setdefault(key, len(number))
            signs[crossing] = sign
            found.append(Pass(crossing, over))
        return found

    twist = 1 if turns > 0 else -1  # of the parallels; the strands are antiparallel
    left, right = (
        [(("twist", place), (place % 2 == 0) == ((side == 0) == (twist > 0)), -twist) for place in range(abs(turns))]
        + [
            (key, over, knot.signs[key[0]] * (1 if key[1] == key[2] else -1))
            for key, over in (_parallel(knot, side, 2) if knot.signs else [])
        ]
        for side in (0, 1)
    )
    first, second = [("clasp", 0), ("clasp", 1)]
    walk = [
        *passes(left),
        *passes([(first, clasp > 0, clasp), (second, clasp < 0, clasp)]),
        *passes(right[::-1]),
        *passes([(second, clasp > 0, clasp), (first, clasp < 0, clasp)]),
    ]
    return Walks((tuple(walk),), tuple(signs[crossing] for crossing in range(len(number))))


def _parallel(knot: Walks, position: int, p: int) -> list[tuple[Key, bool]]:
    """The passes of the parallel at a position from the left, once along the knot.

    At a positive crossing the upper strand comes from the left of the lower one: it meets the leftmost lower parallel first, and the
    lower strand meets the rightmost upper parallel first; at a negative crossing the other way round.
    """
    found: list[tuple[Key, bool]] = []
    walk: Walk = knot.walks[0]
    for crossing, over in walk:
        others = range(p) if (knot.signs[crossing] > 0) == over else range(p - 1, -1, -1)
        found += [((crossing, position, other) if over else (crossing, other, position), over) for other in others]
    return found


def _limit(crossings: int, p: int) -> None:
    if crossings > MOST_CROSSINGS or not 1 <= p <= MOST_STRANDS:
        allowed = f"a satellite of at most {MOST_CROSSINGS} crossings with 1 to {MOST_STRANDS} parallels"
        raise refuse("name", f"{p} parallels with {crossings} crossings", allowed, "take a smaller pattern or a simpler diagram")
