"""`claims`: what the sources state, held against what is found."""

from pathlib import Path
from typing import Annotated, Any

import typer

from certifield.cli._console import Json, Trust, output, print_json, say

_BIAS = ", bias unknown"  # of most findings, so that it is said once


def claims(
    what: Annotated[
        str | None,
        typer.Argument(help='A directory, or a shipped study, system, area, verdict or "untestable". [default: all]', show_default=False),
    ] = None,
    record: Annotated[
        list[Path] | None,
        typer.Option("--record", help="Take the claims of a finished directory of a shipped study into the ledger; may be repeated."),
    ] = None,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """What the sources state and what we find: reproduced, corrected, refuted or open."""
    from certifield import engine

    for path in [*(record or []), *([what] if what is not None else [])]:
        engine.refuse_strangers(path, trust=trust)
    if record:
        for path in engine.record(record):
            say(f"written: {path}")
        return
    if what == "untestable":
        _print_untestable(json)
        return
    rows = engine.rows_of(what) if what is not None and engine.is_study(what) else _chosen(engine.ledger(), what)
    if json:
        print_json({"claims": rows, "summary": engine.summary(rows), **({"untestable": engine.untestable()} if what is None else {})})
    else:
        _print(rows)
        if what is None:
            say(f"{len(engine.untestable())} more statements cannot be tested here: certifield claims untestable says why.")


def _chosen(rows: list[dict[str, Any]], what: str | None) -> list[dict[str, Any]]:
    """The rows of a study, a system, an area or a verdict.  Raises `InputError` where there are none of that name."""
    from certifield import engine

    if what is None:
        return rows
    systems = {name.lower(): system["studies"] for name, system in engine.systems().items()}
    named = [*(row["study"] for row in rows), *systems, *(row["area"] for row in rows), *(row["verdict"] for row in rows)]
    found = [
        row
        for row in rows
        if what.lower() in (row["study"].lower(), row["area"].lower(), row["verdict"], row["key"].lower())
        or row["study"] in systems.get(what.lower(), [])
    ]
    if not found:
        raise engine.unknown("claims of", what, list(dict.fromkeys(named)))
    return found


def _print_untestable(json: bool) -> None:
    from rich.table import Table

    from certifield import engine

    rows = engine.untestable()
    if json:
        print_json({"untestable": rows})
        return
    table = Table("statement", "source", "states", "why it is not tested", box=None, padding=(0, 2, 1, 0))
    for row in rows:
        table.add_row(row["key"], row["source"], row["says"], row["reason"])
    output().print(table)


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from certifield import engine

    if not rows:
        say("No claims are stated here.")
        return
    table = Table("claim", "source", "states", "we find", "verdict", box=None, padding=(0, 2, 1, 0))
    for row in rows:
        found = "\n".join(part for part in ((row["found"] or row["note"]).replace(_BIAS, ""), engine.stated(row)) if part)
        table.add_row(row["key"], row["source"], row["says"], found, row["verdict"].upper())
    output().print(table)
    if any(_BIAS in (row["found"] or "") for row in rows):
        say("The bias of estimates that are ratios or fits, of second order in their errors, is not bounded; --json says of which.")
    for area, counts in engine.summary(rows).items():
        told = ", ".join(f"{number} {verdict}" for verdict, number in counts.items() if number)
        say(f"{area + ': ' if area else ''}{told}")
    say("certifield run STUDY computes them anew; certifield claims DIR shows those of a directory.")
