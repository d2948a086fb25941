"""The contracts of pyproject.toml: which folder may import which."""

import ast
import shutil
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WITHOUT_CIRCLES = (
    "evidence", "files", "streams", "study", "engine", "enclosures", "ensembles", "layers", "correlators", "kernels", "fieldtheory",
    "training", "expressivity", "geometry", "bundles", "cosmology", "conjecture", "search", "topology", "report", "cli",
)  # fmt: skip
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


def imports_within(root: Path, package: str) -> dict[str, set[str]]:
    """The modules of a package with the modules of that package that each imports, wherever in it; ``root`` holds certifield/."""
    files = {".".join(file.relative_to(root).with_suffix("").parts): file for file in sorted((root / "certifield" / package).rglob("*.py"))}
    modules = {name.removesuffix(".__init__"): file for name, file in files.items()}
    return {name: _imported(name, file, set(modules)) for name, file in modules.items()}


def _imported(name: str, file: Path, modules: set[str]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
            start = parts[: len(parts) + 1 - node.level] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            # What is imported from a package is one of its modules, or a name that the package itself defines.
            found |= {each if (each := f"{source}.{alias.name}") in modules else source for alias in node.names}
    return found & modules


def circle_among(imports: dict[str, set[str]]) -> list[str]:
    """The modules of a circle of imports, or nothing where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return error.args[1]
    return []


@pytest.mark.parametrize("package", WITHOUT_CIRCLES)
def test_no_module_imports_itself_in_a_circle(package):
    """Imports inside of functions and for type checkers count too: they hide a circle and do not break it."""
    imports = imports_within(ROOT / "src", package)
    assert len(imports) > 2 and any(imports.values())
    assert circle_among(imports) == []


@pytest.mark.parametrize(
    "line",
    [
        "from ._answer import Answer",
        "def f():\n    from . import _answer",
        "def f():\n    import certifield.evidence._json",
        "from certifield.evidence import Answer",
        "if TYPE_CHECKING:\n    from ..evidence._answer import Answer",
    ],
)
def test_a_circle_is_seen(tmp_path, line):
    """Sabotage twin: answers hold certificates, and so certificates must not know of answers."""
    shutil.copytree(ROOT / "src" / "certifield" / "evidence", tmp_path / "certifield" / "evidence")
    with (tmp_path / "certifield" / "evidence" / "_certificate.py").open("a") as file:
        file.write(f"\n{line}\n")
    assert "certifield.evidence._certificate" in circle_among(imports_within(tmp_path, "evidence"))
