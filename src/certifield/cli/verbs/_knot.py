import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from certifield.cli._console import INTERRUPTED, Json, messages, print_json
from certifield.cli._knot_in_words import print_examination


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
    frames: Annotated[int, typer.Option(min=2, max=400, help="How many stills of a proof by moves proof.svg shows.")] = 6,
    json: Json = False,
) -> None:
    """Everything certifiable about a knot or link: unknot? unlink? split? slice? invariants; certificates and pictures in files.

    The exit code is 0 whatever the answers are.  Ctrl-C ends the search, and what was found is written.
    """
    from certifield.topology import dossier
    from certifield.topology.diagrams import read
    from certifield.topology.questions import examine

    inside = None if name == "-" else _from_file(name)
    text, file = sys.stdin.read() if name == "-" else inside or name, Path(name).name if inside else ""
    reading = read(text)
    diagram = reading.diagram
    title = dossier.shown_name(text, diagram, file)
    place = directory or Path("runs") / "knots" / dossier.folder_name(title, reading.named, diagram, file)
    diagram = dossier.as_numbered_there(place, diagram)
    if not json:
        messages().print(f"read as {reading.how}: {len(diagram.crossings)} crossings", soft_wrap=True)
    stopped = False
    try:
        found = examine(diagram, seconds=seconds, seed=seed, tell=None if json else lambda words: messages().print(words, soft_wrap=True))
    except KeyboardInterrupt as stop:
        found, stopped = getattr(stop, "found", None), True
        if found is None:
            messages().print("certifield: interrupted before there was anything to write. Say the same command again.")
            raise typer.Exit(INTERRUPTED) from None
    found = dossier.with_known_geometry(dossier.with_earlier_proofs(found, place), reading)
    known = dossier.literature(found, reading)
    document = dossier.as_json(found, title, reading.how)
    if known:
        document["literature"] = known
    dossier.save_proofs(place, found, document)
    document["files"] += dossier.save_pictures(place, found, title, frames)
    dossier.write_statement(place, document)
    if json:
        print_json({"directory": str(place)} | document)
    else:
        print_examination(found, title, [place / file for file in document["files"]], known)
    if stopped:
        messages().print("certifield: interrupted; what was found before is written. The same command searches again and keeps the proofs.")
        raise typer.Exit(INTERRUPTED)


def _from_file(name: str) -> str | None:
    """The text of a file, such as one of PLink, where ``name`` has a suffix and is one."""
    from certifield.evidence import InputError

    if not re.fullmatch(r"[^\[\](){}\n]{1,200}\.[A-Za-z]\w{0,5}", name) or not Path(name).is_file():
        return None
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("name", name, f"a file of text ({type(error).__name__})", "save the code as text") from None
