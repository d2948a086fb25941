import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certifield.cli._console import INTERRUPTED, Json, messages, output, print_json

if TYPE_CHECKING:
    from certifield.evidence import Answer
    from certifield.topology.questions import Examination

ASKED = {"unknot": "the unknot?", "unlink": "the unlink?", "split": "split?", "slice": "slice?"}


def knot(
    name: Annotated[
        str,
        typer.Argument(
            help='A name such as 6_1 or 12n_309, "mirror 6_1", a sum "3_1 # mirror 3_1", or a code: "braid: 1 1 1", "PD: [[...]]", '
            '"DT: 4 6 2", "Gauss: 1 -2 3 ...", or a file with such a code or of PLink; - reads it from standard input.'
        ),
    ],
    directory: Annotated[
        Path | None, typer.Argument(help="Where certificates and pictures go. [default: runs/knots/NAME]", show_default=False)
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.01, max=1e8, help="Time for invariants and proofs, once the programs are loaded.")] = 20.0,
    seed: Annotated[int, typer.Option(help="Chooses among proofs.")] = 0,
    json: Json = False,
) -> None:
    """Everything certifiable about a knot or link: unknot? unlink? split? slice? invariants; certificates and pictures in files."""
    from certifield.topology import dossier
    from certifield.topology.diagrams import read
    from certifield.topology.questions import examine

    text = sys.stdin.read() if name == "-" else _from_file(name) or name
    reading = read(text)
    diagram = reading.diagram
    title = dossier.shown_name(text, diagram)
    place = directory or Path("runs") / "knots" / dossier.folder_name(title, reading.named, diagram)
    diagram = dossier.as_numbered_there(place, diagram)
    if not json:
        messages().print(f"read as {reading.how}", soft_wrap=True)
        messages().print(
            f"{len(diagram.crossings)} crossings; the programs are loaded, then at most {seconds:g} seconds ...", soft_wrap=True
        )
    try:
        tell = None if json else lambda words: messages().print(words, soft_wrap=True)
        found = dossier.with_earlier_proofs(examine(diagram, seconds=seconds, seed=seed, tell=tell), place)
    except KeyboardInterrupt:
        messages().print("certifield: interrupted; nothing was written. Say the same command again.")
        raise typer.Exit(INTERRUPTED) from None
    document = dossier.as_json(found, title, reading.how)
    dossier.save_proofs(place, found, document)
    document["files"] += dossier.save_pictures(place, found, title)
    dossier.write_statement(place, document)
    if json:
        print_json({"directory": str(place)} | document)
    else:
        _print(found, title, [place / file for file in document["files"]])


def _from_file(name: str) -> str | None:
    """The text of a file, such as one of PLink, where ``name`` has a suffix and is one."""
    from certifield.evidence import InputError

    if not re.fullmatch(r"[^\[\](){}\n]{1,200}\.[A-Za-z]\w{0,5}", name) or not Path(name).is_file():
        return None
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("name", name, f"a file of text ({type(error).__name__})", "save the code as text") from None


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "-", True: "yes", False: "no"}[value]
    return re.sub(r"(?<=\d) (?=t)", "\u00a0", str(value).removeprefix("Exact "))  # a term of a polynomial stays on its line


def _answer_in_words(answer: "Answer") -> str:
    """Yes, no or unknown, why, and who checks it."""
    from certifield.evidence import Obstructed, Unknown
    from certifield.topology._words import proved

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
    components = f"{found.diagram.components} components, " if found.diagram.components > 1 else ""
    output().print(f"{title}: {components}{len(found.diagram.crossings)} crossings, writhe {found.diagram.writhe}\n")
    output().print(table)
    output().print()
    for question, answer in found.answers.items():
        output().print(f"{ASKED[question]:<12} {_answer_in_words(answer)}", soft_wrap=True)
    if found.topologically_slice_by_freedman:
        output().print("             topologically slice, since its Alexander polynomial is 1 (Freedman)", soft_wrap=True)
    output().print(f"\n{found.seconds:.1f} s.  Unknown is not no: it says what was spent in vain.")
    for file in files:
        output().print(f"  {file}", soft_wrap=True)
    if not any(file.suffix == ".svg" for file in files):
        output().print("No picture could be made in time; nothing else depends on it.")
    if any(file.stem in ASKED for file in files):
        output().print(f"Check the proofs again: certifield verify {files[0].parent}", soft_wrap=True)
