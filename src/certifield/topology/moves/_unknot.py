"""Simplification of diagrams with a record of every move."""

from dataclasses import dataclass

from certifield.evidence import Certified, Unknown, certificate_of_moves

from ..diagrams import Diagram
from ..diagrams._knot import checked_diagram, checked_knot
from ..diagrams._reading import integers, refuse, seed_of
from ._map import WORK, diagram_of, map_of, moves_of
from ._simplify import simplify as simplify_map

ROWS = 4096  # of the log for a start: it grows where it proves too short
MOST_ROWS = 1 << 24


@dataclass(frozen=True)
class Simplification:
    """``diagram``: what is left; ``moves``: the Reidemeister moves that lead to it, as the checkers read them; ``work``: moves tried."""

    diagram: Diagram
    moves: tuple[list, ...]
    work: int


def simplify(diagram: Diagram, *, rounds: int = 20, seed: int = 0) -> Simplification:
    """A diagram of the same link with fewer crossings, where one is found, and the moves that lead there.

    Kinks and bigons are removed, strands above or below everything are laid along shorter ways (pass moves, made of R2 and R3), and where
    nothing helps the diagram is shaken by random R2 and R3 moves, until ``rounds`` shakings in a row were in vain.
    What is left is oriented anew, each component along its first lower strand.
    Raises `InputError` for what is no diagram, negative ``rounds``, or a seed that is not an integer.

    >>> from certifield.topology import Diagram
    >>> simplify(Diagram.from_braid([1, -1, 1])).diagram
    Diagram(crossings=(), signs=(), circles=1)
    """
    rounds, seed = integers("rounds", [rounds])[0], seed_of(seed)
    if rounds < 0:
        raise refuse("rounds", rounds, "0 or more", "0 makes no random move")
    rows = ROWS
    checked_diagram(diagram)
    while True:
        planar = map_of(diagram, rows=rows, seed=seed)
        simplify_map(planar, rounds)
        if len(moves := moves_of(planar)) < rows or rows >= MOST_ROWS:
            return Simplification(diagram_of(planar), tuple(moves), int(planar.counters[WORK]))
        rows *= 16


def unknot(diagram: Diagram, *, rounds: int = 100, seed: int = 0) -> Certified | Unknown:
    """The moves that make a diagram the circle, or Unknown with the number of moves tried.

    The certificate has been replayed by its checker.  Raises `InputError` for a link.

    >>> from certifield.topology import Diagram
    >>> str(unknot(Diagram.from_braid([1, -1, 1])))
    'CERTIFIED  0  [cert, unknot, unknot-moves@1]'
    """
    checked_knot(diagram)
    found = simplify(diagram, rounds=rounds, seed=seed)
    if found.diagram.crossings:
        return Unknown({"moves": found.work})
    return Certified(certificate_of_moves("unknot", diagram.crossings, found.moves).checked(), {"moves": found.work})
