"""Braids of the unknot to be measured on, shipped as data.

hard          random walks fail on them within a stated cap, though choices that never grow the word undo them; the moves are stored
irreducible   exchange moves have been made: nothing that never grows the word is known to undo them
named         unknots of the literature, closed as braids by Vogel's algorithm

Made, and checked by replay or by SnapPy's simplifier, by ``provenance/unknot_braids.py``.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from certifield.evidence import Certificate, InputError, certificate_of_braid_moves

from ._moves import Move, Word

FILE = Path(__file__).with_name("suites.json")
SUITES = ("hard", "irreducible", "named")


@dataclass(frozen=True)
class Problem:
    """A reduced braid word of the unknot, where it comes from, and how that is known: ``moves``, or the program named in ``evidence``."""

    word: Word
    strands: int
    source: str
    evidence: str
    moves: list[Move] | None

    def certificate(self) -> Certificate | None:
        """The moves, for the checker unknot-braid@1, where they are known."""
        if self.moves is None:
            return None
        return certificate_of_braid_moves(self.word, self.strands, self.moves)


def suite(name: str) -> list[Problem]:
    """The problems of one suite, shortest first.  Raises `InputError` for a name that is not one."""
    if name not in SUITES:
        raise InputError("name", name, f"one of {', '.join(SUITES)}", "random braids are made by scrambled_unknot")
    return sorted((_read(record) for record in _records()["problems"] if record["suite"] == name), key=lambda one: len(one.word))


@cache
def _records() -> dict:
    return json.loads(FILE.read_text(encoding="utf-8"))


def _read(record: dict) -> Problem:
    moves = None if record["moves"] is None else read_moves(record["moves"])
    return Problem(record["word"], record["strands"], record["source"], record["evidence"], moves)


def written_moves(moves: list[Move]) -> str:
    """Moves as short text.

    >>> written_moves([["L"], ["B1", 0], ["C", 3, -2]]), read_moves("L;B1 0;C 3 -2")
    ('L;B1 0;C 3 -2', [['L'], ['B1', 0], ['C', 3, -2]])
    """
    return ";".join(" ".join(map(str, move)) for move in moves)


def read_moves(text: str) -> list[Move]:
    """The moves of `written_moves`."""
    parts = [move.split() for move in text.split(";") if move]
    return [[code, *map(int, numbers)] for code, *numbers in parts]
