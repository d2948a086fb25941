"""Studies that come with Certifield."""

from importlib.resources import files
from pathlib import Path


def shipped() -> dict[str, Path]:
    """Name and file of every study of ensembles that comes with Certifield."""
    return _in(Path(str(files("certifield.studies"))) / "shipped")


def shipped_censuses() -> dict[str, Path]:
    """Name and file of every census that comes with Certifield."""
    return _in(Path(str(files("certifield.studies"))) / "shipped" / "censuses")


def _in(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}
