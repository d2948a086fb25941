"""Everything that can be said of one knot or link with proof, within a time."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from certifield.evidence import Answer, Certified, Unknown, certificate_of_moves

from ..diagrams import Diagram
from ..diagrams._knot import checked_diagram
from ..diagrams._reading import refuse, seed_of
from ..invariants import LaurentPolynomial
from ..moves import simplify
from ..moves._elementary import is_kept
from ..moves._simplify import simplify as simplifier
from ..obstructions import SLICE_OBSTRUCTIONS, UNKNOT_OBSTRUCTIONS, slice_obstruction, unknot_obstruction
from ..ribbon import ribbon_disc
from ..ribbon._enumerate import bands_from
from ._apart import Heard, Interrupted, heard
from ._ask import answers
from ._geometry import no_hyperbolic_structure
from ._invariants import FLOER, HYPERBOLIC, KHOVANOV, Invariant, Row, expected_cost, invariants_of, table_of
from ._links import link_answers
from ._slice import all_slice_tests
from ._unknot import ROUNDS, unknot_tests

SIMPLEST = Diagram.from_dt([4, 8, 12, 10, 2, 6])  # on which moves are compiled
SLOW = 2.0  # seconds that a row is expected to take, from which on it has a process of its own
LARGE = 150  # crossings, from which on invariants are asked before the simplifier
QUICK_UNKNOT, QUICK_SLICE = UNKNOT_OBSTRUCTIONS[:2], SLICE_OBSTRUCTIONS[:5]  # from the Seifert matrix at -1
LOADING, COMPILING = "loading compiled programs", "compiling the programs, which are kept for later"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Examination:
    """``invariants``: name, value, source; ``answers``: by question; ``seconds``: what it took.

    A knot is asked "unknot" and "slice"; a link is asked "unlink", "split" and "slice", which is for disjoint discs.
    What was not found in time is None among the invariants and `Unknown` among the answers.
    """

    diagram: Diagram
    invariants: tuple[Invariant, ...]
    answers: Mapping[str, Answer]
    seconds: float

    @property
    def unknot(self) -> Answer:
        """Whether it is the unknot, or of a link the unlink."""
        return self.answers["unknot" if "unknot" in self.answers else "unlink"]

    @property
    def slice(self) -> Answer:
        """Whether it is slice."""
        return self.answers["slice"]

    @property
    def topologically_slice_by_freedman(self) -> bool:
        """Whether its Alexander polynomial is 1, so that it bounds a locally flat disc (Freedman, J. Diff. Geom. 17 (1982) 357)."""
        one = LaurentPolynomial((1,))
        return self.diagram.components == 1 and any(row.name == "Alexander polynomial" and row.value == one for row in self.invariants)


def examine(diagram: Diagram, *, seconds: float = 20.0, seed: int = 0, tell: Tell | None = None) -> Examination:
    """Invariants of a knot or link, whether it is the unknot or unlink, split, and slice: all that is found within ``seconds``.

    The answers are sought in one process, the quick invariants in another, and those that are expected to be slow for this diagram have a
    process each, so that none waits for another; the time begins when all are ready.  It holds whatever is being computed when it is over.
    The search for a ribbon disc is given more and more bands.
    The answers are proved, so the clock decides only whether there is one.  ``tell`` is told what is going on.
    Raises `InputError` for the empty link, a time that is not positive, and a seed that is not an integer.  At Ctrl-C the
    `KeyboardInterrupt` has in ``found`` the `Examination` so far, once there is one.
    """
    if checked_diagram(diagram).components == 0:
        raise refuse("diagram", "the empty link", "a knot or link", "the unknot is Diagram(circles=1)")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds < 1e9:
        raise refuse("seconds", seconds, "a positive number", "such as 20")
    start = time.perf_counter()
    kept = is_kept(bands_from) and is_kept(simplifier)
    doing, how_long = (LOADING, "") if kept else (COMPILING, ": about a minute of processor time, at the first call only")
    if tell is not None:
        tell(f"{doing}{how_long}; then at most {seconds:g} s ...")
    try:
        found = heard([f"{__name__}:{name}" for name in _tellers(diagram)], (diagram, seed_of(seed)), seconds, tell, doing)
    except Interrupted as stop:
        raise Interrupted(_examination(diagram, stop.found, "not before it was interrupted", start)) from None
    return _examination(diagram, found, f"not within {seconds:g} s", start)


def _examination(diagram: Diagram, found: list[Heard], late: str, start: float) -> Examination:
    """What the tellers have said; ``late`` is said of invariants that are missing."""
    told, *rows = found
    questions = ("unknot", "slice") if diagram.components == 1 else ("unlink", "split", "slice")
    last: dict[str, Answer] = {**{question: Unknown({}) for question in questions}, **dict(told.findings)}
    by_name = {row.name: row for heard_of in rows for findings in heard_of.findings for row in findings}
    return Examination(diagram, tuple(_completed(diagram, by_name, late)), last, time.perf_counter() - start)


def _tellers(diagram: Diagram) -> list[str]:
    """The functions that are asked, each in a process."""
    if diagram.components != 1:
        return ["tell_links", "tell_invariants"]
    apart = {"tell_floer": FLOER, "tell_khovanov": KHOVANOV}
    return ["tell_answers", "tell_invariants", *(name for name, row in apart.items() if _is_slow(row, diagram))]


def _is_slow(row: Row, diagram: Diagram) -> bool:
    return bool(diagram.crossings) and expected_cost(row, diagram) > SLOW


def _completed(diagram: Diagram, found: Mapping[str, Invariant], late: str) -> Iterator[Invariant]:
    """The invariants in the order of the table, those that were found and a word on each of the others."""
    for row in table_of(diagram):
        for name in row.names:
            yield found.get(name) or Invariant(name, None, late)


def tell_answers(asked: tuple[Diagram, int]) -> Iterator[tuple[str, Answer] | None]:
    """The answers to both questions about a knot, each time that one is known better.

    What the Seifert matrix forbids is asked first where the simplifier would take long; a disc for the unknot comes with its moves.
    """
    diagram, seed = asked
    ribbon_disc(SIMPLEST, budget=1)
    yield None
    unknot: Answer = Unknown({})
    known: Answer = Unknown({})
    if len(diagram.crossings) > LARGE:
        unknot = unknot_obstruction(diagram, QUICK_UNKNOT)
        yield "unknot", unknot
        known = slice_obstruction(diagram, QUICK_SLICE)
        yield "slice", known
    if isinstance(unknot, Unknown):
        for unknot in answers(unknot_tests(diagram, ROUNDS, seed)):
            yield "unknot", unknot
    if isinstance(unknot, Certified) and unknot.certificate.checker == "unknot-moves@1":
        moves = unknot.certificate.document()["witness"]["moves"]  # type: ignore[index]
        yield "slice", Certified(certificate_of_moves("ribbon", diagram.crossings, moves).checked(), unknot.spent)
        return
    if not isinstance(known, Unknown):
        return
    for answer in answers(all_slice_tests(diagram, seed)):
        yield "slice", answer


def tell_links(asked: tuple[Diagram, int]) -> Iterator[tuple[str, Answer] | None]:
    """The answers to the questions about a link."""
    simplify(SIMPLEST, rounds=1)
    yield None
    yield from link_answers(*asked)


def tell_invariants(asked: tuple[Diagram, int]) -> Iterator[list[Invariant] | None]:
    """The invariants, those of the simplified diagram, which shows the same knot up to the direction in which it is run through."""
    diagram, _ = asked
    if diagram.components == 1:
        yield from _told(asked, [row for row in table_of(diagram) if row not in (FLOER, KHOVANOV) or not _is_slow(row, diagram)])
        return
    yield None
    yield from invariants_of(diagram)  # linking numbers and signatures depend on the directions, which the simplifier forgets


def tell_floer(asked: tuple[Diagram, int]) -> Iterator[list[Invariant] | None]:
    """Knot Floer homology alone."""
    yield from _told(asked, [FLOER])


def tell_khovanov(asked: tuple[Diagram, int]) -> Iterator[list[Invariant] | None]:
    """Rasmussen's s alone."""
    yield from _told(asked, [KHOVANOV])


def _told(asked: tuple[Diagram, int], rows: Collection[Row]) -> Iterator[list[Invariant] | None]:
    diagram, seed = asked
    simplify(SIMPLEST, rounds=1)
    yield None
    if len(diagram.crossings) > LARGE:  # what is quick is not made to wait for the simplifier
        quick = [row for row in rows if row.names[0] in ("signature", "determinant", "Arf invariant")]
        yield from invariants_of(diagram, quick)
        rows = [row for row in rows if row not in quick]
    simplified = simplify(diagram, seed=seed).diagram
    if HYPERBOLIC in rows and (why := no_hyperbolic_structure(diagram) or no_hyperbolic_structure(simplified)):
        yield [Invariant(name, None, why) for name in HYPERBOLIC.names]
        rows = [row for row in rows if row is not HYPERBOLIC]
    yield from invariants_of(simplified, rows)
