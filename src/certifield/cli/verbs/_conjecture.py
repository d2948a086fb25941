from pathlib import Path
from typing import Annotated

import typer

from certifield.cli._console import Json, output, print_json


def conjecture(
    table: Annotated[Path, typer.Argument(help="A CSV file: a line of names, then integers, fractions 3/4, decimals, true and false.")],
    target: Annotated[str, typer.Argument(help="The column that the statements are about.")],
    most: Annotated[int, typer.Option(min=1, max=4, help="Features of one bound, at most.")] = 2,
    degree: Annotated[int, typer.Option(min=1, max=8, help="Degree of a polynomial relation, at most.")] = 3,
    rounded: Annotated[bool, typer.Option("--rounded", help="Decimals are rounded in their last place; else they are exact.")] = False,
    seed: Annotated[int, typer.Option(help="Chooses the rows that a search begins with.")] = 0,
    json: Json = False,
) -> None:
    """What true statement is hidden in a table: exact relations and bounds that survive, dead ones with witnesses, stubs for Lean."""
    from certifield.conjecture import Conjecture, Table, lean

    data = Table.from_csv(table.read_text(encoding="utf-8"), rounded=rounded)
    found = Conjecture(data, target, most=most, degree=degree, seed=seed).run()
    if not json:
        output().print(found.report(), soft_wrap=True, markup=False)
        return
    print_json(
        {
            "remarks": list(found.remarks),
            "relation": None if found.relation is None else str(found.relation),
            "rules": [{"statement": str(rule), "rows": check.rows, "violated": len(check.violated)} for rule, check in found.rules],
            "surviving": [
                {"statement": str(one.bound), "rows": one.check.rows, "touches": len(one.check.touched), "lean": lean(one.bound)}
                for one in found.surviving
            ],
            "undecided": [{"statement": str(one.bound), "rows": len(one.check.undecided)} for one in found.undecided],
            "unbounded": [list(one.at_fault) for one in found.unbounded],
            "dead": [{"statement": str(one.bound), "witness": str(one.witness)} for one in found.dead],
        }
    )
