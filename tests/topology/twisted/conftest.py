"""Knots whose four-genus is known."""

import json
from pathlib import Path

import pytest

from certifield.topology import Diagram


@pytest.fixture(scope="session")
def knots() -> dict[str, tuple[Diagram, int]]:
    """Diagram and topological four-genus by name, from KnotInfo (Livingston and Moore, knotinfo.org; database-knotinfo 2026.11.2).

    The 16 prime knots up to 12 crossings that are algebraically slice and not topologically slice (algebraic concordance order 1,
    topological_four_genus 1), the slice ones up to 10 crossings, 12 slice ones of 11 and 12 crossings drawn at random, and 11n_34.
    """
    rows = json.loads(Path(__file__).with_name("knots.json").read_text(encoding="utf-8"))
    return {row["name"]: (Diagram.from_pd(row["pd"]), row["topological_four_genus"]) for row in rows}
