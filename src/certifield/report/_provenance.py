"""How the numbers were made, and how to make them again."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from certifield.engine import Opened, Results

_PACKAGES = ("certifield", "jax", "jaxlib", "equinox", "numpy", "scipy", "matplotlib")


@dataclass(frozen=True)
class Provenance:
    """Identity and versions as pairs, the question as a TOML text, and what it takes to ask it again."""

    identity: Sequence[tuple[str, str]]
    versions: Sequence[tuple[str, str]]
    question: str
    files: Sequence[str]
    certificates: bool


def provenance(opened: Opened, results: Results) -> Provenance:
    """Of a study in its directory."""
    own = list(dict.fromkeys(Path(own.file).name for own in opened.asked.own_files))
    identity = [("study", results.name), ("digest (sha256)", results.digest), ("seed", str(results.seed)), ("precision", results.precision)]
    identity += dict.fromkeys((f"sha256 of {Path(own.file).name}", own.sha256) for own in opened.asked.own_files)
    proofs = any((opened.directory / "certificates").glob("*.json"))
    return Provenance(identity, versions(results.packages), opened.asked.text, own, proofs)


def versions(further: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Python, the packages that make the numbers and the pictures, and ``further`` ones."""
    named = [(name, _version(name)) for name in dict.fromkeys((*_PACKAGES, *further))]
    return [("python", platform.python_version()), *named, ("platform", f"{platform.system()} {platform.machine()}")]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
