"""Makes the suites of braids of the unknot that ship with Certifield, the same ones from the same seed.

hard: from random braids, by selection against the random walk.  Every braid is disturbed again and again, and the disturbed one is kept
where random walks need more choices on it.  A braid is taken in the end if none of 4 new walks solves it within the cap.
irreducible: unknots A B with an exchange move made, which walks of 8 times the cap do not solve, and SnapPy's simplifier does.
"""

import json
import random
import sys
from pathlib import Path

import jax
import numpy as np
import snappy  # before spherogram, in the main thread
import spherogram

from certifield.evidence import Certified
from certifield.search import Beam, RandomWalk, follow, play
from certifield.topology import Diagram, determinant
from certifield.topology.braids import Scrambled, UnknotGame, disturbed, exchanged, falls_by_reduction, reductions, scrambled_unknot
from certifield.topology.braids._moves import components
from certifield.topology.braids._suites import FILE, read_moves, written_moves

SEED, CAP, WALKS = 20261122, 500, 4
# Letters of the reduced word: how many braids, and how many generations of selection they need.
BINS = {(30, 39): (16, 12), (40, 49): (32, 6), (50, 59): (48, 2), (60, 69): (48, 0), (70, 79): (40, 0), (80, 96): (32, 0)}
RAW = {30: (56, 76), 40: (74, 94), 50: (90, 114), 60: (106, 132), 70: (122, 150), 80: (140, 176)}
IRREDUCIBLE = 32
SHORT = 11  # letters up to which a search with growth is worth its time

# Planar diagrams as in the tests of KnotPy (github.com/bgabrovsek/knotpy); the Culprit: Kauffman and Lambropoulou, arXiv:math/0601525;
# Goeritz' unknot: Math. Z. 36 (1934).
NAMED = {
    "culprit": "2,15,3,16 6,4,7,3 14,6,15,5 5,13,4,14 1,13,2,12 1,8,0,7 9,0,8,19 16,9,17,10 10,17,11,18 19,12,18,11",
    "goeritz": "11,1,12,0 1,13,2,12 13,3,14,2 3,15,4,14 4,21,5,0 20,5,21,6 15,11,16,10 10,16,9,17 6,17,7,18 18,7,19,8 8,19,9,20",
}


def walked(braids: list, seed: int, cap: int, walks: int) -> tuple[np.ndarray, np.ndarray]:
    """For each braid: how many of the walks win, and the mean number of choices, those of lost games included."""
    game = UnknotGame([(braid.word, braid.strands) for braid in braids])
    starts = jax.tree.map(lambda rows: np.repeat(np.asarray(rows), walks, axis=0), game.pool)
    games = follow(RandomWalk(), game, starts, seed, cap)
    return games.won.reshape(-1, walks).sum(axis=1), games.made.reshape(-1, walks).mean(axis=1)


def hardened(low: int, high: int, count: int, generations: int, rng: random.Random) -> list[Scrambled]:
    """That many braids of ``low`` to ``high`` letters on 8 or 9 strands that random walks fail on."""
    taken: list[Scrambled] = []
    turn = 0
    while len(taken) < count:
        herd = []
        while len(herd) < 32:
            one = scrambled_unknot(rng.randrange(8, 10), rng.randrange(*RAW[low]), rng)
            herd += [one] if low <= len(one.word) <= high else []
        _, cost = walked(herd, 2 * turn, CAP, 2)
        for generation in range(generations):
            tries = [disturbed(one, rng.randrange(1, 4), 120, rng) for one in herd]
            tries = [new if low <= len(new.word) <= high else old for new, old in zip(tries, herd, strict=True)]
            _, new_cost = walked(tries, 1000 * turn + generation, CAP, 2)
            for row in np.flatnonzero(new_cost > cost):
                herd[row], cost[row] = tries[row], new_cost[row]
        wins, _ = walked(herd, 2 * turn + 1, CAP, WALKS)
        fresh = [one for one, won in zip(herd, wins, strict=True) if not won and not falls_by_reduction(one.word, one.strands)]
        taken += fresh
        turn += 1
        print(f"{low}-{high}: {len(taken)} after {turn} herds", file=sys.stderr, flush=True)
    return taken[:count]


def shortest(braids: list[Scrambled]) -> list[str]:
    """Moves that undo each braid: of a beam search, or those that made it where it finds none."""
    game = UnknotGame([(braid.word, braid.strands) for braid in braids])
    episodes = play(Beam(width=64), game, game.pool, seed=SEED, cap=300)
    found = [one.answer.certificate.document()["witness"] if isinstance(one.answer, Certified) else None for one in episodes]
    return [written_moves(braid.moves if proof is None else proof["moves"]) for braid, proof in zip(braids, found, strict=True)]


def simplifies(word: list[int]) -> bool:
    """Whether SnapPy's simplifier, by planar isotopies alone, leaves no crossing."""
    link = spherogram.Link(braid_closure=word)
    for _ in range(20):
        if not link.crossings:
            return True
        link.simplify("global")
    return not link.crossings


def unknotted_pairs(count: int, rng: random.Random) -> list[tuple[list[int], list[int]]]:
    """Words A in the first two generators and B in the last two of four strands, with A B an unknot that walks undo."""
    pairs = []
    while len(pairs) < count:
        before = [rng.choice((1, 2, -1, -2)) for _ in range(rng.randrange(3, 9))]
        behind = [rng.choice((2, 3, -2, -3)) for _ in range(rng.randrange(3, 9))]
        word, _ = reductions(before + behind, 4)
        if len(word) > 2 and components(word, 4) == 1 and determinant(Diagram.from_braid(word, 4)) == 1:
            pairs.append((before, behind))
    game = UnknotGame([(before + behind, 4) for before, behind in pairs])
    won = follow(RandomWalk(), game, game.pool, SEED, 2 * CAP).won
    return [pair for pair, yes in zip(pairs, won, strict=True) if yes]


def irreducible(count: int, rng: random.Random) -> list[list[int]]:
    """Unknots on four strands behind an exchange move, that walks of 8 caps do not solve."""
    found: dict[tuple[int, ...], None] = {}
    while len(found) < count:
        words = [exchanged(*pair, 4, twists) for pair in unknotted_pairs(600, rng) for twists in (-2, -1, 1, 2)]
        words = list({tuple(word): None for word in words if len(word) > 2 and not falls_by_reduction(word, 4)})
        for seed, cap in ((1, 2 * CAP), (2, 8 * CAP)):
            game = UnknotGame([(list(word), 4) for word in words])
            won = follow(RandomWalk(), game, game.pool, seed, cap).won
            words = [word for word, yes in zip(words, won, strict=True) if not yes]
        found |= {word: None for word in words if simplifies(list(word))}
        print(f"irreducible: {len(found)}", file=sys.stderr, flush=True)
    return [list(word) for word in list(found)[:count]]


def grown(braids: list[tuple[list[int], int]]) -> list[str | None]:
    """Moves of a wide beam search that may grow the word, where it finds any."""
    game = UnknotGame(braids, growth=True, most_letters=48, most_strands=8)
    episodes = play(Beam(width=384, noise=3.0), game, game.pool, seed=SEED, cap=120)
    proofs = [one.answer.certificate.document()["witness"]["moves"] if isinstance(one.answer, Certified) else None for one in episodes]
    return [None if moves is None else written_moves(moves) for moves in proofs]


def problem(suite: str, word: list[int], strands: int, source: str, moves: str | None) -> dict:
    """One record of the file."""
    evidence = f"SnapPy {snappy.__version__}, simplify('global'): no crossing left" if moves is None else "moves"
    if moves is not None:
        claim = {"kind": "unknot", "strands": strands, "word": word}
        verdict = Certified(_certificate(claim, moves)).certificate.replay()
        assert verdict.accepted, verdict.reason
    return {"suite": suite, "word": word, "strands": strands, "source": source, "evidence": evidence, "moves": moves}


def _certificate(claim: dict, moves: str):
    from certifield.evidence import certificate_of_braid_moves

    return certificate_of_braid_moves(claim["word"], claim["strands"], read_moves(moves))


def main() -> None:
    """Makes the three suites and writes them."""
    rng = random.Random(SEED)
    source = f"random braid, disturbed until {WALKS} random walks of {CAP} choices failed; seed {SEED}"
    problems = []
    for (low, high), (count, generations) in BINS.items():
        braids = hardened(low, high, count, generations, rng)
        problems += [problem("hard", one.word, one.strands, source, moves) for one, moves in zip(braids, shortest(braids), strict=True)]
    behind = irreducible(IRREDUCIBLE, rng)
    source = f"exchange move on a random unknot of four strands; seed {SEED}"
    moves = [grown([(word, 4)])[0] if len(word) <= SHORT else None for word in behind]
    problems += [problem("irreducible", word, 4, source, how) for word, how in zip(behind, moves, strict=True)]
    for name, code in NAMED.items():
        link = spherogram.Link([tuple(map(int, crossing.split(","))) for crossing in code.split()])
        word = reductions(link.braid_word(), 9)[0]
        strands = max(map(abs, word)) + 1
        assert simplifies(word)
        problems.append(problem("named", word, strands, f"{name}, {len(link.crossings)} crossings", grown([(word, strands)])[0]))
    head = {"seed": SEED, "cap": CAP, "walks": WALKS, "script": "provenance/unknot_braids.py"}
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    rows = ",\n".join(json.dumps(one) for one in problems)
    target.write_text(json.dumps(head)[:-1] + ', "problems": [\n' + rows + "\n]}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
