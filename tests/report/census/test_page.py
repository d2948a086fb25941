"""The report of a census: one page, its counts and curves, the sections of the task, and the data beside it."""

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from certifield import report
from certifield.report.census._curve import solved
from certifield.report.census._sections import panel_of
from certifield.runners import census as runner
from certifield.studies import census
from certifield.studies.census import AnswerStore, CensusResults, Plot, Series, results


class Reader(HTMLParser):
    """Identifiers, links and tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" else []
        assert tag not in ("script", "link", "iframe", "img"), "the page needs nothing from elsewhere"


@pytest.fixture
def answered(braids) -> Path:
    directory = braids(title='"Braids <b>& knots"')
    runner.run(directory, workers=0)
    return directory


def found(directory: Path) -> CensusResults:
    asked = census.open(directory)
    return results(asked, AnswerStore(directory, asked.digest()))


def rows(directory: Path, name: str) -> list[dict[str, str]]:
    with (directory / "data" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def test_the_page_and_its_data(answered: Path) -> None:
    page = report.write(answered)
    text = page.read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(text)
    assert len(reader.ids) == len(set(reader.ids))
    assert {"overview", "solved", "shares", "items", "provenance"} <= set(reader.ids)
    inside = [link[1:] for link in reader.links if link.startswith("#")]
    assert inside and set(inside) <= set(reader.ids)
    certificates = [link for link in reader.links if link.startswith("certificates/")]
    assert len(certificates) == 5 and all((answered / link).is_file() for link in certificates)
    assert "Braids &lt;b&gt;&amp; knots" in text and "<b>&" not in text
    assert "And &lt;how&gt; sure." in text and "The closure &lt;of one strand&gt;" in text and '<circle cx="5"' in text
    assert "Of the obstructions, 1 topological." in text
    items = rows(answered, "answers")
    assert [row["answer"] for row in items].count("certified") == 4 and len(items) == 8
    assert {row["moves"] for row in items if row["answer"] == "unknown"} == {""}
    assert len(rows(answered, "shares")) == 8 and len(rows(answered, "solved")) == 5


def test_the_same_answers_give_the_same_page(answered: Path) -> None:
    first = report.write(answered).read_bytes()
    assert report.write(answered).read_bytes() == first


def test_nothing_is_answered_yet(braids) -> None:
    text = report.write(braids()).read_text(encoding="utf-8")
    assert "waiting" in text and 'id="solved"' not in text


def test_the_curves_count_proofs(answered: Path) -> None:
    """Against a count by hand: how many items of a group have a proof within so much work."""
    known, figure = found(answered), solved(found(answered))
    by_time, by_work = figure.panels
    assert [curve.label for curve in by_work.marks] == ["unknotted?", "knotted?"]
    for curve in by_work.marks:
        members = [one for one in known.answered if one.item.group == curve.label and one.status in ("certified", "obstructed")]
        work = [sum(attempt.record.spent["steps"] for attempt in one.attempts) for one in members]
        for limit in (1, 10, 12, 14, 20, 100):
            drawn = max(curve.y[curve.x <= limit], default=0)
            assert drawn == sum(amount <= limit for amount in work)
            assert drawn == 0 or drawn != sum(amount <= limit for amount in work) + 1  # sabotage twin
    assert all(np.all(np.diff(curve.x) >= 0) and np.all(np.diff(curve.y) >= 0) for curve in (*by_time.marks, *by_work.marks))


def test_one_group_has_a_curve_for_each_round(braids) -> None:
    directory = braids()
    task = directory / "braids.py"
    directory = braids("one", count="1")
    runner.run(directory, workers=0)
    assert task.exists()
    assert [curve.label for curve in solved(found(directory)).panels[0].marks] == ["up to 14 steps"]


def test_intervals_are_drawn_on_both_sides() -> None:
    panel = panel_of(Plot("p", "x", "y", [Series("s", [1, 2], [0.5, 1.0], [0.25, 0.75], [0.625, 1.0])]))
    points = panel.marks[1]
    assert points.error.tolist() == [[0.25, 0.25], [0.125, 0.0]]
    assert len(panel_of(Plot("p", "x", "y", [Series("s", [1], [2], joined=False)])).marks) == 1


def test_the_page_names_its_question(answered: Path) -> None:
    text = report.write(answered).read_text(encoding="utf-8")
    assert re.search(r"rounds = \[\s*14,\s*200,?\s*\]", text)
