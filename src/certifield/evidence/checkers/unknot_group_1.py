r"""Checks unknot-group@1: a knot is the unknot because Tietze moves reduce its Wirtinger presentation to <x | >.

Theory.  If the group of a knot is infinite cyclic, then its longitude, which lies in the second commutator subgroup, is trivial, and
by Dehn's lemma (Papakyriakopoulos 1957) it bounds a disc: the knot is the unknot.

Presentation.  Crossing c = 0, 1, ... of the planar diagram code has its edges counter-clockwise from the incoming end of the lower
strand.  Generator c + 1 is the meridian of the arc that leaves crossing c below.  Relator c, for all crossings but the last, is

    x_(c+1)^-1  x_o^-e  x_a  x_o^e,

where x_a comes in below, x_o passes above, and e is +1 where the upper strand comes from the left of the lower one, else -1.
The relator of the last crossing follows from the others.  A diagram without crossings has one generator and no relators.

Moves.  A word is a list of +g and -g for x_g and its inverse.  Every relator is kept cyclically reduced: first freely, then by removing
letters from both ends.  Relators keep their numbers.

    eliminate r g          relator r contains x_g or its inverse once: r is solved for x_g, and relator and generator vanish.  Where
                           r = u x_g v, the value of x_g is (v u)^-1; where r = u x_g^-1 v, it is v u.
    multiply r i s e j     relator r, read cyclically from place i, is multiplied by relator s (e = 1) or its inverse (e = -1), read
                           cyclically from place j; s is another relator than r

These keep the group.  At the end one generator and no letter must be left.

claim    {"kind": "unknot", "diagram": PD code of a knot, labels integers from 0, below 10^9; [] is the circle}
value    "0", the genus
witness  {"moves": [["eliminate", r, g], ["multiply", r, i, s, e, j], ...], "trace": text}

The trace proves nothing: it is the CRC-32, in eight hexadecimal digits, of texts "(integer, integer, ...)", for each move its integers
and then the number and letters of every relator that it changed, in the order of the numbers.  It tells a damaged file from a wrong
proof, even where the damaged moves happen to lead to <x | >.

Moves that write more than MOST_WORK letters altogether are refused, so that no certificate takes forever.
"""

import json
import sys
import zlib
from typing import Any

CHECKER = "unknot-group@1"
Outcome = tuple[bool, str, int]
Word = list[int]

MOST_LETTERS = 10**6  # in all relators together
MOST_WORK = 5 * 10**7  # letters written by all moves together
LARGEST = 10**9  # of a label or an integer of a move, so that it can be printed


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether the moves of ``witness`` show that the group of the diagram is infinite cyclic; the reason names the first wrong move."""
    steps = 0
    try:
        _require(isinstance(claim, dict) and set(claim) == {"kind", "diagram"}, "the claim must have the fields kind, diagram")
        _require(claim["kind"] == "unknot", 'claim.kind must be "unknot"')
        _require(isinstance(value, str) and value == "0", 'the value must be "0", the genus of the unknot')
        group = _Group(*_wirtinger(claim["diagram"]))
        _require(isinstance(witness, dict) and set(witness) == {"moves", "trace"}, "the witness must have the fields moves, trace")
        _require(isinstance(witness["moves"], list), "witness.moves must be a list")
        for move in witness["moves"]:
            try:
                group.move(move)
            except _Refused as refusal:
                raise _Refused(f"witness.moves[{steps}]: {refusal}") from None
            steps += 1
        _require(len(group.generators) == 1, f"{len(group.generators)} generators are left at the end")
        _require(not any(group.relators.values()), "a relator is left at the end")
        _require(witness["trace"] == f"{group.trace:08x}", "witness.trace does not belong to these moves")
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


def _wirtinger(code: Any) -> tuple[int, list[Word]]:
    """The number of generators and the relators, after all that makes the code one of an oriented knot in the plane was checked."""
    across = _across(code)
    if not across:
        return 1, []
    over = _walk(across)
    generator, arc = {}, 0
    for dart in over + over:  # the darts at which the knot comes in, twice around, for the arc that passes the first
        if arc:
            generator[dart] = arc
        if dart & 1 == 0:
            arc = dart // 4 + 1
    relators, above_at = [], {dart >> 2: dart for dart in over if dart & 1}
    for crossing in range(len(code) - 1):
        enters = above_at[crossing]  # the upper strand: at place 3 it comes from the left
        sign, above = (1 if enters & 3 == 3 else -1), generator[enters]
        relators.append([-(crossing + 1), -sign * above, generator[4 * crossing], sign * above])
    return len(code), relators


def _across(code: Any) -> list[int]:
    """Crossing c has darts 4c, ..., 4c + 3 along its edges; the dart at the other end of the edge of each."""
    _require(isinstance(code, list) and all(isinstance(c, list) and len(c) == 4 for c in code), "claim.diagram must be quadruples")
    labels = [label for crossing in code for label in crossing]
    _require(all(type(label) is int and 0 <= label < LARGEST for label in labels), "claim.diagram must have integers from 0 as labels")
    ends: dict[int, list[int]] = {}
    for dart, label in enumerate(labels):
        ends.setdefault(label, []).append(dart)
    for label, darts in ends.items():
        _require(len(darts) == 2, f"label {label} occurs {len(darts)} times in claim.diagram")
    return [sum(ends[label]) - dart for dart, label in enumerate(labels)]


def _walk(across: list[int]) -> list[int]:
    """The darts at which the knot, gone along from dart 2, comes in at crossings; the code is refused unless it is a knot in the plane."""
    entered, dart = [], 2
    while True:
        enter = across[dart]
        _require(enter & 3 != 2, "claim.diagram has crossings that do not begin with the incoming lower end")
        entered.append(enter)
        dart = (enter & ~3) | ((enter + 2) & 3)
        if dart == 2:
            break
        _require(len(entered) <= len(across), "claim.diagram is not a code")
    _require(2 * len(entered) == len(across), "claim.diagram has more than one component")
    faces, seen = 0, [False] * len(across)
    for dart in range(len(across)):
        faces += not seen[dart]
        while not seen[dart]:
            seen[dart] = True
            dart = (across[dart] & ~3) | ((across[dart] - 1) & 3)
    _require(faces == len(across) // 4 + 2, "claim.diagram does not lie in the plane")
    return entered


class _Group:
    """A presentation under Tietze moves."""

    def __init__(self, generators: int, relators: list[Word]) -> None:
        self.generators = set(range(1, generators + 1))
        self.relators = {number: _reduced(relator) for number, relator in enumerate(relators)}
        self.letters = sum(map(len, self.relators.values()))
        self.trace, self.work = 0, 0

    def move(self, move: Any) -> None:
        """Makes one move of a witness."""
        _require(isinstance(move, list) and len(move) > 0 and isinstance(move[0], str), "not a move")
        entries = move[1:]
        _require(all(type(entry) is int and abs(entry) < LARGEST for entry in entries), "a move has integers after its name")
        if move[0] == "eliminate":
            _require(len(entries) == 2, "eliminate has 2 integers")
            changed = self.eliminate(*entries)
        else:
            _require(move[0] == "multiply" and len(entries) == 5, "not a move: eliminate has 2 integers, multiply has 5")
            changed = self.multiply(*entries)
        for integers in (entries, *([number, *self.relators[number]] for number in changed)):
            self.trace = zlib.crc32(f"({', '.join(map(str, integers))})".encode(), self.trace)

    def write(self, number: int, word: Word) -> None:
        """Gives relator ``number`` the cyclically reduced ``word``."""
        self.work += len(word)
        _require(self.work <= MOST_WORK, f"the moves write more than {MOST_WORK} letters")
        self.letters -= len(self.relators[number])
        self.relators[number] = _reduced(word)
        self.letters += len(self.relators[number])
        _require(self.letters <= MOST_LETTERS, f"the relators have more than {MOST_LETTERS} letters")

    def eliminate(self, number: int, generator: int) -> list[int]:
        """Solves a relator for a generator; the numbers of the relators that contained it."""
        _require(number in self.relators, f"there is no relator {number}")
        _require(generator in self.generators, f"there is no generator {generator}")
        relator = self.relators[number]
        places = [place for place, letter in enumerate(relator) if abs(letter) == generator]
        _require(len(places) == 1, f"relator {number} contains generator {generator} {len(places)} times")
        rest = relator[places[0] + 1 :] + relator[: places[0]]
        value = _inverse(rest) if relator[places[0]] > 0 else rest
        self.letters -= len(self.relators.pop(number))
        self.generators.remove(generator)
        image = {generator: value, -generator: _inverse(value)}
        changed = [key for key in sorted(self.relators) if generator in self.relators[key] or -generator in self.relators[key]]
        for key in changed:
            times = sum(abs(letter) == generator for letter in self.relators[key])
            _require(len(self.relators[key]) + times * len(value) <= 2 * MOST_LETTERS, "a relator becomes too long")
            self.write(key, [new for letter in self.relators[key] for new in image.get(letter, (letter,))])
        return changed

    def multiply(self, number: int, start: int, other: int, sign: int, turn: int) -> list[int]:
        """Multiplies a relator by a conjugate of another one or of its inverse; its number."""
        _require(number in self.relators and other in self.relators and number != other, "two different relators are needed")
        _require(sign in (1, -1), "e must be 1 or -1")
        relator, factor = self.relators[number], self.relators[other]
        _require(0 <= start < len(relator) and 0 <= turn < len(factor), "a place is not in its relator")
        factor = factor if sign > 0 else _inverse(factor)
        self.write(number, relator[start:] + relator[:start] + factor[turn:] + factor[:turn])
        return [number]


def _inverse(word: Word) -> Word:
    return [-letter for letter in reversed(word)]


def _reduced(word: Word) -> Word:
    """The cyclically reduced word."""
    kept: Word = []
    for letter in word:
        if kept and kept[-1] == -letter:
            kept.pop()
        else:
            kept.append(letter)
    trim = 0
    while 2 * trim < len(kept) - 1 and kept[trim] == -kept[-1 - trim]:
        trim += 1
    return kept[trim : len(kept) - trim]


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
