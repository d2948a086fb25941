from pathlib import Path
from typing import Annotated

import typer

from certifield.cli import _running as running, census as census_verbs
from certifield.cli._console import Json


def run(
    study: Annotated[str, typer.Argument(help="A TOML file, or the name of a shipped study or census.")],
    directory: Annotated[Path | None, typer.Argument(help="Where the study lives. [default: runs/NAME]", show_default=False)] = None,
    draws: running.Draws = None,
    stderr: running.Stderr = None,
    seconds: running.Seconds = None,
    workers: running.Workers = None,
    report: running.Report = True,
    json: Json = False,
) -> None:
    """Compute a study or a census, or continue the one that is there."""
    place = directory or Path("runs") / Path(study).stem
    from certifield.studies import census

    if census.is_census(study):
        census.create(study, place)
        return census_verbs.compute(place, running.seconds_of(draws, stderr, seconds), workers, report, json)
    from certifield.cli._numerics import start_numerics

    start_numerics()
    from certifield import studies

    budget = running.budget_of(draws, stderr, seconds)
    studies.create(study, place, budget)
    running.compute(place, budget, workers, report, json)
