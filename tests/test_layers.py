"""The contracts of pyproject.toml: which folder may import which."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", LINT, "--no-cache"]
    environment = {"PYTHONPATH": str(root / "src"), "PATH": ""}
    return subprocess.run(arguments, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_every_contract_is_kept():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_an_import_against_the_direction_is_seen(tmp_path):
    """Sabotage twin: evidence that imports a stream breaks a contract."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "src" / "certifield" / "evidence" / "_errors.py").open("a") as file:
        file.write("\nimport certifield.streams\n")
    done = lint(tmp_path)
    assert done.returncode != 0 and "certifield.streams" in done.stdout


def imported_by(source: str) -> set[str]:
    """Top-level packages that a module imports, wherever in it; a relative import counts as the empty name."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = {alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {"" if node.level else str(node.module).partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}


def test_checkers_import_the_standard_library_alone():
    checkers = sorted((ROOT / "src" / "certifield" / "evidence" / "checkers").glob("*.py"))
    assert len(checkers) >= 2
    for checker in checkers:
        assert imported_by(checker.read_text(encoding="utf-8")) <= sys.stdlib_module_names, checker.name


def test_a_checker_with_another_import_is_seen():
    """Sabotage twin."""
    for line in ("import numpy", "from certifield.evidence import Exact", "from .. import _exact", "def f():\n    import jax.numpy"):
        assert not imported_by(line) <= sys.stdlib_module_names
