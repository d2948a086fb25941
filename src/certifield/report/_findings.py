"""What was found: every case with its findings, what they are held against, and their pulls.

Few cases are listed finding by finding; many become a table with a line for each case and a column for each finding.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from certifield.engine import Results
from certifield.evidence import Estimate, Exact
from certifield.study import Found, Missing, Reading

from ._values import Cell, Entry, cell, entries, expected_text, found_cell, worst
from ._words import plural

LONG = 24  # rows, beyond which a table starts folded
MANY_CASES = 12  # beyond which cases become lines
MANY_FINDINGS = 10  # beyond which findings cannot be columns
MOST_LINES = 4000  # on the page; all of them are in the file
MOST_ENTRIES = 120  # of one array
ALL_ENTRIES = 3000  # of all arrays


@dataclass(frozen=True)
class Row:
    """A line of a table: its first cells name it; ``inside``: the entries of an array, behind a fold."""

    names: tuple[Cell, ...]
    cells: tuple[Cell, ...]
    inside: Sequence[Entry] = ()
    more: int = 0


@dataclass(frozen=True)
class Table:
    """Rows under a head; ``folded`` behind its ``summary``; ``left``: how many rows are in the file only."""

    summary: str
    head: Sequence[str]
    rows: Sequence[Row]
    folded: bool = False
    left: int = 0


def tables(results: Results) -> list[Table]:
    """What follows across cases, then the cases group by group."""
    room = _Room(results)
    across = [room.row((), name, found, name) for name, found in results.conclusions.items()]
    found = [Table("Across all cases", ("finding", *_HEAD), across)] if across else []
    names = list(dict.fromkeys(name for reading in results.readings.values() for name in reading))
    lines = len(results.readings) > MANY_CASES and len(names) <= MANY_FINDINGS
    shown = 0
    for group, members in _grouped(results.readings).items():
        kept = list(members.items())[: max(MOST_LINES - shown, 0)]
        rows = [room.line(case, reading, names) for case, reading in kept] if lines else list(_listed(kept, room))
        shown += len(kept)
        title = group or ("Cases" if results.conclusions or lines else "All cases")
        head = ("case", *(_columns_of(names))) if lines else ("case", "finding", *_HEAD)
        summary = f"{title}: {plural(len(members), 'case')}"
        found.append(Table(summary, head, rows, len(rows) > LONG or len(results.readings) > 4 * LONG, len(members) - len(kept)))
    return [_narrowed(table) for table in found]


_HEAD = ("value", "expected", "pull")
MOST_MAIN = 6  # findings on the first screen


def first(results: Results) -> list[str]:
    """The names of the findings on the first screen."""
    return list(results.conclusions)[:MOST_MAIN]


def main(results: Results) -> Table | None:
    """What follows across all cases, for the first screen; None where there is no such finding."""
    if not results.conclusions:
        return None
    room = _Room(results)
    rows = [room.row((), name, results.conclusions[name], name) for name in first(results)]
    shown = [replace(row, inside=(), more=0) for row in rows]
    return _narrowed(Table("What was found across all cases", ("finding", *_HEAD), shown, left=len(results.conclusions) - len(shown)))


def _narrowed(table: Table) -> Table:
    """Without the columns that hold nothing."""
    names = len(table.rows[0].names) if table.rows else 0
    kept = [at for at in range(len(table.head) - names) if any(row.cells[at].text or row.cells[at].note for row in table.rows)]
    if not table.rows or len(kept) == len(table.head) - names or not kept:
        return table
    rows = [replace(row, cells=tuple(row.cells[at] for at in kept)) for row in table.rows]
    return replace(table, head=(*table.head[:names], *(table.head[names + at] for at in kept)), rows=rows)


def _columns_of(names: Sequence[str]) -> Sequence[str]:
    return [name.replace("_", " ") for name in names]


def _grouped(readings: Mapping[str, Reading]) -> dict[str, dict[str, Reading]]:
    groups: dict[str, dict[str, Reading]] = {}
    for name, reading in readings.items():
        groups.setdefault(reading.case.group, {})[name] = reading
    return groups


def _listed(members: Sequence[tuple[str, Reading]], room: "_Room") -> Iterator[Row]:
    for case, reading in members:
        if not reading:
            yield Row((Cell(case), Cell("")), (Cell("nothing yet", "weak"), Cell(""), Cell("")))
        for place, (name, found) in enumerate(reading.items()):
            yield room.row((Cell(case if place == 0 else "", title=case),), name, found, f"{case}/{name}")


class _Room:
    """Makes rows, and counts the entries of arrays, so that a page stays readable."""

    def __init__(self, results: Results) -> None:
        self._agreements = results.agreements
        self._left = ALL_ENTRIES

    def row(self, before: tuple[Cell, ...], name: str, found: Found, place: str) -> Row:
        """A finding as a line of its own."""
        value, pull, inside = self._told(found, place)
        expected = self._expected(found, place)
        wanted = min(len(inside), MOST_ENTRIES) if self._left >= min(len(inside), MOST_ENTRIES) else 0
        self._left -= wanted
        at = f"at {found.entries[0]}" if len(found.entries) == 1 else ""
        return Row(
            (*before, Cell(name, note="; ".join(filter(None, (at, found.repeats))))),
            (value, expected, pull),
            inside[:wanted],
            len(inside) - wanted,
        )

    def _expected(self, found: Found, place: str) -> Cell:
        """What a finding is held against; of an array whose entries have names the one that stands for them, too."""
        if isinstance(found.expected, Missing):
            return Cell(expected_text(found.expected), "weak", title=found.expected.reason)
        note = ""
        if found.entries and isinstance(found.expected, Exact | Estimate) and found.expected.shape == getattr(found.value, "shape", None):
            note = found_cell(replace(found, value=found.expected)).note
        return Cell(expected_text(found.expected), "" if place in self._agreements else "weak", note)

    def line(self, case: str, reading: Reading, names: Sequence[str]) -> Row:
        """A case as a line, with a column for each finding."""
        return Row((Cell(case),), tuple(self._narrow(reading.get(name), f"{case}/{name}") for name in names))

    def _narrow(self, found: Found | None, place: str) -> Cell:
        if found is None:
            return Cell("")
        value, pull, _ = self._told(found, place)
        if place not in self._agreements:
            return value
        wrong = f", expected {expected_text(found.expected)}" if pull.kind or pull.text == "differs" else ""
        return replace(value, note=f"{pull.text}{wrong}", kind=pull.kind or value.kind)

    def _told(self, found: Found, place: str) -> tuple[Cell, Cell, list[Entry]]:
        """The value in one cell, its pull, and the entries where there are several."""
        value, record = found.value, self._agreements.get(place)
        if not isinstance(value, Exact | Estimate):
            return cell(value), Cell(""), []
        if record is None and not value.shape:
            return cell(value), Cell(""), []
        all_entries = entries(found, record)
        if len(all_entries) == 1 and not value.shape:
            return all_entries[0].value, all_entries[0].pull, []
        furthest = worst(all_entries) if record is not None else None
        if furthest is None:
            return found_cell(found), Cell(""), all_entries
        return found_cell(found), replace(furthest.pull, note=f"the worst, at {furthest.index}"), all_entries


def caption(results: Results) -> str:
    """What the tables hold, in a sentence."""
    total = sum(map(len, results.readings.values())) + len(results.conclusions)
    absent = any(isinstance(found.expected, Missing) for _, found in results.findings())
    none = " A dash (–) under “expected”: there is nothing to hold the finding against; the section above says why." if absent else ""
    return (
        f"{plural(len(results.readings), 'case')} with {plural(total, 'finding')}. A number in brackets is the standard error of the last "
        "digits: 0.3512(17) is 0.3512 ± 0.0017. The pull is the distance to the expected value in standard errors (σ)." + none
    )
