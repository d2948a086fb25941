import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certifield.cli._console import Json, output, print_json

if TYPE_CHECKING:
    from certifield.studies import Quantity, Store, Study


def status(directory: Annotated[Path, typer.Argument(help="The directory of a study.")], json: Json = False) -> None:
    """How far a study is."""
    from certifield.cli._numerics import start_numerics

    start_numerics()
    from certifield import studies

    study = studies.open(directory)
    store = studies.Store(directory, study.digest())
    quantities = [_standing(study, store, quantity) for quantity in study.quantities]
    if json:
        print_json({"directory": str(directory), "title": study.question.title, "digest": study.digest(), "quantities": quantities})
    else:
        _print(study, quantities)


def _standing(study: "Study", store: "Store", quantity: "Quantity") -> dict[str, Any]:
    from certifield.studies import Draws

    budget, blocks = study.budget_of(quantity), len(store.present(quantity.name))
    wanted = math.ceil(budget.draws / quantity.block_size) if isinstance(budget, Draws) else None
    draws = blocks * quantity.block_size
    return {
        "quantity": quantity.name,
        "blocks": blocks,
        "wanted": wanted,
        "block_size": quantity.block_size,
        "draws": draws,
        "budget": str(budget),
    }


def _print(study: "Study", quantities: list[dict[str, Any]]) -> None:
    output().print(f"{study.question.title}   [seed {study.root_seed}, digest {study.digest()[:12]}]", soft_wrap=True)
    for standing in quantities:
        wanted = "" if standing["wanted"] is None else f" of {standing['wanted']}"
        blocks = f"{standing['blocks']}{wanted} blocks of {standing['block_size']} draws"
        output().print(f"  {standing['quantity']:<32} {blocks:<44} budget {standing['budget']}", soft_wrap=True)
