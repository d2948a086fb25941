"""Questions about links: the unlink? split? with disjoint slice discs?"""

from collections.abc import Iterator
from itertools import islice

from certifield.evidence import Answer, Certificate, Certified, Obstructed, Unknown, certificate_of_moves

from ..diagrams import Diagram
from ..invariants import determinant
from ..moves import simplify
from ..obstructions import slice_obstruction
from ..obstructions._claims import code

ROUNDS = (5, 100)
LARGEST_PRIME = 10**6


def link_answers(diagram: Diagram, seed: int) -> Iterator[tuple[str, Answer]]:
    """Answers to "unlink", "split" and "slice" (disjoint discs in the four-ball), each time that one is known better.

    An obstruction to discs forbids the unlink, too; a determinant other than 0 forbids that it is split.
    """
    answers: dict[str, Answer] = {"unlink": Unknown({}), "split": Unknown({}), "slice": Unknown({})}
    for question, answer in _steps(diagram, seed):
        if isinstance(answers[question], Unknown):
            answers[question] = answer
            yield question, answer


def _steps(diagram: Diagram, seed: int) -> Iterator[tuple[str, Answer]]:
    slice_answer = slice_obstruction(diagram)
    yield "slice", slice_answer
    if isinstance(slice_answer, Obstructed):
        yield "unlink", slice_answer
    split = not_split(diagram)
    yield "split", split
    if isinstance(slice_answer, Obstructed) and isinstance(split, Obstructed):
        return
    rows = code(diagram)
    shown = Diagram.from_pd(rows, circles=0)
    for rounds in ROUNDS:
        found = simplify(shown, rounds=rounds, seed=seed)
        spent = {"moves": found.work}
        unlink = not found.diagram.crossings
        if unlink:
            yield "unlink", Certified(certificate_of_moves("unlink", rows, found.moves, diagram.components).checked(), spent)
            yield "slice", Certified(certificate_of_moves("unlink", rows, found.moves, diagram.components).checked(), spent)
        if found.diagram.pieces > 1:
            yield "split", Certified(certificate_of_moves("split", rows, found.moves, found.diagram.pieces).checked(), spent)
            return
        yield "unlink", Unknown(spent)
        yield "split", Unknown(spent)


def not_split(diagram: Diagram) -> Obstructed | Unknown:
    """That a link is not split, by colourings modulo a prime that does not divide its determinant; unknown for determinant 0."""
    number = determinant(diagram)
    if not number or diagram.circles:
        return Unknown({"tests": 1})
    prime = next(islice((p for p in range(3, LARGEST_PRIME, 2) if number % p and all(p % q for q in range(3, int(p**0.5) + 1, 2))), 1))
    claim = {"kind": "not split", "diagram": code(diagram)}
    return Obstructed(Certificate(claim, "1", {"prime": prime}, "not-split-colouring@1").checked(), None, {"tests": 1})
