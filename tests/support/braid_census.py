"""The toy census of braids, for tests of censuses, their runners, their report and their recovery."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from certifield.studies import census

BRAIDS = Path(__file__).parents[1] / "studies" / "braids"


@pytest.fixture
def question(tmp_path: Path) -> Callable[..., Path]:
    """Writes the file of the census with some lines replaced, and says where."""

    def write(folder: str = "question", **replaced: str) -> Path:
        shutil.copytree(BRAIDS, tmp_path / folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        path = tmp_path / folder / "study.toml"
        lines = (BRAIDS / "study.toml").read_text().splitlines()
        assert replaced.keys() <= {line.split(" = ")[0] for line in lines}
        path.write_text("\n".join(f"{key} = {replaced[key]}" if (key := line.split(" = ")[0]) in replaced else line for line in lines))
        return path

    return write


@pytest.fixture
def braids(tmp_path: Path, question: Callable[..., Path]) -> Callable[..., Path]:
    """Creates the census in a directory, with some lines of its file replaced, and says where."""

    def create(directory: str = "run", **replaced: str) -> Path:
        census.create(question(**replaced), tmp_path / directory)
        return tmp_path / directory

    return create


@pytest.fixture
def answers() -> Callable[[Path], dict[str, bytes]]:
    """All answers, certificates and results of a census, to the last byte, by name."""

    def read(directory: Path) -> dict[str, bytes]:
        census.answers(directory)
        files = [directory / "results.json", *(directory / "answers").rglob("*.json"), *(directory / "certificates").glob("*.json")]
        return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(files)}

    return read
