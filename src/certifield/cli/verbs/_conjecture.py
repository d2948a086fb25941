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
    from certifield.conjecture import Table, lean, linear_bounds, polynomial_relation
    from certifield.evidence import InputError

    data = Table.from_csv(table.read_text(encoding="utf-8"), rounded=rounded)
    data.column(target)
    exact = [name for name, column in data.columns.items() if all(low == high for low, high in column)]
    features = [name for name, column in data.columns.items() if name != target and len(set(column)) > 1]
    relation = None
    for size in range(1, degree + 1) if target in exact else ():
        try:
            relation = polynomial_relation(data, target, [name for name in features if name in exact], size)
        except InputError:
            break  # too few rows for this degree, or columns that depend on each other
        if relation is not None:
            break
    searches = [
        linear_bounds(data, target, features, relation=sign, most=most, hypothesis=hypothesis, seed=seed)
        for hypothesis in (None, *(name for name, column in data.hypotheses.items() if sum(column) > most))
        for sign in (">=", "<=")
    ]
    surviving = [one for search in searches for one in search.surviving]
    dead = [one for search in searches for one in search.dead]
    if json:
        print_json(
            {
                "remarks": data.remarks(),
                "relation": None if relation is None else str(relation),
                "surviving": [
                    {"statement": str(one.bound), "rows": one.check.rows, "touches": len(one.check.touched), "lean": lean(one.bound)}
                    for one in surviving
                ],
                "dead": [{"statement": str(one.bound), "witness": str(one.witness)} for one in dead],
            }
        )
        return
    for remark in data.remarks():
        output().print(remark, soft_wrap=True)
    if relation is not None:
        output().print(f"EXACT in all {relation.rows} rows: {relation}", soft_wrap=True)
    for one in (*surviving, *dead):
        output().print(str(one), soft_wrap=True)
    if surviving:
        output().print(f"\n{lean(surviving[0].bound)}", soft_wrap=True)
