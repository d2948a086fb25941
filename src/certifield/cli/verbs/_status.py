import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certifield.cli import census as census_verbs
from certifield.cli._console import Json, output, print_json

if TYPE_CHECKING:
    from certifield.studies import LastRun, Quantity, Store, Study


def status(directory: Annotated[Path, typer.Argument(help="The directory of a study.")], json: Json = False) -> None:
    """How far a study is."""
    from certifield.studies import census

    if census.is_census(directory):
        return census_verbs.status(directory, json)
    from certifield.cli._numerics import start_numerics

    start_numerics()
    from certifield import studies

    study, last = studies.open(directory), studies.LastRun.load(directory)
    store = studies.Store(directory, study.digest())
    quantities = [_standing(study, store, quantity, last) for quantity in study.quantities]
    if json:
        head = {"directory": str(directory), "title": study.question.title, "digest": study.digest()}
        print_json({**head, "last_run": None if last is None else asdict(last), "quantities": quantities})
    else:
        _print(study, quantities, last)


def _standing(study: "Study", store: "Store", quantity: "Quantity", last: "LastRun | None") -> dict[str, Any]:
    from certifield.studies import Draws, in_words

    budget, blocks = study.budget_of(quantity), len(store.present(quantity.name))
    wanted = math.ceil(budget.draws / quantity.block_size) if isinstance(budget, Draws) else None
    met_by_the_file = wanted is not None and blocks >= wanted
    return {
        "quantity": quantity.name,
        "blocks": blocks,
        "wanted": wanted,
        "block_size": quantity.block_size,
        "draws": blocks * quantity.block_size,
        "budget": in_words(budget),
        "complete": met_by_the_file or (last is not None and last.met(quantity.name, blocks)),
    }


def _print(study: "Study", quantities: list[dict[str, Any]], last: "LastRun | None") -> None:
    console = output()
    console.print(f"{study.question.title}   [seed {study.root_seed}, digest {study.digest()[:12]}]", soft_wrap=True)
    for standing in quantities:
        complete = "complete" if standing["complete"] else ""
        budget = f"file: {standing['budget']}"
        console.print(f"  {standing['quantity']:<32} {_present(standing):<40} {budget:<26} {complete}".rstrip(), soft_wrap=True)
    if last is not None:
        asked = last.budget or "the budget of the file"
        console.print(f"The last run was asked for {asked}, and {'ended' if last.finished else 'has not ended'}.", soft_wrap=True)
        for remark in last.remarks:
            console.print(f"Note: {remark}", soft_wrap=True)


def _present(standing: dict[str, Any]) -> str:
    # "of" only where it says what is still to come, or that nothing is: another budget than the file's may have been met.
    blocks, wanted = standing["blocks"], standing["wanted"]
    unfinished = wanted is not None and not standing["complete"]
    of = f" of {wanted}" if unfinished or blocks == wanted else ""
    return f"{blocks}{of} blocks, {standing['draws']} draws"
