"""The folder of a knot or link: certificates, pictures, and ``knot.json``, which says whose they are and what is known."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from certifield import files
from certifield.evidence import Certificate, Certified, InputError, Obstructed, Unknown, load, save

from .._words import KNOT
from ..diagrams import Diagram
from ..obstructions._claims import is_code_of
from ..questions import Examination, _pictures

QUESTIONS = ("unknot", "unlink", "split", "slice")  # each has its certificate in a file of that name
FILES = (*(f"{question}.json" for question in QUESTIONS), "diagram.svg", "proof.svg")
SECONDS_FOR_PICTURES = 60.0
LARGEST_CANONICAL = 1000  # crossings: the canonical form takes time that is quadratic in them
LONGEST_NAME = 40


def shown_name(text: str, diagram: Diagram, file: str = "") -> str:
    """The text itself where it is short, else the size of the diagram, and the ``file`` that the text is from."""
    compact = " ".join(text.split())
    if len(compact) <= LONGEST_NAME:
        return compact
    return f"a diagram of {len(diagram.crossings)} crossings" + (f" from {file}" if file else "")


def folder_name(title: str, named: bool, diagram: Diagram, file: str = "") -> str:
    """A name that can name a folder, else the beginning of a digest of the canonical diagram, after the ``file`` where there is one."""
    plain = title.replace(" # ", "#").replace(" ", "-").lstrip("-")
    if named and plain.replace("_", "").replace("-", "").replace("#", "").isalnum():
        return plain if not title.startswith("-") else f"mirror-{plain}"
    canonical = diagram if len(diagram.crossings) > LARGEST_CANONICAL else diagram.canonical()
    digest = hashlib.sha256(repr((canonical.crossings, canonical.signs, canonical.circles)).encode())
    stem = re.sub(r"[^A-Za-z0-9_-]", "-", Path(file).stem).strip("-")[:LONGEST_NAME]
    return f"{stem}-{digest.hexdigest()[:8]}" if stem else "code-" + digest.hexdigest()[:16]


def as_numbered_there(place: Path, diagram: Diagram) -> Diagram:
    """``diagram``, or the same diagram in the numbering of the earlier call whose files are in the folder.

    Raises `InputError` where files of another knot, or of somebody else, would be overwritten.
    """
    if place.exists() and not place.is_dir():
        raise InputError("directory", str(place), "a folder, or the name of a new one", "name another one")
    beside = place / KNOT
    if not beside.exists():
        if taken := [file for file in FILES if (place / file).exists()]:
            raise InputError("directory", str(place), f"without files of others, such as {taken[0]}", "name another folder")
        return diagram
    earlier = _diagram_in(beside)
    if earlier == diagram:
        return diagram
    if earlier is None or len(earlier.crossings) != len(diagram.crossings) or earlier.canonical() != diagram.canonical():
        raise InputError("directory", str(place), "a folder of this very diagram", "name another one: its knot.json is about another")
    return earlier


def _diagram_in(path: Path) -> Diagram | None:
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        return Diagram(tuple(map(tuple, stated["diagram"])), tuple(stated["signs"]), stated["circles"])
    except (OSError, ValueError, LookupError, TypeError, InputError):
        return None


def with_earlier_proofs(found: Examination, place: Path) -> Examination:
    """What was found, and where it is unknown, what an earlier certificate in the folder proves of the same diagram."""
    answers = dict(found.answers)
    for question in [question for question, answer in answers.items() if isinstance(answer, Unknown)]:
        try:
            earlier = load(place / f"{question}.json")
        except InputError:
            continue
        claim: Any = earlier.document()["claim"] if isinstance(earlier, Certificate) else {}
        if isinstance(earlier, Certificate) and is_about(claim, question, found.diagram) and earlier.replay().accepted:
            negative = str(claim["kind"]).startswith("not")
            answers[question] = Obstructed(earlier, claim.get("category")) if negative else Certified(earlier)
    return replace(found, answers=answers)


KINDS = {
    "unknot": ("unknot", "not the unknot"),
    "unlink": ("unlink", "not slice"),
    "split": ("split", "not split"),
    "slice": ("ribbon", "unlink", "not slice"),
}  # the kinds of claims that answer each question


def is_about(claim: Any, question: str, diagram: Diagram) -> bool:
    """Whether a claim answers this question about this diagram."""
    return isinstance(claim, dict) and claim.get("kind") in KINDS[question] and is_code_of(claim.get("diagram"), diagram)


def save_proofs(place: Path, found: Examination, document: dict[str, Any]) -> None:
    """Certificates and ``knot.json``, before anything else can fail; files of earlier calls that no longer hold are removed."""
    place.mkdir(parents=True, exist_ok=True)
    for question, answer in found.answers.items():
        if not isinstance(answer, Unknown):
            save(answer.certificate, place / f"{question}.json")
    write_statement(place, document)
    for stale in set(FILES) - set(document["files"]):
        (place / stale).unlink(missing_ok=True)


def write_statement(place: Path, document: dict[str, Any]) -> None:
    """``knot.json``, which exists whole or not at all."""
    files.replace(place / KNOT, files.json_text(document).encode())


def save_pictures(place: Path, found: Examination, title: str, frames: int = _pictures.FRAMES) -> list[str]:
    """The names of the pictures that could be made, which are written; no failure of theirs goes further than this.

    ``frames``: how many stills of a proof by moves are shown.
    """
    proofs = [answer.certificate for answer in found.answers.values() if not isinstance(answer, Unknown)]
    film = next((proof for proof in proofs if proof.checker in ("ribbon@1", "unknot-moves@1")), None)
    try:
        made = _pictures.pictures(found.diagram, title, film, SECONDS_FOR_PICTURES, frames)
    except Exception:  # not one that they foresee: a process that died, say
        made = {}
    for name, text in made.items():
        (place / name).write_text(text, encoding="utf-8")
    return list(made)
