"""The wheel, built and used as someone has it who installed no extras: every verb answers, or names the extra."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What the extras bring; of them nothing can be imported in the processes below.
HIDDEN = ("snappy", "spherogram", "flint", "knot_floer_homology", "khoca", "database_knotinfo", "numba", "optuna", "distributed", "dask")
HIDE = f"""
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HIDDEN!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hidden())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder that holds what is in the wheel, and hides the extras from whoever runs there."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    wheel = folder / done.stdout.split()[-1]
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(folder / "site")
    assert not [name for name in names if name.startswith(("tests", "docs", "benchmarks"))]
    (folder / "site" / "sitecustomize.py").write_text(HIDE)
    return folder


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


@pytest.mark.slow
def test_a_study_of_networks_runs_verifies_and_reports(installed):
    (installed / "question.toml").write_text(QUESTION)
    ran = certifield(installed, "run", "question.toml", "study", "--draws", 1024, "--workers", 0, "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["study"] == "correlators" and (installed / "study" / "report.html").exists()
    for arguments in (("status", "study"), ("verify", "study", "--pieces", 0), ("claims", "study"), ("slurm", "study")):
        done = certifield(installed, *arguments)
        assert done.returncode == 0, (arguments, done.stderr)


@pytest.mark.parametrize("arguments", [("list",), ("show", "K2"), ("cite", "ribbon-census"), ("claims",)])
def test_what_only_reads_answers(installed, arguments):
    done = certifield(installed, *arguments)
    assert done.returncode == 0 and done.stdout.strip(), done.stderr


@pytest.mark.parametrize(
    "arguments", [("knot", "6_1"), ("run", "ribbon-census", "knots", "--workers", 0), ("run", "K1", "braids", "--workers", 0)]
)
def test_what_needs_an_extra_names_it(installed, arguments):
    done = certifield(installed, *arguments)
    assert done.returncode == 2 and "certifield[knots]" in done.stderr and "Traceback" not in done.stderr, done.stderr
