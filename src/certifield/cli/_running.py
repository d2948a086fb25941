"""What `run` and `resume` share: compute, answer, show."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._console import messages, output, print_json
from ._exit_codes import INTERRUPTED
from ._progress import shown_progress
from ._table import MOST_ROWS, lines_of, table_of

if TYPE_CHECKING:
    from certifield.runners import Progress
    from certifield.studies import Budget, StudyResults

Draws = Annotated[int | None, typer.Option(help="Draws for every quantity, in place of the budget of the file.")]
Stderr = Annotated[float | None, typer.Option(help="Run until the largest standard error is this small.")]
Seconds = Annotated[float | None, typer.Option(help="Run for this long.")]
Workers = Annotated[
    int | None, typer.Option(help="Processes; 0 computes in this one, without any other. [default: one a core]", show_default=False)
]
Report = Annotated[bool, typer.Option("--report/--no-report", help="Write report.html at the end.")]


def budget_of(draws: int | None, stderr: float | None, seconds: float | None) -> "Budget | None":
    """The budget that the options state, or None to take that of the file."""
    from certifield import studies
    from certifield.evidence import InputError

    given = {name: value for name, value in (("draws", draws), ("stderr", stderr), ("seconds", seconds)) if value is not None}
    if len(given) > 1:
        raise InputError("budget", given, "one of --draws, --stderr and --seconds", "leave the others out")
    if draws is not None:
        return studies.Draws(draws)
    if stderr is not None:
        return studies.Precision(stderr)
    return None if seconds is None else studies.Seconds(seconds)


def seconds_of(draws: int | None, stderr: float | None, seconds: float | None) -> float | None:
    """The time that the options give to a census, which has neither draws nor error bars."""
    from certifield.evidence import InputError

    given = {name: value for name, value in (("draws", draws), ("stderr", stderr)) if value is not None}
    if given:
        raise InputError("budget", given, "--seconds, since this study is a census", "give it rounds in the table [budget] of its file")
    return seconds


def compute(directory: Path, budget: "Budget | None", workers: int | None, report: bool, json: bool) -> None:
    """Runs the study in ``directory`` until its budget is spent, then writes and shows the answer."""
    from certifield import runners, studies

    try:
        with shown_progress() as tell:
            progress = runners.run(directory, budget, workers, tell)
        results = studies.answer(directory)
        page = _write_report(results, directory) if report else None
    except (runners.Interrupted, runners.WorkersLost, studies.StoreError, KeyboardInterrupt) as stop:
        messages().print(f"certifield: {str(stop) or 'interrupted'}\nTo continue: certifield resume {directory}", soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None
    (_print_json if json else _print)(directory, progress, results, page)


def _write_report(results: "StudyResults", directory: Path) -> Path:
    from certifield import report, studies

    return report.write_results(results, directory, (directory / studies.QUESTION).read_text(encoding="utf-8"))


def _print_json(directory: Path, progress: "Progress", results: "StudyResults", page: Path | None) -> None:
    from certifield import studies

    print_json(
        {
            "directory": str(directory),
            "results": str(directory / studies.RESULTS),
            "report": None if page is None else str(page),
            "digest": results.digest,
            "seed": results.seed,
            "progress": asdict(progress),
            "rows": [line.data() for line in lines_of(results)],
        }
    )


def _print(directory: Path, progress: "Progress", results: "StudyResults", page: Path | None) -> None:
    from certifield import studies

    lines, console = lines_of(results), output()
    console.print(f"{results.title}   [seed {results.seed}, {results.precision}, digest {results.digest[:12]}]\n", soft_wrap=True)
    console.print(table_of(lines))
    if len(lines) > MOST_ROWS:
        console.print(
            f"Narrowest and widest networks only; all {len(lines)} rows are in the report and in {studies.RESULTS}.", soft_wrap=True
        )
    console.print("An entry 0123 is the correlator at the points number 0, 1, 2, 3; max|pull| and joint p are over all entries.\n")
    for reason, rows in Counter(row.withheld for row in results.rows if row.withheld).items():
        console.print(f"withheld in {rows} of {len(results.rows)} rows: {reason}", soft_wrap=True)
    for remark in progress.remarks:
        console.print(f"Note: {remark}", soft_wrap=True)
    console.print(f"{progress.draws} draws in {progress.done} blocks; this run took {progress.elapsed:.1f} s.", soft_wrap=True)
    console.print(f"results: {directory / studies.RESULTS}", soft_wrap=True)
    if page is not None:
        console.print(f"report:  {page}", soft_wrap=True)
