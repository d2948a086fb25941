r"""Checks unknot-braid@1: the closure of a braid word is the unknot, by moves to the empty word on one strand.

A word w on n strands is a list of integers, +i and -i for the generator sigma_i and its inverse, 0 < i < n.  Places count from 0.
Every move keeps the closure up to isotopy: F, C, B1 and B2 are relations of the braid group, L and R conjugations, S and D the
second move of Markov.

    F p     the letters at p and p + 1 are inverse to each other and vanish; the last place is followed by the first
    C p g   the letters g, -g are inserted before place p
    L, R    the first letter becomes the last, the last the first
    B1 p    a^e b^f a^g -> b^g a^f b^e at p for neighbours |a - b| = 1, with signs e, f, g other than e = g = -f
    B2 p    the letters at p and p + 1, at least two generators apart, change places
    S e     the letter of generator n and sign e is appended, and n becomes n + 1
    D i     the only letter of generator i, which is n - 1 or 1, vanishes, and n becomes n - 1; where i = 1 all others move down by one

The empty word on one strand closes to one circle without crossings.  On n strands it closes to n of them, hence the strands count.

claim    {"kind": "unknot", "strands": n, "word": w}
value    "0", the genus
witness  {"moves": [["F", p], ["C", p, g], ["L"], ["R"], ["B1", p], ["B2", p], ["S", e], ["D", i], ...],
          "trace": eight hexadecimal digits}

"trace" is the CRC-32 of the JSON text of the moves, without spaces: it proves nothing, but tells a damaged file from a wrong proof.
"""

import json
import sys
import zlib
from collections.abc import Callable
from typing import Any

CHECKER = "unknot-braid@1"
Outcome = tuple[bool, str, int]
Word = list[int]


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether the moves of ``witness`` lead from the braid of ``claim`` to the unknot; the reason names the first wrong move."""
    steps = 0
    try:
        word, strands = _braid(claim)
        _require(isinstance(value, str) and value == "0", 'the value must be "0", the genus of the unknot')
        for steps, move in enumerate(_moves(witness)):
            word, strands = _moved(word, strands, move, f"witness.moves[{steps}]")
        steps = len(witness["moves"])
        _require(not word, f"{len(word)} letters are left at the end")
        _require(strands == 1, f"the empty word on {strands} strands closes to {strands} circles, not one")
        _require(witness["trace"] == trace(witness["moves"]), "witness.trace does not belong to the moves")
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


def _braid(claim: Any) -> tuple[Word, int]:
    _require(isinstance(claim, dict) and set(claim) == {"kind", "strands", "word"}, "the claim must have the fields kind, strands, word")
    _require(claim["kind"] == "unknot", 'claim.kind must be "unknot"')
    strands, word = claim["strands"], claim["word"]
    _require(type(strands) is int and 0 < strands < 10**9, "claim.strands must be a positive integer below 10^9")
    _require(isinstance(word, list) and all(type(letter) is int for letter in word), "claim.word must be a list of integers")
    _require(all(0 < abs(letter) < strands for letter in word), "claim.word must have letters of size 1 to strands - 1")
    return list(word), strands


def _moves(witness: Any) -> list[list]:
    _require(isinstance(witness, dict) and set(witness) == {"moves", "trace"}, "the witness must have the fields moves, trace")
    _require(isinstance(witness["moves"], list), "witness.moves must be a list")
    return witness["moves"]


def trace(moves: list) -> str:
    """The CRC-32 that a witness carries."""
    return f"{zlib.crc32(json.dumps(moves, separators=(',', ':')).encode()):08x}"


def _moved(word: Word, strands: int, move: Any, name: str) -> tuple[Word, int]:
    _require(isinstance(move, list) and len(move) > 0 and isinstance(move[0], str) and move[0] in _RULES, f"{name} is not a move")
    rule, count = _RULES[move[0]]
    _require(len(move) == count + 1 and all(type(entry) is int for entry in move[1:]), f"{name} must have {count} integers")
    after = rule(word, strands, *move[1:])
    if after is None:
        raise _Refused(f"{name} does not fit the word")
    return after


def _reduced(word: Word, strands: int, place: int) -> tuple[Word, int] | None:
    if not 0 <= place < len(word) or word[place] != -word[(place + 1) % len(word)]:
        return None
    return (word[:place] + word[place + 2 :] if place + 1 < len(word) else word[1:-1]), strands


def _inserted(word: Word, strands: int, place: int, letter: int) -> tuple[Word, int] | None:
    if not (0 <= place <= len(word) and 0 < abs(letter) < strands):
        return None
    return [*word[:place], letter, -letter, *word[place:]], strands


def _rotated_left(word: Word, strands: int) -> tuple[Word, int] | None:
    return (word[1:] + word[:1], strands) if word else None


def _rotated_right(word: Word, strands: int) -> tuple[Word, int] | None:
    return (word[-1:] + word[:-1], strands) if word else None


def _braided(word: Word, strands: int, place: int) -> tuple[Word, int] | None:
    if not 0 <= place < len(word) - 2:
        return None
    first, middle, last = word[place : place + 3]
    outer, inner = abs(first), abs(middle)
    if abs(last) != outer or abs(outer - inner) != 1 or (first == last and (first > 0) != (middle > 0)):
        return None
    new = [inner if last > 0 else -inner, outer if middle > 0 else -outer, inner if first > 0 else -inner]
    return word[:place] + new + word[place + 3 :], strands


def _commuted(word: Word, strands: int, place: int) -> tuple[Word, int] | None:
    if not 0 <= place < len(word) - 1 or abs(abs(word[place]) - abs(word[place + 1])) < 2:
        return None
    return [*word[:place], word[place + 1], word[place], *word[place + 2 :]], strands


def _stabilised(word: Word, strands: int, sign: int) -> tuple[Word, int] | None:
    return ([*word, sign * strands], strands + 1) if sign in (1, -1) else None


def _destabilised(word: Word, strands: int, generator: int) -> tuple[Word, int] | None:
    places = [place for place, letter in enumerate(word) if abs(letter) == generator]
    if generator not in (1, strands - 1) or len(places) != 1:
        return None
    rest = word[: places[0]] + word[places[0] + 1 :]
    if generator < strands - 1:  # turning the braid around, i -> n - i, before and after makes the first generator the last
        rest = [letter - 1 if letter > 0 else letter + 1 for letter in rest]
    return rest, strands - 1


_RULES: dict[str, tuple[Callable[..., tuple[Word, int] | None], int]] = {
    "F": (_reduced, 1),
    "C": (_inserted, 2),
    "L": (_rotated_left, 0),
    "R": (_rotated_right, 0),
    "B1": (_braided, 1),
    "B2": (_commuted, 1),
    "S": (_stabilised, 1),
    "D": (_destabilised, 1),
}


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
