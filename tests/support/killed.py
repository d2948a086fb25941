"""A study that is killed once its first piece is there, and resumed: what it leaves behind, beside that of an undisturbed run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from four_kinds import contents, digits, pieces

from certifield import engine


def made(folder: Path, name: str, options: str) -> Path:
    """The directory of the study ``name`` with ``options`` as TOML writes them; its quick setting without."""
    folder.mkdir()
    (folder / "study.toml").write_text(f'study = "{name}"\nseed = 1\n[options]\n{options}')
    engine.create(folder / "study.toml" if options else engine.ask(name, quick=True), folder / "run")
    return folder / "run"


def assert_the_same_bytes(folder: Path, name: str, options: str) -> None:
    """Of a run in one go and of one that was killed with signal 9 and then resumed."""
    alone, killed = (made(folder / part, name, options) for part in ("alone", "killed"))
    program = f"from certifield import engine; engine.run({str(killed)!r}, workers=0)"
    process = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True)
    while process.poll() is None and not pieces(killed):
        time.sleep(0.02)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    there = pieces(killed)
    assert there
    engine.run(alone, workers=0)
    whole = contents(alone)
    assert process.returncode == -signal.SIGKILL or contents(killed) == whole
    engine.run(killed, workers=0)
    assert set(there) <= set(pieces(killed)) and len(pieces(killed)) > 1
    assert contents(killed) == whole and digits(killed) == digits(alone)
