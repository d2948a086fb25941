"""Is it slice?"""

from collections.abc import Iterator
from itertools import chain

from certifield.evidence import Answer

from ..diagrams import Diagram
from ..diagrams._knot import checked_knot
from ..diagrams._reading import integers, refuse, seed_of
from ..floer import slice_by_rasmussen
from ..obstructions import SLICE_OBSTRUCTIONS, UNKNOT_OBSTRUCTIONS, Obstruction, slice_obstruction
from ..ribbon import ribbon_disc
from ..twisted import twisted_obstruction
from ._ask import Ask, first_answer

# Tests that take long: they are asked when a short search has found no disc.
DEEP_OBSTRUCTIONS = (Obstruction("Rasmussen's s", "smooth", 500, slice_by_rasmussen),)
FIRST_BANDS = 3000
GROWTH = 4  # of the budget of bands from one search to the next
FIRST_ENTRIES = 4_000_000  # of matrices of twisted polynomials: half a second


def is_slice(diagram: Diagram, *, budget: int = 100_000, seed: int = 0) -> Answer:
    """Whether a knot bounds a smooth disc in the four-ball: certified by a ribbon disc, or obstructed.

    The category of an obstruction says whether it forbids even locally flat discs ("topological"), or smooth ones only ("smooth").
    Quick obstructions come first, then a short search for bands, then Rasmussen's s and twisted Alexander polynomials, then the search
    with all of its ``budget`` of bands, then larger covers.  A knot may be slice and stay unknown, and the other way round.
    Raises `InputError` for a link, a budget below 1, and a seed that is not an integer.

    >>> from certifield.topology import Diagram
    >>> str(is_slice(Diagram.from_braid([1, 1, 1])))
    'OBSTRUCTED (topological)  1  [cert, not slice, not-slice-seifert@1]'
    """
    checked_knot(diagram)
    (budget,) = integers("budget", [budget])
    if budget < 1:
        raise refuse("budget", budget, "a positive number of bands", "such as 100000")
    return first_answer(slice_tests(diagram, budget, seed_of(seed)))


def slice_tests(diagram: Diagram, budget: int, seed: int) -> list[Ask]:
    """What can decide the question, in the order in which it is asked."""
    return [
        lambda: slice_obstruction(diagram),
        lambda: ribbon_disc(diagram, budget=min(budget, FIRST_BANDS), seed=seed),
        lambda: slice_obstruction(diagram, DEEP_OBSTRUCTIONS),
        lambda: twisted_obstruction(diagram, FIRST_ENTRIES),
        lambda: ribbon_disc(diagram, budget=budget, seed=seed),
        lambda: twisted_obstruction(diagram),
    ]


def names_of_tests(question: str) -> list[str]:
    """The obstructions that answer a question about a knot, in the order in which they are asked; none for other questions."""
    tables = {"unknot": (UNKNOT_OBSTRUCTIONS,), "slice": (SLICE_OBSTRUCTIONS, DEEP_OBSTRUCTIONS)}.get(question, ())
    return [one.name for table in tables for one in sorted(table, key=lambda row: row.cost)]


def all_slice_tests(diagram: Diagram, seed: int) -> Iterator[Ask]:
    """The same tests, and after them longer and longer searches for bands, until there are no more bands to be tried."""
    return chain(slice_tests(diagram, GROWTH * FIRST_BANDS, seed), _longer_searches(diagram, seed))


def _longer_searches(diagram: Diagram, seed: int) -> Iterator[Ask]:
    budget, exhausted = GROWTH * FIRST_BANDS, False

    def ask() -> Answer:
        nonlocal exhausted
        found = ribbon_disc(diagram, budget=budget, seed=seed)
        exhausted = found.spent["bands"] < budget
        return found

    while not exhausted:
        budget *= GROWTH
        yield ask
