"""Source distribution and wheel, built and used as someone has them who installed no extras: every verb answers, or names the extra."""

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from certifield.cli._app import app

ROOT = Path(__file__).resolve().parents[1]


def of_the_base_install() -> set[str]:
    """Names of all packages that come with the package itself, as its metadata and theirs say."""
    found, open_ends = set(), ["certifield"]
    while open_ends:
        name = re.sub(r"[-_.]+", "-", open_ends.pop()).lower()
        if name not in found:
            found.add(name)
            asked = [one for one in metadata.requires(name) or [] if "extra ==" not in one and "python_version <" not in one]
            open_ends += [re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in asked]
    return found


BASE = of_the_base_install()
# Modules of every other package that is installed here; of them nothing can be imported in the processes below.
HIDDEN = sorted(
    module
    for module, packages in metadata.packages_distributions().items()
    if not {re.sub(r"[-_.]+", "-", package).lower() for package in packages} & BASE
)
HIDE = f"""
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):  # versions of packages are asked for through the same finders
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in hidden else self.finder.find_spec(name, path, target)

hidden = set({HIDDEN!r})
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""


def build(what: str, checkout: Path, folder: Path) -> Path:
    """The distribution, ``sdist`` or ``wheel``, that the build backend makes of a checkout."""
    code = f"import sys; from hatchling.build import build_{what}; print(build_{what}(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder that holds what is in the wheel that is built from the source distribution, and hides the extras from whoever runs there."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(build("sdist", ROOT, folder)) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (entry for entry in folder.iterdir() if entry.is_dir())
    with zipfile.ZipFile(build("wheel", unpacked, folder)) as archive:
        archive.extractall(folder / "site")
    (folder / "site" / "sitecustomize.py").write_text(HIDE)
    return folder


def contents(folder: Path) -> set[str]:
    """Paths of all files below a folder."""
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts}


def test_the_source_distribution_can_be_tested_and_the_wheel_has_the_package_alone(installed):
    (unpacked,) = (entry for entry in installed.iterdir() if (entry / "PKG-INFO").exists())
    for name in ("tests", "benchmarks", "docs", "gallery", "provenance"):
        assert {file for file in contents(ROOT / name) if not file.startswith(".")} <= contents(unpacked / name), name
    assert {"Makefile", "pyproject.toml", "LICENSE", "README.md", "CITATION.cff", "constraints/py311.txt"} <= contents(unpacked)
    assert contents(installed / "site" / "certifield") == contents(ROOT / "src" / "certifield")
    assert {name.partition("/")[0].partition("-")[0] for name in contents(installed / "site")} == {"certifield", "sitecustomize.py"}


def certifield(installed: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "certifield", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(installed / "site")}
    return subprocess.run(line, cwd=installed, env=environment, capture_output=True, text=True, check=False)


def test_it_is_the_wheel_that_runs_and_the_extras_are_hidden(installed):
    code = "import certifield; print(certifield.__file__); import numba"
    done = subprocess.run([sys.executable, "-c", code], cwd=installed, env=os.environ | {"PYTHONPATH": str(installed / "site")},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert str(installed) in done.stdout and "No module named 'numba'" in done.stderr


QUESTION = """
study = "correlators"
[[options.system]]
name = "erf"
ensemble = "erf_net"
widths = [3]
points = [[-0.5], [1.0]]
orders = [2]
methods = ["neuron"]
"""


ANSWER = [("list",), ("show", "K2"), ("cite", "ribbon-census"), ("claims",)]
ANSWER_SLOWLY = [("conjecture", "table.csv", "b"), ("doctor",)]
AFTER_A_RUN = [("status", "study"), ("resume", "study"), ("report", "study"), ("verify", "study", "--pieces", 0)]
AFTER_A_RUN += [("claims", "study"), ("slurm", "study")]
NAME_AN_EXTRA = [
    ("knot", "6_1"),
    ("plumbing", "(1(2)(3)(5))"),
    *(("run", one, f"knots-{one}", "--workers", 0) for one in ("ribbon-census", "K1")),
]


@pytest.mark.slow
def test_a_study_of_networks_runs_verifies_and_reports(installed):
    (installed / "question.toml").write_text(QUESTION)
    ran = certifield(installed, "run", "question.toml", "study", "--draws", 1024, "--workers", 0, "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["study"] == "correlators" and (installed / "study" / "report.html").exists()
    for arguments in AFTER_A_RUN:
        done = certifield(installed, *arguments)
        assert done.returncode == 0, (arguments, done.stderr)


@pytest.mark.slow
def test_the_demo_runs(installed):
    """What `make demo` runs, in its quick setting."""
    done = certifield(installed, "run", "erf-net", "demo", "--quick", "--workers", 0)
    assert done.returncode == 0 and (installed / "demo" / "report.html").exists(), done.stderr


@pytest.mark.parametrize("arguments", [*ANSWER, *(pytest.param(each, marks=pytest.mark.slow) for each in ANSWER_SLOWLY)])
def test_what_needs_no_extra_answers(installed, arguments):
    (installed / "table.csv").write_text("n,a,b\n1,2,3\n2,3,5\n3,4,7\n4,5,9\n5,7,12\n6,9,15\n")
    done = certifield(installed, *arguments)
    assert done.returncode == 0 and done.stdout.strip(), done.stderr


@pytest.mark.parametrize("arguments", NAME_AN_EXTRA)
def test_what_needs_an_extra_names_it(installed, arguments):
    done = certifield(installed, *arguments)
    assert done.returncode == 2 and "certifield[knots]" in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_certificate_of_a_knot_is_replayed(installed):
    """What else a folder of `certifield knot` states is held against it only with the extra, and that is said."""
    (folder := installed / "trefoil").mkdir()
    diagram = [[1, 5, 2, 4], [3, 1, 4, 0], [5, 3, 0, 2]]
    proof = {"evidence": "certificate", "format": 1, "claim": {"kind": "not the unknot", "diagram": diagram}, "value": "3"}
    proof |= {"witness": {"test": "determinant"}, "checker": "not-unknot-seifert@1"}
    (folder / "unknot.json").write_text(json.dumps(proof))
    (folder / "knot.json").write_text(json.dumps({"knot": "3_1", "diagram": diagram}))
    done = certifield(installed, "verify", "trefoil")
    assert done.returncode == 0 and "the determinant is 3" in done.stdout and "knot.json: not held" in done.stdout, done.stderr
    (folder / "unknot.json").write_text(json.dumps(proof | {"value": "5"}))
    assert certifield(installed, "verify", "trefoil").returncode == 1


def test_no_verb_is_forgotten():
    tried = {arguments[0] for arguments in (*ANSWER, *ANSWER_SLOWLY, *AFTER_A_RUN, *NAME_AN_EXTRA)}
    assert tried == {command.name for command in app.registered_commands}
