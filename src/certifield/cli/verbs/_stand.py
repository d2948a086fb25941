"""`status` and `report`: what is in the directory of a study."""

from pathlib import Path
from typing import Annotated, Any

import typer

from certifield.cli._console import Json, Trust, print_json, say

MOST_CASES = 40  # listed one by one
REPORT = "report.html"  # as `certifield.report` calls it, which starts with its pictures


def status(directory: Annotated[Path, typer.Argument(help="The directory of a study.")], trust: Trust = False, json: Json = False) -> None:
    """How far a study is."""
    from certifield import engine

    engine.refuse_strangers(directory, trust=trust)
    opened = engine.open_study(directory)
    last, cases = engine.LastRun.load(directory), engine.standing(opened)
    if json:
        head = {"directory": str(directory), "title": opened.title, "study": opened.asked.question.study, "digest": opened.digest}
        run = None if last is None else {"budget": last.budget.stated(), "finished": last.finished, "remarks": list(last.remarks)}
        print_json({**head, "budget": engine.budget_in_force(opened).stated(), "last_run": run, "cases": [vars(case) for case in cases]})
        return
    say(f"{opened.title}   [seed {opened.seed}, digest {opened.digest[:12]}]")
    _print_cases(cases)
    if last is None:
        say("It has not been run yet.")
        return
    say(_last(last))
    for remark in last.remarks:
        say(f"Note: {remark}")
    if any(case.missing for case in cases) or not last.finished:
        say(f"To continue: certifield resume {directory}")
    elif not (directory / engine.RESULTS).exists():
        say(f"The pieces are there, and their results are not: certifield resume {directory} writes them.")
    elif not (directory / REPORT).exists():
        say(f"There is no report: certifield report {directory} writes it.")


def _last(last: Any) -> str:
    """The last run in a sentence."""
    stated = last.budget.stated()
    given = f"The last run was given {last.budget}" if stated else "The last run was given no limits of its own"
    blocks = "; draws are made in whole blocks, so that there are at least as many" if "draws" in stated else ""
    return f"{given}{blocks}. It {'came to its end' if last.finished else 'has not come to its end: it was interrupted, or is at work'}."


def _print_cases(cases: list[Any]) -> None:
    """Case by case where there are few, else group by group."""
    if len(cases) <= MOST_CASES:
        rows = [(case.case, case.pieces, case.missing) for case in cases]
    else:
        groups: dict[str, list[Any]] = {}
        for case in cases:
            groups.setdefault(case.group, []).append(case)
        rows = [
            (
                f"{group or 'all'} ({len(members)} cases)",
                sum(case.pieces for case in members),
                None if any(case.missing is None for case in members) else sum(case.missing for case in members),
            )
            for group, members in groups.items()
        ]
    width = max(len(name) for name, _, _ in rows)
    for name, pieces, missing in rows:
        left = "" if missing is None else "complete" if not missing else f"{missing} more asked for now"
        say(f"  {name:<{width}}  {pieces:>8} pieces  {left}".rstrip())
    say(f"  {'in all':<{width}}  {sum(case.pieces for case in cases):>8} pieces of {len(cases)} cases")


def report(directory: Annotated[Path, typer.Argument(help="The directory of a study.")], trust: Trust = False, json: Json = False) -> None:
    """Write report.html from the pieces that are there."""
    from certifield.engine import refuse_strangers
    from certifield.report import write

    refuse_strangers(directory, trust=trust)
    page = write(directory)
    if json:
        print_json({"report": str(page), "data": sorted(str(path) for path in (directory / "data").glob("*.csv"))})
    else:
        say(f"report: {page}")
