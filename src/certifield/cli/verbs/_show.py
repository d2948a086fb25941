from typing import Annotated, Any

import typer

from certifield.cli._catalogue import catalogue, find
from certifield.cli._console import Json, output, print_json

SECTIONS = {
    "question": "Question",
    "definition": "Neuron",
    "kernel": "Two-point function",
    "moments": "Higher moments, M_n = E[sigma(z_1)...sigma(z_n)]",
    "formulas": "Formulas",
    "conventions": "Remarks",
    "remarks": "Remarks",
}


def show(name: Annotated[str, typer.Argument(help="A system, an ensemble, a shipped study or census.")], json: Json = False) -> None:
    """Definition, formulas, conventions and reference values."""
    kind, entry = find(name)
    if json:
        print_json({"kind": kind, **entry})
    else:
        output().print("\n".join(_page(kind, entry)), soft_wrap=True)


def _page(kind: str, entry: dict[str, Any]) -> list[str]:
    if kind in ("study", "census"):
        return [entry["text"].rstrip()]
    lines = [f"{entry['name']}: {entry['title']}"]
    for key, heading in SECTIONS.items():
        lines += _section(heading, entry.get(key, []))
    lines += _section(
        "Reference values (s_a = s_w = s_b = 1 and s_c = 0 unless said)", [_reference_value(value) for value in entry.get("value", [])]
    )
    lines += _section("Conventions", entry["general_conventions"])
    lines += _section("References", [catalogue()["reference"][key]["text"] for key in entry["references"]])
    return lines


def _section(heading: str, content: str | list[str]) -> list[str]:
    body = [content] if isinstance(content, str) else content
    return ["", heading, *(f"  {line}" for line in body)] if body else []


def _reference_value(value: dict[str, Any]) -> str:
    return f"{value['value']:>14}  {value['quantity']}  (to {value['tolerance']:.0e})"
