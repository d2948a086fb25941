r"""Checks unknot-moves@1, unlink-moves@1, split-moves@1 and ribbon@1: Reidemeister moves and bands on a planar diagram, on integers.

Diagram.  A PD code lists each crossing counter-clockwise by the labels of its four edges, from the incoming end of the lower
strand.  It fixes the chirality.  Crossing number c of the claim has the four *darts* 4c, ..., 4c + 3, one for each entry: dart d
leaves its crossing along that edge, and ``across[d]`` is the dart that leaves the other end of the edge.  Even darts belong to the
lower strand, odd ones to the upper.  A new crossing takes the next number never used.  Circles without crossings are only counted.

Faces.  The face of d lies on the left of d.  Its boundary goes on, after d, with the dart clockwise from ``across[d]``.
A diagram of several pieces is a split link.  Each piece lies on a sphere of its own, and two spheres may be joined at any face of
either, so that darts of different pieces count as having a face in common.

Moves.  A move names darts, and with them the side on which it happens.  Each is an isotopy of links in space except for "band".
    R1+ d o    a kink on the edge of d whose loop lies in the face of d; going along d one meets the new crossing first on the upper
               strand if o = 1, on the lower if o = 0.  With d = -1 a circle gets the kink.  Of the new crossing, dart 0 + o (modulo
               4, as below) goes back to the tail of d, 1 + o goes on to its head, and 2 + o to 3 + o is the loop.
    R1- d      the kink whose loop has d as the whole boundary of its inner face vanishes
    R2+ d f o  the edge of d is pushed through the face that d and f share, across the edge of f: over it if o = 1, under it if o = 0.
               The two new crossings, in the direction of d: dart -o of the first goes back to the tail of d, 2 - o of the first to
               2 - o of the second is the piece beyond the edge of f, and -o of the second goes on to the head of d.
    R2- d      the face of d is a bigon between two crossings, one edge of it over the other at both: the edges part
    R3 d       the face of d is a triangle between three crossings, with an upper, a middle and a lower strand: each strand passes
               to the other side of the crossing of the other two.  Crossings and darts keep their numbers.
    band [d0, ..., dn] [o1, ..., o(n-1)] h
               The edge of d0 is pushed as a finger by R2 moves across the edges of d1, ..., d(n-1), each a dart of the face before the
               tip, over an edge where o = 1 and under it where o = 0.  Kinks at the tip, |h| of them, give the finger h half twists,
               right-handed for h > 0.  Then tip and dn, which share a face, are cut and joined crosswise: a saddle.
               The number of components must go up by one, so that the band respects orientations.

R2- and R3 name the smallest dart of the face, so that each move has one name.

Ribbon discs.  If k bands and isotopies lead from a knot to k + 1 circles without crossings, then discs on the circles, joined by the
bands, are a ribbon disc of the knot.  A link is an unlink, or split, if isotopies lead to circles, or to a diagram of several pieces.

claim    {"kind": "unknot" | "ribbon" | "unlink" | "split", "diagram": PD code, labels integers from 0, below 10^9; [] is the circle}
         of a knot for "unknot" and "ribbon"; of a link for the others, where crossings may begin at either lower end
value    "0", the genus, of an unknot; the number of bands of a ribbon knot, of components of an unlink, of pieces of a split link
witness  {"moves": [["R1+", d, o], ["R1-", d], ["R2+", d, f, o], ["R2-", d], ["R3", d], ["band", [d0, ...], [o1, ...], h], ...],
          "links": [{"circles": n, "edges": [[d, e], ...]}, ...], "trace": eight hexadecimal digits}

The moves end at circles without crossings: one, and one more for each band.  "links" are the links right before the bands, with d < e
the two darts of an edge, smallest first: whoever reads the certificate sees what each band is attached to.  "trace" is the CRC-32 of
the JSON text, without spaces and with sorted keys, of [kind, moves, links]: it proves nothing, but tells a damaged file from a wrong proof.
"""

import json
import sys
import zlib
from typing import Any

CHECKERS = {"unknot-moves@1": "unknot", "ribbon@1": "ribbon", "unlink-moves@1": "unlink", "split-moves@1": "split"}
Outcome = tuple[bool, str, int]

LARGEST_TWIST = 64
LARGEST_NUMBER = 10**9  # of a label or dart, so that it can be printed


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether the moves of ``witness`` prove what ``claim`` says of its diagram; the reason names the first wrong move."""
    steps = 0
    try:
        diagram = _claimed(claim)
        moves, links = _parts(witness)
        bands = 0
        for move in moves:
            try:
                if isinstance(move, list) and move[:1] == ["band"]:
                    _require(
                        bands < len(links) and _text(links[bands]) == _text(diagram.link()),
                        f"witness.links[{bands}] is not the link before it",
                    )
                bands += diagram.move(move, claim["kind"] == "ribbon")
            except _Refused as refusal:
                raise _Refused(f"witness.moves[{steps}]: {refusal}") from None
            steps += 1
        found = _end(claim["kind"], diagram, bands)
        _require(isinstance(value, str) and value == str(found), f'the value must be "{found}"')
        _require(len(links) == bands, f"witness.links must have {bands} entries")
        _require(witness["trace"] == trace(claim["kind"], moves, links), "witness.trace does not belong to the moves and links")
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


def _end(kind: str, diagram: "_Diagram", bands: int) -> int:
    """The value that belongs to a diagram at the end of the moves."""
    if kind == "split":
        _require(diagram.pieces() > 1, "the diagram is in one piece at the end")
        return diagram.pieces()
    _require(not diagram.across, f"{len(diagram.across) // 4} crossings are left at the end")
    if kind == "unlink":
        return diagram.circles
    _require(diagram.circles == bands + 1, f"{bands} bands must end at {bands + 1} circles, not {diagram.circles}")
    return bands


def _parts(witness: Any) -> tuple[list, list]:
    fields = isinstance(witness, dict) and set(witness) == {"moves", "links", "trace"}
    _require(fields, "the witness must have the fields moves, links, trace")
    for name in ("moves", "links"):
        _require(isinstance(witness[name], list), f"witness.{name} must be a list")
    return witness["moves"], witness["links"]


def trace(kind: str, moves: list, links: list) -> str:
    """The CRC-32 that a witness carries."""
    return f"{zlib.crc32(_text([kind, moves, links]).encode()):08x}"


def _text(tree: Any) -> str:
    """JSON text, which tells 1 from 1.0 and 0 from false."""
    return json.dumps(tree, separators=(",", ":"), sort_keys=True)


def links_before_bands(claim: Any, moves: list) -> list[dict[str, Any]]:
    """What "links" of a witness with these moves must be, as far as the moves can be made."""
    links = []
    try:
        diagram = _claimed(claim)
        for move in moves:
            if isinstance(move, list) and move[:1] == ["band"]:
                links.append(diagram.link())
            diagram.move(move, claim["kind"] == "ribbon")
    except _Refused:
        pass
    return links


def _claimed(claim: Any) -> "_Diagram":
    """The diagram of the claim, after all that makes it one of an oriented knot in the plane has been checked."""
    _require(isinstance(claim, dict) and set(claim) == {"kind", "diagram"}, "the claim must have the fields kind, diagram")
    _require(claim["kind"] in CHECKERS.values(), "claim.kind must be one of " + ", ".join(CHECKERS.values()))
    crossings = claim["diagram"]
    quadruples = isinstance(crossings, list) and all(isinstance(c, list) and len(c) == 4 for c in crossings)
    _require(quadruples, "claim.diagram must be quadruples")
    labels = [label for crossing in crossings for label in crossing]
    _require(all(_whole(label) and label >= 0 for label in labels), "claim.diagram must have integers from 0 as labels")
    ends: dict[int, list[int]] = {}
    for dart, label in enumerate(labels):
        ends.setdefault(label, []).append(dart)
    for label, darts in ends.items():
        _require(len(darts) == 2, f"label {label} occurs {len(darts)} times in claim.diagram")
    across = {dart: other for first, second in ends.values() for dart, other in ((first, second), (second, first))}
    diagram = _Diagram(across, 0 if across else 1)
    knot = claim["kind"] in ("unknot", "ribbon")
    _require(not knot or diagram.components() == 1, "claim.diagram has more than one component")
    pieces = 1 if knot else diagram.pieces()
    _require(not across or diagram.faces() == len(crossings) + 2 * pieces, "claim.diagram does not lie in the plane")
    _require(
        not across or not knot or diagram.starts_at_incoming(), "claim.diagram has crossings that do not begin with the incoming lower end"
    )
    return diagram


def _turned(dart: int, quarters: int) -> int:
    """The dart of the same crossing that many places further counter-clockwise."""
    return (dart & ~3) | ((dart + quarters) & 3)


class _Diagram:
    """A link diagram: the involution ``across`` of its darts, the number of its circles, and the next crossing to be used."""

    def __init__(self, across: dict[int, int], circles: int) -> None:
        self.across, self.circles, self.unused = across, circles, len(across)

    # What can be counted -----------------------------------------------------------------------------------------------------

    def face(self, dart: int) -> list[int]:
        """The darts that have the face of ``dart`` on their left, in order."""
        darts, following = [dart], _turned(self.across[dart], -1)
        while following != dart:
            darts.append(following)
            following = _turned(self.across[following], -1)
        return darts

    def faces(self) -> int:
        """The number of cycles of the faces: crossings + 2 on a sphere, fewer on other surfaces."""
        return _cycles({dart: _turned(other, -1) for dart, other in self.across.items()})

    def components(self) -> int:
        """The number of components; straight on through every crossing, each is gone along both ways."""
        return _cycles({dart: _turned(other, 2) for dart, other in self.across.items()}) // 2 + self.circles

    def pieces(self) -> int:
        """The number of connected pieces, circles among them."""
        found, free = self.circles, {dart >> 2 for dart in self.across}
        while free:
            free -= self._piece(min(free))
            found += 1
        return found

    def link(self) -> dict[str, Any]:
        """The diagram as a witness writes it down."""
        return {"circles": self.circles, "edges": sorted([dart, other] for dart, other in self.across.items() if dart < other)}

    def starts_at_incoming(self) -> bool:
        """Whether the knot, gone along in the direction of dart 2, comes in at dart 0 wherever it comes in at a lower end."""
        dart = 2
        while True:
            other = self.across[dart]
            if other & 3 == 2:
                return False
            dart = _turned(other, 2)
            if dart == 2:
                return True

    def connected(self, first: int, second: int) -> bool:
        """Whether the crossings of two darts lie in one piece of the diagram."""
        return second >> 2 in self._piece(first >> 2)

    def _piece(self, start: int) -> set[int]:
        """The crossings of a piece."""
        seen, waiting = {start}, [start]
        for crossing in waiting:  # grows while it is read
            near = {self.across[4 * crossing + place] >> 2 for place in range(4)} - seen
            seen |= near
            waiting += near
        return seen

    # Moves -------------------------------------------------------------------------------------------------------------------

    def move(self, move: Any, bands_allowed: bool) -> int:
        """Makes one move of a witness; the number of bands in it, 0 or 1."""
        _require(isinstance(move, list) and len(move) > 0 and isinstance(move[0], str), "not a move")
        if move[0] == "band" and bands_allowed:
            _require(len(move) == 4, "a band has its darts, its bits and its half twists")
            self.band(*move[1:])
            return 1
        _require(move[0] in _ISOTOPIES, f"not a move: {move[0][:20]}")
        name, count = _ISOTOPIES[move[0]]
        _require(len(move) == count + 1 and all(_whole(entry) for entry in move[1:]), f"{move[0]} has {count} integers")
        getattr(self, name)(*move[1:])
        return 0

    def add_kink(self, dart: int, over: int) -> int:
        """R1+; the dart of the loop that has the face of ``dart`` on its left."""
        _require(over in (0, 1), "o must be 0 or 1")
        back, onward, leave, enter = self._crossing(over)
        if dart == -1:
            _require(self.circles > 0, "there is no circle")
            self.circles -= 1
            self._join(back, onward)
        else:
            head = self._head(dart)
            self._join(dart, back)
            self._join(onward, head)
        self._join(leave, enter)
        return enter

    def remove_kink(self, dart: int) -> None:
        """R1-."""
        _require(self._head(dart) == _turned(dart, 1), "the face is not the inside of a loop")
        self._pass(_turned(dart, 2), _turned(dart, 3))
        self._discard(dart)

    def push(self, dart: int, other: int, over: int) -> int:
        """R2+; the dart along the piece beyond the edge of ``other``, in the direction of ``dart``."""
        _require(over in (0, 1), "o must be 0 or 1")
        head, far = self._head(dart), self._head(other)
        self._share_a_face(dart, other)
        south, east, north, west = self._crossing(-over)
        south_of_second, east_of_second, north_of_second, west_of_second = self._crossing(-over)
        self._join(dart, south)
        self._join(north, north_of_second)
        self._join(south_of_second, head)
        self._join(other, east_of_second)
        self._join(west_of_second, east)
        self._join(west, far)
        return north

    def part(self, dart: int) -> None:
        """R2-."""
        other = self._head(dart)
        face = self.face(dart)
        _require(len(face) == 2 and dart >> 2 != other >> 2, "the face is not a bigon between two crossings")
        _require(dart == min(face), f"the bigon is named by its smallest dart, {min(face)}")
        _require((dart ^ other) & 1 == 0, "neither edge of the bigon is over the other at both crossings")
        self._pass(_turned(dart, 2), _turned(other, 2))
        self._pass(_turned(dart, 3), _turned(other, 1))
        self._discard(dart)
        self._discard(other)

    def slide(self, dart: int) -> None:
        """R3."""
        self._head(dart)
        face = self.face(dart)
        _require(len(face) == 3 and len({d >> 2 for d in face}) == 3, "the face is not a triangle between three crossings")
        _require(dart == min(face), f"the triangle is named by its smallest dart, {min(face)}")
        _require(len({d & 1 for d in face}) == 2, "the triangle has no upper, middle and lower strand")
        ends = [(d, self.across[d]) for d in face]
        moved = {_turned(d, 2): e for d, e in ends} | {_turned(e, 2): d for d, e in ends}  # which dart now leads outside
        outside = [(new, self.across[old]) for old, new in moved.items()]
        for new, far in outside:
            self._join(new, moved.get(far, far))
        for d, e in ends:
            self._join(_turned(d, 2), _turned(e, 2))

    def band(self, darts: Any, over: Any, half_twists: Any) -> None:
        """A finger along ``darts``, twisted at its tip, and a saddle."""
        _require(isinstance(darts, list) and len(darts) > 1 and all(_whole(dart) for dart in darts), "a band has two or more darts")
        _require(isinstance(over, list) and len(over) == len(darts) - 2, "a band has a bit for every dart but the first and the last")
        _require(all(_whole(bit) for bit in over), "o must be 0 or 1")
        _require(_whole(half_twists) and abs(half_twists) <= LARGEST_TWIST, f"at most {LARGEST_TWIST} half twists")
        components, tip = self.components(), darts[0]
        self._head(tip)
        for dart, bit in zip(darts[1:-1], over, strict=True):
            tip = self.push(tip, dart, bit)
        for _ in range(abs(half_twists)):
            tip = self.add_kink(tip, 1 if half_twists > 0 else 0)
        self._saddle(tip, darts[-1])
        _require(self.components() == components + 1, "the band does not give one component more")

    def _saddle(self, dart: int, other: int) -> None:
        head, far = self._head(dart), self._head(other)
        self._share_a_face(dart, other)
        self._join(dart, far)
        self._join(other, head)

    # Pieces of moves ---------------------------------------------------------------------------------------------------------

    def _head(self, dart: int) -> int:
        """``across[dart]``, for a dart that must be there."""
        _require(dart in self.across, f"there is no dart {dart}")
        return self.across[dart]

    def _share_a_face(self, dart: int, other: int) -> None:
        _require(dart != other, "the two darts must differ")
        _require(other in self.face(dart) or not self.connected(dart, other), f"darts {dart} and {other} have no face in common")

    def _crossing(self, turn: int) -> list[int]:
        """The darts of a new crossing, counter-clockwise from place ``turn``."""
        self.unused += 4
        return [_turned(self.unused - 4, turn + place) for place in range(4)]

    def _join(self, dart: int, other: int) -> None:
        self.across[dart], self.across[other] = other, dart

    def _pass(self, dart: int, other: int) -> None:
        """Takes the darts of one strand of a crossing that vanishes away, and joins what was on their other ends."""
        first, second = self.across.pop(dart), self.across.pop(other)
        if first == other:
            self.circles += 1
        else:
            self._join(first, second)

    def _discard(self, dart: int) -> None:
        for place in range(4):
            self.across.pop(_turned(dart, place), None)


_ISOTOPIES = {"R1+": ("add_kink", 2), "R1-": ("remove_kink", 1), "R2+": ("push", 3), "R2-": ("part", 1), "R3": ("slide", 1)}


def _cycles(permutation: dict[int, int]) -> int:
    """The number of cycles."""
    unseen, cycles = set(permutation), 0
    while unseen:
        cycles += 1
        start = following = unseen.pop()
        while (following := permutation[following]) != start:
            unseen.remove(following)
    return cycles


def _whole(number: Any) -> bool:
    return type(number) is int and abs(number) < LARGEST_NUMBER


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
        if CHECKERS.get(certificate["checker"]) != certificate["claim"]["kind"]:
            raise ValueError(f"the checker that it names is not for its claim; this one is {' or '.join(CHECKERS)}")
        accepted, reason, steps = check(certificate["claim"], certificate["value"], certificate["witness"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        print(json.dumps({"accepted": False, "reason": f"not a certificate: {error}", "steps": 0}))
        return 2
    print(json.dumps({"accepted": accepted, "reason": reason, "steps": steps}))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
