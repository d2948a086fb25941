"""The coin study: a measurement that needs no JAX, for tests of runners and recovery."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from certifield import studies

COIN = Path(__file__).parents[1] / "studies" / "coin"


@pytest.fixture
def coin(tmp_path: Path) -> Callable[..., Path]:
    """Creates the coin study in a directory, with some lines of its file replaced, and says where."""

    def create(directory: str = "run", **replaced: str) -> Path:
        shutil.copytree(COIN, tmp_path / "question", dirs_exist_ok=True)
        path = tmp_path / "question" / "study.toml"
        lines = (COIN / "study.toml").read_text().splitlines()
        path.write_text("\n".join(f"{key} = {replaced[key]}" if (key := line.split(" = ")[0]) in replaced else line for line in lines))
        studies.create(path, tmp_path / directory)
        return tmp_path / directory

    return create


@pytest.fixture
def digits() -> Callable[[Path], list[str]]:
    """All numbers of an answer, to the last bit."""

    def read(directory: Path) -> list[str]:
        rows = studies.answer(directory).rows
        return [value.hex() for row in rows for array in (row.estimate.mean, row.estimate.stderr) for value in array.tolist()]

    return read
