"""`conjecture`: statements about a column of a table, what died of which row, more rows, and a folder to keep."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from certifield.cli._console import INTERRUPTED, Json, output, print_json

if TYPE_CHECKING:
    from certifield.conjecture import Findings, Refuted

SECONDS_BETWEEN_LINES = 5.0


def conjecture(
    table: Annotated[
        Path,
        typer.Argument(
            help="A file, fields between commas, semicolons or tabs: a line of names, then integers, fractions, decimals, true and false."
        ),
    ],
    target: Annotated[str, typer.Argument(help="The column that the statements are about.")],
    features: Annotated[str, typer.Option(help="The columns that statements may use: a,b,c. [default: all]", show_default=False)] = "",
    most: Annotated[int, typer.Option(min=1, max=4, help="Features of one bound, at most.")] = 2,
    degree: Annotated[int, typer.Option(min=1, max=8, help="Degree of a polynomial relation, at most.")] = 3,
    missing: Annotated[
        Literal["leave-out-columns", "skip-rows"],
        typer.Option(help="What goes where a field is empty, NA, nan, inf or no number: the whole column, or the row."),
    ] = "leave-out-columns",
    rounded: Annotated[bool, typer.Option("--rounded", help="Decimals are rounded in their last place; else they are exact.")] = False,
    add: Annotated[
        Path | None, typer.Option(help="A file of more rows: says which survivors die by them, and asks again with them in the table.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many surviving bounds are printed.")] = 20,
    weak: Annotated[
        bool, typer.Option("--weak", help="Print also the bounds that no more rows touch than they have numbers to fit.")
    ] = False,
    dead: Annotated[bool, typer.Option("--dead", help="Print also what died, each with a row that violates it.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="A new folder for the report and a certificate of all statements, which `certifield verify` reads.")
    ] = None,
    seed: Annotated[
        int, typer.Option(help="A search begins with rows drawn at random; another seed draws others, and may word what dies otherwise.")
    ] = 0,
    json: Json = False,
) -> None:
    """What true statement is hidden in a table: exact relations and bounds that survive, dead ones with witnesses, stubs for Lean."""
    from certifield.conjecture import Conjecture, Table, keep, refuse_used

    if out is not None:
        refuse_used(out)
    chosen = [name.strip() for name in features.split(",") if name.strip()] or None
    used = None if chosen is None else [target, *chosen]
    tell = _lines()
    try:
        data = Table.from_csv(table, rounded=rounded, missing=missing, used=used)
        study = Conjecture(data, target, chosen, most=most, degree=degree, seed=seed)
        study.run(tell=tell)
        killed, head = None, ""
        if add is not None:
            killed = study.add(Table.from_csv(add, rounded=rounded, missing=missing, used=used))
            survivors = len(study.findings.surviving) if study.findings else 0
            head = f"{len(killed)} of {survivors} bounds that survived {table.name} die by {add.name}"
            study.run(tell=tell)
        found = study.findings
        assert found is not None
        if out is not None:
            keep(found, out, table, *([add] if add else []))
    except KeyboardInterrupt:
        print("certifield: interrupted; nothing was saved", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    if json:
        print_json(_data(found, killed))
        return
    if killed is not None:
        output().print("\n".join([head, *(found.told(one) for one in killed), ""]), soft_wrap=True, markup=False)
    output().print(found.report(top=top, weak=weak, dead=dead), soft_wrap=True, markup=False)
    if out is not None:
        output().print(f"\nkept in {out}; certifield verify {out} decides every statement again", soft_wrap=True, markup=False)


def _lines() -> Callable[[str], None]:
    """A line on standard error now and then: what is being done, and for how long."""
    start = last = time.monotonic()

    def tell(line: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            print(f"{line}, {last - start:.0f} s", file=sys.stderr, flush=True)

    return tell


def _data(found: "Findings", killed: "tuple[Refuted, ...] | None") -> dict[str, Any]:
    from certifield.conjecture import lean_file

    told = {
        "rows": len(found.table),
        "remarks": list(found.remarks),
        "relation": None if found.relation is None else str(found.relation),
        "sought": found.sought,
        "rules": [{"statement": str(rule), "rows": check.rows, "violated": len(check.violated)} for rule, check in found.rules],
        "surviving": [
            {"statement": one.text, "rows": one.check.rows, "touches": len(one.check.touched), "implied": one.implied, "weak": one.weak,
             "lean": lean_file([one.theorem("conjecture")])}
            for one in found.statements()
        ],
        "undecided": [{"statement": str(one.bound), "rows": len(one.check.undecided)} for one in found.undecided],
        "unbounded": [list(one.at_fault) for one in found.unbounded],
        "dead": [found.told_as_data(one) for one in found.dead],
    }  # fmt: skip
    return told if killed is None else {"died": [found.told_as_data(one) for one in killed], **told}
