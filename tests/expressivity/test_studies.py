"""The studies of what networks can express: small settings of each, their claims and pages."""

import pytest
from study_answers import answered, disagreeing

from certifield.engine import entry_called
from certifield.study import Missing


@pytest.mark.parametrize("system", ["D7", "D9", "D10"])
def test_every_system_has_its_study(system):
    assert entry_called(system).area == "What networks can express"


def test_equivariance():
    readings, verdicts, (section,) = answered("equivariance", inputs=16, steps=5, draws=4000)
    assert verdicts == {"DY-26": "reproduced", "DY-26b": "corrected"} and not disagreeing(readings)
    mean = {name: {key: found.value.mean for key, found in reading.items()} for name, reading in readings.items()}
    assert mean["plain"]["turns"] > 0.05 and mean["p4"]["end"] > 0.05 and mean["p4m"]["end"] < 1e-12  # mirrors are not in p4
    assert mean["average"]["before"] > 0.1 and mean["average"]["after"] < 1e-12
    assert readings["uniform-readout"]["rejected"].value.value and not readings["Gaussian-readout"]["rejected"].value.value
    assert section.plots and len(section.rows) > 15


@pytest.mark.slow
def test_transformer_ensemble():
    readings, verdicts, (section,) = answered("transformer-ensemble", heads=[2, 4], draws=20_000, blocks=2_000)
    assert verdicts["DY-27"] == "reproduced" and not disagreeing(readings)
    assert len(section.plots[-1].marks) == 3 and all(row[0] == "tangent kernel, median" for row in section.rows)
    assert isinstance(readings["heads-2"]["fourth"].value, Missing)  # so few draws have no error bar, and draw nothing


@pytest.mark.slow
def test_many_heads_follow_the_law_of_independent_ones():
    readings, verdicts, (section,) = answered("transformer-ensemble", heads=[2, 8], draws=200_000, blocks=20_000)
    assert verdicts == {"DY-27": "reproduced", "DY-27b": "reproduced"} and not disagreeing(readings) and len(section.plots) == 2


@pytest.mark.slow
def test_universal_approximation():
    given = {
        "relu": [4, 8, 16],
        "relu2": [2, 4, 8],
        "tanh": [1, 2, 3],
        "cube": [4, 8, 12],
        "plane": [2, 3, 4],
        "stairs": [8],
        "depths": [1, 3],
    }
    readings, _, (section,) = answered("universal-approximation", restarts=2, **given)
    assert not disagreeing(readings)
    over = {name: float(reading["over the best splines"].value.mean) for name, reading in readings.items() if name.startswith("relu-")}
    assert 0.85 < over["relu-8"] < over["relu-16"] < 1.02
    assert float(readings["plane-4"]["over Barron's bound"].value.mean) < 0.1
    assert readings["stairs-8"]["largest over the bound"].value.value < 1 and len(section.plots) == 2 and len(section.rows) == 15


def test_differential_equations():
    readings, _, (section,) = answered("differential-equations", dimensions=[1, 2], restarts=1, steps=20)
    for dim in (1, 2):
        assert float(readings[f"network-{dim}"]["error over its bound"].value.mean) < 1
        assert float(readings[f"network-{dim}"]["error"].value.mean) < 0.01
    assert not disagreeing(readings) and len(section.rows) == 6 and len(section.plots) == 1
