"""What neighbours can teach: labels, the closed form of the nearest sample, and the study with its verdicts."""

import math

import numpy as np
import pytest
from scipy import integrate
from study_answers import answered, disagreeing

from certifield.expressivity.studies import local_constancy as study


def test_labels_alternate():
    points = np.array([[0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.99, 0.0]])
    assert study.label(points, 4).tolist() == [1, -1, 1, -1]


@pytest.mark.parametrize("dim", [1, 2, 3, 6])
def test_the_nearest_sample_by_quadrature(dim):
    """E r^2 = int 2 r P(no sample within r) dr with P = exp(-n V r^m/(2 pi)^m), over m; of another dimension it is another number."""
    ball = {1: 2.0, 2: math.pi, 3: 4 * math.pi / 3, 6: math.pi**3 / 6}[dim]
    density = 1000 * ball / (2 * math.pi) ** dim
    square = integrate.quad(lambda r: 2 * r * math.exp(-density * r**dim), 0, (60 / density) ** (1 / dim), limit=400)[0]
    assert abs(study.foretold(dim, 1000) / math.sqrt(square / dim) - 1) < 1e-7
    assert abs(study.foretold(dim + 1, 1000) / math.sqrt(square / dim) - 1) > 0.1


@pytest.mark.slow
def test_local_constancy():
    small = {"steps": 300, "dimensions": [2, 3], "counts": [512, 4096]}
    readings, verdicts, (boards, manifolds) = answered("local-constancy", **small)
    assert not disagreeing(readings) and set(verdicts.values()) == {"reproduced"} and len(verdicts) == 3
    assert len(boards.rows) == 4 and len(manifolds.rows) == 2 and len(manifolds.plots[0].marks) > 1
    for dim in (2, 3):  # twins: the power, and the constant, of another dimension
        power, ratio = (readings[f"torus/m={dim}"][name].value for name in ("power of the samples", "error over that of large samples"))
        assert abs(float(power.mean) + 1 / dim) < 0.03 < abs(float(power.mean) + 1 / (dim + 1))
        assert abs(float(ratio.mean) - 1) < 0.05 < abs(float(ratio.mean) * study.foretold(dim, 4096) / study.foretold(dim + 1, 4096) - 1)
    assert readings["centres/0-missing"]["wrong"].value.mean == 0
    one = readings["centres/1-missing"]["wrong"]
    assert one.value.agrees_with(1 / 36).agrees and not one.value.agrees_with(1 / 35).agrees and not one.value.agrees_with(0.0).agrees
    seen = readings["board/neighbours-1"]["wrong in cells with samples"].value
    assert float(seen.mean) < 0.2
