"""Every shipped study in its quick setting, as its user types it: it ends well, its report is there, and a part of it is computed again.

Long by nature, so these are slow tests.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from certifield import engine

pytestmark = [pytest.mark.slow, pytest.mark.knots]


def certifield(*arguments: object) -> subprocess.CompletedProcess:
    """The command line in a process of its own, which sees programs optimised as a user has them."""
    without = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    command = [sys.executable, "-m", "certifield", *map(str, arguments)]
    return subprocess.run(command, env=without, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", engine.studies())
def test_the_quick_setting(name: str, tmp_path: Path) -> None:
    ran = certifield("run", name, tmp_path / "run", "--quick", "--workers", 0, "--json")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["study"] == name and (tmp_path / "run" / "report.html").stat().st_size > 2000
    again = certifield("verify", tmp_path / "run", "--pieces", 1, "--json")
    assert again.returncode == 0, (again.stdout, again.stderr)
