"""Where the numbers of a report come from."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata, resources
from typing import Any

_PACKAGES = ("certifield", "jax", "jaxlib", "equinox", "numpy", "scipy", "matplotlib")


@dataclass(frozen=True)
class Source:
    """The study behind a report: its identity, the text of its question, and the versions at work.

    ``scales``: of each system, the laws of its parameters in words, with their variances and fan-in.
    """

    title: str
    digest: str
    seed: int
    precision: str
    question: str = ""
    scales: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def conventions(self) -> Sequence[str]:
        """The convention lines of the catalogue."""
        return catalogue()["conventions"]


@cache
def catalogue() -> dict[str, Any]:
    """The catalogue of systems and ensembles, as plain data."""
    return tomllib.loads((resources.files("certifield.ensembles") / "catalogue.toml").read_text(encoding="utf-8"))


def is_named(ensemble: str) -> bool:
    """Whether the catalogue knows the ensemble; a user's own is known by its file alone."""
    return any(entry["name"] == ensemble for entry in catalogue()["ensemble"])


def definition(ensemble: str) -> tuple[str, Sequence[str]]:
    """The definition of a named ensemble and the conventions of its own; ("", ()) for a user's ensemble."""
    entry = next((entry for entry in catalogue()["ensemble"] if entry["name"] == ensemble), {})
    return entry.get("definition", ""), entry.get("conventions", ())


def versions(further: Sequence[str] = ()) -> dict[str, str]:
    """The versions of Python and of the packages that make the numbers and the pictures; and of ``further`` ones, where installed."""
    import platform

    found = {name: metadata.version(name) for name in _PACKAGES} | {name: _version(name) for name in further}
    return {"python": platform.python_version(), **found, "platform": f"{platform.system()} {platform.machine()}"}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
