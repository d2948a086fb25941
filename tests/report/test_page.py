"""The page: needs nothing from outside, says where every figure comes from, hides no refusal, and is the same bytes for the same rows."""

import html
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest

from certifield.report import summary, write_results

_FOREIGN = {"script", "link", "img", "iframe", "object", "embed", "audio", "video", "source", "base", "image", "foreignobject"}
_MOST = 1_500_000  # bytes


@dataclass
class _Page(HTMLParser):
    """What a page refers to, and which identifiers it has."""

    foreign: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FOREIGN:
            self.foreign.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster", "action") or name.startswith("on"):
                self.foreign.append(f"{name}={value}")
            if name in ("href", "xlink:href"):
                self.links.append(value or "")
            if name == "id":
                self.identifiers.append(value or "")


def _read(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    return page


def _outside(text: str) -> list[str]:
    """Everything in the page that a browser would fetch, or that would run."""
    page = _read(text)
    allowed = re.compile(r"#[\w.+=-]+|data:text/csv;charset=utf-8,|data/[\w-]+\.csv$")
    links = [link for link in page.links if not allowed.match(link)]
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    return page.foreign + links + [found for style in styles for found in re.findall(r"@import|@font-face|url\((?!#)|https?:", style)]


@pytest.fixture(scope="module")
def written(folder) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_page_needs_nothing_from_outside(written):
    assert _outside(written) == []


@pytest.mark.parametrize(
    "sabotage",
    [
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        "<style>@import url(https://example.org/a.css);</style>",
        '<img src="plot.png">',
        '<a href="https://example.org">x</a>',
    ],
)
def test_something_from_outside_is_found(written, sabotage):
    assert _outside(written.replace("</body>", sabotage + "</body>"))


def test_identifiers_are_unique_and_every_reference_has_its_target(written):
    page = _read(written)
    repeated = [name for name, times in Counter(page.identifiers).items() if times > 1]
    wanted = {link[1:] for link in page.links if link.startswith("#")} | set(re.findall(r"url\(#([^)]*)\)", written))
    assert not repeated
    assert wanted <= set(page.identifiers)
    assert len(wanted) > 50  # glyphs, markers, clips and contents


def test_every_figure_says_where_it_comes_from_and_offers_its_data(written, results):
    figures = re.findall(r"<figure.*?</figure>", written, re.DOTALL)
    assert len(figures) == 3
    for figure in figures:
        caption = re.search(r"<figcaption>.*?</figcaption>", figure, re.DOTALL)
        assert caption is not None
        for part in (
            "erf_net",
            "N(0, s<sub>a</sub><sup>2</sup>/N)",
            f"<b>Seed</b> {results.seed}",
            "<b>Draws</b> 1 M",
            results.digest[:12],
        ):
            assert part in caption[0]
        assert 'href="data:text/csv' in caption[0]
        panels = re.findall(r'<svg viewBox="[^"]*" role="img" aria-label="([^"]*)"', figure)
        assert panels and all(len(words) > 30 for words in panels)
        assert "What you see." in figure


def test_the_page_is_the_same_bytes_for_the_same_rows(results, written, tmp_path):
    again = write_results(results, tmp_path, 'title = "A study"\n')
    assert again.read_text(encoding="utf-8") == written


def test_the_page_changes_with_the_rows(written, make, tmp_path):
    other = write_results(make(shift=0.5), tmp_path, 'title = "A study"\n')
    assert other.read_text(encoding="utf-8") != written


def test_refused_entries_are_shown_as_refused_and_without_their_value(make, tmp_path):
    heavy = make(heavy=True)
    text = write_results(heavy, tmp_path).read_text(encoding="utf-8")
    row = next(row for row in heavy.rows if row.order == 4 and row.method == "network-wick")
    assert row.estimate is not None and row.estimate.refused[0]
    assert "one draw carries 31 % of the sum" in text
    assert 'class="warning"' in text
    cells = re.findall(r'<tr><th scope="row">0000</th>(.*?)</tr>', text)
    assert cells and all(cell.count("refused") == 5 for cell in cells)
    assert f"{float(row.estimate.mean[0]):.3g}" not in "".join(cells)


def test_without_refusals_there_is_no_warning(written):
    assert 'class="warning"' not in written
    assert 'class="note"' not in written
    assert "No error bar was refused" in written


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _section(text: str, name: str) -> str:
    found = re.search(rf'<section id="{name}">.*?</section>', text, re.DOTALL)
    assert found is not None
    return found[0]


def test_too_few_blocks_are_not_called_heavy_tails(make, tmp_path):
    early = make(waiting=1)
    text = write_results(early, tmp_path).read_text(encoding="utf-8")
    entries = sum(len(row.indices) for row in early.rows)
    assert 'class="warning"' not in text and "Do not quote" not in text
    assert "This study has 1 block of draws where an error bar needs 16" in text and "certifield resume DIR" in text
    assert f"Of {_spaced(entries)} entries: 0 with an error bar, 0 refused (heavy tails), {_spaced(entries)} without enough" in text
    glance = _section(text, "overview")
    for order in (2, 4, 6):
        number = sum(len(row.indices) for row in early.rows if row.order == order)
        assert f"<td>0 of {number}</td><td>{number} of {number}</td>" in glance
    assert "1 blocks" not in text and "N = 2:" not in text


def test_refused_and_waiting_entries_are_counted_apart(make, tmp_path):
    heavy, early = make(heavy=True), make(waiting=3)
    rows = tuple(late if late.method == "neuron" else one for one, late in zip(heavy.rows, early.rows, strict=True))
    text = write_results(replace(heavy, rows=rows), tmp_path).read_text(encoding="utf-8")
    networks = sum(len(row.indices) for row in rows if row.method != "neuron")
    assert f"Of {_spaced(2 * networks)} entries: {networks - 30} with an error bar, 30 refused (heavy tails), {networks} without" in text
    assert "1 of the 6 quantities of this study have 3 blocks" in text
    red = re.search(r'<div class="warning".*?</table></div></div>', text, re.DOTALL)
    assert red is not None and "neuron" not in red[0] and "one draw carries 31 %" in red[0] and "Worst at" not in red[0]


def test_draws_that_are_not_finite_are_refused_and_not_waiting(results, tmp_path):
    row = replace(results.rows[0], estimate=None, blocks=3, withheld="1 of 640 draws are not finite: look for an overflow")
    text = write_results(replace(results, rows=(row, *results.rows[1:])), tmp_path).read_text(encoding="utf-8")
    assert 'class="warning"' in text and 'class="note"' not in text
    assert "some of its draws are not finite" in text and "its sum hangs on a few draws" not in text


def test_long_lists_are_folded_and_short_ones_are_not(make, tmp_path):
    for systems, folded in ((("a",), False), (("a", "b", "c"), True)):
        for options in ({"waiting": 3}, {"heavy": True}):
            section = _section(write_results(make(systems, (2, 5), **options), tmp_path).read_text(encoding="utf-8"), "warnings")
            rows = section.count('<th scope="row">')
            assert rows == len(systems) * 2 * (3 if "waiting" in options else 2)
            assert ("<details>" in section) is (rows > 12) is (folded and "waiting" in options)


def test_the_page_shows_what_the_summary_says(results, written):
    for line in summary(results):
        assert line.value.replace("-", "−") in written


def test_questions_without_closed_form_are_listed(make, tmp_path):
    text = write_results(make(closed=False), tmp_path).read_text(encoding="utf-8")
    assert "no closed form here: use estimate" in text
    assert 'id="figure-pulls"' not in text


def test_words_of_the_user_cannot_become_markup(results, tmp_path):
    text = write_results(replace(results, title="<script>alert(1)</script>"), tmp_path, "# <b>").read_text(encoding="utf-8")
    assert "<script" not in text
    assert html.escape("<script>alert(1)</script>") in text


def test_a_long_study_stays_below_the_limit_of_size(make, tmp_path):
    systems = tuple(f"{name}-d{dim}" for name in ("erf", "gauss", "relu") for dim in (1, 2, 3))
    page = write_results(make(systems, (2, 3, 4, 5, 10, 20, 50, 100, 500, 1000)), tmp_path)
    assert page.stat().st_size < _MOST
