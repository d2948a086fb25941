"""Knots with invariants that others computed."""

import json
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
