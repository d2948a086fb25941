"""What a source states, held against what we find.

The evidence decides: a claim is *reproduced* where our finding agrees with what is printed, *corrected* where it agrees with the
correction instead, *refuted* where it disagrees with both, and *open* where the evidence does not decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from certifield.evidence import Certified, Estimate, Exact, InputError, Obstructed

from ._found import Found

Verdict = Literal["reproduced", "corrected", "refuted", "open"]
VERDICTS: tuple[Verdict, ...] = ("reproduced", "corrected", "refuted", "open")
Relation = Literal["=", ">", "<"]
PHENO, RIGOR, FIELDS, NOTES = "PHENO 2021", "arXiv:2402.13321", "Strings 2025", "Physics4ML notes"  # the sources of most claims
_BLOCKS = 16  # of draws, below which there is no error bar
_ENOUGH = 0.2  # of the printed value: an error bar that is wider decides nothing in its favour


@dataclass(frozen=True)
class Claim:
    """One statement of a source.

    ``key``: its name in the ledger, such as "ST-19"; ``source``: where it stands; ``says``: what it states, in our words.
    ``ours``: the finding it is held against, "case/name", or the name of a conclusion.
    ``printed``: the value that the source prints, None for a question of yes or no; ``correction``: the right value where the printed one
    is wrong.  ``relation``: ">" or "<" where the printed value is a bound that ours lies above or below, as in "better than" and "grows";
    the correction is then a bound on the other side.
    ``within``: the widest standard error with which our finding may agree, a fifth of the printed value if None.
    ``asked``: the options of which the source speaks; with other ones the finding says nothing of the statement, which is open.
    ``note``: what a reader should know; ``open``: why nothing here can decide it, for a claim without a finding.
    """

    key: str
    source: str
    says: str
    ours: str = ""
    printed: Exact | Estimate | None = None
    correction: Exact | Estimate | None = None
    relation: Relation = "="
    within: float | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    open: str = ""

    def __post_init__(self) -> None:
        if not self.ours and not self.open:
            raise InputError(f"claim {self.key}, ours", self.ours, "the name of a finding, or open=REASON", "name what decides it")
        for name in ("printed", "correction"):
            if not isinstance(getattr(self, name), Exact | Estimate | None):
                raise InputError(f"claim {self.key}, {name}", getattr(self, name), "an Exact, an Estimate or None", "wrap it into Exact")

    def verdict(self, found: Found | None) -> Verdict:
        """The verdict of the finding; "open" without one."""
        if self.open or found is None:
            return "open"
        if isinstance(found.value, Certified):
            return "reproduced"
        if isinstance(found.value, Obstructed):
            return "refuted"
        if self.printed is None or not isinstance(found.value, Exact | Estimate) or not _has_an_error(found.value):
            return "open"
        if self.relation != "=":
            return self._beyond(found.value, self.printed)
        with_printed = self._agrees(found.value, self.printed)
        with_correction = None if self.correction is None else self._agrees(found.value, self.correction)
        if with_printed is None or (with_printed and with_correction):
            return "open"  # nothing was compared, or both would do
        if with_printed:
            return "reproduced" if self._sharp(found.value) else "open"
        return "corrected" if with_correction and self._sharp(found.value) else "open" if with_correction else "refuted"

    def _agrees(self, value: Exact | Estimate, stated: Exact | Estimate) -> bool | None:
        """None where an error bar is refused."""
        agreement = value.agrees_with(stated, independent=True) if isinstance(value, Estimate) else stated.agrees_with(value)
        return bool(np.all(agreement.agrees)) if np.all(agreement.decisive) else None

    def _beyond(self, value: Exact | Estimate, bound: Exact | Estimate) -> Verdict:
        """The verdict on a bound: decided where our finding is told apart from it, or equals it exactly."""
        agrees = self._agrees(value, bound)
        if agrees is None or (agrees and isinstance(value, Estimate)):
            return "open"
        over = np.asarray(value.mean, dtype=float) - np.asarray(bound.mean, dtype=float)
        if np.all(over > 0 if self.relation == ">" else over < 0):
            return "reproduced"
        if self.correction is None:
            return "refuted"
        opposite = replace(self, relation="<" if self.relation == ">" else ">", printed=self.correction, correction=None)
        return "corrected" if opposite.verdict(Found(value)) == "reproduced" else "refuted"

    def _sharp(self, value: Exact | Estimate) -> bool:
        if isinstance(value, Exact):
            return True
        printed = self.printed.mean if isinstance(self.printed, Estimate) else np.asarray(self.printed.value, dtype=complex)  # type: ignore[union-attr]
        return bool(np.all(value.stderr <= (_ENOUGH * np.abs(printed) if self.within is None else self.within)))


def _has_an_error(value: Exact | Estimate) -> bool:
    """Whether the finding is exact, or knows its error: draws that were all alike decide nothing, nor do too few blocks of them."""
    return isinstance(value, Exact) or (bool(np.all(value.nominal_stderr > 0)) and not 0 < value.blocks < _BLOCKS)
