"""`list`, `show` and `cite`: what there is to ask, read from the catalogues alone."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from certifield.cli._console import Json, output, print_json, say

SECTIONS = {
    "question": "Question",
    "definition": "Neuron",
    "kernel": "Two-point function",
    "moments": "Higher moments, M_n = E[sigma(z_1)...sigma(z_n)]",
    "formulas": "Formulas",
    "conventions": "Remarks",
    "remarks": "Remarks",
}


def list_(
    area: Annotated[str, typer.Argument(help="A part of the name of an area, or `all`: its studies with their titles.")] = "",
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
    areas: dict[str, list[tuple[str, str, str]]] = {}  # several subjects may share one
    for entry in engine.studies().values():
        areas.setdefault(entry.area, []).append((entry.name, " ".join(entry.systems), entry.title))
    areas["Ensembles"] = [(name, "", ensemble["title"]) for name, ensemble in engine.ensembles().items()]
    if not area:
        _print_overview(areas)
        say("certifield list AREA: with titles.   certifield show NAME: definition, formulas, question.   certifield run NAME [--quick].")
        say("S1, K2, ... are systems of the ledger: `certifield run S1` runs the study that answers S1.   certifield knot NAME: one knot.")
        return
    chosen = {name: rows for name, rows in areas.items() if area.lower() in ("all", name.lower()) or area.lower() in name.lower()}
    if not chosen:
        raise engine.unknown("AREA", area, ["all", *areas])
    for name, rows in chosen.items():
        _print_rows(name, rows)


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
    name: Annotated[str, typer.Argument(help="A study, a system such as S1, or an ensemble.")],
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
    if kind == "study":
        question = engine.question_of(engine.studies()[entry["name"]])
        lines += _section("The question, as a file states it (certifield run FILE.toml)", question.text().splitlines())
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
    raise engine.unknown("NAME", name, [*studies, *systems, *ensembles])


def _section(heading: str, content: str | list[str] | tuple[str, ...]) -> list[str]:
    body = [content] if isinstance(content, str) else content
    return ["", heading, *(f"  {line}" for line in body)] if body else []


def cite(name: Annotated[str, typer.Argument(help="A study, a system or an ensemble.")], json: Json = False) -> None:
    """BibTeX of the papers behind a study, a system or an ensemble."""
    from certifield import engine

    references = {key: engine.references()[key] for key in _entry(name)[1]["references"]}
    if json:
        print_json(references)
    else:
        say("\n".join(reference["bibtex"].strip() + "\n" for reference in references.values()))
