"""Pieces that are answers to a question of yes or no: a proof, or what was spent in vain, beside exact figures for tables.

With `Rounds` a case has one such piece for each budget; the first one with a proof answers it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from certifield.evidence import Answer, Certified, Exact, InputError, Obstructed, Unknown

from ._found import Found, Missing
from ._task import Piece, Pieces

PROOF = "proof"
_OWN = ("answer", "category", "spent", PROOF)
CERTIFIED, OBSTRUCTED, UNKNOWN = "certified", "obstructed", "unknown"


def piece_of_answer(answer: Answer, figures: Mapping[str, Any] | None = None) -> Piece:
    """The piece that holds an answer with its certificate and the work it took, and ``figures``: exact JSON by name.

    Raises `InputError` for what is no answer, and for a figure with one of the names answer, category, spent, proof.
    """
    if not isinstance(answer, Certified | Obstructed | Unknown):
        raise InputError("answer", answer, "Certified, Obstructed or Unknown", "wrap the certificate in one of them")
    taken = [name for name in figures or {} if name in _OWN]
    if taken:
        raise InputError("figures", taken, f"other names than {', '.join(_OWN)}", "rename them")
    head = {"answer": status(answer), "category": getattr(answer, "category", None), "spent": dict(answer.spent)}
    proof = {} if isinstance(answer, Unknown) else {PROOF: answer.certificate}
    return head | dict(figures or {}) | proof


def status(answer: object) -> str:
    """An answer in a word: "certified", "obstructed" or "unknown"; "waiting" where there is none yet."""
    words = {Certified: CERTIFIED, Obstructed: OBSTRUCTED, Unknown: UNKNOWN}
    return words.get(type(answer), "waiting")  # type: ignore[call-overload]


def answer_of(piece: Piece) -> Answer:
    """The answer that `piece_of_answer` put into a piece."""
    if PROOF not in piece:
        return Unknown(piece["spent"])
    if piece["answer"] == OBSTRUCTED:
        return Obstructed(piece[PROOF], piece["category"], piece["spent"])
    return Certified(piece[PROOF], piece["spent"])


def figures_of(piece: Piece) -> dict[str, Any]:
    """The figures of a piece, by name."""
    return {name: value for name, value in piece.items() if name not in _OWN}


def best(pieces: Pieces) -> Piece | None:
    """The piece with a proof of the smallest budget; else the one of the largest; None where there is none."""
    last = None
    for last in pieces.values():
        if PROOF in last:
            break
    return last


def read_answer(pieces: Pieces) -> Iterator[tuple[str, Found]]:
    """The finding "answer" of a case that is asked in rounds, and each whole number among the figures of that piece as an exact value."""
    piece = best(pieces)
    if piece is None:
        yield "answer", Found(Missing("it has not been asked yet", waiting=True))
        return
    yield "answer", Found(answer_of(piece))
    for name, value in figures_of(piece).items():
        if type(value) is int:
            yield name, Found(Exact(value))
