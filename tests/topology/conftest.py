"""Knots with invariants that others computed."""

import fcntl
import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

SAMPLE = Path(__file__).with_name("knotinfo_sample.json")


@pytest.fixture(scope="session")
def knotinfo() -> list[dict]:
    """All prime knots up to 8 crossings and a random sample up to 13, 500 in all, from KnotInfo (Livingston and Moore, knotinfo.org).

    Taken from the package database-knotinfo 2026.11.2: name, planar diagram, Gauss, DT and braid codes, signature, determinant, Arf
    invariant, coefficients of the Alexander polynomial, [lowest exponent, coefficients] of the Jones polynomial, jumps of the
    signature function as [2 turn, value at the jump, value behind it], and whether the smooth four-genus is 0.
    """
    return json.loads(SAMPLE.read_text(encoding="utf-8"))


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> None:
    """The moves are compiled by the first worker of a suite while the others wait: it takes more than all that is done with them."""
    if not find_spec("numba"):
        return
    from certifield.topology.diagrams import Diagram
    from certifield.topology.moves import simplify

    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "compiling.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        simplify(Diagram.from_braid([1, 1, 1]))
