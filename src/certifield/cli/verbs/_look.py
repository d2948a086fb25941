"""`list`, `show` and `cite`: what there is to ask, read from the catalogues alone."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from certifield.cli._console import Json, output, print_json, say

SECTIONS = {
    "question": "Question",
    "definition": "Neuron",
    "signature": "In Python",
    "kernel": "Two-point function",
    "moments": "Higher moments, M_n = E[sigma(z_1)...sigma(z_n)]",
    "formulas": "Formulas",
    "conventions": "Remarks",
    "remarks": "Remarks",
}


def list_(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[AREA]",
            help="A part of the name of an area, a subject such as geometry, a system such as S1, or `all`: studies with their titles.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """What runs, by area: studies with the systems of the ledger that they answer, and the ensembles; titles for an AREA or `all`."""
    from certifield import engine

    if json:
        listing = {
            "studies": [{"name": e.name, "area": e.area, "title": e.title, "systems": list(e.systems)} for e in engine.studies().values()],
            "systems": [_plain(system, "name", "area", "title", "studies") for system in engine.systems().values()],
            "ensembles": [_plain(ensemble, "name", "area", "title") for ensemble in engine.ensembles().values()],
        }
        print_json(listing)
        return
    area = " ".join(words or ())
    areas: dict[str, list[tuple[str, str, str]]] = {}  # several subjects may share one
    for entry in engine.studies().values():
        areas.setdefault(entry.area, []).append((entry.name, " ".join(entry.systems), entry.title))
    areas["Ensembles"] = [(name, "", ensemble["title"]) for name, ensemble in engine.ensembles().items()]
    if not area:
        _print_overview(areas)
        say("certifield list AREA: with titles.   certifield show NAME: definition, formulas, question.   certifield run NAME [--quick].")
        say("S1, K2, ... are systems of the ledger: `certifield run S1` runs the study that answers S1.   certifield knot NAME: one knot.")
        return
    chosen = _chosen(area, areas)
    if not chosen:
        raise engine.unknown("AREA", area, ["all", *areas], "an area, a subject such as geometry, or a system such as S1")
    for name, rows in chosen.items():
        _print_rows(name, rows)


def _chosen(area: str, areas: Mapping[str, list[tuple[str, str, str]]]) -> dict[str, list[tuple[str, str, str]]]:
    """The rows of the areas that are meant: by a part of their name, by the folder of their subject, or by a system that they answer."""
    from certifield import engine

    meant = area.lower()
    if meant == "all":
        return dict(areas)
    if area.upper() in engine.systems():
        return {name: rows for name, of in areas.items() if (rows := [row for row in of if area.upper() in row[1].split()])}
    subjects = {catalogue.area for catalogue in engine.catalogues() if meant == catalogue.folder.name}
    return {name: rows for name, rows in areas.items() if meant in name.lower() or name in subjects}


def _plain(table: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: table[name] for name in names}


def _print_overview(areas: Mapping[str, list[tuple[str, str, str]]]) -> None:
    """A paragraph for each area, its studies with their systems, no name broken at the end of a line."""
    import textwrap

    for area, rows in areas.items():
        say(area)
        named = ", ".join(f"{name} ({systems})".replace(" ", "\u00a0") if systems else name for name, systems, _ in rows)
        lines = textwrap.wrap(named, output().width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        say("\n".join(lines).replace("\u00a0", " "))


def _print_rows(title: str, rows: list[tuple[str, str, str]]) -> None:
    from rich.table import Table

    table = Table("name", "answers", "what it is", title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), show_header=False)
    for row in rows:
        table.add_row(*row)
    output().print(table, "")


def show(
    name: Annotated[str, typer.Argument(help="A study, a system such as S1, an ensemble, or a file of yours, as `run` takes it.")],
    json: Json = False,
) -> None:
    """Definition, formulas, conventions, reference values; of a study its question, ready to be saved and changed."""
    from certifield import engine

    kind, entry = _entry(name)
    if json:
        print_json({"kind": kind, **entry})
        return
    lines = [f"{entry['name']}: {entry['title']}"]
    for key, heading in SECTIONS.items():
        lines += _section(heading, entry.get(key, []))
    if kind == "system":
        lines += _section("Studies", [f"{study}: {engine.studies()[study].title}" for study in entry["studies"]])
    if kind in ("study", "file"):
        question = engine.question_of(engine.studies()[entry["name"]]) if kind == "study" else engine.ask(name).question
        options = _options(name)
        stated = [line for line in options if line.startswith("#")] if question.options else options and ["[options]", *options]
        heading = "The question, as a file states it (certifield run FILE.toml); options also by --set NAME=VALUE"
        lines += _section(heading, [*question.text().splitlines(), *stated])
    values = [f"{value['value']:>14}  {value['quantity']}  (to {value['tolerance']:.0e})" for value in entry.get("value", [])]
    lines += _section("Reference values (s_a = s_w = s_b = 1 and s_c = 0 unless said)", values)
    lines += _section("Conventions", entry["general_conventions"])
    lines += _section("References", [engine.references()[key]["text"] for key in entry["references"]])
    say("\n".join(lines))


def _entry(name: str) -> tuple[str, dict[str, Any]]:
    """Kind and content of what is called ``name``; `InputError` with the nearest name where there is none."""
    from dataclasses import asdict

    from certifield import engine

    studies, systems, ensembles = engine.studies(), engine.systems(), engine.ensembles()
    if name in studies:
        subject = next(catalogue for catalogue in engine.catalogues() if studies[name] in catalogue.studies)
        return "study", {**asdict(studies[name]), "general_conventions": list(subject.conventions)}
    if name.upper() in systems:
        return "system", dict(systems[name.upper()])
    if name in ensembles:
        return "ensemble", dict(ensembles[name])
    if name.endswith((".toml", ".py")) or ".py:" in name:
        return _of_file(name)
    raise engine.unknown("NAME", name, [*studies, *systems, *ensembles], "a study, a system, an ensemble, or a file as `run` takes it")


def _of_file(name: str) -> tuple[str, dict[str, Any]]:
    """A file of the user's: the study that it asks, or an ensemble in it, which has a signature and a sentence."""
    from dataclasses import asdict

    from certifield import engine
    from certifield.evidence import InputError

    try:
        asked = engine.ask(name)
    except InputError:
        entry = _function(name)
        if entry is None:
            raise
        return "own", entry
    named = asked.question.study
    if named in engine.studies():
        _, entry = _entry(named)
        entry = {**entry, "remarks": [f"It asks the shipped study {named}: {engine.studies()[named].title}."]}
    else:
        entry = {key: getattr(engine.Entry("", "", "", "", ""), key) for key in asdict(engine.Entry("", "", "", "", ""))}
        entry["general_conventions"] = []
    title = asked.question.title or asked.name
    stated = {"name": name, "title": title, "options": asked.question.options, "references": list(asked.question.references)}
    return "file", {**entry, **stated}


def _function(name: str) -> dict[str, Any] | None:
    """What an ensemble of the user's, file.py:name, says of itself; None where it is no function."""
    import inspect
    from pathlib import Path

    from certifield.study import Own

    if ".py:" not in name:
        return None
    found = Own.parse(name, Path()).load()
    if not callable(found):
        return None
    called = name.rpartition(":")[2]
    ask = [f'study = "correlators", and in a table [[options.system]] ensemble = "{name}"; certifield show correlators prints a whole file']
    documented = (inspect.getdoc(found) or "a function without a docstring").partition("\n")[0]
    stated = {"signature": f"{called}{inspect.signature(found)}", "remarks": ask, "general_conventions": [], "references": []}
    return {"name": name, "title": documented, **stated}


def _options(name: str) -> list[str]:
    """The options of a study with what they are for; why they cannot be told where the study needs an extra."""
    from certifield import engine
    from certifield.evidence import MissingExtra

    try:
        return engine.option_lines(engine.ask(name).options)
    except MissingExtra as error:
        return [f"# not told without the extra: {error}"]


def _section(heading: str, content: str | list[str] | tuple[str, ...]) -> list[str]:
    body = [content] if isinstance(content, str) else content
    return ["", heading, *(f"  {line}" for line in body)] if body else []


def cite(name: Annotated[str, typer.Argument(help="A study, a system, an ensemble, or a file of yours.")], json: Json = False) -> None:
    """BibTeX of the papers behind a study, a system or an ensemble."""
    from certifield import engine

    references = {key: engine.references()[key] for key in _entry(name)[1]["references"] if key in engine.references()}
    if json:
        print_json(references)
    else:
        say("\n".join(reference["bibtex"].strip() + "\n" for reference in references.values()) or f"{name} states no references.")
