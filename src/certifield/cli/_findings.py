"""What a run prints at its end: findings with their evidence, answers by group, the joint verdict, claims, and what is missing."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ._console import output, say

if TYPE_CHECKING:
    from rich.table import Table

    from certifield.engine import Joint, Results
    from certifield.study import Found

MOST_ROWS = 40  # beyond, those of the largest pulls are printed, and the rest is in the report


def show(results: "Results") -> None:
    """Prints everything about the results."""
    from certifield.engine import tallies

    say(f"{results.title}   [seed {results.seed}, {results.precision}, digest {results.digest[:12]}]")
    say()
    answers = tallies(results.readings)
    if answers:
        _show_answers(answers)
    _show_findings(results, plain=not answers)
    for name, found in results.conclusions.items():
        say(f"=> {name}: {compact(found.value)}{_held_against(found)}")
    if results.joint is not None:
        say(in_words(results.joint))
    if results.claims:
        counts = Counter(judged.verdict for judged in results.claims)
        told = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
        say(f"claims: {told}   (certifield claims DIR shows them)")
    for reason, places in _missing(results).items():
        say(f"{reason}: {places} of {sum(1 for _ in results.findings())} findings")


def in_words(joint: "Joint") -> str:
    """The joint verdict in a sentence."""
    worst = f"the worst of {joint.compared} comparisons is {joint.pull:+.1f} standard errors ({joint.place})"
    if joint.contradicted:
        return f"CONTRADICTED: {worst}; by chance that happens with a probability of {joint.p_joint:.1g} at most."
    return f"All agrees: {worst}, as chance explains (p at most {joint.p_joint:.2g})."


def compact(value: Any) -> str:
    """A value in few characters: of many entries, how many, and the first."""
    from certifield.evidence import Estimate, Exact, format_with_error

    if isinstance(value, Estimate):
        mean, error = value.mean.ravel().tolist(), value.stderr.ravel().tolist()
        shown = format_with_error(mean[0], error[0])
        return shown if len(mean) == 1 else f"{shown} and {len(mean) - 1} more"
    if isinstance(value, Exact) and isinstance(value.value, np.ndarray) and value.value.size:
        first = value.value.ravel().tolist()[0]
        shown = f"{first:.8g}" if isinstance(first, float | complex) else str(first)
        return shown if value.value.size == 1 else f"{shown} and {value.value.size - 1} more"
    if isinstance(value, Exact):
        return f"{value.value:.8g}" if isinstance(value.value, float) else str(value.value)
    return str(value)


def pull_of(found: "Found") -> float | None:
    """The largest pull of a finding by size; None where nothing was compared."""
    from certifield.engine import agreement

    record = agreement(found)
    if record is None or not np.any(record.decisive):
        return None
    pulls = np.ravel(record.pull)[np.ravel(record.decisive)]
    return float(pulls[np.argmax(np.abs(pulls))])


def _held_against(found: "Found") -> str:
    pull = pull_of(found)
    return "" if pull is None else f"   expected {compact(found.expected)}, pull {pull:+.1f}"


def _show_answers(answers: list) -> None:
    table = _table("cases", "how many", "certified", "obstructed", "unknown", "waiting", "seconds")
    for row in answers:
        table.add_row(row.group or "all", str(row.cases), *(str(number) for number in row.counts.values()), f"{row.seconds:.1f}")
    if len(answers) > 1:
        totals = (str(sum(row.counts[name] for row in answers)) for name in answers[0].counts)
        table.add_row("all", str(sum(row.cases for row in answers)), *totals, f"{sum(row.seconds for row in answers):.1f}")
    output().print(table, "")


def _show_findings(results: "Results", *, plain: bool) -> None:
    """The numbers; answers are counted in the table above, and their exact figures stand in the report unless ``plain``."""
    from certifield.evidence import Estimate, Exact

    rows = [
        (case, name, found, pull_of(found))
        for case, reading in results.readings.items()
        for name, found in reading.items()
        if isinstance(found.value, Estimate) or (isinstance(found.value, Exact) and (plain or found.expected is not None))
    ]
    if not rows:
        return
    shown = rows
    if len(rows) > MOST_ROWS:
        shown = sorted(rows, key=lambda row: -abs(row[3] or 0.0))[:MOST_ROWS]
    table = _table("case", "finding", "value", "expected", "largest pull", "draws")
    for case, name, found, pull in shown:
        draws = str(found.value.draws) if isinstance(found.value, Estimate) else ""
        expected = "" if found.expected is None else compact(found.expected)
        table.add_row(case, name, compact(found.value), expected, "" if pull is None else f"{pull:+.2f}", draws)
    output().print(table)
    if len(rows) > MOST_ROWS:
        say(f"The {MOST_ROWS} largest pulls; all {len(rows)} findings are in the report and in results.json.")
    say()


def _table(*headings: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, no_wrap=number < 2, overflow="fold", justify="left" if number < 2 else "right")
    return table


def _missing(results: "Results") -> Counter:
    """Why there are no values, or no error bars, and how often."""
    from certifield.evidence import Estimate
    from certifield.study import Missing

    reasons: Counter = Counter()
    for _, found in results.findings():
        if isinstance(found.value, Missing):
            reasons[str(found.value)] += 1
        elif isinstance(found.value, Estimate) and found.value.refused.any():
            reasons["error bars refused (heavy tails, or too few draws; the report says where)"] += 1
    return reasons
