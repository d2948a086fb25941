"""What there is to ask: systems, ensembles, shipped studies and censuses, read as data without importing what computes them."""

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

SUBJECTS = ("ensembles", "topology")  # each with a catalogue.toml


@cache
def catalogue() -> dict[str, Any]:
    """The tables of all catalogues as one; every entry has the conventions of its subject as ``general_conventions``."""
    merged: dict[str, Any] = {"system": [], "ensemble": [], "reference": {}}
    for subject in SUBJECTS:
        tables = tomllib.loads((files("certifield") / subject / "catalogue.toml").read_text(encoding="utf-8"))
        for kind in ("system", "ensemble"):
            merged[kind] += [{**entry, "general_conventions": tables["conventions"]} for entry in tables.get(kind, [])]
        merged["reference"] |= tables["reference"]
    return merged


@cache
def shipped_studies() -> dict[str, str]:
    """Text of every study that comes with the package, by name."""
    return _texts_in(files("certifield") / "studies" / "shipped")


@cache
def shipped_censuses() -> dict[str, str]:
    """Text of every census that comes with the package, by name."""
    return _texts_in(files("certifield") / "studies" / "shipped" / "censuses")


def _texts_in(folder: Traversable) -> dict[str, str]:
    items = folder.iterdir() if folder.is_dir() else iter(())
    found = sorted((item for item in items if item.name.endswith(".toml")), key=lambda item: item.name)
    return {item.name.removesuffix(".toml"): item.read_text(encoding="utf-8") for item in found}


def entries(kind: str) -> list[dict[str, Any]]:
    """Catalogue entries of one kind, ``"system"`` or ``"ensemble"``, in the order of the file."""
    return catalogue()[kind]


def find(name: str) -> tuple[str, dict[str, Any]]:
    """Kind and content of the entry called ``name``; `InputError` with the nearest names if there is none."""
    known = {entry["name"]: (kind, entry) for kind in ("system", "ensemble") for entry in entries(kind)}
    known |= {study: ("study", {"name": study, "text": text}) for study, text in shipped_studies().items()}
    known |= {census: ("census", {"name": census, "text": text}) for census, text in shipped_censuses().items()}
    if name in known:
        return known[name]
    raise unknown_name(name, list(known))


def unknown_name(name: str, known: list[str]) -> Exception:
    """The `InputError` for a name that is not in the catalogue; it names the nearest ones."""
    from difflib import get_close_matches

    from certifield.evidence import InputError

    near = get_close_matches(name.lower(), [each.lower() for each in known], n=1)
    suggestion = next((each for each in known if near and each.lower() == near[0]), None)
    return InputError("NAME", name, "one of " + ", ".join(known), f"try {suggestion}" if suggestion else "say `certifield list`")


def references_of(name: str) -> dict[str, dict[str, str]]:
    """References of an entry, or of a shipped study through the ensembles it uses, by their BibTeX key."""
    kind, entry = find(name)
    keys = _references_of_study(entry["text"]) if kind in ("study", "census") else entry["references"]
    return {key: catalogue()["reference"][key] for key in keys}


def _references_of_study(text: str) -> list[str]:
    used = [entry for entry in entries("ensemble") if entry["name"] in text]
    stated = tomllib.loads(text).get("references", [])
    return list(dict.fromkeys([*stated, *(key for entry in used for key in entry["references"])]))
