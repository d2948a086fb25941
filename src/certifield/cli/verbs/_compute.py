"""`run` and `resume`: make pieces, say what they say."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certifield.cli._console import INTERRUPTED, Json, Trust, messages, print_error, print_json, say
from certifield.cli._progress import shown_progress

if TYPE_CHECKING:
    from certifield.engine import Progress, Results, Share
    from certifield.study import Budget

Draws = Annotated[int | None, typer.Option(help="Draws for every case, at least: they come in whole blocks.", show_default=False)]
Work = Annotated[float | None, typer.Option(help="Operations for every case; 2e8 are some seconds.", show_default=False)]
Stderr = Annotated[float | None, typer.Option(help="Draw until the largest standard error of a case is this small.", show_default=False)]
Rounds = Annotated[str | None, typer.Option(help="Units of work, round by round, such as 1000,20000.", show_default=False)]
Steps = Annotated[int | None, typer.Option(help="Steps of a chain.", show_default=False)]
Seconds = Annotated[float | None, typer.Option(help="Begin nothing after so many seconds.", show_default=False)]
Workers = Annotated[
    int | None, typer.Option(min=0, help="Processes; 0 computes in this one, without any other. [default: one a core]", show_default=False)
]
Dask = Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose workers do the work.", show_default=False)]
Part = Annotated[str | None, typer.Option("--share", help="I/N: part I of N coordinators, counted from 0.", show_default=False)]
Report = Annotated[bool, typer.Option("--report/--no-report", help="Write report.html at the end.")]


def run(
    study: Annotated[str, typer.Argument(help="A shipped study, a system such as S1, or a file: STUDY.toml, STUDY.py, STUDY.py:NAME.")],
    directory: Annotated[Path | None, typer.Argument(help="Where the study lives. [default: runs/NAME]", show_default=False)] = None,
    quick: Annotated[bool, typer.Option("--quick", help="The quick setting of a shipped study: an answer in under a minute.")] = False,
    option: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, an option of the study as TOML writes it; may be repeated.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The root seed, in place of that of the question.", show_default=False)] = None,
    draws: Draws = None,
    work: Work = None,
    stderr: Stderr = None,
    rounds: Rounds = None,
    steps: Steps = None,
    seconds: Seconds = None,
    workers: Workers = None,
    dask: Dask = None,
    share: Part = None,
    report: Report = True,
    only_create: Annotated[bool, typer.Option("--only-create", help="Make the directory and compute nothing, as for a cluster.")] = False,
    json: Json = False,
) -> None:
    """Compute a study, or continue the one that is there."""
    given = budget_of(draws=draws, work=work, stderr=stderr, rounds=rounds, steps=steps, seconds=seconds)
    from certifield import engine

    asked = engine.ask(study, options=options_of(option or []), seed=seed, quick=quick)
    place = directory or Path("runs") / asked.name
    budget = asked.question.budget.replaced_by(given)
    engine.check_budget(asked, budget)
    engine.create(asked, place)
    if only_create:
        engine.LastRun(budget).save(place)
        print_json({"directory": str(place)}) if json else say(f"directory: {place}\nto compute: certifield resume {place}")
    else:
        compute(place, budget, workers, dask, share, report, json)


def resume(
    directory: Annotated[Path, typer.Argument(help="The directory of a study.")],
    draws: Draws = None,
    work: Work = None,
    stderr: Stderr = None,
    rounds: Rounds = None,
    steps: Steps = None,
    seconds: Seconds = None,
    workers: Workers = None,
    dask: Dask = None,
    share: Part = None,
    report: Report = True,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """Continue a study with the budget of its last run, or with another."""
    given = budget_of(draws=draws, work=work, stderr=stderr, rounds=rounds, steps=steps, seconds=seconds)
    from certifield import engine

    engine.refuse_strangers(directory, trust=trust)
    budget = engine.budget_in_force(engine.open_study(directory)).replaced_by(given)
    compute(directory, budget, workers, dask, share, report, json)


def budget_of(*, rounds: str | None, **stated: Any) -> "Budget":
    """The budget that the options state.  Raises `InputError` for what is none."""
    from pydantic import ValidationError

    from certifield.evidence import InputError
    from certifield.study import Budget

    given = {name: value for name, value in stated.items() if value is not None}
    try:
        if rounds is not None:
            given["rounds"] = tuple(int(number) for number in rounds.replace(",", " ").split())
        return Budget(**given)
    except ValidationError as error:
        problem = error.errors()[0]
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, InputError):
            raise cause from error
        name = f"--{problem['loc'][0]}" if problem["loc"] else "budget"
        raise InputError(name, problem["input"], problem["msg"].removeprefix("Input should be "), "see certifield run --help") from error
    except ValueError as error:
        raise InputError("--rounds", rounds, "whole numbers with commas", "try --rounds 1000,20000") from error


def options_of(given: list[str]) -> dict[str, Any]:
    """``["crossings=[6, 8]"]`` as {"crossings": [6, 8]}; a value that is no TOML is a text."""
    from certifield.evidence import InputError

    found = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise InputError("--set", text, "KEY=VALUE", "try --set 'crossings=[6, 8]'")
        try:
            found[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[key.strip()] = value.strip()
    return found


def share_of(text: str | None) -> "Share":
    """``"0/4"`` as the first of four."""
    from certifield import engine
    from certifield.evidence import InputError

    if text is None:
        return engine.Share()
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise InputError("--share", text, "I/N", "the first of four is 0/4")
    return engine.Share(int(number), int(of))


def compute(directory: Path, budget: "Budget", workers: int | None, dask: str | None, share: str | None, report: bool, json: bool) -> None:
    """Runs the study in ``directory`` until its budget is spent, then writes and shows what was found."""
    from certifield import engine
    from certifield.files import StoreError

    part, executor = share_of(share), None if dask is None else engine.dask_executor(dask)
    try:
        with shown_progress() as tell:
            progress = engine.run(directory, budget, workers=workers, executor=executor, share=part, progress=tell)
        results = engine.answer(directory)
        page = _write_report(directory, results) if report else None
    except (engine.Interrupted, engine.WorkersLost, StoreError, KeyboardInterrupt) as stop:
        told = f"certifield resume {directory}"
        messages().print(f"certifield: {str(stop) or 'interrupted'}\nTo continue: {told}", soft_wrap=True)
        if json:
            print_error(stop, INTERRUPTED, to_continue=told)
        raise typer.Exit(INTERRUPTED) from None
    except Exception:
        own = (directory / "originals.json").exists()
        mended = "mend your file, and run it in another directory: this one keeps its copy" if own else f"certifield resume {directory}"
        messages().print(f"What was stored is safe; once the cause is known: {mended}", soft_wrap=True)
        raise
    if json:
        head = {"directory": str(directory), "results": str(directory / engine.RESULTS), "report": None if page is None else str(page)}
        print_json({**head, "progress": asdict(progress), **results.data()})
    else:
        _print(directory, progress, results, page)


def _write_report(directory: Path, results: "Results") -> Path:
    from certifield import engine, report

    return report.write_results(engine.open_study(directory, check=False), results)


def _print(directory: Path, progress: "Progress", results: "Results", page: Path | None) -> None:
    from certifield import engine
    from certifield.cli._findings import show

    show(results)
    for remark in progress.remarks:
        say(f"Note: {remark}")
    say(f"{progress.done} pieces of {progress.cases} cases; this run took {progress.elapsed:.1f} s.")
    say(f"results: {directory / engine.RESULTS}")
    if page is not None:
        say(f"report:  {page}")
