"""The public names have the types that `public_types.py` states."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def errors_in(*files: Path) -> list[list[str]]:
    """What basedpyright has to say about each of the files."""
    arguments = [sys.executable, "-m", "basedpyright", "--outputjson", "--project", str(ROOT), *map(str, files)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    found = [each for each in json.loads(done.stdout)["generalDiagnostics"] if each["severity"] == "error"]
    return [[each["message"] for each in found if Path(each["file"]).name == file.name] for file in files]


def test_public_types_and_a_wrong_one_is_seen(tmp_path):
    """The second file is a sabotage twin: both are read by one process, which takes most of its time to look at the library."""
    right, wrong = ROOT / "tests" / "typing" / "public_types.py", tmp_path / "wrong_types.py"
    wrong.write_text(right.read_text() + "\nassert_type(exact, evidence.Estimate)\n")
    of_right, of_wrong = errors_in(right, wrong)
    assert of_right == [] and len(of_wrong) == 1
