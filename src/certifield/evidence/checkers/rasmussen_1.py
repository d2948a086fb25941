r"""Checks rasmussen@1: a knot is not smoothly slice, because Rasmussen's s over a field is not 0.  s is computed here from scratch.

Theorem.  |s(K; F)| is at most twice the smooth four-genus, for every field F (Rasmussen, math/0402131; Mackaay, Turner and Vaz,
math/0509692; Lipshitz and Sarkar, 1206.3532), so that s = 0 for a slice knot.  s = 2 for the right-handed trefoil.

Algebra.  A crossingless tangle is a matching of the ends of arcs; a cobordism between two of them is a sum of surfaces with dots.
Two dots on a component are one dot times a variable H, which counts as two steps of the quantum degree like a dot; a sphere is 0, with
a dot it is 1; and a neck may be cut (Bar-Natan, math/0410495, math/0606318):

    neck = dot on one side + dot on the other - H,   hence   handle = 2 dot - H .

So all surfaces between matchings a and b are sums of discs, one on each circle of the union of a and b, each with a dot or without.  A
set of dotted circles is a bit mask here, and a morphism {mask: coefficient}: the power of H follows from the degrees.

Algorithm (Bar-Natan, math/0606318; Schuetz, 1811.06432).  The knot is cut open at one edge, and a dot on the component of the cut is 0
(reduced theory).  The complex is built up crossing by crossing: tensor product with  0-smoothing --saddle--> 1-smoothing, ends glued,
circles removed by  circle = empty{+1} + empty{-1},  isomorphisms cancelled by Gaussian elimination, and what can no longer reach the
homological degrees -1, 0, 1 left out.  At the end there is one arc, and the matrices hold powers of H: a complex of free modules over
F[H] with homology F[H] and torsion.  The generator of F[H] has homological degree 0 and quantum degree s (see 1910.14584, section 3).

claim    {"kind": "not slice", "category": "smooth", "diagram": PD code of a knot, labels any integers from 0}
         A PD code lists each crossing counter-clockwise by the labels of its four edges, from the incoming end of the lower strand.
value    s, not zero, as text such as "-2"
witness  {"field": "Q", "F2", "F3", "F5" or "F7"}: nothing else is taken over from whoever found s
"""

import json
import sys
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import combinations, product
from typing import Any

CHECKER = "rasmussen@1"
Outcome = tuple[bool, str, int]
Matching = tuple[int, ...]  # the place of the other end of the arc, for each place on the boundary
Morphism = dict[int, Any]  # coefficients, by the mask of dotted circles

FIELDS = {"Q": 0, "F2": 2, "F3": 3, "F5": 5, "F7": 7}
MOST_STEPS = 5_000_000
MOST_CROSSINGS, MOST_STARTS = 500, 25
SMOOTHINGS = ((1, 0, 3, 2), (3, 2, 1, 0))


class _Refused(Exception):
    """The reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether s of the diagram of ``claim`` is ``value``, and not 0; the number of steps is that of products of surfaces."""
    work = _Work()
    try:
        across = _claimed(claim)
        _require(isinstance(value, str) and value != "0", "the value must be an integer as text, and 0 forbids nothing")
        _require(isinstance(witness, dict) and set(witness) == {"field"}, "the witness must have the field field")
        _require(isinstance(witness["field"], str) and witness["field"] in FIELDS, f"witness.field must be one of {', '.join(FIELDS)}")
        work.characteristic = FIELDS[witness["field"]]
        s = _rasmussen(across, work)
        _require(value == str(s), f'the value must be "{s}"')
    except _Refused as refusal:
        return False, str(refusal), work.steps
    return True, "", work.steps


class _Work:
    """The field, and how many products of surfaces have been taken."""

    characteristic, steps = 0, 0

    def add(self, to: Morphism, terms: Iterable[tuple[int, Any]], factor: Any) -> None:
        """Adds ``factor`` times a morphism to another one."""
        for mask, coefficient in terms:
            self.steps += 1
            total = to.get(mask, 0) + factor * coefficient
            total = total % self.characteristic if self.characteristic else total
            if total:
                to[mask] = total
            else:
                to.pop(mask, None)
        if self.steps > MOST_STEPS:
            raise _Refused(f"more than {MOST_STEPS} steps")

    def inverse(self, number: Any) -> Any:
        return pow(number, -1, self.characteristic) if self.characteristic else Fraction(1) / number


def _claimed(claim: Any) -> dict[int, int]:
    """The involution of the darts 4c, ..., 4c + 3 of the crossings c, after all that makes a diagram of a knot has been checked."""
    _require(isinstance(claim, dict) and set(claim) == {"kind", "category", "diagram"}, "the claim has the fields kind, category, diagram")
    _require(claim["kind"] == "not slice" and claim["category"] == "smooth", 'the claim must be of kind "not slice" and category "smooth"')
    crossings = claim["diagram"]
    _require(
        isinstance(crossings, list) and 0 < len(crossings) <= MOST_CROSSINGS, f"claim.diagram must have 1 to {MOST_CROSSINGS} crossings"
    )
    _require(all(isinstance(crossing, list) and len(crossing) == 4 for crossing in crossings), "claim.diagram must be quadruples")
    labels = [label for crossing in crossings for label in crossing]
    _require(all(type(label) is int and 0 <= label < 10**9 for label in labels), "claim.diagram must have integers from 0 as labels")
    ends: dict[int, list[int]] = {}
    for dart, label in enumerate(labels):
        ends.setdefault(label, []).append(dart)
    for label, darts in ends.items():
        _require(len(darts) == 2, f"label {label} occurs {len(darts)} times in claim.diagram")
    across = {dart: other for first, second in ends.values() for dart, other in ((first, second), (second, first))}
    _require(_cycles({dart: other ^ 2 for dart, other in across.items()}) == 2, "claim.diagram has more than one component")
    faces = _cycles({dart: (other & ~3) | ((other - 1) & 3) for dart, other in across.items()})
    _require(faces == len(crossings) + 2, "claim.diagram does not lie in the plane")
    _require(2 not in {dart & 3 for dart in _entered(across)}, "claim.diagram has crossings that do not begin with the incoming lower end")
    return across


def _entered(across: dict[int, int]) -> list[int]:
    """The darts by which the knot comes into its crossings, gone along in the direction of dart 2."""
    darts, dart = [across[2]], across[2] ^ 2
    while dart != 2:
        darts.append(across[dart])
        dart = across[dart] ^ 2
    return darts


def _cycles(permutation: dict[int, int]) -> int:
    """The number of cycles."""
    unseen, cycles = set(permutation), 0
    while unseen:
        cycles += 1
        start = following = unseen.pop()
        while (following := permutation[following]) != start:
            unseen.remove(following)
    return cycles


def _order(across: dict[int, int]) -> list[int]:
    """The crossings, from a good one on, always one that closes most ends."""
    return min(_order_from(start, across) for start in range(min(len(across) // 4, MOST_STARTS)))[1]


def _order_from(start: int, across: dict[int, int]) -> tuple[int, list[int]]:
    """An estimate of the work, 2^ends in every step, and the order."""
    left, ends, order, work, crossing = set(range(len(across) // 4)), set(), [], 0, start
    while left:
        order.append(crossing)
        left.remove(crossing)
        for dart in range(4 * crossing, 4 * crossing + 4):
            ends ^= {min(dart, across[dart])}
        work += 1 << len(ends)
        near = {across[end] >> 2 for end in ends} | {end >> 2 for end in ends}
        closed = {one: sum(across[4 * one + place] >> 2 not in left for place in range(4)) for one in near & left}
        crossing = min(closed, key=lambda one: (-closed[one], one), default=0)
    return work, order


@lru_cache(maxsize=1 << 16)
def _circles(one: Matching, other: Matching) -> tuple[tuple[int, ...], int]:
    """The number of the circle through each place in the union of two matchings, and how many circles there are."""
    circle, count = [-1] * len(one), 0
    for start in range(len(one)):
        if circle[start] < 0:
            place = start
            while circle[place] < 0:
                circle[place] = circle[one[place]] = count
                place = other[one[place]]
            count += 1
    return tuple(circle), count


def _sum_of_discs(dotted: int, discs: int, seams: list[tuple[int, int]], rims: list[int], marked: set[int]) -> list[tuple[int, int]]:
    """The surface of ``discs``, dotted by mask, sewn along ``seams``, as a sum of discs on its boundary circles.

    ``rims``: a disc on which each boundary circle lies; ``marked``: the boundary circles on which a dot is 0.
    """
    component = list(range(discs))
    for one, other in seams:
        old, new = component[one], component[other]
        component = [new if number == old else number for number in component]
    total = [(0, 1)]
    for number in set(component):
        circles = [circle for circle, disc in enumerate(rims) if component[disc] == number]
        euler = component.count(number) - sum(component[one] == number for one, _ in seams)
        dot = any(dotted >> disc & 1 for disc in range(discs) if component[disc] == number)
        terms = _component(circles, (2 - len(circles) - euler) // 2, dot)
        terms = [(mask, factor) for mask, factor in terms if not any(mask >> circle & 1 for circle in marked)]
        total = [(mask | more, coefficient * factor) for (mask, coefficient), (more, factor) in product(total, terms)]
    return total


def _component(circles: list[int], genus: int, dot: bool) -> list[tuple[int, int]]:
    """A connected surface as a sum of discs on its circles.

    It is the image of handle^genus, times the dot, under the coproduct, which takes dot to all circles dotted and 1 to the sum of
    (-1)^(m - 1 - |S|) S over the proper subsets S of dotted ones of the m circles; handle^2 = H^2 and handle dot = H dot.
    """
    all_dotted = sum(1 << circle for circle in circles)
    if dot:
        return [(all_dotted, 1)]
    terms = [(all_dotted, 2)] if genus % 2 else []
    for size in range(len(circles)):
        sign = (-1) ** (len(circles) - 1 - size + genus)
        terms += [(sum(1 << circle for circle in subset), sign) for subset in combinations(circles, size)]
    return terms


@lru_cache(maxsize=1 << 16)
def _composed(a: Matching, b: Matching, c: Matching, first: int, second: int, marked: tuple[int, ...]) -> list[tuple[int, int]]:
    """A surface a -> b with dots ``first``, then one b -> c with dots ``second``."""
    (lower, count), (upper, more), (outer, _) = _circles(a, b), _circles(b, c), _circles(a, c)
    seams = [(lower[place], count + upper[place]) for place, other in enumerate(b) if place < other]
    rims = [lower[outer.index(circle)] for circle in range(max(outer) + 1)]
    return _sum_of_discs(first | second << count, count + more, seams, rims, {outer[place] for place in marked})


class _Gluing:
    """How a crossing is put onto a boundary: a list of darts, some of which are glued to darts of the crossing."""

    def __init__(self, boundary: list[int], crossing: int, across: dict[int, int], cut: set[int]) -> None:
        self.darts = [*boundary, *range(4 * crossing, 4 * crossing + 4)]
        self.place = {dart: place for place, dart in enumerate(self.darts)}
        self.glued = {dart: across[dart] for dart in self.darts if across[dart] in self.place and dart not in cut}
        self.boundary = [dart for dart in self.darts if dart not in self.glued]
        self.marked = tuple(place for place, dart in enumerate(self.boundary) if dart in cut)
        self.objects, self.surfaces = {}, {}

    def glue(self, matching: Matching, smoothing: Matching) -> tuple[Matching, list[int]]:
        """The matching that results, and a dart on each closed circle."""
        key = matching, smoothing
        if key not in self.objects:
            joined = (*matching, *(len(matching) + place for place in smoothing))
            other = {dart: self.darts[joined[place]] for dart, place in self.place.items()}
            place, free, result = {dart: n for n, dart in enumerate(self.boundary)}, set(self.glued), []
            for dart in self.boundary:
                while (dart := other[dart]) in self.glued:
                    free -= {dart, self.glued[dart]}
                    dart = self.glued[dart]
                result.append(place[dart])
            loops = []
            while free:
                loops.append(dart := min(free))
                while dart in free:
                    free -= {dart, other[dart]}
                    dart = self.glued[other[dart]]
            self.objects[key] = tuple(result), loops
        return self.objects[key]

    def surface(self, ends: tuple[Matching, Matching, Matching, Matching], dotted: int) -> list[tuple[int, int, int, int]]:
        """(copy of source, copy of target, mask, coefficient) of discs a -> b beside discs s -> t of the crossing, ends = a, b, s, t.

        A copy is a mask: the circles of an object that stand for empty{-1}.  To the copies of the target, a disc on a circle is 1 at
        {+1} without dot and 1 at {-1} with dot; from those of the source, it is 1 at {-1} without dot, 1 at {+1} and H at {-1} with.
        """
        key = (*ends, dotted)
        if key not in self.surfaces:
            a, b, s, t = ends
            (left, count), (right, more) = _circles(a, b), _circles(s, t)
            disc = dict(zip(self.darts, (*left, *(count + circle for circle in right)), strict=True))
            (source, below), (target, above) = self.glue(a, s), self.glue(b, t)
            outer, circles = _circles(source, target)
            seams = [(disc[dart], disc[other]) for dart, other in self.glued.items() if dart < other]
            rims = [disc[self.boundary[outer.index(circle)]] for circle in range(circles)] + [disc[dart] for dart in (*below, *above)]
            marked = {outer[place] for place in self.marked}
            found = []
            for mask, coefficient in _sum_of_discs(dotted, count + more, seams, rims, marked):
                dots = mask >> circles & (1 << len(below)) - 1
                minus, full = mask >> circles + len(below), (1 << len(below)) - 1
                found += [(copy, minus, mask & (1 << circles) - 1, coefficient) for copy in range(full + 1) if copy | dots == full]
            self.surfaces[key] = found
        return self.surfaces[key]


class _Complex:
    """Generators (homological degree, quantum degree, matching), and the differential: ``out[x][y]`` is a morphism, ``into[y]`` its xs."""

    def __init__(self, work: _Work) -> None:
        self.work, self.boundary, self.marked = work, [], ()
        self.objects: dict[int, tuple[int, int, Matching]] = {0: (0, 0, ())}
        self.out: dict[int, dict[int, Morphism]] = {0: {}}
        self.into: dict[int, set[int]] = {0: set()}

    def attach(self, gluing: _Gluing, positive: bool) -> None:
        """The tensor product with a crossing, its smoothings in the degrees of its sign, with circles removed."""
        degrees = ((0, 1), (1, 2)) if positive else ((-1, -2), (0, -1))
        old, arrows = self.objects, self.out
        self.objects, numbers = {}, {}
        for x, (height, degree, matching) in old.items():
            for side, smoothing in enumerate(SMOOTHINGS):
                glued, loops = gluing.glue(matching, smoothing)
                for copy in range(1 << len(loops)):
                    shift = degrees[side][1] + len(loops) - 2 * copy.bit_count()
                    numbers[x, side, copy] = len(self.objects)
                    self.objects[len(self.objects)] = (height + degrees[side][0], degree + shift, glued)
        self.out, self.into = {x: {} for x in self.objects}, {x: set() for x in self.objects}
        for x, (height, _, a) in old.items():
            for side, smoothing in enumerate(SMOOTHINGS):
                for y, morphism in arrows[x].items():
                    for dotted, coefficient in morphism.items():
                        for copy, other, mask, number in gluing.surface((a, old[y][2], smoothing, smoothing), dotted):
                            self.add(numbers[x, side, copy], numbers[y, side, other], ((mask, number),), coefficient)
            for copy, other, mask, number in gluing.surface((a, a, *SMOOTHINGS), 0):
                self.add(numbers[x, 0, copy], numbers[x, 1, other], ((mask, number),), -1 if height % 2 else 1)
        self.boundary, self.marked = gluing.boundary, gluing.marked

    def add(self, x: int, y: int, terms: Iterable[tuple[int, Any]], factor: Any) -> None:
        """Adds a multiple of a morphism to the arrow from x to y."""
        arrow = self.out[x].setdefault(y, {})
        self.work.add(arrow, terms, factor)
        if arrow:
            self.into[y].add(x)
        else:
            del self.out[x][y]
            self.into[y].discard(x)

    def cancel_at(self, power: int) -> None:
        """Cancels every arrow that is a multiple of H^power of an identity, cheap ones first; there must be none of lower powers."""
        waiting = [found for x in self.objects if (found := self.pivot(x, power))]
        heapify(waiting)
        while waiting:
            cost, x, _ = heappop(waiting)
            found = self.pivot(x, power) if x in self.objects else None
            if found and found[0] > cost:
                heappush(waiting, found)
            elif found:
                for u in self.cancel(x, found[2]):
                    if again := self.pivot(u, power):
                        heappush(waiting, again)

    def pivot(self, x: int, power: int) -> tuple[int, int, int] | None:
        """The cheapest arrow from x that can be cancelled: how many others change, x, and its end."""
        end = self.objects[x][1] + 2 * power, self.objects[x][2]
        fits = [(len(self.into[y]) - 1, y) for y, arrow in self.out[x].items() if self.objects[y][1:] == end and 0 in arrow]
        return ((len(self.out[x]) - 1) * min(fits)[0], x, min(fits)[1]) if fits else None

    def cancel(self, x: int, y: int) -> set[int]:
        """Gaussian elimination: every u -> y and x -> v make u -> v less (x -> v)(x -> y)^-1 (u -> y); those u."""
        factor = -self.work.inverse(self.out[x][y][0])
        others = self.into[y] - {x}
        for u in others:
            first = self.out[u][y]
            for v, second in self.out[x].items():
                if v != y:
                    for (one, c), (two, d) in product(first.items(), second.items()):
                        terms = _composed(self.objects[u][2], self.objects[x][2], self.objects[v][2], one, two, self.marked)
                        self.add(u, v, terms, factor * c * d)
        self.remove(x)
        self.remove(y)
        return others

    def remove(self, x: int) -> None:
        """Takes a generator with all its arrows away."""
        for y in self.out.pop(x):
            self.into[y].remove(x)
        for u in self.into.pop(x):
            del self.out[u][x]
        del self.objects[x]


def _rasmussen(across: dict[int, int], work: _Work) -> int:
    """s of the knot."""
    positive = {dart >> 2 for dart in _entered(across) if dart & 3 == 3}
    cut, built, order = {0, across[0]}, _Complex(work), _order(across)
    for place, crossing in enumerate(order):
        built.attach(_Gluing(built.boundary, crossing, across, cut), crossing in positive)
        up = sum(other in positive for other in order[place + 1 :])
        for x in [x for x, (height, _, _) in built.objects.items() if not -1 - up <= height <= len(order) - place - up]:
            built.remove(x)
        built.cancel_at(0)
    for power in range(1, 2 * len(order)):
        built.cancel_at(power)
    found = [degree for height, degree, _ in built.objects.values() if height == 0]
    _require(len(found) == 1 and not any(built.out.values()), "the homology of degree 0 has not rank 1")
    return found[0]


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Refused(otherwise)


def _without_duplicates(pairs: list) -> dict:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a field is given twice")
    return dict(pairs)


def main(arguments: list[str]) -> int:
    """Prints the verdict on the certificate in the file named by the one argument."""
    try:
        with open(arguments[0], encoding="utf-8") as file:
            certificate = json.load(file, object_pairs_hook=_without_duplicates)
        if certificate["checker"] != CHECKER:
            raise ValueError(f"the certificate asks for another checker than {CHECKER}")
        accepted, reason, steps = check(certificate["claim"], certificate["value"], certificate["witness"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        print(json.dumps({"accepted": False, "reason": f"not a certificate: {error}", "steps": 0}))
        return 2
    print(json.dumps({"accepted": accepted, "reason": reason, "steps": steps}))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
