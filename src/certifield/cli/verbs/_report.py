from pathlib import Path
from typing import Annotated

import typer

from certifield.cli._console import Json, output, print_json


def report(directory: Annotated[Path, typer.Argument(help="The directory of a study.")], json: Json = False) -> None:
    """Write report.html from the blocks or answers that are there."""
    from certifield.studies import census

    if not census.is_census(directory):
        from certifield.cli._numerics import start_numerics

        start_numerics()
    from certifield.report import write

    page = write(directory)
    if json:
        print_json({"report": str(page), "data": sorted(str(path) for path in (directory / "data").glob("*.csv"))})
    else:
        output().print(f"report: {page}", soft_wrap=True)
