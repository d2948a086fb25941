"""Which braids close to the unknot?  A random walk looks for the moves."""

import random

from certifield.evidence import Certified, Unknown, certificate_of_braid_moves
from certifield.study import Case, Options, Rounds, Study, piece_of_answer, read_answer


class Braids(Options):
    count: int = 8


def cases(options):
    chance = random.Random(2026)
    for number in range(options.count):
        around = [[chance.choice([-3, -2, -1, 1, 2, 3]) for _ in range(2)] for _ in range(3)]
        word = [letter for n, a in enumerate(around, 1) for letter in [*a, chance.choice([n, -n]), *(-x for x in reversed(a))]]
        yield Case(f"braid-{number:03}", {"strands": 4, "word": word})


def piece(task, options):
    word, strands, moves, chance = list(task.case.data["word"]), 4, [], random.Random(task.seed)
    while word and len(moves) < task.step:
        free = [at for at in range(len(word)) if word[at] == -word[(at + 1) % len(word)]]
        far = [at for at in range(len(word) - 1) if abs(abs(word[at]) - abs(word[at + 1])) > 1]
        if free:
            word, move = (word[: free[0]] + word[free[0] + 2 :] if free[0] + 1 < len(word) else word[1:-1]), ["F", free[0]]
        elif [abs(letter) for letter in word].count(strands - 1) == 1:
            word, strands, move = [one for one in word if abs(one) != strands - 1], strands - 1, ["D", strands - 1]
        elif far and chance.random() < 0.5:
            word[at], word[at + 1], move = word[(at := chance.choice(far)) + 1], word[at], ["B2", at]
        else:
            word, move = word[1:] + word[:1], ["L"]
        moves.append(move)
    proof = certificate_of_braid_moves(task.case.data["word"], 4, moves)
    return piece_of_answer(Certified(proof, {"steps": len(moves)}) if strands == 1 else Unknown({"steps": len(moves)}), {"left": len(word)})


about = lambda case, certificate, options: certificate.document()["claim"] == {"kind": "unknot", **case.data}  # noqa: E731
STUDY = Study(Braids, cases, piece, lambda case, pieces, options: read_answer(pieces), Rounds(), about)
