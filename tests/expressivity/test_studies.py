"""The studies of what networks can express: small settings of each, their claims and pages."""

import pytest
from study_answers import answered, disagreeing

from certifield.engine import entry_called
from certifield.study import Missing


@pytest.mark.parametrize("system", ["D9", "D10"])
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


def test_transformer_ensemble():
    readings, verdicts, (section,) = answered("transformer-ensemble", heads=[2, 4], draws=20_000, blocks=2_000)
    assert verdicts["DY-27"] == "reproduced" and not disagreeing(readings)
    assert len(section.plots[-1].marks) == 3 and all(row[0] == "tangent kernel, median" for row in section.rows)
    assert isinstance(readings["heads-2"]["fourth"].value, Missing)  # so few draws have no error bar, and draw nothing


@pytest.mark.slow
def test_many_heads_follow_the_law_of_independent_ones():
    readings, verdicts, (section,) = answered("transformer-ensemble", heads=[2, 8], draws=200_000, blocks=20_000)
    assert verdicts == {"DY-27": "reproduced", "DY-27b": "reproduced"} and not disagreeing(readings) and len(section.plots) == 2
