"""Whether ``knot.json`` states what the certificates beside it prove, and what can be computed again; line by line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from certifield.evidence import Certificate, Certified, CertifieldError, InputError, Obstructed

from .._words import KNOT
from ..diagrams import Diagram, parse
from ..questions._invariants import again
from ._document import answer_as_json, value_as_json
from ._folder import QUESTIONS, is_about

Proofs = Mapping[str, Certificate]  # accepted certificates by the names of their files


class Line(NamedTuple):
    """One statement, whether it holds (None where it rests on another program and was not checked), and why."""

    statement: str
    holds: bool | None
    reason: str


def statement_lines(folder: Path, proofs: Proofs) -> list[Line]:
    """Every line of ``knot.json`` against ``proofs`` and against what is computed again from the diagram."""
    try:
        stated = json.loads((folder / KNOT).read_text(encoding="utf-8"))
        diagram = Diagram(tuple(map(tuple, stated["diagram"])), tuple(stated["signs"]), stated["circles"])
        return [
            *_about_the_diagram(stated, diagram),
            *_answers(stated, diagram, proofs),
            *_files(stated, folder),
            *_invariants(dict(stated["invariants"]), diagram),
        ]
    except (ValueError, LookupError, TypeError, AttributeError, OSError, InputError) as error:
        return [Line(KNOT, False, f"it is damaged ({type(error).__name__}: {error})")]


def _about_the_diagram(stated: dict[str, Any], diagram: Diagram) -> Iterator[Line]:
    sizes = {"crossings": len(diagram.crossings), "components": diagram.components}
    yield from (_compared(name, stated[name], size, "counted in its diagram") for name, size in sizes.items())
    name = stated["knot"]
    if name.startswith("a diagram of "):
        _, _, file = name.partition(" from ")  # the file is a word, and nothing rests on it
        counted = f"a diagram of {len(diagram.crossings)} crossings"
        yield _compared("knot", name, f"{counted} from {file}" if file else counted, "counted in its diagram")
        return
    try:
        same = parse(name).canonical() == diagram.canonical()
    except CertifieldError as error:
        yield Line(f"knot: {name}", False, str(error).splitlines()[0])
        return
    yield Line(f"knot: {name}", same, "read again" if same else "that is another diagram")


def _answers(stated: dict[str, Any], diagram: Diagram, proofs: Proofs) -> Iterator[Line]:
    asked = ("unknot", "slice") if diagram.components == 1 else ("unlink", "split", "slice")
    for question in QUESTIONS:
        if (question in stated) != (question in asked):
            yield Line(question, False, "missing" if question in asked else f"no question about a link of {diagram.components} components")
            continue
        if question in asked:
            yield _answer(question, stated[question], diagram, proofs.get(f"{question}.json"))


def _answer(question: str, answer: dict[str, Any], diagram: Diagram, proof: Certificate | None) -> Line:
    words = f"{question}: {answer['answer']}"
    if proof is None:
        known = answer["answer"] == "unknown" and set(answer) == {"answer", "spent"}
        return Line(words, known, "no certificate, and none needed" if known else f"no accepted certificate {question}.json proves it")
    claim: Any = proof.document()["claim"]
    if not is_about(claim, question, diagram):
        return Line(words, False, f"{question}.json is about another question or diagram")
    proved = answer_as_json(Obstructed(proof, claim.get("category")) if str(claim["kind"]).startswith("not") else Certified(proof))
    said = {name: value for name, value in answer.items() if name != "spent"}
    del proved["spent"]
    return Line(words, said == proved, f"proved by {question}.json" if said == proved else f"{question}.json proves {proved}")


def _files(stated: dict[str, Any], folder: Path) -> Iterator[Line]:
    for file in map(str, stated["files"]):
        if Path(file).name != file or not (folder / file).is_file():
            yield Line(f"file: {file}", False, "it is missing")


def _invariants(stated: dict[str, Any], diagram: Diagram) -> Iterator[Line]:
    """Exact invariants are computed again where a value is stated; those of other programs are named as unchecked."""
    found = again(diagram, [name for name, value in stated.items() if value is not None])
    for name, value in stated.items():
        if name in found:
            yield _compared(name, value, value_as_json(found[name]), "computed again")
        elif value is not None:
            yield Line(f"{name}: {value}", None, "not checked: no certificate holds it, and another program computed it")


def _compared(name: str, stated: object, found: object, how: str) -> Line:
    same = type(stated) is type(found) and stated == found
    return Line(f"{name}: {stated}", same, how if same else f"it is {found}, {how}")
