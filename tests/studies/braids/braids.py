"""A toy census: which braids close to the unknot?  Words are undone by F, D, L and commutations that a random walk chooses.

In the group "knotted?" the question is turned around, so that the same certificates are obstructions.  Options make it slow, or wrong in
one of several ways, from item ``from_item`` on.
"""

import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from certifield.evidence import Certified, Obstructed, Unknown, certificate_of_braid_moves, wilson
from certifield.studies.census import Answered, Item, Options, Picture, Plot, Record, Section, Series, Task


class Braids(Options):
    count: int = Field(8, ge=1, examples=[8])
    length: int = Field(2, ge=0)
    pause: float = 0.0
    mistake: str = ""
    from_item: int = 0
    prepared: str = ""


def items(options: Braids) -> Iterator[Item]:
    chance = random.Random(2026)
    for number in range(options.count):
        word: list[int] = []
        for generator in (1, 2, 3):
            around = [chance.choice([-3, -2, -1, 1, 2, 3]) for _ in range(options.length)]
            word += [*around, chance.choice([generator, -generator]), *(-letter for letter in reversed(around))]
        yield Item(f"braid-{number:03}", {"strands": 4, "word": word, "number": number}, "knotted?" if number % 3 == 1 else "unknotted?")


def answer(item: Item, budget: int, seed: int, options: Braids) -> Record:
    time.sleep(options.pause)
    if item.data["number"] >= options.from_item:
        if options.mistake == "raise":
            raise ArithmeticError("the task stumbled")
        if options.mistake == "chance":
            return Record(Unknown({"steps": budget}), {"lot": random.SystemRandom().randrange(10**9)})
    word, strands, moves = walk(item.data["word"], item.data["strands"], budget, random.Random(seed))
    if word or strands > 1:
        return Record(Unknown({"steps": budget}), {"moves": None, "left": len(word)})
    if options.mistake == "false proof":
        moves = moves[:-1]
    strand_count = 5 if options.mistake == "other item" else 4
    word = [*item.data["word"], *([4] if strand_count == 5 else [])]
    moves = [["D", 4], *moves] if strand_count == 5 else moves
    certificate = certificate_of_braid_moves(word, strand_count, moves)
    spent = {"steps": len(moves)}
    proof = Obstructed(certificate, "topological", spent) if item.group == "knotted?" else Certified(certificate, spent)
    return Record(proof, {"moves": len(moves), "left": 0})


def walk(word: Sequence[int], strands: int, budget: int, chance: random.Random) -> tuple[list[int], int, list[list]]:
    """The word, the strands and the moves after at most ``budget`` steps."""
    word, moves = list(word), []
    while word and len(moves) < budget:
        free = [place for place in range(len(word)) if word[place] == -word[(place + 1) % len(word)]]
        far = [place for place in range(len(word) - 1) if abs(abs(word[place]) - abs(word[place + 1])) > 1]
        if free:
            moves.append(["F", free[0]])
            word = word[: free[0]] + word[free[0] + 2 :] if free[0] + 1 < len(word) else word[1:-1]
        elif [abs(letter) for letter in word].count(strands - 1) == 1:
            moves.append(["D", strands - 1])
            word, strands = [letter for letter in word if abs(letter) != strands - 1], strands - 1
        elif far and chance.random() < 0.5:
            place = chance.choice(far)
            moves.append(["B2", place])
            word[place], word[place + 1] = word[place + 1], word[place]
        else:
            moves.append(["L"])
            word = word[1:] + word[:1]
    return word, strands, moves


def proves(item: Item, record: Record, options: Braids) -> bool:
    return record.claim == {"kind": "unknot", "strands": item.data["strands"], "word": item.data["word"]}


def prepare(options: Braids) -> None:
    """Leaves a file with the number of this process, to be counted."""
    if options.prepared:
        with Path(options.prepared, str(os.getpid())).open("x"):
            pass


def sections(answered: Sequence[Answered], options: Braids) -> list[Section]:
    solved = [one.status in ("certified", "obstructed") for one in answered]
    fractions = [wilson(sum(solved[:number]), number) for number in range(1, len(solved) + 1)]
    shares = [(one.trials, one.successes, one.low, one.high) for one in fractions]
    series = Series(
        "share", [row[0] for row in shares], [row[1] / row[0] for row in shares], [r[2] for r in shares], [r[3] for r in shares]
    )
    plot = Plot("Share with proof", "items", "share", [series], y_range=(0, 1))
    picture = Picture('<svg viewBox="0 0 10 10" width="60"><circle cx="5" cy="5" r="4"/></svg>', "The closure <of one strand>", "A circle")
    columns = ("items", "with proof", "low", "high")
    return [Section("shares", "Shares & intervals", "How many.\n\nAnd <how> sure.", [picture], [plot], columns, shares)]


TASK = Task(options=Braids, items=items, answer=answer, proves=proves, version=1, prepare=prepare, sections=sections)
