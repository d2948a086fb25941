"""What importing costs, what it pulls in, and which names are public."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "certifield"
CORE = ("evidence", "streams", "ensembles", "layers", "correlators", "kernels", "training", "geometry")

# The scientific set of the core, and what these packages themselves import.
ALLOWED = {
    "certifield", "jax", "jaxlib", "equinox", "optax", "diffrax", "lineax", "optimistix", "jaxtyping", "numpy", "scipy",
    "ml_dtypes", "opt_einsum", "wadler_lindig", "typing_extensions", "absl",
}  # fmt: skip

BLOCKER = """
import importlib, sys

class Only:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):  # versions of packages are asked for through the same finders
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        known = top in allowed or top in sys.stdlib_module_names or top.startswith("_sysconfigdata")
        return self.finder.find_spec(name, path, target) if known else None

allowed = set(sys.argv[1].split(","))
sys.meta_path[:] = [Only(finder) for finder in sys.meta_path]
for module in sys.argv[2].split(","):
    importlib.import_module(module)
print(",".join(sorted(name for name in sys.modules if name.startswith("certifield.") or name == "scipy.stats")))
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
    # Studies stand beside their subject and state their options with pydantic; the subject does not import them.
    modules = [module for package in CORE for module in modules_of(package) if ".studies" not in module]
    done = in_fresh_process("-c", BLOCKER, ",".join(ALLOWED), ",".join(modules))
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.strip().split(","))
    assert set(modules) <= loaded
    assert "scipy.stats" not in loaded  # costs half of what JAX does; the few that need it say `scipy.stats`, which loads it then


def test_the_blocker_blocks():
    """Sabotage twin: without jax in the allowed set the same import fails."""
    done = in_fresh_process("-c", BLOCKER, ",".join(ALLOWED - {"jax"}), "certifield.ensembles")
    assert done.returncode != 0 and "No module named 'jax'" in done.stderr


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
    snapshot = json.loads((ROOT / "tests" / "public_names.json").read_text(encoding="utf-8"))
    assert {package: sorted(public_names()(f"certifield.{package}")) for package in snapshot} == snapshot


def test_every_public_name_exists():
    for package in json.loads((ROOT / "tests" / "public_names.json").read_text(encoding="utf-8")):
        module = import_module(f"certifield.{package}")
        assert all(hasattr(module, name) for name in public_names()(f"certifield.{package}"))


def public_names() -> Callable[[str], list[str]]:
    """The reader of public names that the documentation uses, so that both speak of the same names."""
    specification = spec_from_file_location("public_names", ROOT / "docs" / "hooks" / "public_names.py")
    assert specification and specification.loader
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.public_names
