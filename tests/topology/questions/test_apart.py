"""Questions asked in processes of their own: what is heard, what ends them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from certifield.evidence import InputError
from certifield.topology.questions._apart import Heard, Interrupted, heard

PROGRAM = """
import os, pathlib, time
from certifield.evidence import InputError

def counting(asked):
    print("libraries print what they like", flush=True)
    yield "ready"
    yield from range(asked)

def endless(asked):
    yield "ready"
    yield asked
    while True:
        pass

def refusing(asked):
    yield "ready"
    raise InputError("asked", asked, "less", "ask less")

def dying(asked):
    yield "ready"
    os._exit(7)

def late(asked):
    time.sleep(1)
    yield "ready"
    yield asked

def waiting(asked):
    pathlib.Path(asked).write_text(str(os.getpid()))
    yield "ready"
    time.sleep(600)

def deaf(asked):
    import ctypes  # one call of a library that lets no other thread run
    yield "ready"
    pathlib.Path(asked).write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(600)
"""


@pytest.fixture
def program(tmp_path, monkeypatch) -> None:
    (tmp_path / "asked_apart.py").write_text(PROGRAM)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_what_is_yielded_is_heard(program):
    assert heard(["asked_apart:counting", "asked_apart:counting"], 3, 60.0) == [Heard([0, 1, 2], True)] * 2


def test_an_endless_one_is_cut_off_and_keeps_what_it_said(program):
    assert heard(["asked_apart:endless", "asked_apart:counting"], 2, 1.0) == [Heard([2], False), Heard([0, 1], True)]


def test_the_time_begins_when_all_are_ready(program):
    assert heard(["asked_apart:late"], 5, 0.5) == [Heard([5], True)]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Workers of the suite ignore Ctrl-C, which belongs to the process that started them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_brings_what_was_heard_before(program, interruptible):
    def tell(words):
        if words.startswith("ready"):
            threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()

    with pytest.raises(Interrupted) as stop:
        heard(["asked_apart:endless"], 2, 60.0, tell)
    assert stop.value.found == [Heard([2], False)]


def test_errors_are_raised_here(program):
    with pytest.raises(InputError, match="ask less"):
        heard(["asked_apart:refusing"], 1, 60.0)
    with pytest.raises(RuntimeError, match="status 7"):
        heard(["asked_apart:dying", "asked_apart:endless"], 1, 60.0)
    with pytest.raises(ModuleNotFoundError):
        heard(["no_such_module:counting"], 1, 60.0)


@pytest.mark.parametrize("child", ["waiting", pytest.param("deaf", marks=pytest.mark.skipif(sys.platform != "linux", reason="prctl"))])
def test_children_end_with_a_parent_that_is_killed(child, program, tmp_path):
    """The child writes down its number and never ends by itself; the parent gets kill -9."""
    note = tmp_path / "number"
    script = f"from certifield.topology.questions._apart import heard; heard(['asked_apart:{child}'], {str(note)!r}, 600.0)"
    parent = subprocess.Popen([sys.executable, "-c", script])
    while not (note.exists() and note.read_text()):
        assert parent.poll() is None
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    child = int(note.read_text())
    for _ in range(500):
        if not _runs(child):
            return
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the child outlives its parent")


def test_nothing_is_imported_from_the_folder_of_the_user(program, tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    (here / "random.py").write_text("raise SystemExit('a file of the user')")
    monkeypatch.chdir(here)
    assert heard(["asked_apart:counting"], 1, 60.0) == [Heard([0], True)]


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
