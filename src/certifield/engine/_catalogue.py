"""What there is to run: the catalogues of all subjects, read as plain data without importing what computes.

Every subject has a file catalogue.toml with tables [[study]], [[system]], [[ensemble]], [[untestable]], [reference.KEY] and a list of
conventions; another package adds one by the entry point group "certifield.catalogue", whose entries name a package that holds a
catalogue.toml.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from certifield.evidence import InputError

FILE = "catalogue.toml"
GROUP = "certifield.catalogue"


@dataclass(frozen=True)
class Entry:
    """A study of a catalogue.

    ``define``: "package.module:NAME" of the `Study`; ``options``, ``budget``, ``seed``: its question unless another states otherwise;
    ``quick``: what replaces parts of these where a first answer in under a minute is wanted, as tables ``options`` and ``budget``.
    """

    name: str
    area: str
    title: str
    question: str
    define: str
    systems: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    budget: Mapping[str, Any] = field(default_factory=dict)
    quick: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Catalogue:
    """The tables of one subject: ``area`` is what its studies are listed under; ``untestable``: what sources state and no study tests."""

    area: str
    conventions: tuple[str, ...]
    studies: tuple[Entry, ...]
    systems: tuple[Mapping[str, Any], ...]
    ensembles: tuple[Mapping[str, Any], ...]
    references: Mapping[str, Mapping[str, str]]
    untestable: tuple[Mapping[str, str], ...]
    folder: Traversable


@cache
def catalogues() -> tuple[Catalogue, ...]:
    """The catalogues of all subjects, in the order of their ``place`` and name, then those of other packages."""
    folders = sorted(files("certifield").iterdir(), key=lambda item: item.name)
    own = sorted((read(item) for item in folders if (item / FILE).is_file()), key=lambda pair: pair[0])
    foreign = [read(files(point.value))[1] for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)]
    return (*(found for _, found in own), *foreign)


def read(folder: Traversable) -> tuple[int, Catalogue]:
    """Place and content of the catalogue in a folder.  Raises `InputError` where it does not read."""
    path = folder / FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        area = tables["area"]
        studies = tuple(_entry(area, table) for table in tables.get("study", []))
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InputError("catalogue", str(path), f"a {FILE} that reads ({error!r})", "compare it with that of another subject") from error
    found = Catalogue(
        area,
        tuple(tables.get("conventions", [])),
        studies,
        tuple(tables.get("system", [])),
        tuple(tables.get("ensemble", [])),
        tables.get("reference", {}),
        tuple(tables.get("untestable", [])),
        folder,
    )
    return tables.get("place", 100), found


def _entry(area: str, table: dict[str, Any]) -> Entry:
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    return Entry(area=area, **plain)


def studies() -> dict[str, Entry]:
    """All studies by name, in the order of the catalogues."""
    return {entry.name: entry for catalogue in catalogues() for entry in catalogue.studies}


def systems() -> dict[str, Mapping[str, Any]]:
    """All systems of the ledger by id, each with its ``area`` and the names of its ``studies``, the main one first."""
    found = {}
    for catalogue in catalogues():
        for table in catalogue.systems:
            named = [entry.name for other in catalogues() for entry in other.studies if table["name"] in entry.systems]
            found[table["name"]] = {**table, "area": catalogue.area, "studies": named, "general_conventions": list(catalogue.conventions)}
    return found


def ensembles() -> dict[str, Mapping[str, Any]]:
    """All ensembles by name."""
    return {
        table["name"]: {**table, "area": catalogue.area, "general_conventions": list(catalogue.conventions)}
        for catalogue in catalogues()
        for table in catalogue.ensembles
    }


def references() -> dict[str, Mapping[str, str]]:
    """All references by their BibTeX key."""
    return {key: value for catalogue in catalogues() for key, value in catalogue.references.items()}


def entry_called(name: str) -> Entry:
    """The study of this name, or the main study of the system of this id (capitals do not count).

    Raises `InputError` with the nearest name where there is none.
    """
    known = {
        **{key.lower(): value["studies"][0] for key, value in systems().items() if value["studies"]},
        **{key: key for key in studies()},
    }
    if name.lower() in known:
        return studies()[known[name.lower()]]
    raise unknown("study", name, [*studies(), *systems()], "a shipped study, or a system of the ledger")


_FEW = 16  # names that are listed in a message


def unknown(argument: str, name: str, known: list[str], what: str = "") -> InputError:
    """The `InputError` for a name that is not among the known ones; it names the nearest, and all of them only where they are few.

    ``what``: what is allowed, in words, where there are many.
    """
    lower = {each.lower(): each for each in reversed(known)}
    near = [lower[each] for each in difflib.get_close_matches(name.lower(), lower, n=3)]
    parts = [each for each in dict.fromkeys(known) if name and name.lower() in each.lower() and each not in near]
    meant = [*near, *parts][:4]
    allowed = f"one of {', '.join(known)}" if len(known) <= _FEW else f"{what or 'a name that is known'}; there are {len(known)}"
    return InputError(argument, name, allowed, f"did you mean {' or '.join(meant)}?" if meant else "say: certifield list")
