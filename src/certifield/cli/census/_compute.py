"""What `run` and `resume` share for a census: answer, count, show."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from certifield.cli._console import messages, output, print_json
from certifield.cli._exit_codes import INTERRUPTED
from certifield.cli._numerics import keep_programs
from certifield.cli._progress import shown_progress

if TYPE_CHECKING:
    from rich.table import Table

    from certifield.runners.census import Progress
    from certifield.studies.census import CensusResults


def compute(directory: Path, seconds: float | None, workers: int | None, report: bool, json: bool) -> None:
    """Answers the census in ``directory``, round by round, then writes and shows the answers."""
    keep_programs()
    from certifield import runners, studies
    from certifield.runners import census as census_runners
    from certifield.studies import census

    try:
        with shown_progress() as tell:
            progress = census_runners.run(directory, seconds, workers, tell)
        results = census.answers(directory)
        page = _write_report(directory) if report else None
    except (runners.Interrupted, runners.WorkersLost, studies.StoreError, KeyboardInterrupt) as stop:
        messages().print(f"certifield: {str(stop) or 'interrupted'}\nTo continue: certifield resume {directory}", soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None
    (_print_json if json else _print)(directory, progress, results, page)


def _write_report(directory: Path) -> Path:
    from certifield.report import write

    return write(directory)


def _print_json(directory: Path, progress: "Progress", results: "CensusResults", page: Path | None) -> None:
    from certifield import studies

    files = {
        "directory": str(directory),
        "results": str(directory / studies.RESULTS),
        "report": None if page is None else str(page),
    }
    print_json({**files, "progress": asdict(progress), **results.data()})


def _print(directory: Path, progress: "Progress", results: "CensusResults", page: Path | None) -> None:
    from certifield import studies

    console = output()
    console.print(f"{results.title}   [seed {results.seed}, digest {results.digest[:12]}]\n", soft_wrap=True)
    console.print(_table(results))
    for remark in progress.remarks:
        console.print(f"Note: {remark}", soft_wrap=True)
    console.print(f"This run took {progress.elapsed:.1f} s.  Unknown is not no: it says what was spent in vain.", soft_wrap=True)
    console.print(f"results: {directory / studies.RESULTS}", soft_wrap=True)
    if page is not None:
        console.print(f"report:  {page}", soft_wrap=True)


def _table(results: "CensusResults") -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("items", no_wrap=True)
    for heading in ("all", "certified", "obstructed", "unknown", "waiting", results.unit, "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    for tally in results.tallies:
        counts = [str(tally.counts[status]) for status in ("certified", "obstructed", "unknown", "waiting")]
        table.add_row(tally.group or "all", str(tally.items), *counts, str(tally.work), f"{tally.seconds:.1f}")
    return table
