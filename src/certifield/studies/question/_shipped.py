"""Studies that come with Certifield."""

from importlib.resources import files
from pathlib import Path


def shipped() -> dict[str, Path]:
    """Name and file of every study that comes with Certifield."""
    folder = Path(str(files("certifield.studies"))) / "shipped"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}
