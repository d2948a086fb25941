"""The public names have the types that `public_types.py` states."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def errors_in(file: Path) -> list[str]:
    """What basedpyright has to say about one file."""
    arguments = [sys.executable, "-m", "basedpyright", "--outputjson", "--project", str(ROOT), str(file)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    diagnostics = json.loads(done.stdout)["generalDiagnostics"]
    return [each["message"] for each in diagnostics if each["severity"] == "error" and Path(each["file"]).name == file.name]


def test_public_types():
    assert errors_in(ROOT / "tests" / "typing" / "public_types.py") == []


def test_a_wrong_type_is_seen(tmp_path):
    """Sabotage twin."""
    shutil.copy(ROOT / "tests" / "typing" / "public_types.py", tmp_path / "wrong_types.py")
    with (tmp_path / "wrong_types.py").open("a") as file:
        file.write("\nassert_type(exact, evidence.Estimate)\n")
    assert errors_in(tmp_path / "wrong_types.py")
