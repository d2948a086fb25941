"""What is not there, and why: refused error bars, values that cannot be had, and what waits for more work, each apart from the others."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from certifield.engine import Results
from certifield.evidence import Estimate
from certifield.study import Missing

from ._values import ENOUGH, reasons
from ._words import count, plural, some

MOST = 40  # lines of a kind on the page
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


@dataclass(frozen=True)
class Line:
    """A finding that is missing in ``cases`` for a ``reason``; ``numbers`` of ``total`` numbers in all."""

    finding: str
    cases: str
    numbers: str
    reason: str


@dataclass(frozen=True)
class Absences:
    """Lines of one kind; ``total`` counts numbers, of which some lines may be left out."""

    lines: list[Line]
    total: int
    left: int


@dataclass(frozen=True)
class Missings:
    """All that is missing, by kind."""

    refused: Absences
    withheld: Absences
    waiting: Absences
    unknown: Absences  # nothing to hold a finding against

    @property
    def anything(self) -> bool:
        """Whether anything of the study itself is missing."""
        return bool(self.refused.total or self.withheld.total or self.waiting.total)


_Place = tuple[str, str, int, int, str]  # case, finding, numbers missing, numbers in all, reason


def missing(results: Results) -> Missings:
    """Gathered by finding and reason, so that a thousand cases make one line."""
    places = [(case, name, found) for case, reading in results.readings.items() for name, found in reading.items()]
    places += [("", name, found) for name, found in results.conclusions.items()]
    absent = [(case, name, found.value) for case, name, found in places if isinstance(found.value, Missing)]
    estimates = [(case, name, found.value) for case, name, found in places if isinstance(found.value, Estimate)]
    silent = [(case, "(all)", 1, 1, "nothing has been made of it yet") for case, reading in results.readings.items() if not reading]
    return Missings(
        _gathered(_refused(estimates)),
        _gathered((case, name, 1, 1, value.reason) for case, name, value in absent if not value.waiting),
        _gathered([*silent, *((case, name, 1, 1, value.reason) for case, name, value in absent if value.waiting), *_early(estimates)]),
        _by_reason((case, name, 1, 1, one.expected.reason) for case, name, one in places if isinstance(one.expected, Missing)),
    )


def _refused(estimates: Iterable[tuple[str, str, Estimate]]) -> Iterator[_Place]:
    for case, name, value in estimates:
        if np.any(value.refused) and not _is_early(value):
            yield case, name, int(np.sum(value.refused)), value.mean.size, reasons(value) or "no reason recorded"


def _early(estimates: Iterable[tuple[str, str, Estimate]]) -> Iterator[_Place]:
    for case, name, value in estimates:
        if _is_early(value):
            yield (
                case,
                name,
                value.mean.size,
                value.mean.size,
                f"{plural(value.blocks, 'block')} of draws, where an error bar needs {ENOUGH}",
            )


def _is_early(value: Estimate) -> bool:
    return 0 < value.blocks < ENOUGH


def _gathered(places: Iterable[_Place]) -> Absences:
    """Reasons that differ in their numbers alone are one reason, told by its first."""
    found: dict[tuple[str, str], list[_Place]] = {}
    total = 0
    for place in places:
        total += place[2]
        found.setdefault((place[1], _NUMBER.sub("#", place[4])), []).append(place)
    lines = [_line(name, alike) for (name, _), alike in found.items()]
    return Absences(lines[:MOST], total, max(len(lines) - MOST, 0))


def _by_reason(places: Iterable[_Place]) -> Absences:
    """The same, with one line for a reason, whatever the findings are called."""
    listed = list(places)
    names: dict[str, dict[str, None]] = {}
    for place in listed:
        names.setdefault(_NUMBER.sub("#", place[4]), {})[place[1]] = None
    named = {reason: some(list(found)) for reason, found in names.items()}
    return _gathered((case, named[_NUMBER.sub("#", reason)], part, whole, reason) for case, _, part, whole, reason in listed)


def _line(name: str, alike: list[_Place]) -> Line:
    cases, reasons = list(dict.fromkeys(place[0] for place in alike if place[0])), {place[4] for place in alike}
    start = "for example, " if len(reasons) > 1 else ""
    return Line(name, some(cases), _of(sum(place[2] for place in alike), sum(place[3] for place in alike)), start + alike[0][4])


def _of(some_of: int, total: int) -> str:
    return count(some_of) if some_of == total else f"{count(some_of)} of {count(total)}"


def told(found: Missings, settled: bool = False) -> str:
    """What is missing, in a sentence; "" where nothing is.  ``settled``: no more work of this setting is left to do."""
    need, than = (("needs", "need"), " than this setting asks for") if settled else (("waits for", "wait for"), "")
    parts = [
        f"{plural(found.refused.total, 'error bar')} refused" if found.refused.total else "",
        f"{plural(found.withheld.total, 'value')} cannot be had" if found.withheld.total else "",
        f"{plural(found.waiting.total, 'value')} {need[found.waiting.total != 1]} more work{than}" if found.waiting.total else "",
    ]
    return "; ".join(part for part in parts if part)
