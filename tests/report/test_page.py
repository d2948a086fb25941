"""The page: needs nothing from outside, says what was found and what was not, and no text in it becomes markup."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from certifield import report
from certifield.evidence import InputError
from certifield.report._missing import Absences, Missings, told
from certifield.report._page import _templates
from certifield.report._sections import own_sections
from certifield.study import Budget, Section

NAMES = ("draws", "proofs", "walk", "nasty")
_FOREIGN = {"script", "link", "iframe", "object", "embed", "audio", "video", "source", "base", "image", "foreignobject", "form"}
_INSIDE = re.compile(r"#[\w.+=-]+$|data:text/csv;charset=utf-8,|data/[\w.-]+\.csv$|certificates/[0-9a-f]{64}\.json$")


@dataclass
class _Page(HTMLParser):
    """What a page refers to, what would run in it, and which identifiers it has."""

    foreign: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    wordless: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.foreign += [tag] if tag in _FOREIGN else []
        self.foreign += [
            f"{name}={value}" for name, value in given.items() if name in ("srcset", "poster", "action") or name.startswith("on")
        ]
        if "src" in given and not (tag == "img" and given["src"].startswith("data:image/svg+xml")):
            self.foreign.append(f"src={given['src']}")
        self.links += [given[name] for name in ("href", "xlink:href") if name in given]
        self.identifiers += [given["id"]] if "id" in given else []
        if (tag == "img" and not given.get("alt")) or (given.get("role") in ("img", "region") and not given.get("aria-label")):
            self.wordless.append(tag)


def read(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    return page


def outside(text: str) -> list[str]:
    """Everything in the page that a browser would fetch, or that would run."""
    page = read(text)
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    fetched = [found for style in styles for found in re.findall(r"@import|@font-face|url\((?!#)|https?:", style)]
    return page.foreign + [link for link in page.links if not _INSIDE.match(link)] + fetched


def words(text: str) -> str:
    """The text that a reader sees, without tags."""
    plain = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", plain).split())


@pytest.mark.parametrize("name", NAMES)
def test_the_page_needs_nothing_from_outside(pages, name):
    assert outside(pages[name]) == []


@pytest.mark.parametrize(
    "sabotage",
    [
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        "<style>@import url(https://example.org/a.css);</style>",
        '<img src="plot.png" alt="x">',
        '<a href="https://example.org">x</a>',
        '<p onclick="alert(1)">x</p>',
    ],
)
def test_something_from_outside_is_found(pages, sabotage):
    assert outside(pages["draws"].replace("</body>", sabotage + "</body>"))


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_are_unique_and_every_reference_has_its_target(pages, reports, name):
    page = read(pages[name])
    assert not [one for one, times in Counter(page.identifiers).items() if times > 1]
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.identifiers)
    assert set(re.findall(r"url\(#([^)]*)\)", pages[name])) <= set(page.identifiers)
    beside = [link for link in page.links if link.startswith(("data/", "certificates/"))]
    assert beside and all((reports[name] / link).is_file() for link in beside)


@pytest.mark.parametrize("name", NAMES)
def test_pictures_and_regions_have_words(pages, name):
    page, text = read(pages[name]), pages[name]
    assert page.wordless == []
    assert text.startswith("<!DOCTYPE html>") and '<html lang="en">' in text and text.count("<h1>") == text.count("<main>") == 1
    assert text.count("<table") == text.count("<caption>") + text.count('<details class="entries">')
    levels = list(map(int, re.findall(r"<h(\d)", text)))
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert read('<img src="data:image/svg+xml,x">').wordless == ["img"]  # sabotage twin


def test_a_study_of_numbers_says_what_agrees_and_what_the_sources_state(pages):
    text = words(pages["draws"])
    assert "All 38 comparisons agree with what was expected" in text
    assert "4 statements of the sources were held against the findings: 1 reproduced, 1 corrected, 1 refuted and 1 open" in text
    assert "5 error bars refused; 1 value cannot be had" in text
    assert "one draw carries 31 % of the sum" in text and "Do not quote it" in text and "it does not exist" in text
    assert "Seed 0" in text and "draws 286 720" in text


def test_a_contradiction_is_the_first_thing_said(make):
    text = words(make("draws", Budget(draws=20_000), shift=0.3, heavy=False))
    assert "A finding contradicts what was expected" in text and "start there" in text
    assert "agree with what was expected" not in text


def test_a_refused_value_is_never_printed(pages, reports):
    from certifield.engine import open_study, results

    value = results(open_study(reports["draws"])).readings["cauchy"]["fourth"].value
    assert f"{float(value.mean):.3g}" not in words(pages["draws"])


def test_answers_are_counted_for_each_group(pages):
    text = words(pages["proofs"])
    assert "21 of 24 cases have a proof (20 certified, 1 obstructed, 3 unknown)" in text and "Of the obstructions, 1 smooth" in text
    assert "below 10 10 8 1 1 0 0.900 0.596 to 0.982" in text
    assert "Unknown is not no" in text
    assert "Nothing: every finding is there" in text


def test_what_waits_is_told_apart_from_what_is_refused(make):
    text = words(make("proofs"))
    assert "24 values wait for more work" in text and "certifield resume DIR" in text and "not tried yet" in text
    assert "refused" not in text.split("What is missing or refused")[-1].split("Findings, case by case")[0]
    assert 'id="solved"' not in text


def test_what_a_setting_is_too_small_for_is_not_asked_of_resume():
    """A study whose steps are one piece a case, with two networks where an error bar needs sixteen, and all of them there."""
    found = Missings(*(Absences([], number, 0) for number in (0, 0, 3, 0)))
    assert (
        told(found) == "3 values wait for more work" and told(found, settled=True) == "3 values need more work than this setting asks for"
    )
    parts = {"missing": found, "entry": None, "results": None}
    page = {settled: words(_templates().get_template("missing.html").render(parts | {"settled": settled})) for settled in (True, False)}
    assert "certifield resume" in page[False] and "certifield resume" not in page[True] and "without --quick" in page[True]


def test_early_draws_wait_for_their_error_bars(make):
    """A single block has 16 groups, and so an error bar; a study without draws has none."""
    assert "no draws yet" in words(make("draws"))
    assert "no draws yet" not in words(make("draws", Budget(draws=2048)))


def test_a_chain_is_reported_step_by_step(pages):
    text = words(pages["walk"])
    assert "walker/0" in text and "All 3 comparisons agree" in text and "pieces of work 18" in text


def test_no_text_becomes_markup(pages):
    text = pages["nasty"]
    assert "<script" not in text and "onerror=alert(1)>" not in text
    assert "&lt;script&gt;alert" in text
    shown = words(text)
    assert "Costs $5 or $6" in shown and "no-such-package not installed" in shown
    assert re.search(r'<div class="strip"><figure><img src="data:image/svg\+xml[^"<>]*" alt="&lt;script', text)
    assert not set(re.findall(r"<(\w+)", text)) & _FOREIGN


@pytest.mark.parametrize("name", NAMES)
def test_the_same_pieces_give_the_same_bytes(reports, name, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(reports[name], copy)
    before = {path.relative_to(copy): path.read_bytes() for path in sorted(copy.rglob("*")) if path.suffix in (".html", ".csv")}
    report.write(copy)
    assert {path.relative_to(copy): path.read_bytes() for path in sorted(copy.rglob("*")) if path.suffix in (".html", ".csv")} == before


def test_provenance_is_enough_to_ask_again(pages, reports):
    text = words(pages["draws"])
    assert "certifield run study.toml DIR" in text and "certifield verify DIR" in text
    assert "study = &#34;draws.py:STUDY&#34;" in pages["draws"] and "with draws.py beside it" in text
    for package in ("jax", "numpy", "matplotlib", "python"):
        assert re.search(rf"\b{package} \d+\.\d+", text)


@pytest.mark.parametrize("key", ["findings", "a b", "../x", "", "Solved"])
def test_a_section_cannot_take_a_name_that_is_taken(reports, key):
    from dataclasses import replace

    from certifield.engine import open_study, results

    opened = open_study(reports["walk"])
    study = replace(opened.asked.study, page=lambda readings, options: [Section(key, "A title")])
    bent = replace(opened, asked=replace(opened.asked, study=study))
    with pytest.raises(InputError, match="key of a section"):
        own_sections(bent, results(opened))


def test_a_directory_without_a_study_is_an_error(tmp_path: Path):
    with pytest.raises(InputError, match="the directory of a study"):
        report.write(tmp_path)
