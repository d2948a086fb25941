"""Values as a page shows them: compact, entry by entry, with what they are held against."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from certifield.engine import certificate_id
from certifield.evidence import Agreement, Certified, Estimate, Exact, Obstructed, Unknown, format_with_error
from certifield.study import Found, Missing

from ._words import count, minus, plural

ENOUGH = 16  # blocks that an error bar needs
_SHORT = 60  # characters of a reason; a longer one is told once, among what is missing
_GROUPED = 10**6  # a whole number, from which on its digits stand in groups
_FRACTION = 16  # characters of a fraction, beyond which its size is what one wants to see
_DIGITS = 40  # of a whole number or a fraction, beyond which it is not read any more
_ROUNDING = 1e-10  # of a value: an error below is that of arithmetic, and its digits are no news
_CERTIFICATE = 12  # characters of its sha256 that are shown


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its ``text``, its look (``kind``), a smaller ``note`` below it, and where it leads to."""

    text: str
    kind: str = ""
    note: str = ""
    link: str = ""
    title: str = ""

    def __html__(self) -> str:
        """The cell as templates insert it: there are thousands on a page, and a macro each would take longer than all else."""
        return self.holding(Markup())

    def holding(self, inside: Markup) -> Markup:
        """The cell with something folded at its end."""
        kind, title = (f' {name}="{escape(value)}"' if value else "" for name, value in (("class", self.kind), ("title", self.title)))
        note = f"<small>{escape(self.note)}</small>" if self.note else ""
        if self.link:
            note = f' <a class="proof" href="{escape(self.link)}"><code>{escape(self.note)}</code></a>'
        return Markup(f"<td{kind}{title}>{escape(self.text)}{note}{inside}</td>")


@dataclass(frozen=True)
class Entry:
    """One number of a finding beside what it is held against; ``probability`` is 1 where nothing was compared."""

    index: str
    value: Cell
    expected: str
    pull: Cell
    probability: float

    def __html__(self) -> str:
        """Its row in the table of an array."""
        return f'<tr><th scope="row">{escape(self.index)}</th>{escape(self.value)}<td>{escape(self.expected)}</td>{escape(self.pull)}</tr>'


def found_cell(found: Found) -> Cell:
    """The value of a finding in one cell; of an array whose entries have names the one that stands for them, too."""
    plain = cell(found.value)
    if not found.entries or not isinstance(found.value, Exact | Estimate) or len(found.entries) < 2:
        return plain
    shown = list(_cells(found.value))[found.shown].text
    return replace(plain, note="; ".join(filter(None, (f"{found.entries[found.shown]}: {shown}", plain.note))))


def cell(value: Any) -> Cell:
    """A value in one cell; of an array its size and its range."""
    if isinstance(value, Missing):
        word, short = "waiting" if value.waiting else "none", len(value.reason) <= _SHORT
        return Cell(word, "weak", value.reason if short else "", title=value.reason)
    if isinstance(value, Certified | Obstructed):
        sha256 = certificate_id(value.certificate)
        kind, category = ("yes", "") if isinstance(value, Certified) else ("no", value.category or "")
        word = "certified" if kind == "yes" else f"obstructed ({category})" if category else "obstructed"
        return Cell(
            word, kind, sha256[:_CERTIFICATE], f"certificates/{sha256}.json", f"certificate, checked by {value.certificate.checker}"
        )
    if isinstance(value, Unknown):
        spent = ", ".join(f"{number} {name}" for name, number in value.spent.items())
        return Cell("unknown", "weak", f"after {spent}" if spent else "")
    return _of_numbers(value)


def _of_numbers(value: Exact | Estimate) -> Cell:
    if not value.shape:
        return next(_cells(value))
    shown = np.ravel(np.asarray(value.mean))
    refused = int(np.sum(~barred(value)))
    note = f"{plural(refused, 'error bar')} refused or withheld" if refused else ""
    if not shown.size:
        return Cell("no values", "weak")
    size = np.abs(shown) if np.iscomplexobj(shown) else shown
    known = np.flatnonzero(barred(value))
    if not known.size:
        return Cell(plural(shown.size, "value"), "refused", note)
    ends = (np.unravel_index(known[int(choose(size[known]))], value.shape) for choose in (np.argmin, np.argmax))
    least, most = (next(_cells(value[end])).text for end in ends)
    span = least if least == most else f"{least} to {most}"
    return Cell(f"{plural(shown.size, 'value')}, {'of size ' if np.iscomplexobj(shown) else ''}{span}", "", note)


def barred(value: Exact | Estimate) -> np.ndarray:
    """The entries, flat, that are exact or have an error bar that may be quoted."""
    if isinstance(value, Exact):
        return np.ones(int(np.prod(value.shape, dtype=int)), dtype=bool)
    return ~np.ravel(value.refused) & (not 0 < value.blocks < ENOUGH)


def _cells(value: Exact | Estimate) -> Iterator[Cell]:
    """The entries of a value, in the order of its flattened array."""
    if isinstance(value, Exact):
        yield from map(_exact, np.ravel(np.asarray(value.value, dtype=object)).tolist(), np.ravel(value.radius).tolist() or [0.0])
        return
    few = 0 < value.blocks < ENOUGH
    for mean, error, refused in zip(*(np.ravel(part).tolist() for part in (value.mean, value.stderr, value.refused)), strict=True):
        if refused and not few:
            yield Cell("refused", "refused", title=reasons(value))
        else:
            if not few and abs(error) <= _ROUNDING * abs(mean):
                yield Cell(minus(f"{mean:.10g}"), note=minus(f"± {abs(error):.2g}") if error else "no spread")
                continue
            note = f"no error bar: {plural(value.blocks, 'block')} of {ENOUGH}" if few else ""
            yield Cell(minus(format_with_error(mean, float("inf") if few else error)), "weak" if few else "", note)


def _exact(number: Any, radius: float) -> Cell:
    if isinstance(number, bool):
        return Cell("yes" if number else "no")
    if isinstance(number, int | Fraction):
        text = str(number) if max(number.numerator.bit_length(), number.denominator.bit_length()) < 3.3 * _DIGITS else ""
        if number.denominator != 1 and len(text) > _FRACTION:
            return Cell(minus(f"{float(number):.8g}"), title=text)
        if number.denominator == 1 and text and abs(number) >= _GROUPED:
            return Cell(minus(count(int(number))), title=text)
        return Cell(minus(text) or f"a number of {int(number.numerator.bit_length() * 0.30103) + 1} digits", "", "")
    if not radius > 1e-8 * abs(number):
        return Cell(minus(f"{number:.8g}"))
    if not math.isfinite(radius) or not 1e-4 <= abs(number) < 1e6:
        return Cell(minus(f"{number:.2g}"), "", minus(f"± {radius:.2g}"))
    known = f"{number:.{max(1 - math.floor(math.log10(radius)), 0)}f}"
    return Cell(minus(known.rstrip("0").rstrip(".") if "." in known else known), "", minus(f"± {radius:.2g}"))


def expected_text(expected: Any) -> str:
    """What a finding is held against, in one cell; why there is nothing is said once, elsewhere."""
    if expected is None:
        return ""
    if isinstance(expected, Missing):
        return "–"
    return cell(expected).text.partition(", ")[2] if expected.shape else cell(expected).text


def entries(found: Found, record: Agreement | None) -> list[Entry]:
    """Every number of a finding, with its name or its index in the array, and its pull."""
    value, expected = found.value, found.expected
    assert isinstance(value, Exact | Estimate)
    shape = np.broadcast_shapes(value.shape, np.shape(record.pull)) if record is not None else value.shape
    told = np.array(list(_cells(value)), dtype=object).reshape(value.shape)
    held = (
        np.array([one.text for one in _cells(expected)], dtype=object).reshape(expected.shape)
        if record is not None and isinstance(expected, Exact | Estimate)
        else np.array("", dtype=object)
    )
    values, helds = (np.broadcast_to(part, shape).ravel() for part in (told, held))
    pulls, probabilities = _compared(record, shape)
    places = map(found.name_of, np.ndindex(*shape))
    exact = isinstance(value, Exact) and isinstance(expected, Exact)
    return [
        Entry(place, told_value, told_expected, pull_cell(pull, chance, exact), chance)
        for place, told_value, told_expected, pull, chance in zip(
            places, values.tolist(), helds.tolist(), pulls, probabilities, strict=True
        )
    ]


def _compared(record: Agreement | None, shape: tuple[int, ...]) -> tuple[list[float], list[float]]:
    """Pulls, NaN where nothing was compared, and their probabilities."""
    if record is None:
        size = int(np.prod(shape, dtype=int))
        return [float("nan")] * size, [1.0] * size
    decisive = np.ravel(record.decisive)
    return np.where(decisive, np.ravel(record.pull), np.nan).tolist(), np.ravel(record.p_value).tolist()


def pull_cell(pull: float, probability: float, exact: bool = False) -> Cell:
    """A pull in standard errors, or a word where there is none."""
    if np.isnan(pull):
        return Cell("–", "weak")
    if np.isinf(pull) or exact:
        return Cell("differs", "alarm") if np.isinf(pull) else Cell("equal")
    return Cell(f"{minus(f'{pull:+.1f}')} σ", "alarm" if probability < 1e-6 else "", title=f"p = {probability:.2g}")


def worst(compared: list[Entry]) -> Entry | None:
    """The least probable of many entries; None where there is none."""
    return min(compared, key=lambda one: one.probability, default=None)


def reasons(estimate: Estimate) -> str:
    """What an estimate warns of."""
    given = estimate.diagnostics.get("warnings")
    told = [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple) else []
    return "; ".join(map(str, told))
