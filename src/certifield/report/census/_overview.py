"""The first screen of the report of a census: how many items have which answer, and what the rounds brought."""

import html
from statistics import median

from certifield.evidence import wilson
from certifield.studies.census import CensusResults, Tally

from .._document import facts
from .._html import table

_HEAD = ("items", "all", "certified", "obstructed", "unknown", "waiting", "share with proof", "95 % interval", "work", "seconds")
_INTERVAL = _HEAD.index("95 % interval")


def identity(results: CensusResults) -> str:
    """The identity and the size of the census."""
    counts = results.counts
    return facts(
        {
            "items": str(len(results.answered)),
            **{status: str(number) for status, number in counts.items() if number or status != "waiting"},
            "answers": str(results.attempts),
            "seed": str(results.seed),
            "census": f'<code title="{results.digest}">{results.digest[:12]}</code>',
        }
    )


def tallies(results: CensusResults) -> str:
    """One row for each group of items, and one for each round."""
    lines, head = [_line(tally) for tally in results.tallies], _HEAD
    if results.complete:  # nothing was sampled
        lines, head = [line[:_INTERVAL] + line[_INTERVAL + 1 :] for line in lines], head[:_INTERVAL] + head[_INTERVAL + 1 :]
    shares = "" if results.complete else "; Wilson's interval of the share with proof"
    caption = (
        f"Answers; work in {html.escape(results.unit)}, time in seconds, of all rounds{shares}. "
        "Unknown is not no: it says that neither proof was found with the work that was spent."
    )
    return table(head, lines, caption, "numbers") + _categories(results) + _rounds(results)


def _line(tally: Tally) -> tuple[str, ...]:
    solved, tried = tally.counts["certified"] + tally.counts["obstructed"], tally.items - tally.counts["waiting"]
    share = wilson(solved, tried)
    return (
        f'<th scope="row">{html.escape(tally.group or "all")}</th>',
        str(tally.items),
        *(str(tally.counts[status]) for status in ("certified", "obstructed", "unknown", "waiting")),
        f"{share.value:.3f}" if tried else "–",
        f"{share.low:.3f} to {share.high:.3f}" if tried else "–",
        str(tally.work),
        f"{tally.seconds:.1f}",
    )


def _categories(results: CensusResults) -> str:
    found = [one.best.record.category for one in results.answered if one.best is not None]
    counted = {category: found.count(category) for category in ("topological", "smooth") if category in found}
    told = " and ".join(f"{number} {category}" for category, number in counted.items())
    return f"<p>Of the obstructions, {told}.</p>" if told else ""


def _rounds(results: CensusResults) -> str:
    budgets = sorted({attempt.budget for one in results.answered for attempt in one.attempts})
    lines = [_round(results, budget) for budget in budgets]
    head = (f"round ({html.escape(results.unit)})", "answers", "with proof", "median seconds", "seconds")
    return table(head, lines, "Rounds: every item has its first before the rest has the second", "numbers") if lines else ""


def _round(results: CensusResults, budget: int) -> tuple[str, ...]:
    there = [attempt for one in results.answered for attempt in one.attempts if attempt.budget == budget]
    times = [attempt.seconds for attempt in there if attempt.seconds is not None]
    proved = sum(attempt.record.status != "unknown" for attempt in there)
    spread = (f"{median(times):.3g}", f"{sum(times):.1f}") if times else ("–", "–")
    return (f'<th scope="row">{budget}</th>', str(len(there)), str(proved), *spread)
