"""A program installed without the extra `knots`: every verb and every public function works, or names the extra to install."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = """
import sys
for name in ("snappy", "spherogram", "flint", "khoca", "knot_floer_homology", "database_knotinfo", "numba", "optuna"):
    sys.modules[name] = None
"""
FUNCTIONS = (
    WITHOUT
    + """
import importlib, inspect, json
from certifield.evidence import CertifieldError, MissingExtra
from certifield.topology import Diagram
knot = Diagram.from_braid([1, 1, 1])
missing = []
for package, names in json.loads(sys.argv[1]).items():
    for name in names:
        try:
            function = getattr(importlib.import_module(f"certifield.{package}"), name)
            if inspect.isfunction(function) and len(inspect.signature(function).parameters):
                made = function(knot)
                if inspect.isgenerator(made):
                    next(made, None)
        except MissingExtra as error:
            assert "pip install 'certifield[knots]'" in str(error), error
            missing.append(name)
        except (CertifieldError, TypeError, ValueError, AttributeError):
            pass  # the arguments are not for this function
print(*missing)
"""
)
VERB = WITHOUT + "from certifield.cli import main; sys.exit(main(sys.argv[1:]))"


def test_every_public_function_works_or_names_the_extra():
    names = json.loads((Path(__file__).parents[1] / "public_names.json").read_text(encoding="utf-8"))
    knots = {package: found for package, found in names.items() if package.startswith("topology")}
    done = subprocess.run([sys.executable, "-c", FUNCTIONS, json.dumps(knots)], capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stderr[-2000:]
    assert {"simplify", "unknot", "ribbon_disc", "is_unknot", "is_slice", "examine", "knot_floer", "rasmussen"} <= set(done.stdout.split())


@pytest.mark.parametrize("arguments", [["knot", "6_1"], ["knot", "braid: 1 1 1"], ["knot", "L5a1"]])
def test_the_verb_ends_in_one_error_with_the_extra_to_install(tmp_path, arguments):
    done = subprocess.run([sys.executable, "-c", VERB, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("certifield: ") and "pip install 'certifield[knots]'" in done.stderr
