"""The numbers behind a page, as files of comma-separated values beside it."""

import csv
import io
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from certifield.engine import Results, certificate_id
from certifield.evidence import Agreement, Certified, Estimate, Exact, Obstructed, Unknown
from certifield.study import Found, Missing

from ._values import reasons

DATA = "data"
_INSIDE = 60_000  # characters of a file that is also kept inside the page, which then works alone when it is mailed
COLUMNS = (
    *("case", "group", "finding", "entry", "kind", "value", "imaginary", "error"),
    *("expected", "expected_imaginary", "expected_error", "pull", "p_value", "verdict"),
    *("draws", "spent", "certificate", "remark"),
)


@dataclass(frozen=True, eq=False)
class Data:
    """The file data/NAME.csv."""

    name: str
    columns: Sequence[str]
    records: Sequence[Sequence[object]] = field(repr=False)

    @property
    def path(self) -> str:
        """Where it lies, seen from the page."""
        return f"{DATA}/{self.name}.csv"

    @cached_property
    def text(self) -> str:
        """Its content: floats with all their digits, nothing for None and NaN."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(["" if value != value else value for value in record] for record in self.records)  # NaN differs from itself
        return text.getvalue()

    @cached_property
    def inside(self) -> str:
        """The content as an address of its own, "" where it is too long for that."""
        if len(self.text) > _INSIDE:
            return ""
        return "data:text/csv;charset=utf-8," + urllib.parse.quote(self.text, safe=",/:;()+-.")


def findings_data(results: Results) -> Data:
    """All findings, number by number: what was found, what it is held against, and how well the two agree."""
    cases = (
        record
        for name, reading in results.readings.items()
        for finding, found in reading.items()
        for record in _records((name, reading.case.group, finding), found, results.agreements.get(f"{name}/{finding}"))
    )
    across = (
        record for name, found in results.conclusions.items() for record in _records(("", "", name), found, results.agreements.get(name))
    )
    return Data("findings", COLUMNS, [*cases, *across])


def _records(head: tuple[str, ...], found: Found, record: Agreement | None) -> Iterator[tuple[object, ...]]:
    value = found.value
    nothing = (None,) * 9
    if isinstance(value, Missing):
        yield (*head, "", "waiting" if value.waiting else "withheld", *nothing, None, None, None, value.reason)
    elif isinstance(value, Exact | Estimate):
        yield from _numbers(head, found, value, record)
    else:
        spent = "; ".join(f"{number} {name}" for name, number in sorted(value.spent.items()))
        sha256 = None if isinstance(value, Unknown) else certificate_id(value.certificate)
        kind = "certified" if isinstance(value, Certified) else "obstructed" if isinstance(value, Obstructed) else "unknown"
        yield (*head, "", kind, *nothing, None, spent, sha256, getattr(value, "category", None))


def _numbers(head: tuple[str, ...], found: Found, value: Exact | Estimate, record: Agreement | None) -> Iterator[tuple[object, ...]]:
    shape = np.broadcast_shapes(value.shape, np.shape(record.pull)) if record is not None else value.shape
    own = _columns(value, shape)
    held = _columns(found.expected, shape) if isinstance(found.expected, Exact | Estimate) and record is not None else None
    kind, draws = ("exact", None) if isinstance(value, Exact) else ("estimate", value.draws)
    remark = reasons(value) if isinstance(value, Estimate) else ""
    missing = "nothing to hold it against" if isinstance(found.expected, Missing) else ""  # why: once, on the page
    compared = (
        None
        if record is None
        else [np.broadcast_to(part, shape).ravel().tolist() for part in (record.pull, record.p_value, record.decisive, record.agrees)]
    )
    for at, index in enumerate(np.ndindex(*shape)):
        there = own[at]
        against = (None, None, None) if held is None else held[at]
        told: tuple[object, ...] = (None, None, None)
        if compared is not None:
            pull, probability, decisive, agrees = (part[at] for part in compared)
            told = (pull, probability, "agrees" if agrees else "disagrees") if decisive else (None, None, "undecided")
        said = remark if there[2] == np.inf else missing
        yield (*head, found.name_of(index), kind, *there, *against, *told, draws, None, None, said or None)


def _columns(value: Exact | Estimate, shape: tuple[int, ...]) -> list[tuple[object, object, object]]:
    """Real part, imaginary part and error of every entry; the error of an exact value is its radius."""
    numbers = np.asarray(value.value, dtype=object) if isinstance(value, Exact) else value.mean
    errors = value.radius if isinstance(value, Exact) else value.stderr
    spread = (np.broadcast_to(part, shape).ravel().tolist() for part in (numbers, np.asarray(errors, dtype=float)))
    return [
        (number.real, number.imag, error) if isinstance(number, complex) else (number, None, error)
        for number, error in zip(*spread, strict=True)
    ]
