"""What is known of a knot or link as JSON data: the examination without its certificates, which have files of their own."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

from certifield.evidence import Answer, Exact, Obstructed, Unknown

from .._words import KNOT, proved
from ..questions import Examination


def as_json(found: Examination, name: str, read_as: str) -> dict[str, Any]:
    """The examination as JSON data; "files" lists the certificates."""
    diagram = found.diagram
    return {
        "knot": name,
        "read_as": read_as,
        "crossings": len(diagram.crossings),
        "components": diagram.components,
        "diagram": [list(crossing) for crossing in diagram.crossings],
        "signs": list(diagram.signs),
        "circles": diagram.circles,
        "invariants": {title: value_as_json(value) for title, value, _ in found.invariants},
        "sources": {title: source for title, _, source in found.invariants},
        **{question: answer_as_json(answer) for question, answer in found.answers.items()},
        "seconds": round(found.seconds, 3),
        "files": [KNOT, *(f"{question}.json" for question, answer in found.answers.items() if not isinstance(answer, Unknown))],
    }


def value_as_json(value: object) -> object:
    """Integers and truth values as they are, real numbers with a radius around the decimals, polynomials and matrices as text."""
    if isinstance(value, Exact):
        return {"value": value.value, "radius": radius_of_decimals(value.value, value.radius)}  # type: ignore[arg-type]
    return value if value is None or isinstance(value, bool | int) else str(value)


def radius_of_decimals(value: float, radius: float) -> float:
    """The radius around ``value`` as its decimals are written, which are not those of the float: so it is wider by their distance.

    It holds for readers that take both texts for decimal numbers as well as for those that take them for floats.
    """
    needed = Fraction(radius) + abs(Fraction(Decimal(repr(value))) - Fraction(value))
    found = float(needed)
    while Fraction(Decimal(repr(found))) < needed or Fraction(found) < needed:
        found = math.nextafter(found, math.inf)
    return found


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """An answer without its certificate, which has a file of its own."""
    if isinstance(answer, Unknown):
        return {"answer": "unknown", "spent": dict(answer.spent)}
    verdict = "obstructed" if isinstance(answer, Obstructed) else "certified"
    category = {"category": answer.category} if isinstance(answer, Obstructed) and answer.category else {}
    proof = {"value": answer.certificate.value, "checker": answer.certificate.checker, "proved": proved(answer.certificate)}
    return {"answer": verdict, **category, **proof, "spent": dict(answer.spent)}
