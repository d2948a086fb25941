"""Is it the unknot?"""

from certifield.evidence import Answer

from ..diagrams import Diagram
from ..diagrams._knot import checked_knot
from ..diagrams._reading import integers, refuse, seed_of
from ..groups import unknot_by_group
from ..moves import unknot
from ..obstructions import unknot_obstruction
from ._ask import Ask, first_answer

FIRST_ROUNDS = 5
ROUNDS = 200


def is_unknot(diagram: Diagram, *, rounds: int = ROUNDS, seed: int = 0) -> Answer:
    """Whether a diagram is one of the unknot: certified by Reidemeister moves or by the group, or obstructed by an invariant.

    A few shakings of the simplifier come first, then invariants (determinant, signature, Alexander and Jones polynomial), then ``rounds``
    shakings, then Tietze moves on the group.
    Raises `InputError` for a link, negative ``rounds``, and a seed that is not an integer.

    >>> from certifield.topology import Diagram
    >>> str(is_unknot(Diagram.from_braid([1, 1, 1])))
    'OBSTRUCTED  3  [cert, not the unknot, not-unknot-seifert@1]'
    """
    checked_knot(diagram)
    (rounds,) = integers("rounds", [rounds])
    if rounds < 0:
        raise refuse("rounds", rounds, "0 or more", "leave it out")
    return first_answer(unknot_tests(diagram, rounds, seed_of(seed)))


def unknot_tests(diagram: Diagram, rounds: int, seed: int) -> list[Ask]:
    """What can decide the question, in the order in which it is asked."""
    return [
        lambda: unknot(diagram, rounds=min(rounds, FIRST_ROUNDS), seed=seed),
        lambda: unknot_obstruction(diagram),
        lambda: unknot(diagram, rounds=rounds, seed=seed + 1),
        lambda: unknot_by_group(diagram),
    ]
