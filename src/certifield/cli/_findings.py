"""What a run prints at its end: findings with their evidence, answers by group, the joint verdict, claims, and what is missing."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
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
        say(f"=> {name}{_at(found)}: {compact(found.value)}{_held_against(found)}{f'   ({found.repeats})' if found.repeats else ''}")
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
    one = joint.compared == 1
    if not joint.contradicted and joint.p_value >= 1:
        return f"All agrees: {'the only comparison' if one else f'{joint.compared} comparisons'}, to the last digit that is known."
    whose = f"the only comparison, {joint.place}," if one else f"the worst of {joint.compared} comparisons, {joint.place},"
    off = f"{whose} is {joint.pull:+.1f} standard errors off"
    if joint.contradicted:
        return f"CONTRADICTED: {off}; chance alone does so much with a probability of {joint.p_joint:.1g} or less."
    if joint.p_joint >= 0.5:
        return f"All agrees: {off}, which is no more than chance brings."
    return f"All agrees: {off}, which chance alone brings with a probability of {joint.p_joint:.2g}{'' if one else ' or less'}."


def compact(value: Any, shown: int = 0, names: Sequence[str] = ()) -> str:
    """A value in few characters: of many entries the one that is ``shown``, by its name where it has one, and how many more there are."""
    from certifield.evidence import Estimate, Exact, format_with_error

    if isinstance(value, Estimate):
        mean, error = value.mean.ravel().tolist(), value.stderr.ravel().tolist()
        return _one_of(format_with_error(mean[shown], error[shown]) if mean else "", len(mean), shown, names)
    if isinstance(value, Exact) and isinstance(value.value, np.ndarray) and value.value.size:
        chosen, radius = value.value.ravel().tolist()[shown], np.broadcast_to(value.radius, value.shape).ravel().tolist()[shown]
        return _one_of(_known(chosen, radius), value.value.size, shown, names)
    return _known(value.value, float(value.radius)) if isinstance(value, Exact) else str(value)


def _known(number: Any, radius: float) -> str:
    """A number to eight digits, or to those that are known, with the radius that says so."""
    if not isinstance(number, float | complex):
        return str(number)
    if not number or not radius > 1e-8 * abs(number):
        return f"{number:.8g}"
    return f"{number:.{max(2, 1 + math.ceil(math.log10(abs(number) / radius)))}g} ± {radius:.1g}"


def _one_of(text: str, size: int, shown: int, names: Sequence[str]) -> str:
    return text if size == 1 else f"{f'{names[shown]}: ' if names else ''}{text} and {size - 1} more"


def _at(found: "Found") -> str:
    """Which of several entries a single number is about."""
    return f" at {found.entries[0]}" if len(found.entries) == 1 else ""


def pull_of(found: "Found") -> float | None:
    """The largest pull of a finding by size; None where nothing was compared."""
    worst = _worst(found)
    return None if worst is None else worst[0]


def _worst(found: "Found") -> tuple[float, str] | None:
    """The largest pull of a finding by size, and what its entry is called; None where nothing was compared."""
    from certifield.engine import agreement

    record = agreement(found)
    if record is None or not np.any(record.decisive):
        return None
    pulls = np.where(record.decisive, np.abs(record.pull), -1.0)
    place = np.unravel_index(np.argmax(pulls), pulls.shape)
    return float(np.asarray(record.pull)[place]), found.name_of(tuple(map(int, place))) if found.entries else ""


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
        (case, name, found, _worst(found))
        for case, reading in results.readings.items()
        for name, found in reading.items()
        if isinstance(found.value, Estimate) or (isinstance(found.value, Exact) and (plain or found.expected is not None))
    ]
    if not rows:
        return
    shown, what = rows, ""
    if len(rows) > MOST_ROWS:
        pulled = sorted((row for row in rows if row[3] is not None), key=lambda row: -abs(row[3][0] if row[3] else 0.0))
        shown = (pulled or rows)[:MOST_ROWS]
        what = f"The {len(shown)} largest pulls" if pulled else f"The first {len(shown)}"
    table, notes = _table("case", "finding", "value", "expected", "largest pull", "draws"), _Notes()
    for case, name, found, pull in shown:
        draws = str(found.value.draws) if isinstance(found.value, Estimate) else ""
        told = "" if pull is None else f"{pull[0]:+.2f}{f' at {pull[1]}' if pull[1] and getattr(found.value, 'shape', ()) else ''}"
        value = compact(found.value, found.shown, found.entries)
        table.add_row(case, name + notes.mark(found.repeats), value, _expected(found, notes), told, draws)
    output().print(table)
    for note in notes:
        say(note)
    if what:
        say(f"{what}; all {len(rows)} findings are in the report and in results.json.")
    say()


class _Notes:
    """What is said once below a table, however many rows it is about."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def mark(self, text: str) -> str:
        """What refers to a note; "" to none."""
        if not text:
            return ""
        if text not in self._texts:
            self._texts.append(text)
        return f" [{self._texts.index(text) + 1}]"

    def __iter__(self) -> Iterator[str]:
        return (f"[{number}] {text}" for number, text in enumerate(self._texts, 1))


def _expected(found: "Found", notes: _Notes) -> str:
    from certifield.study import Missing

    if found.expected is None:
        return ""
    if isinstance(found.expected, Missing):
        return "-" + notes.mark(f"nothing to hold it against: {found.expected.reason}")
    same = getattr(found.expected, "shape", None) == getattr(found.value, "shape", None)
    return compact(found.expected, found.shown, found.entries) if same else compact(found.expected)


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
