from certifield.cli._catalogue import entries, shipped_censuses, shipped_studies
from certifield.cli._console import Json, output, print_json
from certifield.cli._shipped import title_of


def list_(json: Json = False) -> None:
    """Systems, ensembles, shipped studies and censuses."""
    listing = {
        "systems": [{"name": entry["name"], "title": entry["title"]} for entry in entries("system")],
        "ensembles": [{"name": entry["name"], "title": entry["title"], "ledger": entry["ledger"]} for entry in entries("ensemble")],
        "studies": [{"name": name, "title": title_of(text)} for name, text in shipped_studies().items()],
        "censuses": [{"name": name, "title": title_of(text)} for name, text in shipped_censuses().items()],
    }
    if json:
        print_json(listing)
    else:
        _print_tables(listing)


def _print_tables(listing: dict[str, list[dict]]) -> None:
    from rich.table import Table

    for kind, rows in listing.items():
        if not rows:
            continue
        table = Table("name", "what it is", title=kind, title_justify="left", box=None, padding=(0, 2, 0, 0))
        for row in rows:
            table.add_row(row["name"], row["title"])
        output().print(table, "")
    output().print("A system such as S1 or K2 is a question that Certifield answers; more of them are to come.")
    output().print("certifield show NAME: definition, formulas, reference values.   certifield run STUDY: compute it.")
