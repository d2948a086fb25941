import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certifield.cli._console import Json, messages, output, print_json

if TYPE_CHECKING:
    from certifield.evidence import Answer
    from certifield.topology import Diagram
    from certifield.topology.questions import Examination

FRAMES = 6


def knot(
    name: Annotated[str, typer.Argument(help='A name such as 6_1 or 12n_309, or a code: "braid: 1 1 1", "PD: [[...]]", "DT: 4 6 2".')],
    directory: Annotated[
        Path | None, typer.Argument(help="Where certificates and pictures go. [default: runs/knots/NAME]", show_default=False)
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for invariants and proofs, once the programs are loaded.")] = 20.0,
    seed: Annotated[int, typer.Option(help="Chooses among proofs.")] = 0,
    json: Json = False,
) -> None:
    """Everything certifiable about one knot: unknot? slice? invariants; certificates and pictures in files."""
    from certifield.topology import parse
    from certifield.topology.questions import examine

    diagram = parse(name)
    if not json:
        messages().print(f"{len(diagram.crossings)} crossings; at most {seconds:g} seconds, once the programs are loaded ...")
    found = examine(diagram, seconds=seconds, seed=seed)
    place = directory or Path("runs") / "knots" / folder_name(name, diagram)
    files = write(place, found, name)
    document = as_json(found, name) | {"files": [str(place / file) for file in files]}
    (place / "knot.json").write_text(json_text.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if json:
        print_json(document)
    else:
        _print(found, name, [place / file for file in [*files, "knot.json"]])


def folder_name(name: str, diagram: "Diagram") -> str:
    """The name itself where it can name a folder, else the beginning of a digest of the code."""
    import hashlib

    if len(name) <= 40 and name.replace("_", "").replace("-", "").isalnum():
        return name
    return "code-" + hashlib.sha256(repr(diagram.crossings).encode()).hexdigest()[:12]


def write(place: Path, found: "Examination", title: str) -> list[str]:
    """Writes certificates and pictures; the names of the files."""
    from certifield.evidence import Unknown, save
    from certifield.topology.drawing import draw, film_strip

    place.mkdir(parents=True, exist_ok=True)
    for stale in ("unknot.json", "slice.json", "diagram.svg", "proof.svg"):  # of an earlier run that found more
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
    from certifield.evidence import Obstructed, Unknown

    if isinstance(answer, Unknown):
        return {"answer": "unknown", "spent": dict(answer.spent)}
    verdict = "obstructed" if isinstance(answer, Obstructed) else "certified"
    category = {"category": answer.category} if isinstance(answer, Obstructed) and answer.category else {}
    proof = {"value": answer.certificate.value, "checker": answer.certificate.checker}
    return {"answer": verdict, **category, **proof, "spent": dict(answer.spent)}


def _shown(value: object) -> str:
    return "-" if value is None else ("no", "yes")[value] if isinstance(value, bool) else str(value).removeprefix("Exact ")


def _print(found: "Examination", name: str, files: list[Path]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("invariant", "value", "source"):
        table.add_column(heading)
    for title, value, source in found.invariants:
        table.add_row(title, _shown(value), source)
    output().print(f"{name}: {len(found.diagram.crossings)} crossings, writhe {found.diagram.writhe}\n")
    output().print(table)
    output().print(f"\nthe unknot?  {found.unknot}", soft_wrap=True)
    output().print(f"slice?       {found.slice}", soft_wrap=True)
    output().print(f"\n{found.seconds:.1f} s.  Unknown is not no: it says what was spent in vain.")
    for file in files:
        output().print(f"  {file}", soft_wrap=True)
    certificate = next((file for file in reversed(files) if file.name in ("slice.json", "unknot.json")), None)
    if certificate:
        output().print(f"Check a proof again: certifield verify {certificate}", soft_wrap=True)
