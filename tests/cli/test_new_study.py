"""A study in a package of its own: one module and one catalogue, and every verb knows it."""

import json
import sys

import pytest
from dice import STUDY

CATALOGUE = """
area = "Games of chance"
conventions = ["a fair die of n sides shows each with probability 1/n"]

[[study]]
name = "dice"
title = "Dice"
question = "How often does a die show a six?"
define = "gamblers.dice:STUDY"
systems = ["X1"]
references = ["pascal1654"]
seed = 3
[study.options]
sides = [6]
[study.budget]
draws = 2000
[study.quick.budget]
draws = 500

[[system]]
name = "X1"
title = "games of chance"
question = "Are dice fair?"
references = ["pascal1654"]

[reference.pascal1654]
text = "B. Pascal, P. de Fermat, letters (1654)"
bibtex = "@misc{pascal1654, author = {Pascal, Blaise and de Fermat, Pierre}, year = {1654}}"
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed distribution that states the entry point."""
    from certifield.engine import _catalogue

    (tmp_path / "gamblers").mkdir()
    (tmp_path / "gamblers" / "__init__.py").write_text("")
    (tmp_path / "gamblers" / "dice.py").write_text(STUDY)
    (tmp_path / "gamblers" / "catalogue.toml").write_text(CATALOGUE)
    info = tmp_path / "gamblers-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gamblers\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[certifield.catalogue]\ngamblers = gamblers\n")
    monkeypatch.syspath_prepend(tmp_path)
    _catalogue.catalogues.cache_clear()
    yield tmp_path
    _catalogue.catalogues.cache_clear()
    for name in [name for name in sys.modules if name.startswith("gamblers")]:
        del sys.modules[name]


def test_every_verb_knows_it(certifield, package):
    study = package / "study"
    assert "Games of chance" in certifield("list").out
    assert "How often does a die" in certifield("show", "dice").out and "Are dice fair?" in certifield("show", "X1").out
    assert "pascal1654" in certifield("cite", "dice").out
    ran = certifield("run", "x1", study, "--workers", 0, "--json")
    assert ran.code == 0 and json.loads(ran.out)["study"] == "dice", ran.err
    assert certifield("resume", study, "--workers", 0, "--draws", 3000).code == 0
    assert certifield("status", study).code == 0
    assert certifield("verify", study, "--pieces", 0).code == 0
    assert certifield("report", study).code == 0 and "How often does a die" in (study / "report.html").read_text()
    assert "REPRODUCED" in certifield("claims", study).out
    certifield("claims", "--record", study)
    assert json.loads(certifield("claims", "dice", "--json").out)["claims"][0]["study"] == "dice"
