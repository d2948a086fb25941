"""What the sources state, held against what was found here."""

from collections.abc import Collection
from dataclasses import dataclass

from certifield.engine import Judged, Results
from certifield.evidence import Estimate, Exact

from ._values import Cell, cell
from ._words import count, joined, plural

# The verdicts, from the best news to the worst, each with its look and what it says.
VERDICTS = {
    "reproduced": ("good", "what we find agrees with what is printed"),
    "corrected": ("warn", "what we find agrees with a correction, and not with what is printed"),
    "refuted": ("bad", "what we find disagrees with what is printed"),
    "open": ("neutral", "the evidence does not decide"),
}


@dataclass(frozen=True)
class ClaimRow:
    """A claim as a line of the table."""

    key: str
    source: str
    says: str
    stated: str
    correction: str
    found: Cell
    place: str
    verdict: str
    kind: str
    note: str


def rows(results: Results, settled: bool = False) -> list[ClaimRow]:
    """The claims in the order of the study.  ``settled``: no more work of this setting is left to do."""
    return [_row(judged, () if settled else results.readings) for judged in results.claims]


def _row(judged: Judged, asked: Collection[str]) -> ClaimRow:
    claim = judged.claim
    beyond, opposite = {">": (">\u00a0", "<\u00a0"), "<": ("<\u00a0", ">\u00a0")}.get(claim.relation, ("", ""))
    stated, correction = _stated(claim.printed, beyond), _stated(claim.correction, opposite)
    found = Cell(_absent(claim.ours, asked), "weak") if judged.found is None else cell(judged.found.value)
    note = " ".join(part for part in (claim.note, claim.open) if part)
    kind = VERDICTS[judged.verdict][0]
    return ClaimRow(claim.key, claim.source, claim.says, stated, correction, found, claim.ours, judged.verdict, kind, note)


def _stated(value: Exact | Estimate | None, relation: str) -> str:
    return "" if value is None else f"{relation}{cell(value).text}"


def _absent(place: str, asked: Collection[str]) -> str:
    """Why a claim has no finding: a smaller setting leaves cases out, and work that goes on has not come to it."""
    if not place:
        return "not looked for"
    case = place.rpartition("/")[0]
    return "not asked at this setting" if not asked or (case and case not in asked) else "not there yet"


def told(results: Results) -> str:
    """All verdicts in a sentence; "" where there is no claim."""
    verdicts = [judged.verdict for judged in results.claims]
    if not verdicts:
        return ""
    parts = [f"{count(verdicts.count(name))} {name}" for name in VERDICTS if name in verdicts]
    were = "was" if len(verdicts) == 1 else "were"
    return f"{plural(len(verdicts), 'statement')} of the sources {were} held against the findings: {joined(parts)}."


def kind(results: Results) -> str:
    """The look of them all: a source that is in error is worth a look, and no fault of the study."""
    verdicts = {judged.verdict for judged in results.claims}
    return "warn" if verdicts & {"refuted", "corrected"} else "good" if "reproduced" in verdicts else "neutral"
