"""The Python of every page runs as it stands, block after block in one session, from an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")] if "```python" in path.read_text(encoding="utf-8"))
SCRIPT = """
from certifield._one_thread import prepare_process

prepare_process()
import jax

jax.config.update("jax_enable_x64", True)
if __name__ == "__main__":
"""


def session(page: Path) -> str:
    """The blocks of a page as one program; those of another language, or of ```py, which are parts of one, are left out."""
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return SCRIPT + "".join(f"    {line}".rstrip() + "\n" for block in blocks for line in block.splitlines())


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(session(page), encoding="utf-8")
    command, environment = [sys.executable, "example.py"], os.environ | {"XLA_FLAGS": ""}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_blocks_become_one_program(tmp_path):
    (tmp_path / "page.md").write_text(
        "a\n```python\nx = 1\n```\n```\nno\n```\n```py\nno\n```\n```python\nfor _ in range(x):\n    pass\n```\n"
    )
    assert session(tmp_path / "page.md").endswith("    x = 1\n    for _ in range(x):\n        pass\n")
