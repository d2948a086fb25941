"""The studies of the axioms and of quantum mechanics from networks: quick settings, claims and pages."""

import re
from pathlib import Path

import pytest
from study_answers import answered, disagreeing

from certifield.engine import entry_called


@pytest.mark.parametrize(("system", "study"), [("F3", "os-axioms"), ("F4", "network-quantum-mechanics")])
def test_every_system_has_its_study(system, study):
    assert entry_called(system).name == study


def test_os_axioms():
    theories = ["ornstein-uhlenbeck", "squared-exponential", "hard-cutoff-10", "net/N=1", "net/N=10"]
    readings, verdicts, (table,) = answered("os-axioms", theories=theories)
    assert not disagreeing(readings) and len(table.rows) == 25
    assert verdicts == {
        "FI-08": "open",
        "FI-09": "reproduced",
        "FI-10": "corrected",
        "FI-11": "reproduced",
        "FI-11a": "corrected",
        "FI-12": "corrected",
    }
    assert {row[2] for row in table.rows} == {"pass", "fail", "undecided"}


def test_network_quantum_mechanics():
    readings, verdicts, (levels, processes) = answered("network-quantum-mechanics", couplings=[6], blocks=32, steps=3000, draws=8000)
    assert not disagreeing(readings) and set(verdicts.values()) == {"reproduced"}
    assert len(levels.rows) == 6 and len(processes.rows) == 10
    # sabotage twin: the two processes have different first gaps, and the errors tell them apart
    free, quartic = (readings[name]["first gap"].value for name in ("free-process", "quartic-process"))
    assert not free.agrees_with(1.4029218).agrees and not quartic.agrees_with(1.0).agrees


PAGES = {"oracles": ["0.35484025", "0.606696"], "axioms": ["fail"]}


@pytest.mark.parametrize("name", PAGES)
def test_the_examples_of_the_pages_run(name, capsys):
    """All code of a page, in order; figures that its comments state are printed."""
    page = Path(__file__).resolve().parents[2] / "docs" / f"{name}.md"
    known: dict = {}
    for code in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(code, str(page), "exec"), known)
    printed = capsys.readouterr().out
    assert all(figure in printed for figure in PAGES[name])
