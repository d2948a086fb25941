"""Certificates made of moves.  Nothing is judged here: a replay says whether the moves prove what is claimed."""

from collections.abc import Iterable, Sequence
from typing import Literal

from ._certificate import Certificate
from ._replay import checker_path, loaded

PLANAR = {"unknot": "unknot-moves@1", "ribbon": "ribbon@1", "unlink": "unlink-moves@1", "split": "split-moves@1"}
BRAID = "unknot-braid@1"

Move = Sequence[object]


def certificate_of_moves(
    kind: Literal["unknot", "ribbon", "unlink", "split"],
    diagram: Iterable[Sequence[int]],
    moves: Iterable[Move],
    value: int | None = None,
) -> Certificate:
    """The certificate that Reidemeister moves, and for "ribbon" bands, take the knot of a planar diagram code to circles.

    The value is the number of bands; for "unlink" it is the number of components, and for "split", where the moves lead to a diagram of
    several pieces, the number of these.  The links before the bands are written down on the way.
    """
    claim = {"kind": kind, "diagram": [list(crossing) for crossing in diagram]}
    made = [list(move) for move in moves]
    checker = loaded(checker_path(PLANAR[kind]))
    banded = any(move[:1] == ["band"] for move in made)
    links = checker.links_before_bands(claim, made) if banded else []
    witness = {"moves": made, "links": links, "trace": checker.trace(kind, made, links)}
    number = sum(move[:1] == ["band"] for move in made) if value is None else value
    return Certificate(claim, str(number), witness, PLANAR[kind])


def certificate_of_braid_moves(word: Iterable[int], strands: int, moves: Iterable[Move]) -> Certificate:
    """The certificate that moves of braids take the closure of a word to the unknot.

    >>> print(certificate_of_braid_moves([1], 2, [["D", 1]]))
    0  [cert, unknot, unknot-braid@1]
    """
    made = [list(move) for move in moves]
    claim = {"kind": "unknot", "strands": strands, "word": list(word)}
    return Certificate(claim, "0", {"moves": made, "trace": loaded(checker_path(BRAID)).trace(made)}, BRAID)
