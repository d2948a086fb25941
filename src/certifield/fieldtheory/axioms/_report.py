"""What a test of an axiom says: verdict, statistic, confidence, and the worst functional."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from certifield.evidence import Certificate, Estimate, Exact

Outcome = Literal["pass", "fail", "undecided"]


@dataclass(frozen=True)
class AxiomReport:
    """``axiom`` and ``theory`` by name; ``verdict``; ``statistic``: the value on which it rests; ``confidence``: "proof", "certified"
    (numbers with bounds, for the functionals at hand), or the level of a test as text; ``worst``: the functional or configuration that
    decides; ``remark``: what else must be known, such as the cutoff or the sample that is needed; ``certificate``: replayed by its own
    checker.

    "pass" without "proof" speaks of the functionals that were tried; "undecided" is never a pass.
    """

    axiom: str
    theory: str
    verdict: Outcome
    statistic: Exact | Estimate
    confidence: str
    worst: str
    remark: str = ""
    certificate: Certificate | None = None

    def row(self) -> tuple[str, ...]:
        """For a table: axiom, verdict, statistic (of several, the one of most standard errors), confidence, worst functional, remark."""
        statistic = self.statistic
        if isinstance(statistic, Estimate) and statistic.mean.size > 1:
            shown = f"{statistic[int(np.argmax(statistic.signal))]}, of {statistic.mean.size}"
        else:
            shown = str(statistic)
        return self.axiom, self.verdict, shown, self.confidence, self.worst, self.remark


def verdict_table(reports: Sequence[AxiomReport]) -> str:
    """The reports as text, one line each."""
    rows = [("axiom", "verdict", "statistic", "confidence", "worst functional", "remark"), *(report.row() for report in reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
