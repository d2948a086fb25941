"""The page: every part in its place."""

from collections.abc import Sequence
from functools import cache

import jinja2
from markupsafe import Markup

from certifield.engine import Entry, Opened, Results, catalogues
from certifield.evidence import Estimate
from certifield.study import Once

from . import _answers, _claims, _comparisons, _findings, _missing, _provenance, _words
from ._data import Data, findings_data
from ._sections import Shown, files_of, own_sections, shown
from .figures import DARK, LIGHT, Sheet, style_variables


def page(opened: Opened, results: Results) -> tuple[str, list[Data]]:
    """One HTML document that needs nothing from anywhere else, and the files of data beside it."""
    sheet = Sheet()
    general = {found.key: shown(found, sheet) for found in (_answers.solved(results), _comparisons.pulls(results)) if found}
    own = [shown(section, sheet) for section in own_sections(opened, results)]
    findings = findings_data(results)
    missing, tallies = _missing.missing(results), _answers.tallies(results)
    settled = isinstance(opened.asked.study.steps, Once) and all(reading.pieces for reading in results.readings.values())
    parts = {
        "results": results,
        "entry": entry_of(opened),
        "facts": facts(results, tallies),
        "verdict": _comparisons.verdict(results),
        "furthest": _comparisons.furthest(results, above=_findings.first(results)),
        "answers": _answers.told(tallies),
        "tallies": tallies,
        "states": _states(tallies),
        "shares": len(results.readings) >= _answers.SEVERAL,
        "categories": _answers.categories(results),
        "claims": _claims.rows(results, settled),
        "claims_told": _claims.told(results),
        "claims_kind": _claims.kind(results),
        "verdicts": _claims.VERDICTS,
        "missing": missing,
        "missing_told": _missing.told(missing, settled),
        "settled": settled,
        "main": _findings.main(results),
        "tables": _findings.tables(results),
        "tables_told": _findings.caption(results),
        "findings": findings,
        "general": general,
        "own": own,
        "provenance": _provenance.provenance(opened, results),
        "contents": _contents(results, own, general),
        "sheet": Markup(sheet.svg()),
    }
    return _templates().get_template("page.html").render(parts), [findings, *files_of([*general.values(), *own])]


def entry_of(opened: Opened) -> Entry | None:
    """What the catalogue says of the study; None for a user's own."""
    named = opened.asked.question.study
    if ".py:" in named:
        return None
    return next((entry for catalogue in catalogues() for entry in catalogue.studies if named in (entry.name, entry.define)), None)


def facts(results: Results, tallies: Sequence[_answers.Tally]) -> list[tuple[str, str]]:
    """The size and the identity of the study."""
    readings = results.readings.values()
    seconds = [reading.seconds for reading in readings if reading.seconds is not None]
    draws, spent = sum(map(_draws, readings)), sum(tally.spent for tally in _answers.whole(tallies))
    found = [
        ("cases", _words.count(len(results.readings))),
        ("pieces of work", _words.count(sum(len(reading.pieces) for reading in readings))),
        *([("draws", _words.count(draws))] if draws else []),
        *([(results.unit, _words.count(spent))] if spent else []),
        *([("time at work, all processes together", _words.duration(sum(seconds)))] if seconds else []),
        ("seed", str(results.seed)),
        ("precision", results.precision),
        ("digest", results.digest[:12]),
    ]
    return found


def _draws(reading) -> int:
    """The draws of a case: findings of one case rest on the same ones."""
    return max((found.value.draws for found in reading.values() if isinstance(found.value, Estimate)), default=0)


def _states(tallies: Sequence[_answers.Tally]) -> list[str]:
    """The columns of the table of answers; what never occurs may be left out."""
    occurring = {state for tally in tallies for state, number in tally.counts.items() if number}
    return [state for state in _answers.STATES if state in occurring or state != "withheld"]


def _contents(results: Results, own: Sequence[Shown], general: dict[str, Shown]) -> list[tuple[str, str]]:
    return [
        ("overview", "At a glance"),
        *([("claims", "What the sources state")] if results.claims else []),
        *((section.key, section.title) for section in own),
        *((section.key, section.title) for section in general.values()),
        ("missing", "What is missing or refused"),
        ("findings", "Findings, case by case"),
        ("provenance", "Provenance, and how to reproduce"),
    ]


@cache
def _templates() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("certifield.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {"prose": _words.prose, "count": _words.count, "plural": _words.plural}
    found.globals |= {"style": _style()}
    return found


def _style() -> Markup:
    from importlib import resources

    text = (resources.files("certifield.report") / "style.css").read_text(encoding="utf-8")
    return Markup(text.replace("/*light*/", style_variables(LIGHT)).replace("/*dark*/", style_variables(DARK)))
