"""Moves on braid words that keep the closure up to isotopy, on plain lists, and the choices of the game in terms of them.

A word w on n strands is a list of the integers +-1 .. +-(n - 1).  An elementary move is a list as in the checker unknot-braid@1:

    ["F", p]  ["C", p, g]  ["L"]  ["R"]  ["B1", p]  ["B2", p]  ["S", e]  ["D", i]

A *choice* of the player is one or two elementary moves at the beginning of the word, after which the word is freely and
cyclically reduced.  An inserted pair g, -g would not outlive that, so C comes together with the braid relation that it makes
possible: CR+-: a b -> a b a^g a^-g -> (B1) ..., CL+-: b a -> a^-e a^e b a -> (B1) ...
"""

from collections.abc import Callable

from certifield.evidence import InputError

Word = list[int]
Move = list
CORE = ("L", "R", "B1", "B2", "D")
GROWTH = ("S+", "S-", "CR+", "CR-", "CL+", "CL-")


def _braided(word: Word, strands: int, place: int) -> tuple[Word, int] | None:
    if not 0 <= place < len(word) - 2:
        return None
    first, middle, last = word[place : place + 3]
    signs = [1 if letter > 0 else -1 for letter in (first, middle, last)]
    if abs(first) != abs(last) or abs(abs(first) - abs(middle)) != 1 or signs[0] == signs[2] != signs[1]:
        return None
    return [*word[:place], signs[2] * abs(middle), signs[1] * abs(first), signs[0] * abs(middle), *word[place + 3 :]], strands


def _commuted(word: Word, strands: int, place: int) -> tuple[Word, int] | None:
    if not 0 <= place < len(word) - 1 or abs(abs(word[place]) - abs(word[place + 1])) < 2:
        return None
    return [*word[:place], word[place + 1], word[place], *word[place + 2 :]], strands


def _reduced_once(word: Word, strands: int, place: int) -> tuple[Word, int] | None:
    if len(word) < 2 or not 0 <= place < len(word) or word[place] + word[(place + 1) % len(word)]:
        return None
    return (word[1:-1] if place == len(word) - 1 else word[:place] + word[place + 2 :]), strands


def _inserted(word: Word, strands: int, place: int, letter: int) -> tuple[Word, int] | None:
    fits = 0 <= place <= len(word) and 0 < abs(letter) < strands
    return ([*word[:place], letter, -letter, *word[place:]], strands) if fits else None


def _destabilised(word: Word, strands: int, generator: int) -> tuple[Word, int] | None:
    if generator not in (1, strands - 1) or sum(abs(letter) == generator for letter in word) != 1:
        return None
    down = 1 if generator < strands - 1 else 0
    return [letter - down if letter > 0 else letter + down for letter in word if abs(letter) != generator], strands - 1


_ELEMENTARY: dict[str, Callable[..., tuple[Word, int] | None]] = {
    "F": _reduced_once,
    "C": _inserted,
    "L": lambda word, strands: (word[1:] + word[:1], strands) if word else None,
    "R": lambda word, strands: (word[-1:] + word[:-1], strands) if word else None,
    "B1": _braided,
    "B2": _commuted,
    "S": lambda word, strands, sign: ([*word, sign * strands], strands + 1) if abs(sign) == 1 else None,
    "D": _destabilised,
}


def moved(word: Word, strands: int, move: Move) -> tuple[Word, int] | None:
    """The braid after one elementary move, or None where the move does not fit.

    >>> moved([1, 2, 1], 3, ["B1", 0]), moved([1, -2, 1], 3, ["B1", 0])
    (([2, 1, 2], 3), None)
    """
    return _ELEMENTARY[move[0]](word, strands, *move[1:])


def reductions(word: Word, strands: int) -> tuple[Word, list[Move]]:
    """The freely and cyclically reduced word with its moves F: the leftmost adjacent pair first, both ends last."""
    moves: list[Move] = []
    while (place := _cancelling(word)) is not None:
        after = _reduced_once(word, strands, place)
        assert after is not None  # the pair has just been found
        word = after[0]
        moves.append(["F", place])
    return word, moves


def _cancelling(word: Word) -> int | None:
    for place in range(len(word) - 1):
        if word[place] == -word[place + 1]:
            return place
    return len(word) - 1 if len(word) > 1 and word[0] == -word[-1] else None


def _destabilisation(word: Word, strands: int) -> list[Move]:
    for generator in (strands - 1, 1):
        if sum(abs(letter) == generator for letter in word) == 1:
            return [["D", generator]]
    return [["D", 0]]  # fits nothing


def _insertion(word: Word, side: str, sign: int) -> list[Move]:
    if len(word) < 2:
        return [["B1", 0]]
    return [["C", 2, sign * abs(word[0])], ["B1", 0]] if side == "CR" else [["C", 0, -sign * abs(word[1])], ["B1", 1]]


def moves_of_choice(name: str, word: Word, strands: int) -> list[Move]:
    """The elementary moves that the choice ``name`` stands for on this word, before reduction; they need not fit."""
    if name in ("L", "R"):
        return [[name]]
    if name in ("B1", "B2"):
        return [[name, 0]]
    if name == "D":
        return _destabilisation(word, strands)
    sign = 1 if name[-1] == "+" else -1
    return [["S", sign]] if name[0] == "S" else _insertion(word, name[:-1], sign)


def played(word: Word, strands: int, name: str) -> tuple[Word, int, list[Move]] | None:
    """The reduced braid after a choice with its elementary moves, or None where the choice is not allowed."""
    moves = moves_of_choice(name, word, strands)
    for move in moves:
        after = moved(word, strands, move)
        if after is None:
            return None
        word, strands = after
    word, cancelled = reductions(word, strands)
    return word, strands, moves + cancelled


def components(word: Word, strands: int) -> int:
    """The number of components of the closure: the cycles of the permutation."""
    at = list(range(strands))
    for letter in word:
        left = abs(letter) - 1
        at[left], at[left + 1] = at[left + 1], at[left]
    return cycles(at)


def cycles(permutation: list[int]) -> int:
    """Their number."""
    found, seen = 0, [False] * len(permutation)
    for start in range(len(permutation)):
        found += not seen[start]
        while not seen[start]:
            seen[start] = True
            start = permutation[start]
    return found


def checked_braid(word: object, strands: object) -> tuple[Word, int]:
    """A braid word whose closure is a knot.  Raises `InputError` for a letter out of range and for a link of several components."""
    if not isinstance(word, list | tuple) or len(word) > 10_000 or not all(type(letter) is int for letter in word):
        raise InputError("word", word if len(repr(word)) < 200 else type(word).__name__, "a list of whole numbers", "such as [1, -2, 1]")
    if type(strands) is not int or not 1 <= strands <= 10_000:
        raise InputError("strands", strands, "a whole number from 1 to 10000", "one more than the largest letter")
    for letter in word:
        if not 1 <= abs(letter) < strands:
            raise InputError("word", letter, f"made of the letters 1 to {strands - 1} and their negatives", "give more strands")
    found = components(list(word), strands)
    if found != 1:
        raise InputError("word", list(word[:20]), f"a braid whose closure is a knot, not a link of {found} components", "add a crossing")
    return list(word), strands
