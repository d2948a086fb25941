"""What importing costs, what it pulls in, and which names are public."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "certifield"
CORE = ("evidence", "streams", "ensembles", "correlators")

# The scientific set of the core, and what these packages themselves import.
ALLOWED = {
    "certifield", "jax", "jaxlib", "equinox", "optax", "diffrax", "lineax", "optimistix", "jaxtyping", "numpy", "scipy",
    "ml_dtypes", "opt_einsum", "wadler_lindig", "typing_extensions", "absl",
}  # fmt: skip

BLOCKER = """
import importlib, sys

class OnlyTheScientificSet:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in allowed and top not in sys.stdlib_module_names:
            raise ModuleNotFoundError(f"blocked: {name}", name=name)

allowed = set(sys.argv[1].split(","))
sys.meta_path.insert(0, OnlyTheScientificSet())
for module in sys.argv[2].split(","):
    importlib.import_module(module)
print(",".join(sorted(name for name in sys.modules if name.startswith("certifield."))))
"""

LOADED = "import sys; {statement}; print(','.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"


def modules_of(package: str) -> list[str]:
    """Dotted names of every module below ``certifield.<package>``."""
    files = sorted((SOURCE / package).rglob("*.py"))
    names = [".".join(("certifield", *file.relative_to(SOURCE).with_suffix("").parts)) for file in files]
    return [name.removesuffix(".__init__") for name in names]


def in_fresh_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def loaded_by(statement: str) -> set[str]:
    """Top-level packages in memory after ``statement`` in a fresh process."""
    done = in_fresh_process("-c", LOADED.format(statement=statement))
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split(","))


def test_core_imports_with_only_the_allowed_packages():
    modules = [module for package in CORE for module in modules_of(package)]
    done = in_fresh_process("-c", BLOCKER, ",".join(ALLOWED), ",".join(modules))
    assert done.returncode == 0, done.stderr
    assert set(modules) <= set(done.stdout.strip().split(","))


def test_the_blocker_blocks():
    """Sabotage twin: without jax in the allowed set the same import fails."""
    done = in_fresh_process("-c", BLOCKER, ",".join(ALLOWED - {"jax"}), "certifield.ensembles")
    assert done.returncode != 0 and "blocked: jax" in done.stderr


def test_evidence_imports_numpy_and_no_jax():
    assert not {"jax", "scipy", "equinox"} & loaded_by("import certifield.evidence")


@pytest.mark.parametrize(
    "statement",
    [
        "import certifield",
        "import certifield.cli",
        "from certifield.cli import main; main(['--help'])",
        "from certifield.cli import main; main(['run', '--help'])",
        "from certifield.cli import main; main(['list'])",
        "from certifield.cli import main; main(['show', 'erf_net'])",
        "from certifield.cli import main; main(['show', 'erf-net'])",
        "from certifield.cli import main; main(['cite', 'erf_net'])",
        "from certifield.cli import main; main(['show', 'no-such-name'])",
    ],
)
def test_these_need_no_jax(statement):
    assert not {"jax", "jaxlib", "matplotlib", "scipy"} & loaded_by(statement)


def test_running_needs_jax():
    """Sabotage twin: the check above would see JAX."""
    assert "jax" in loaded_by("import certifield.ensembles")


def test_public_names_are_those_of_the_snapshot():
    """A public name appears or disappears only together with a line of ``tests/public_names.json``."""
    snapshot = json.loads((Path(__file__).parent / "public_names.json").read_text(encoding="utf-8"))
    assert {package: public_names(package) for package in snapshot} == snapshot


def public_names(package: str) -> list[str]:
    """Names of ``certifield.<package>`` that are no modules and carry no underscore."""
    module = import_module(f"certifield.{package}")
    return sorted(name for name in dir(module) if not name.startswith("_") and type(getattr(module, name)) is not type(sys))
