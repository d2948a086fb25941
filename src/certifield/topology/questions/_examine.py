"""Everything that can be said of one knot with proof, within a time."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from certifield.evidence import Answer, Certified, Unknown, certificate_of_moves

from ..diagrams import Diagram
from ..diagrams._knot import checked_knot
from ..diagrams._reading import refuse, seed_of
from ..invariants import LaurentPolynomial
from ..moves import simplify
from ..ribbon import ribbon_disc
from ._apart import heard
from ._ask import answers
from ._invariants import INVARIANTS, Invariant, invariants_of
from ._slice import all_slice_tests
from ._unknot import ROUNDS, unknot_tests

TELLERS = (f"{__name__}:tell_answers", f"{__name__}:tell_invariants")
SIMPLEST = Diagram.from_dt([4, 8, 12, 10, 2, 6])  # on which moves are compiled


@dataclass(frozen=True)
class Examination:
    """``invariants``: name, value, source; ``answers``: of a knot to "unknot" and "slice"; ``seconds``: what it took.

    What was not found in time is None among the invariants and `Unknown` among the answers.
    """

    diagram: Diagram
    invariants: tuple[Invariant, ...]
    answers: Mapping[str, Answer]
    seconds: float

    @property
    def unknot(self) -> Answer:
        """Whether it is the unknot."""
        return self.answers["unknot"]

    @property
    def slice(self) -> Answer:
        """Whether it is slice."""
        return self.answers["slice"]

    @property
    def topologically_slice_by_freedman(self) -> bool:
        """Whether its Alexander polynomial is 1, so that it bounds a locally flat disc (Freedman, J. Diff. Geom. 17 (1982) 357)."""
        return any(row.name == "Alexander polynomial" and row.value == LaurentPolynomial((1,)) for row in self.invariants)


def examine(diagram: Diagram, *, seconds: float = 20.0, seed: int = 0) -> Examination:
    """Invariants of a knot, whether it is the unknot, and whether it is slice, all that is found within ``seconds``.

    The two answers are sought in one process, the invariants in another, and the time begins when both are ready.  It holds whatever is
    being computed when it is over.  The search for a ribbon disc is given more and more bands.
    The answers are proved, so the clock decides only whether there is one.
    Raises `InputError` for a link, a time that is not positive, and a seed that is not an integer.
    """
    checked_knot(diagram)
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds < 1e9:
        raise refuse("seconds", seconds, "a positive number", "such as 20")
    start = time.perf_counter()
    told, rows = heard(TELLERS, (diagram, seed_of(seed)), seconds)
    last: dict[str, Answer] = {"unknot": Unknown({}), "slice": Unknown({}), **dict(told.findings)}
    return Examination(diagram, _completed(rows.findings, seconds), last, time.perf_counter() - start)


def _completed(rows: list[list[Invariant]], seconds: float) -> tuple[Invariant, ...]:
    """The invariants that were found, and a word on each of the others."""
    late = (Invariant(name, None, f"not within {seconds:g} s") for row in INVARIANTS[len(rows) :] for name in row.names)
    return tuple(chain(*rows, late))


def tell_answers(asked: tuple[Diagram, int]) -> Iterator[tuple[str, Answer] | None]:
    """The answers to both questions, each time that one is known better."""
    diagram, seed = asked
    ribbon_disc(SIMPLEST, budget=1)
    yield None
    unknot: Answer = Unknown({})
    for unknot in answers(unknot_tests(diagram, ROUNDS, seed)):
        yield "unknot", unknot
    if isinstance(unknot, Certified) and unknot.certificate.checker == "unknot-moves@1":
        moves = unknot.certificate.document()["witness"]["moves"]  # type: ignore[index]
        yield "slice", Certified(certificate_of_moves("ribbon", diagram.crossings, moves).checked(), unknot.spent)
        return
    for answer in answers(all_slice_tests(diagram, seed)):
        yield "slice", answer


def tell_invariants(asked: tuple[Diagram, int]) -> Iterator[list[Invariant] | None]:
    """The invariants, those of the simplified diagram, which shows the same knot up to the direction in which it is run through."""
    diagram, seed = asked
    simplify(SIMPLEST, rounds=1)
    yield None
    yield from invariants_of(simplify(diagram, seed=seed).diagram)
