"""The interval Newton method: balls that contain what is known, and no proof of what is wrong."""

import pytest

from certifield.topology.hyperbolic._newton import structure
from certifield.topology.hyperbolic._process import ask
from certifield.topology.tables import knotinfo

pytestmark = pytest.mark.knots

# Two tetrahedra of the figure eight (Thurston's notes, chapter 4): two edges, then meridian and longitude, as SnapPy's m004 has them.
EIGHT = [[2, 1, 0, 2, 1, 0], [0, 1, 2, 0, 1, 2], [1, 0, 0, 0, 0, -1], [1, 1, 1, 1, -1, -3]]
REGULAR = [[0.5, 0.866], [0.5, 0.866]]


def test_two_regular_tetrahedra():
    """Volume 2.02988..., mu = i and lambda = 2 sqrt 3 up to scale."""
    proved = structure(EIGHT, REGULAR)
    assert proved is not None and proved.shape.real.contains(0) and (proved.shape.imag**2).contains(12) and proved.shape.imag < 0
    assert abs(float(proved.volume.mid()) - 2.029883212819307) < 1e-15


def _asked(name: str) -> dict:
    return ask([list(row) for row in knotinfo(name).diagram.crossings], quick=True)


@pytest.mark.parametrize("name", ["4_1", "5_2", "8_17", "9_42", "10_125", "12n_242", "12a_990"])
def test_balls_contain_snappys_floats(name):
    """SnapPy adds up volumes in another way, and reads the shape off the cusp and not from a derivative."""
    asked = _asked(name)
    proved = structure(asked["equations"], asked["shapes"])
    assert proved is not None and float(proved.volume.rad()) < 1e-20 and float(proved.shape.rad()) < 1e-20
    assert abs(float(proved.volume.mid()) - asked["volume"]) < 1e-9
    assert abs(complex(proved.shape.mid()) - complex(*asked["shape"]).conjugate()) < 1e-7


def test_a_proposal_need_not_be_good():
    asked = _asked("8_17")
    fine, coarse = (structure(asked["equations"], [[round(x, digits) for x in pair] for pair in asked["shapes"]]) for digits in (15, 1))
    assert fine is not None and coarse is not None and fine.volume.overlaps(coarse.volume) and fine.shape.overlaps(coarse.shape)


@pytest.mark.parametrize("far", [[0.5, -0.866], [0.5, 0.0], [1e9, 1e-9]])
def test_shapes_that_are_far_away_prove_nothing(far):
    asked = _asked("5_2")
    assert structure(asked["equations"], [far] * len(asked["shapes"])) is None


def test_wrong_equations_prove_nothing_or_something_else():
    """Every coefficient of an edge or of the meridian changed by one: no structure, or another one; and a wrong longitude another shape."""
    asked = _asked("5_2")
    right, equations = structure(asked["equations"], asked["shapes"]), asked["equations"]
    assert right is not None
    for row in range(1, len(equations) - 1):
        for place in range(len(equations[0])):
            wrong = [list(entries) for entries in equations]
            wrong[row][place] += 1
            found = structure(wrong, asked["shapes"])
            assert found is None or not found.volume.overlaps(right.volume)
    wrong = [*equations[:-1], [a + b for a, b in zip(equations[-1], equations[-2], strict=True)]]
    shifted = structure(wrong, asked["shapes"])  # lambda + mu in the place of lambda
    assert shifted is not None and shifted.shape.overlaps(right.shape + 1) and not shifted.shape.overlaps(right.shape)


def test_a_singular_system_proves_nothing():
    asked = _asked("4_1")
    first, _, *_ = asked["equations"]
    assert structure([first, first, first, first], asked["shapes"]) is None
