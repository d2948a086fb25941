"""The process in which SnapPy runs, in the main thread; it starts at the first question and stays."""

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from certifield.evidence import MissingExtra

_PROGRAM = Path(__file__).with_name("_snappy.py")
_LOCK = threading.Lock()
_running: list[tuple[int, subprocess.Popen[str]]] = []  # at most one: whose child it is, and the child


def ask(code: list[list[int]], *, quick: bool) -> dict[str, Any]:
    """What `_snappy.answer` says of one diagram.  Raises as `asked` does."""
    return asked({"code": code, "quick": quick}, f"a diagram of {len(code)} crossings")


def asked(question: dict[str, Any], about: str) -> dict[str, Any]:
    """The answer to any question of `_snappy`, which is ``about`` this.

    Raises `MissingExtra` without SnapPy, and `RuntimeError` where SnapPy stops for another reason.
    A program and not a pool of `multiprocessing`: that would run the caller's script again in the child.
    """
    with _LOCK:
        child = _child()
        try:
            line = _exchange(child, json.dumps(question))
        except BaseException:  # an interrupted question must not leave its answer to the next one
            _end()
            raise
        if not line:
            child.wait()
            _end()
            raise RuntimeError(f"SnapPy's process ended with status {child.returncode} at {about}")
    found = json.loads(line)
    if found.get("error") == "missing":
        raise MissingExtra("hyperbolic structures need SnapPy and spherogram: pip install 'certifield[knots]'")
    if "error" in found:
        raise RuntimeError(f"SnapPy at {about}: {found['error']}")
    return found


def _exchange(child: subprocess.Popen[str], question: str) -> str:
    """The line of the answer, empty where the child has ended."""
    assert child.stdin is not None and child.stdout is not None  # they are pipes
    try:
        child.stdin.write(question + "\n")
        child.stdin.flush()
        return child.stdout.readline()
    except BrokenPipeError:
        return ""


def _child() -> subprocess.Popen[str]:
    """The child of this very process; after a fork the child of the parent is left to the parent."""
    if _running and _running[0][0] == os.getpid() and _running[0][1].poll() is None:
        return _running[0][1]
    if _running and _running[0][0] == os.getpid():
        _end()
    _running.clear()
    command = [sys.executable, "-P", str(_PROGRAM)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    _running.append((os.getpid(), child))
    return child


@atexit.register
def _end() -> None:
    """The child has nothing to lose."""
    while _running:
        owner, child = _running.pop()
        if owner == os.getpid():
            child.kill()
            child.communicate()
