"""Tables in files of text: which sign separates the fields, which fields hold no number, and what is left out for what reason."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from certifield.evidence import InputError

_NUMBER = re.compile(r"[+-]?\d+(/0*[1-9]\d*)?|[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d{1,4})?")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SIGNS = {",": "commas", ";": "semicolons", "\t": "tabs"}
TRUTH = {"true": True, "false": False, "yes": True, "no": False}
MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "?", "inf", "+inf", "-inf", "infinity", "-infinity", "∞"}
KEEP, SKIP = "leave-out-columns", "skip-rows"


@dataclass
class Fields:
    """The columns of a text, with the reason for each that is ``left_out``, and ``notes`` on what was read."""

    columns: dict[str, list[Any]]
    objects: list[str]
    left_out: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def text_of(source: str | Path) -> str:
    """The text of a file, in UTF-8, or in UTF-16 with a mark; a text of several lines is one already."""
    if isinstance(source, str) and ("\n" in source or "\r" in source or not source.strip()):
        return source
    path = Path(source)
    if not path.is_file():
        raise InputError("source", str(source), "a file that there is, or a text of several lines", "see where the file is")
    raw = path.read_bytes()
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            "source", str(source), f"a text in UTF-8, or in UTF-16 with a mark (line {line} is neither)", "save it as UTF-8"
        ) from None


def read_fields(source: str | Path, *, rounded: bool, missing: str, used: Sequence[str] | None) -> Fields:
    """The columns of a file or a text; see `Table.from_csv`."""
    if missing not in (KEEP, SKIP):
        raise InputError("missing", missing, f"{KEEP} or {SKIP}", f"{KEEP} is the default")
    names, lines = _lines(text_of(source))
    for name in used or ():
        if name not in names:
            raise InputError("columns", name, f"among those of the table, which are {', '.join(names)}", did_you_mean(name, names))
    found = Fields({}, [])
    if missing == SKIP:
        lines = _complete(names, lines, used, found.notes)
    decimals = []
    for place, name in enumerate(names):
        entries = [row[place] for _, row in lines]
        kind = _kind(entries)
        empty = [(line, row[place]) for line, row in lines if not _fits(row[place], kind)]
        if place == 0 and name == "name":
            found.objects = entries
        elif not name:
            found.left_out[f"number {place + 1}"] = "it has no name"
        elif kind == "texts":
            if found.objects:
                found.left_out[name] = f"it holds texts, such as {entries[0]!r}"
            else:
                found.objects = entries
                found.notes.append(f"rows are called by column {name}")
        elif empty:
            found.left_out[name] = _why(empty, kind, len(entries))
        elif kind == "truth values":
            found.columns[name] = [TRUTH[entry.lower()] for entry in entries]
        else:
            decimals += [name] if any("." in entry or "e" in entry.lower() for entry in entries) else []
            found.columns[name] = [_number(entry, rounded) for entry in entries]
    if decimals and not rounded:
        found.notes.append(f"{', '.join(decimals)}: decimals, taken as exact; if they are rounded, ask again with --rounded")
    return found


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A remedy for a name that there is not: those that look like it."""
    import difflib

    lower = {other.lower(): other for other in known}
    close = [lower[one] for one in difflib.get_close_matches(name.lower(), list(lower), n=3, cutoff=0.5)]
    close += [other for other in known if name.lower() in other.lower() and other not in close]
    return f"did you mean {' or '.join(map(repr, close[:3]))}?" if close else "say one of them, in quotes where it has blanks"


def _lines(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names, the rows with the number of their line, and the sign that separates fields: that which gives the line of names most."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    sign = max(_SIGNS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    rows = [(reader.line_num, [entry.strip() for entry in row]) for row in reader if any(entry.strip() for entry in row) or len(row) > 1]
    if len(rows) < 2:
        given = "an empty text" if not rows else f"one line of {len(rows[0][1])} names"
        raise InputError("table", given, "a line of names and a line for each row", "add rows")
    names = rows[0][1]
    for line, row in rows[1:]:
        if len(row) != len(names):
            told = f"a line of {len(names)} names and lines of as many fields: line {line} has {len(row)}, separated by {_SIGNS[sign]}"
            raise InputError("table", sign.join(row), told, f"complete line {line}, or put what has {_SIGNS[sign]} in it into quotes")
    for place, name in enumerate(names):
        if name and name in names[:place]:
            told = f"the name of one column: it stands over columns {names.index(name) + 1} and {place + 1}"
            raise InputError("name", name, told, "give one of them another name")
    return names, rows[1:]


def _kind(entries: Sequence[str]) -> str:
    """What a column is meant to hold, by what most of its fields that are not empty do."""
    given = [entry for entry in entries if entry.lower() not in MISSING]
    counts = {kind: sum(_fits(entry, kind) or (kind == "numbers" and bool(_COMMA.fullmatch(entry))) for entry in given)
              for kind in ("numbers", "truth values")}  # fmt: skip
    best = max(counts, key=lambda kind: counts[kind])
    return best if 2 * counts[best] > len(given) or not given else "texts"


def _fits(entry: str, kind: str) -> bool:
    return kind == "texts" or (entry.lower() in TRUTH if kind == "truth values" else _NUMBER.fullmatch(entry) is not None)


def _why(empty: Sequence[tuple[int, str]], kind: str, count: int) -> str:
    line = empty[0][0]
    shown = next((one for _, one in empty if one), "")
    what = "empty" if not shown else f"no {kind}, such as {shown!r}"
    dot = f"; write {shown.replace(',', '.')}" if _COMMA.fullmatch(shown) else ""
    return f"{len(empty)} of {count} fields {'is' if len(empty) == 1 else 'are'} {what}, first in line {line}{dot}"


def _complete(
    names: Sequence[str], lines: list[tuple[int, list[str]]], used: Sequence[str] | None, notes: list[str]
) -> list[tuple[int, list[str]]]:
    """The rows in which every column (that is used) has a number or a truth value."""
    kinds = {place: _kind([row[place] for _, row in lines]) for place, name in enumerate(names) if name and (used is None or name in used)}
    whole = [(line, row) for line, row in lines if all(_fits(row[place], kind) for place, kind in kinds.items())]
    if not whole:
        raise InputError("missing", SKIP, "asked of a table in which a row is complete", "name the columns that matter: --features a,b")
    if len(whole) < len(lines):
        skipped = next(line for line, row in lines if not all(_fits(row[place], kind) for place, kind in kinds.items()))
        notes.append(f"{len(lines) - len(whole)} of {len(lines)} rows left out, since a field is missing, first line {skipped}")
    return whole


def _number(entry: str, rounded: bool) -> Fraction | tuple[Fraction, Fraction]:
    if "/" in entry or entry.lstrip("+-").isdigit():
        return Fraction(entry)
    unit = Fraction(10) ** int(Decimal(entry).as_tuple().exponent)
    return (Fraction(entry) - unit, Fraction(entry) + unit) if rounded else Fraction(entry)
