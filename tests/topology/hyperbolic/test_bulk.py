"""Floats of many complements at once, the census, and the bounds that an attack in bulk rests on."""

from math import asinh, pi

import numpy as np
import pytest
from scipy.integrate import quad

pytest.importorskip("snappy")

from certifield.conjecture.studies._slope_attack import ball_radius, bounds, bulk, gathered, knots
from certifield.evidence import InputError
from certifield.topology import Diagram, named, signature
from certifield.topology.hyperbolic import census_knots, census_size, cusp, rough_cusps


def test_floats_are_those_of_the_proven_structure_and_odd_under_mirror_images():
    diagrams = [named("7_5"), named("3_1"), named("8_20"), named("7_5").mirror(), Diagram.from_pd([])]
    found = list(rough_cusps(diagrams, meridians=True))
    assert found[1] is None and found[4] is None
    for place in (0, 2):
        proved = cusp(diagrams[place])
        assert found[place].volume.value == pytest.approx(proved.volume.value, abs=1e-9)
        assert found[place].slope.value == pytest.approx(proved.slope.value, abs=1e-9)
        assert found[place].meridian.value == pytest.approx(abs(proved.meridian.value), abs=1e-5)
    assert found[3].slope.value == pytest.approx(-found[0].slope.value, abs=1e-9) != 0
    (plain,) = rough_cusps(diagrams[:1])
    assert plain.meridian is None and plain.volume.value == found[0].volume.value


def test_the_census_has_its_size_and_the_chirality_of_its_diagrams():
    """59937 prime knots of up to 14 crossings have hyperbolic or other complements; signature and slope agree in sign."""
    assert census_size() == 59937
    found = census_knots(2000, 12)
    numbers = [
        (signature(diagram), one.slope.value) for (_, diagram), one in zip(found, rough_cusps(d for _, d in found), strict=True) if one
    ]
    assert len({name for name, _ in found}) == 12 and len(numbers) >= 10
    assert all(abs(2 * sigma - slope) < 6 for sigma, slope in numbers)
    assert sum(sigma * slope > 0 for sigma, slope in numbers if sigma) >= 0.9 * sum(sigma != 0 for sigma, _ in numbers)


def test_the_radius_of_a_ball_is_that_of_its_volume():
    radius = ball_radius(5.0)
    assert quad(lambda r: 4 * pi * np.sinh(r) ** 2, 0, radius)[0] == pytest.approx(5.0)
    rows = np.array([[2.0, 1.0, 5.0, 1.0], [-2.0, 1.0, 5.0, 100.0], [-2.0, 1.0, 5.0, np.inf]])
    assert bounds(rows) == pytest.approx([3 / 5 * asinh(0.5) ** 3, radius**3, radius**3])


def test_where_the_kernel_crashes_at_the_cusp_the_meridian_alone_is_missing():
    """K13a4725, place 7600 and a few of the census."""
    place = next(number for number, (name, _) in enumerate(census_knots(7600, 200), 7600) if name == "K13a4725")
    ((_, diagram),) = census_knots(place, 1)
    (found,) = rough_cusps([diagram], meridians=True)
    assert found is not None and found.meridian is None and found.volume.value == pytest.approx(20.7776482, abs=1e-6)
    assert cusp(diagram).status == "verified"


def test_a_batch_of_families_is_counted_and_its_worst_knot_proved():
    found = bulk("families", 3, 20, 1)
    made, every, worst, different = gathered([found, found])
    assert made == 40 and len(every) == 2 * len(found["numbers"]) > 20 and 0 < every.max() < 1
    assert different <= len(found["numbers"]) and found["proved"] and worst == found["worst"]
    names = dict(knots("families", 3, 20, 1))
    sigma, slope, volume, _ = found["numbers"][int(np.argmax(bounds(found["numbers"])))]
    assert signature(names[worst]) == sigma
    assert found["ball"][[0, 2]] == pytest.approx([slope, volume], abs=1e-8) and found["ball"][1] < 1e-9


@pytest.mark.parametrize(
    "call",
    [
        lambda: census_knots(59937, 1),
        lambda: census_knots(-1, 1),
        lambda: census_knots(0, 0),
        lambda: rough_cusps([named("4_1")], meridians=1),
        lambda: list(rough_cusps([Diagram.from_braid([1, 1], 2)])),
    ],
)
def test_bad_arguments_are_named(call):
    with pytest.raises(InputError):
        call()
