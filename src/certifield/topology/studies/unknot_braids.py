"""Braids of the unknot: how many does each player undo, and with how many moves, against the length of the word?"""

import hashlib
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from certifield.evidence import Answer, Certificate, Certified
from certifield.study import Case, Found, Options, Piece, Readings, Rounds, Section, Study, Task, piece_of_answer

from ._braid_claims import CLAIMS, LEARNERS, conclusions
from ._braid_page import SIMPLIFIER, sections
from ._discs import claim_of, read_search

Player = Literal["random-walk", "a2c", "trpo", "ppo", "beam", "simplifier"]
MOST_STRANDS, MOST_LETTERS = 9, 96  # that the game has room for; longer random words are drawn again


def _drawable(kind: tuple[int, int]) -> tuple[int, int]:
    """A kind of random braids of which many fit into the game."""
    strands, letters = kind
    if not 3 <= strands <= MOST_STRANDS or not 4 * strands <= letters <= 160:
        raise ValueError(f"3 to {MOST_STRANDS} strands, and letters from 4 for each strand to 160; such as [6, 48]")
    return kind


class Braids(Options):
    """The players, their training in choices, the shipped suites, and random braids by (strands, letters before reduction)."""

    players: tuple[Player, ...] = ("random-walk", "a2c", "trpo", "ppo", "beam", "simplifier")
    training: int = Field(400_000, ge=0)
    suites: tuple[Literal["hard", "irreducible", "named"], ...] = ("hard", "irreducible", "named")
    random: tuple[Annotated[tuple[int, int], AfterValidator(_drawable)], ...] = ((4, 24), (4, 96), (6, 48), (6, 96), (8, 96), (8, 144))
    count: int = Field(32, ge=1)
    seed: int = Field(7, ge=0)


def problems(options: Braids) -> Iterator[tuple[str, list[int], int]]:
    """Suite, word and strands of every braid; those of a suite come shortest first."""
    from certifield.topology.braids import scrambled_unknot, suite

    for name in options.suites:
        for one in suite(name):
            yield name, one.word, one.strands
    rng = random.Random(options.seed)
    for strands, letters in options.random:
        for _ in range(options.count):
            while len((one := scrambled_unknot(strands, letters, rng)).word) > MOST_LETTERS:
                pass
            yield "random", one.word, one.strands


def cases(options: Braids) -> Iterator[Case]:
    """Every braid for every player; the length is that of the freely reduced word."""
    rows = list(problems(options))
    for player in options.players:
        for number, (suite, word, strands) in enumerate(rows):
            data = {"player": player, "suite": suite, "word": word, "strands": strands, "braid": number}
            yield Case(f"{player}-{suite}-{number}", data, player)


def piece(task: Task, options: Braids) -> Piece:
    """What the player makes of the braid with at most as many choices as the step says, or the simplifier with as many shakings.

    The seed of a game follows from that of the options and the case, not from the budget: a longer game continues a shorter one.
    """
    data = task.case.data
    lot = int.from_bytes(hashlib.sha256(f"{options.seed}/{task.case.name}".encode()).digest()[:4], "big")
    if data["player"] == SIMPLIFIER:
        return _simplified(data["word"], data["strands"], task.step, lot)
    from certifield import search
    from certifield.topology.braids import UnknotGame

    game = UnknotGame([(data["word"], data["strands"])], most_letters=MOST_LETTERS, most_strands=MOST_STRANDS)
    (episode,) = search.play(_player(data["player"], options.seed, options.training), game, game.pool, seed=lot, cap=task.step)
    if not isinstance(episode.answer, Certified):
        return piece_of_answer(episode.answer)
    figures = {"choices": len(episode.actions), "forgeries accepted": forgeries_accepted(episode.answer.certificate)}
    return piece_of_answer(episode.answer, figures)


def _simplified(word: list[int], strands: int, rounds: int, seed: int) -> Piece:
    from certifield.topology import Diagram, alexander_polynomial, signature
    from certifield.topology.moves import unknot

    closure = Diagram.from_braid(word, strands)
    found: Answer = unknot(closure, rounds=rounds, seed=seed)
    counted = replace(found, spent={"choices": found.spent["moves"]})
    if not isinstance(found, Certified):
        return piece_of_answer(counted)
    trivial = str(alexander_polynomial(closure)) == "1" and signature(closure) == 0
    moves = found.certificate.document()["witness"]["moves"]  # type: ignore[index]
    return piece_of_answer(counted, {"choices": len(moves), "invariants changed": int(not trivial)})


def forgeries_accepted(proof: Certificate) -> int:
    """How many of two false copies of a proof its checker accepts: one without its last move, and one for a braid with a letter more."""
    from certifield.evidence import certificate_of_braid_moves

    claim, moves = claim_of(proof), proof.document()["witness"]["moves"]  # type: ignore[index]
    copies = [(claim["word"], moves[:-1]), ([*claim["word"], 1], moves)]
    return sum(certificate_of_braid_moves(word, claim["strands"], made).replay().accepted for word, made in copies)


def prepare(options: Braids) -> None:
    """Trains the learners, or reads them where they have been trained before, so that no game pays for that.

    Processes begin with different ones, so that each finds what the other has trained.
    """
    if SIMPLIFIER in options.players:
        import certifield.topology.moves  # noqa: F401  a missing extra is told before hours of training, not after them
    learners = [name for name in LEARNERS if name in options.players]
    random.Random(os.getpid()).shuffle(learners)
    for name in learners:
        _player(name, options.seed, options.training)


@cache
def _player(name: str, seed: int, training: int) -> Any:
    """The player; a learner is trained on practice braids, none of which is in the suites, and kept in the cache folder of the user."""
    from certifield import search
    from certifield._cache import cache_folder
    from certifield.topology.braids import UnknotGame, practice

    if name not in LEARNERS:
        return search.player(name, None)
    game = UnknotGame(practice(seed), most_letters=MOST_LETTERS, most_strands=MOST_STRANDS)
    return search.player(name, game, seed=seed, budget=training, folder=cache_folder("players"))


def about(case: Case, certificate: Certificate, options: Braids) -> bool:
    """Whether the certificate speaks of this very braid, as a word or as the diagram of its closure."""
    if case.data["player"] != SIMPLIFIER:
        return claim_of(certificate) == {"kind": "unknot", "strands": case.data["strands"], "word": case.data["word"]}
    from certifield.topology import Diagram

    closure = Diagram.from_braid(case.data["word"], case.data["strands"])
    return claim_of(certificate) == {"kind": "unknot", "diagram": [list(crossing) for crossing in closure.crossings]}


def conclude(readings: Readings, options: Braids) -> Iterator[tuple[str, Found]]:
    """What the players' games say together."""
    return conclusions(readings.values(), options.players)


def page(readings: Readings, options: Braids) -> Sequence[Section]:
    """Share undone and mean number of choices against the length, for every suite and player; and two films."""
    return sections(readings.values(), options.players)


STUDY = Study(
    options=Braids,
    cases=cases,
    piece=piece,
    read=read_search,
    steps=Rounds(),
    about=about,
    conclude=conclude,
    claims=CLAIMS,
    page=page,
    prepare=prepare,
    precision="float32",  # of the networks
    preparing="training learners, or reading them where they have been trained before",
    unit="choices",
    packages=("equinox", "optax", "numba"),
)
