from pathlib import Path
from typing import Annotated

import typer

from certifield.cli import _running as running, census as census_verbs
from certifield.cli._console import Json


def resume(
    directory: Annotated[Path, typer.Argument(help="The directory of a study.")],
    draws: running.Draws = None,
    stderr: running.Stderr = None,
    seconds: running.Seconds = None,
    workers: running.Workers = None,
    report: running.Report = True,
    json: Json = False,
) -> None:
    """Continue an interrupted study."""
    from certifield.studies import census

    if census.is_census(directory):
        return census_verbs.compute(directory, running.seconds_of(draws, stderr, seconds), workers, report, json)
    from certifield.cli._numerics import start_numerics

    start_numerics()
    running.compute(directory, running.budget_of(draws, stderr, seconds), workers, report, json)
