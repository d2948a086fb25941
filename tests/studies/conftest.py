import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

COIN = Path(__file__).parent / "coin"


@pytest.fixture
def coin(tmp_path: Path) -> Callable[..., Path]:
    """Writes the coin study with some texts replaced, and says where."""

    def write(folder: str = "question", **replaced: str) -> Path:
        shutil.copytree(COIN, tmp_path / folder, dirs_exist_ok=True)
        path = tmp_path / folder / "study.toml"
        text = path.read_text()
        for key, value in replaced.items():
            lines = [f"{key} = {value}" if line.startswith(f"{key} = ") else line for line in text.splitlines()]
            assert lines != text.splitlines() or f"{key} = {value}" in lines, key
            text = "\n".join(lines)
        path.write_text(text)
        return path

    return write
