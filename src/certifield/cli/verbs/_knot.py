import json as json_text
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certifield.cli._certificates import KNOT
from certifield.cli._console import INTERRUPTED, Json, json_of, messages, output, print_json

if TYPE_CHECKING:
    from certifield.evidence import Answer
    from certifield.topology import Diagram
    from certifield.topology.questions import Examination

FRAMES = 6
LONGEST_NAME = 40
FILES = ("unknot.json", "slice.json", "diagram.svg", "proof.svg")  # and knot.json, which tells whose they are


def knot(
    name: Annotated[
        str,
        typer.Argument(
            help='A name such as 6_1 or 12n_309, "mirror 6_1", a sum "3_1 # mirror 3_1", or a code: "braid: 1 1 1", "PD: [[...]]", '
            '"DT: 4 6 2", "Gauss: 1 -2 3 ..."; - reads it from standard input.'
        ),
    ],
    directory: Annotated[
        Path | None, typer.Argument(help="Where certificates and pictures go. [default: runs/knots/NAME]", show_default=False)
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.01, max=1e8, help="Time for invariants and proofs, once the programs are loaded.")] = 20.0,
    seed: Annotated[int, typer.Option(help="Chooses among proofs.")] = 0,
    json: Json = False,
) -> None:
    """Everything certifiable about one knot: unknot? slice? invariants; certificates and pictures in files."""
    from certifield.topology import parse
    from certifield.topology.diagrams import checked_knot
    from certifield.topology.questions import examine

    text = sys.stdin.read() if name == "-" else name
    diagram = checked_knot(parse(text))
    title = shown_name(text, diagram)
    place = directory or Path("runs") / "knots" / folder_name(title, diagram)
    check_folder(place, diagram)
    if not json:
        about = "the programs are loaded, and compiled when first used"
        messages().print(f"{len(diagram.crossings)} crossings; {about}, then at most {seconds:g} seconds ...", soft_wrap=True)
    try:
        found = with_earlier_proofs(examine(diagram, seconds=seconds, seed=seed), place)
    except KeyboardInterrupt:
        messages().print("certifield: interrupted; nothing was written. Say the same command again.")
        raise typer.Exit(INTERRUPTED) from None
    files = write(place, found, title)
    document = as_json(found, title) | {"files": [str(place / file) for file in [*files, KNOT]]}
    (place / KNOT).write_text(json_of(document), encoding="utf-8")
    if json:
        print_json(document)
    else:
        _print(found, title, [place / file for file in [*files, KNOT]])


def shown_name(text: str, diagram: "Diagram") -> str:
    """The text itself where it is short, else the size of the diagram."""
    compact = " ".join(text.split())
    return compact if len(compact) <= LONGEST_NAME else f"a diagram of {len(diagram.crossings)} crossings"


def check_folder(place: Path, diagram: "Diagram") -> None:
    """Raises `InputError` where files of another knot, or of somebody else, would be overwritten."""
    from certifield.evidence import InputError

    if place.exists() and not place.is_dir():
        raise InputError("directory", str(place), "a folder, or the name of a new one", "name another one")
    beside = place / KNOT
    if beside.exists():
        if _diagram_in(beside) != [list(crossing) for crossing in diagram.crossings]:
            raise InputError("directory", str(place), "a folder of this very diagram", "name another one: its knot.json is about another")
    elif taken := [file for file in FILES if (place / file).exists()]:
        raise InputError("directory", str(place), f"without files of others, such as {taken[0]}", "name another folder")


def _diagram_in(path: Path) -> object:
    try:
        return json_text.loads(path.read_text(encoding="utf-8"))["diagram"]
    except (ValueError, LookupError, TypeError):
        return None


def with_earlier_proofs(found: "Examination", place: Path) -> "Examination":
    """What was found, and where it is unknown, what an earlier certificate in the folder proves of the same diagram."""
    from certifield.evidence import Certificate, Certified, InputError, Obstructed, Unknown, load

    for question in ("unknot", "slice"):
        if not isinstance(getattr(found, question), Unknown):
            continue
        try:
            earlier = load(place / f"{question}.json")
        except InputError:
            continue
        claim = earlier.document()["claim"] if isinstance(earlier, Certificate) else {}
        same = claim.get("diagram") == [list(crossing) for crossing in found.diagram.crossings]  # type: ignore[union-attr]
        if isinstance(earlier, Certificate) and same and earlier.replay().accepted:
            category = claim.get("category")  # type: ignore[union-attr]
            negative = str(claim["kind"]).startswith("not")  # type: ignore[index]
            found = replace(found, **{question: Obstructed(earlier, category) if negative else Certified(earlier)})
    return found


def folder_name(title: str, diagram: "Diagram") -> str:
    """The name itself where it can name a folder, else the beginning of a digest of the code."""
    import hashlib

    plain = title.replace(" # ", "#").replace(" ", "-")
    if len(plain) <= LONGEST_NAME and plain.replace("_", "").replace("-", "").replace("#", "").isalnum():
        return plain
    return "code-" + hashlib.sha256(repr(diagram.crossings).encode()).hexdigest()[:12]


def write(place: Path, found: "Examination", title: str) -> list[str]:
    """Writes certificates and pictures; the names of the files."""
    from certifield.evidence import Unknown, save
    from certifield.topology.drawing import draw, film_strip

    place.mkdir(parents=True, exist_ok=True)
    for stale in FILES:
        (place / stale).unlink(missing_ok=True)
    files = ["diagram.svg"]
    (place / "diagram.svg").write_text(draw(found.diagram, title=title).svg(), encoding="utf-8")
    for question, answer in (("unknot", found.unknot), ("slice", found.slice)):
        if isinstance(answer, Unknown):
            continue
        save(answer.certificate, place / f"{question}.json")
        files.append(f"{question}.json")
        if answer.certificate.checker in ("ribbon@1", "unknot-moves@1") and "proof.svg" not in files:
            (place / "proof.svg").write_text(film_strip(answer.certificate, FRAMES).svg(), encoding="utf-8")
            files.append("proof.svg")
    return files


def as_json(found: "Examination", name: str) -> dict[str, Any]:
    """The examination as JSON data."""
    return {
        "knot": name,
        "crossings": len(found.diagram.crossings),
        "diagram": [list(crossing) for crossing in found.diagram.crossings],
        "invariants": {title: _value_as_json(value) for title, value, _ in found.invariants},
        "sources": {title: source for title, _, source in found.invariants},
        "unknot": answer_as_json(found.unknot),
        "slice": answer_as_json(found.slice),
        "seconds": round(found.seconds, 3),
    }


def _value_as_json(value: object) -> object:
    """Integers and truth values as they are, real numbers with their radius, polynomials as text."""
    from certifield.evidence import Exact

    if isinstance(value, Exact):
        return {"value": value.value, "radius": value.radius}
    return value if value is None or isinstance(value, bool | int) else str(value)


def answer_as_json(answer: "Answer") -> dict[str, Any]:
    """An answer without its certificate, which has a file of its own."""
    from certifield.cli._in_words import proved
    from certifield.evidence import Obstructed, Unknown

    if isinstance(answer, Unknown):
        return {"answer": "unknown", "spent": dict(answer.spent)}
    verdict = "obstructed" if isinstance(answer, Obstructed) else "certified"
    category = {"category": answer.category} if isinstance(answer, Obstructed) and answer.category else {}
    proof = {"value": answer.certificate.value, "checker": answer.certificate.checker, "proved": proved(answer.certificate)}
    return {"answer": verdict, **category, **proof, "spent": dict(answer.spent)}


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "-", True: "yes", False: "no"}[value]
    return re.sub(r"(?<=\d) (?=t)", "\u00a0", str(value).removeprefix("Exact "))  # a term of a polynomial stays on its line


def _answer_in_words(answer: "Answer") -> str:
    """Yes, no or unknown, why, and who checks it."""
    from certifield.cli._in_words import proved
    from certifield.evidence import Obstructed, Unknown

    if isinstance(answer, Unknown):
        return str(answer)
    word = "no, OBSTRUCTED" if isinstance(answer, Obstructed) else "yes, CERTIFIED"
    return f"{word}: {proved(answer.certificate)}   [{answer.certificate.checker}]"


def _print(found: "Examination", title: str, files: list[Path]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("invariant", "value", "source"):
        table.add_column(heading)
    for name, value, source in found.invariants:
        table.add_row(name, _shown(value), source)
    output().print(f"{title}: {len(found.diagram.crossings)} crossings, writhe {found.diagram.writhe}\n")
    output().print(table)
    output().print(f"\nthe unknot?  {_answer_in_words(found.unknot)}", soft_wrap=True)
    output().print(f"slice?       {_answer_in_words(found.slice)}", soft_wrap=True)
    if found.topologically_slice_by_freedman:
        output().print("             topologically slice, since its Alexander polynomial is 1 (Freedman)", soft_wrap=True)
    output().print(f"\n{found.seconds:.1f} s.  Unknown is not no: it says what was spent in vain.")
    for file in files:
        output().print(f"  {file}", soft_wrap=True)
    if any(file.name in ("slice.json", "unknot.json") for file in files):
        output().print(f"Check the proofs again: certifield verify {files[0].parent}", soft_wrap=True)
