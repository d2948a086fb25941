"""Everything that can be said of one knot with proof, within a time."""

import time
from collections import Counter
from dataclasses import dataclass, replace

from certifield.evidence import Answer, Unknown

from ..diagrams import Diagram
from ..diagrams._reading import refuse
from ..ribbon import ribbon_disc
from ._ask import first_answer
from ._invariants import Invariant, invariants_of
from ._slice import FIRST_BANDS, slice_tests
from ._unknot import is_unknot

GROWTH = 4  # the budget of bands from one round to the next


@dataclass(frozen=True)
class Examination:
    """``invariants``: name, value, source; ``unknot`` and ``slice``: the answers; ``seconds``: what it took."""

    diagram: Diagram
    invariants: tuple[Invariant, ...]
    unknot: Answer
    slice: Answer
    seconds: float


def examine(diagram: Diagram, *, seconds: float = 20.0, seed: int = 0) -> Examination:
    """Invariants of a knot, whether it is the unknot, and whether it is slice.

    The search for a ribbon disc is given more and more bands until ``seconds`` are over; a step that has begun is finished.
    The answers are proved, so the clock decides only whether there is one.
    Raises `InputError` for a link and for a time that is not positive.
    """
    if diagram.components != 1:
        raise refuse("diagram", f"a link of {diagram.components} components", "a diagram of a knot", "choose one component with sublink")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds < 1e9:
        raise refuse("seconds", seconds, "a positive number", "such as 20")
    start = time.perf_counter()
    unknot = is_unknot(diagram, seed=seed)
    invariants = tuple(invariants_of(diagram))
    found = _is_slice(diagram, seconds, seed)
    return Examination(diagram, invariants, unknot, found, time.perf_counter() - start)


def _is_slice(diagram: Diagram, seconds: float, seed: int) -> Answer:
    budget = GROWTH * FIRST_BANDS
    first, second, *tests = slice_tests(diagram, budget, seed)  # the first two are quick, but for the compilation of a first use
    answer = first_answer([first, second])
    spent = Counter(answer.spent)
    deadline = time.perf_counter() + seconds
    exhausted = False
    while isinstance(answer, Unknown) and not exhausted and time.perf_counter() < deadline:
        if tests:
            answer = tests.pop(0)()
        else:
            answer = ribbon_disc(diagram, budget=budget, seed=seed)
            exhausted = answer.spent["bands"] < budget
            budget *= GROWTH
        spent.update(answer.spent)
    return replace(answer, spent=spent)
