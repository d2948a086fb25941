"""Which closed braids on two strands are unknotted?"""

import os
import random
import time

from certifield.evidence import Certified, Unknown, certificate_of_braid_moves
from certifield.study import Case, Found, Options, Rounds, Study, proved


class Words(Options):
    count: int = 8


def cases(options):
    for number in range(options.count):
        around = [random.Random(number).choice([-1, 1])] * (1 + number % 4)
        yield Case(f"braids/{number:03}", {"word": [*around, 1, *(-letter for letter in reversed(around))]})


def piece(task, options):
    """Rotates the word at random and cancels, until one letter is left to be destabilised."""
    time.sleep(float(os.environ.get("PAUSE", 0)))  # to be killed in its midst
    word, moves, chance = list(task.case.data["word"]), [], random.Random(task.seed)
    while len(word) > 1 and len(moves) < task.step:
        cancels = word[0] == -word[1] and chance.random() < 0.7
        moves, word = [*moves, ["F", 0] if cancels else ["L"]], word[2:] if cancels else word[1:] + word[:1]
    return {"left": word} if len(word) > 1 else {"disc": certificate_of_braid_moves(task.case.data["word"], 2, [*moves, ["D", 1]])}


def read(case, pieces, options):
    proof = next((piece["disc"] for piece in pieces.values() if proved(piece)), None)
    yield "unknot", Found(Certified(proof) if proof else Unknown({"moves": sum(pieces)}))


def about(case, certificate, options):
    return certificate.document()["claim"] == {"kind": "unknot", "strands": 2, "word": case.data["word"]}


STUDY = Study(options=Words, cases=cases, piece=piece, read=read, about=about, steps=Rounds())
