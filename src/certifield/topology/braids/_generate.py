"""Random braids of the unknot with the moves that undo them, and random braids of knots that are not."""

import random
from dataclasses import dataclass

from certifield.evidence import Certificate, InputError, certificate_of_braid_moves

from ..diagrams import Diagram
from ..invariants import determinant
from ._moves import Move, Word, cycles, moved, moves_of_choice, reductions


@dataclass(frozen=True)
class Scrambled:
    """A reduced braid word of the unknot, the length that it had before reduction, and the moves back to the empty word."""

    word: Word
    strands: int
    raw_length: int
    moves: list[Move]

    def certificate(self) -> Certificate:
        """The moves back, for the checker unknot-braid@1."""
        return certificate_of_braid_moves(self.word, self.strands, self.moves)


# How often each move is tried, fitting or not.  C is rare, or most of the word cancels again: with these weights reduced words have
# the lengths of the reference sample (4 strands, 24 / 48 / 96 letters: 8.2 / 14.8 / 26.7; 6 strands: 12.2 / 23.3 / 45.6).
WEIGHTS = {"C": 1, "L": 1, "R": 1, "B1": 32, "B2": 32}


def inverse(word: Word, strands: int, move: Move) -> list[Move]:
    """The moves that undo ``move``, which has been made on ``word``."""
    code, *rest = move
    if code == "F":
        place = rest[0]
        return [["C", 0, -word[0]], ["L"]] if place == len(word) - 1 else [["C", place, word[place]]]
    if code == "S":
        return [["D", strands]]
    return [{"C": ["F", rest[0] if rest else 0], "L": ["R"], "R": ["L"]}.get(code, move)]


class _Scrambler:
    """A braid and the moves back to where it began, latest first."""

    def __init__(self, strands: int, rng: random.Random) -> None:
        self.word, self.strands, self.rng = [], 1, rng
        self.back: list[list[Move]] = []
        for _ in range(strands - 1):
            self.make(["S", rng.choice([-1, 1])])
            for _ in range(rng.randrange(self.strands)):
                self.make(["L"])

    def make(self, move: Move) -> bool:
        after = moved(self.word, self.strands, move)
        if after is None:
            return False
        self.back.append(inverse(self.word, self.strands, move))
        self.word, self.strands = after
        return True

    def random_move(self, codes: list[str], weights: list[int]) -> Move:
        code = self.rng.choices(codes, weights)[0]
        place = self.rng.randrange(len(self.word) + 1)
        if code == "C":
            return [code, place, self.rng.choice([-1, 1]) * self.rng.randrange(1, self.strands)]
        return [code] if code in ("L", "R") else [code, place]

    def reduce(self) -> None:
        _, moves = reductions(self.word, self.strands)
        for move in moves:
            self.make(move)

    @classmethod
    def resumed(cls, scrambled: Scrambled, rng: random.Random) -> "_Scrambler":
        scrambler = cls(1, rng)
        scrambler.word, scrambler.strands, scrambler.back = list(scrambled.word), scrambled.strands, [scrambled.moves]
        return scrambler

    def result(self, raw_length: int) -> Scrambled:
        return Scrambled(self.word, self.strands, raw_length, [move for moves in reversed(self.back) for move in moves])


def scrambled_unknot(strands: int, raw_length: int, rng: random.Random) -> Scrambled:
    """A random braid of the unknot.

    The generators, each once with a random sign and in a random order, are scrambled by random C, L, R, B1 and B2 until the word has
    ``raw_length`` letters, and then reduced; words that reduction and D alone undo are thrown away.  In outline the generator of
    arXiv:2010.16263.  Raises `InputError` for less than 3 strands, and for a raw length below 4 letters a strand.
    """
    if type(strands) is not int or not 3 <= strands <= 30:
        raise InputError("strands", strands, "a whole number from 3 to 30", "try 6")
    if type(raw_length) is not int or not 4 * strands <= raw_length <= 1000:
        raise InputError("raw_length", raw_length, f"a whole number from {4 * strands} to 1000", "try 48")
    while True:
        scrambler = _Scrambler(strands, rng)
        while len(scrambler.word) < raw_length:
            scrambler.make(scrambler.random_move(list(WEIGHTS), list(WEIGHTS.values())))
        scrambler.reduce()
        if not falls_by_reduction(scrambler.word, scrambler.strands):
            return scrambler.result(raw_length)


def practice(seed: int, count: int = 384, most_letters: int = 96) -> list[tuple[Word, int]]:
    """Braids of the unknot to learn on: 4 to 9 strands in turn, 4 letters a strand to 150 before reduction."""
    rng, braids = random.Random(seed), []
    while len(braids) < count:
        strands = 4 + len(braids) % 6
        one = scrambled_unknot(strands, rng.randrange(4 * strands, 150), rng)
        braids += [(one.word, one.strands)] if len(one.word) <= most_letters else []
    return braids


def disturbed(scrambled: Scrambled, insertions: int, tries: int, rng: random.Random) -> Scrambled:
    """The same unknot after that many insertions of pairs, each followed by ``tries`` random L, R, B1 and B2, and reduced again."""
    scrambler = _Scrambler.resumed(scrambled, rng)
    codes = [code for code in WEIGHTS if code != "C"]
    for _ in range(insertions):
        scrambler.make(scrambler.random_move(["C"], [1]))
        for _ in range(tries):
            scrambler.make(scrambler.random_move(codes, [WEIGHTS[code] for code in codes]))
    scrambler.reduce()
    return scrambler.result(scrambled.raw_length)


def exchanged(before: Word, behind: Word, strands: int, twists: int) -> Word:
    r"""The exchange move, applied to the word A B: $A\,T^k B\,T^{-k}$, reduced, with the full twist T on the strands 2 to n - 1.

    A must not move strand n, B not strand 1.  The closure is the same knot, but in general not conjugate: to undo the move without
    its name takes a new strand (Birman and Menasco, Trans. Amer. Math. Soc. 329 (1992) 585; the first such unknot is Morton's).
    Raises `InputError` for words that use the forbidden generators, fewer than 3 strands, and more than 1000 full twists.
    """
    if type(strands) is not int or not 3 <= strands <= 30:
        raise InputError("strands", strands, "a whole number from 3 to 30", "try 4")
    if type(twists) is not int or abs(twists) > 1000:
        raise InputError("twists", twists, "a whole number of full twists from -1000 to 1000", "try 1")
    for word, forbidden in ((before, strands - 1), (behind, 1)):
        if not isinstance(word, list | tuple):
            raise InputError("word", word, "a list of letters", "such as [1, -2]")
        if not all(type(letter) is int and 1 <= abs(letter) < strands and abs(letter) != forbidden for letter in word):
            allowed = f"made of the letters 1 to {strands - 1} and their negatives, and free of the generator {forbidden}"
            raise InputError("word", list(word[:20]), allowed, "split the braid elsewhere")
    twist = list(range(2, strands - 1)) * (strands - 2) * abs(twists)
    twist = twist if twists > 0 else [-letter for letter in reversed(twist)]
    untwist = [-letter for letter in reversed(twist)]
    return reductions([*before, *twist, *behind, *untwist], strands)[0]


def knotted_braid(strands: int, length: int, rng: random.Random) -> Word:
    """A random word whose closure is a knot with determinant other than 1, so not the unknot.

    It has ``length`` letters, or one more where the closure of so many is no knot, before it is reduced.
    Raises `InputError` for arguments out of range.
    """
    if type(strands) is not int or not 2 <= strands <= 30 or type(length) is not int or not strands < length <= 1000:
        raise InputError("length", length, "a whole number above the number of strands, 2 to 30, up to 1000", "try strands=4, length=12")
    length += (length - strands + 1) % 2  # the sign of a permutation with one cycle
    while True:
        word, _ = reductions(_word_of_a_knot(strands, length, rng), strands)
        if determinant(Diagram.from_braid(word, strands)) != 1:
            return word


def _word_of_a_knot(strands: int, length: int, rng: random.Random) -> Word:
    """Random letters, but for those after which too few are left to join the components: each letter joins two of them or splits one."""
    word: Word = []
    ends = list(range(strands))  # which strand ends at each place
    while len(word) < length:
        place = rng.randrange(strands - 1)
        ends[place], ends[place + 1] = ends[place + 1], ends[place]
        if cycles(ends) - 1 > length - len(word) - 1:
            ends[place], ends[place + 1] = ends[place + 1], ends[place]
            continue
        word.append(rng.choice([-1, 1]) * (place + 1))
    return word


def falls_by_reduction(word: Word, strands: int) -> bool:
    """Whether free and cyclic reduction and D alone lead to the empty word on one strand."""
    word, _ = reductions(word, strands)
    while (after := moved(word, strands, moves_of_choice("D", word, strands)[0])) is not None:
        strands = after[1]
        word, _ = reductions(*after)
    return not word and strands == 1
