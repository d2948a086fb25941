"""Every item with its answer."""

import html
import json
from collections.abc import Sequence

from certifield.studies.census import Answered, CensusResults, certificate_id

from .._html import csv_link, fold, table

MOST_ROWS = 4000  # on the page; all of them are in the CSV file
_CERTIFICATE = 12  # characters of its sha256 that are shown


def answer_table(results: CensusResults) -> str:
    """The items in their order; a longer table is folded, and a very long one cut."""
    names = _figure_names(results.answered)
    grouped = any(one.item.group for one in results.answered)
    start = ("item", "group", "answer") if grouped else ("item", "answer")
    head = (*start, *map(html.escape, names), html.escape(results.unit), "seconds", "certificate")
    shown = results.answered[:MOST_ROWS]
    left = len(results.answered) - len(shown)
    caption = "Items and their answers" + (f"; {left} more are in data/answers.csv" if left else "")
    lines = table(head, [_line(one, names, results.unit, grouped) for one in shown], caption, "answers")
    columns, records = answer_records(results)
    return fold(f"{len(shown)} items", lines, len(shown)) + f"<p>{csv_link('answers', columns, records)}</p>"


def answer_records(results: CensusResults) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Every item, for data/answers.csv."""
    names = _figure_names(results.answered)
    columns = ("item", "group", "answer", "category", "budget", *names, "work", "spent", "seconds", "certificate")
    return columns, [_record(one, names, results.unit) for one in results.answered]


def _figure_names(answered: Sequence[Answered]) -> list[str]:
    return list(dict.fromkeys(name for one in answered if one.best is not None for name in one.best.record.figures))


def _work(answered: Answered, unit: str) -> int:
    return sum(attempt.record.spent.get(unit, 0) for attempt in answered.attempts)


def _record(answered: Answered, names: Sequence[str], unit: str) -> tuple[object, ...]:
    item, best = answered.item, answered.best
    if best is None:
        return (item.name, item.group, *[None] * (7 + len(names)), None)
    record = best.record
    figures = (_plain(record.figures.get(name)) for name in names)
    spent = json.dumps(dict(record.spent), sort_keys=True)
    sha256 = None if record.certificate is None else certificate_id(record.certificate)
    answer = (record.status, record.category, best.budget)
    return (item.name, item.group, *answer, *figures, _work(answered, unit), spent, round(answered.seconds, 6), sha256)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int) else json.dumps(value)


def _line(answered: Answered, names: Sequence[str], unit: str, grouped: bool) -> tuple[str, ...]:
    item, best = answered.item, answered.best
    start = (f'<th scope="row">{html.escape(item.name)}</th>', *((html.escape(item.group),) if grouped else ()))
    if best is None:
        return (*start, '<td class="weak">waiting</td>', *[""] * len(names), "", "", "")
    record = best.record
    category = f" ({record.category})" if record.category else ""
    answer = f'<td class="{"weak" if record.status == "unknown" else "list"}">{record.status}{category}</td>'
    figures = (f'<td class="list">{_shown(record.figures.get(name))}</td>' for name in names)
    return (*start, answer, *figures, str(_work(answered, unit)), f"{answered.seconds:.3g}", _certificate(answered))


def _shown(value: object) -> str:
    plain = _plain(value)
    return "" if plain is None else html.escape(("no", "yes")[plain] if isinstance(plain, bool) else str(plain))


def _certificate(answered: Answered) -> str:
    certificate = answered.best.record.certificate if answered.best else None
    if certificate is None:
        return ""
    sha256 = certificate_id(certificate)
    checker = html.escape(certificate.checker)
    return f'<a href="certificates/{sha256}.json"><code>{sha256[:_CERTIFICATE]}</code></a> <small class="remark">{checker}</small>'
