"""The studies of renormalisation: small settings of each, their claims, and what their pages hold."""

import re
from pathlib import Path

import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.engine import entry_called


def test_the_system_has_its_main_study():
    assert entry_called("F6").name == "rg-optimal-transport" and entry_called("F6").area == "Networks as fields"


def test_rg_optimal_transport():
    small = {"sides": [2], "chains": 128, "kept": 4, "nodes": 6, "draws": 8000, "networks": 64, "data": [1.0, 100.0]}
    readings, verdicts, (one, lattices, distances, inference) = answered("rg-optimal-transport", **small)
    assert not disagreeing(readings)
    assert verdicts == {"FI-22": "reproduced", "FI-22a": "open", "FI-23": "reproduced"}  # the lattice of the second is not asked for
    assert len(one.rows) == 12 and len(lattices.rows) == 4 and len(distances.rows) == 2 and len(inference.rows) == 2
    kl, information, distance, length = one.plots[0].marks[1::2]
    assert np.all(np.diff(kl.y) < 0) and np.all(information.y > 2 * kl.y) and np.all(distance.y**2 < 2 * kl.y)
    assert np.all(np.diff(length.y) > 0)
    for name in ("free", "L=2"):
        found = readings[name]["relative entropy, heat"]
        assert not (2 * found.value).agrees_with(found.expected, independent=True).agrees  # sabotage twin


def test_renormalising_diffusion():
    small = {"lattices": [[2, 8.0]], "schedules": ["heat"], "chains": 128, "kept": 4, "steps": 200, "draws": 1024}
    readings, verdicts, (weights, averages) = answered("renormalising-diffusion", **small)
    assert not disagreeing(readings) and verdicts == {"FI-24": "open", "FI-24a": "open"}  # of another lattice
    assert len(weights.rows) == 1 and len(averages.rows) == 3 and len(weights.plots) == 2
    outline = weights.plots[1].marks[0]
    assert abs(np.sum(outline.heights * np.diff(outline.edges)) - 1) < 1e-12
    assert readings["L=2/lambda=8/heat"]["effective part"].value.mean > 0.8


@pytest.mark.slow
def test_diffusion_of_both_schedules():
    readings, verdicts, _ = answered("renormalising-diffusion", lattices=[[4, 8.0], [8, 8.0]], steps=400, draws=1024)
    assert not disagreeing(readings) and verdicts == {"FI-24": "reproduced", "FI-24a": "reproduced"}


def test_the_examples_of_the_page_run(capsys):
    """All code of the page, in order; figures that its comments state are printed."""
    page = Path(__file__).resolve().parents[3] / "docs" / "renormalisation.md"
    examples = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    known: dict = {}
    for code in examples:
        exec(compile(code, str(page), "exec"), known)
    printed = capsys.readouterr().out
    assert examples
    for figure in ("0.0161805", "0.1309187", "0.2386"):
        assert figure in printed
