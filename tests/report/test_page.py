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
    assert "No error bar was refused" in written


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
