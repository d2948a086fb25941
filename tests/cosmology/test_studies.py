"""The studies of inflation and of vacua: small settings, claims, pages."""

import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.engine import entry_called


@pytest.mark.parametrize("system", ["M1", "M2", "M3", "M6"])
def test_every_system_has_its_study(system):
    assert entry_called(system).area == "Models of string theory"


def test_inflation_sextic():
    readings, verdicts, sections = answered("inflation-sextic", closed=["Starobinsky"], amplitudes=["rescale"], evolutions=2, solved=2)
    assert not disagreeing(readings) and {section.key for section in sections} == {"search", "exact"}
    assert verdicts["MO-08"] == "corrected" and verdicts["MO-10"] == "reproduced"
    assert readings["search/rescale"]["distinct viable"].value.value > 1000
    models = np.asarray(readings["exact"].pieces[0]["models"])
    assert len(models) == 2 and (abs(models[:, 4] / 2.1e-9 - 1) < 0.2).all()  # slow roll at the observed amplitude, which is near to exact


@pytest.mark.slow
def test_inflation_learning():
    options = {"searchers": ["genetic", "random", "a2c"], "evaluations": 12_000, "seeds": 2, "grid": 0}
    readings, verdicts, sections = answered("inflation-learning", **options)
    assert verdicts == {"MO-09": "reproduced"} and [section.key for section in sections] == ["searchers", "learning"]
    found = {name: one["distinct"].value.value for name, one in readings.items()}
    assert len(found) == 6 and found["rescale/genetic/0"] > 5 * max(found["rescale/random/0"], found["rescale/a2c/0"])
    assert all(one.pieces[0]["curve"][-1] == sum(one.pieces[0]["tallies"]) for one in readings.values())


@pytest.mark.slow
def test_inflation_forms():
    """Every reported formula has its exact spectrum, near to slow roll; what has none is named."""
    readings, verdicts, sections = answered("inflation-forms", evolutions=1, depth=2, solved=2)
    assert not verdicts and [section.key for section in sections] == ["evolution", "formulas"]
    (held,) = (one.pieces[0] for one in readings.values())
    models = held["models"]
    assert len(models) + len(held["refused"]) == 2 <= held["forms"] <= held["strings"] and len(models) == len(held["formulas"])
    assert (abs(models[:, 0] - models[:, 2]) < 5e-3).all() and (abs(models[:, 4] / 2.1e-9 - 1) < 0.1).all()


def test_inflation_priors():
    readings, verdicts, (section,) = answered("inflation-priors", priors=["box", "decades"], draws=20_000)
    assert verdicts["MO-12"] == "corrected" and len(section.plots) == 3
    share = readings["box"]["share in the printed range"].value
    assert float(share.mean) < 0.2


def test_vacua_graph():
    readings, verdicts, (late, counts) = answered("vacua-graph", heights=[4, 6], fourfolds=[(1, 426), (252, 303148)])
    assert verdicts == {"MO-18": "reproduced", "MO-19": "reproduced", "NT-01": "open"} and not disagreeing(readings)
    assert readings["bubbles-6"]["share of vacua in use"].value.value < 0.05 < readings["bubbles-4"]["share of vacua in use"].value.value
    assert len(late.rows) == 4 and len(late.plots) == 2 and len(counts.rows) == 6
    assert len(late.plots[-1].marks) == 4  # a curve and points for each model
    for wrong in ({"fourfolds": [(-3, 2400)]}, {"heights": [1]}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            answered("vacua-graph", **wrong)
