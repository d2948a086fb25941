"""The table of axion-photon couplings of Calabi-Yau threefolds, by CYTools, and the study."""

import numpy as np
import pytest
from study_answers import answered, asked, disagreeing

from certifield.cosmology import axions
from certifield.evidence import InputError

# Weights: N, V, geometric mean, mean and largest g M_P over all prime toric divisors at the tip with c = 1, by another program.
TABLE = {
    (1, 1, 1, 1, 1): (1, 0.8333, 0.8165, 0.8165, 0.8165),
    (1, 1, 1, 6, 9): (2, 3.5, 1.32, 2.29, 9.27),
    (1, 1, 2, 2, 2): (2, 3.333, 1.16, 1.22, 1.91),
    (1, 2, 3, 3, 3): (3, 18.33, 1.86, 2.69, 8.68),
}


def numbers(threefold, t):
    g = np.asarray(axions.couplings(threefold, t).values.value)
    return float(threefold.at(t).volume), float(np.exp(np.log(g).mean())), float(g.mean()), float(g.max())


@pytest.mark.toric
@pytest.mark.parametrize("weights", TABLE)
def test_table_of_couplings(weights):
    threefold = axions.polytope_threefold(axions.simplex_vertices(weights))
    count, *stated = TABLE[weights]
    found = numbers(threefold, axions.stretched_tip(threefold).t)
    assert threefold.axions == count and found == pytest.approx(stated, rel=5e-3)
    assert found[1] / np.sqrt(2) != pytest.approx(stated[1], rel=0.2)  # a factor 2 in K


@pytest.mark.toric
@pytest.mark.slow
def test_table_at_a_hundred_axions():
    """The printed row is that of the point of CYTools, which solves a linear program above 25 axions: the tip is shorter by 8 per cent."""
    from cytools import Polytope

    corners = [[-1, -1, -1, -1], *np.eye(4, dtype=int).tolist()]
    threefold = axions.polytope_threefold(corners, dual=True)
    theirs = Polytope(corners).dual().triangulate().get_cy().toric_kahler_cone().tip_of_stretched_cone(1)
    assert threefold.axions == 101 and numbers(threefold, theirs) == pytest.approx((4.0e5, 45.7, 188, 3.1e3), rel=2e-2)
    tip = np.array([float(one) for one in axions.stretched_tip(threefold).t])
    assert np.linalg.norm(tip) < 0.93 * np.linalg.norm(theirs) and (threefold.curves @ tip).min() > 1 - 1e-9


@pytest.mark.toric
def test_the_tip_depends_on_the_basis():
    """Eleven axions, four frames of one polytope: CYTools takes other bases of divisors, and the shortest t is another in each.

    The printed row, whose frame is not told, lies between: volume, geometric mean, mean and largest coupling.
    """
    corners = np.array([[-1, -12, -28, -42], *np.eye(4, dtype=int).tolist()])
    frames = [axions.simplex_vertices((1, 1, 12, 28, 42)), corners, axions.simplex_vertices((1, 1, 42, 12, 28)), corners[:, [0, 2, 3, 1]]]
    found = [numbers(one, axions.stretched_tip(one).t) for one in map(axions.polytope_threefold, frames)]
    assert [row[0] for row in found[:2]] == pytest.approx([268488 + 1 / 3, 1675334 + 1 / 3]) and len({round(row[0]) for row in found}) == 4
    lowest, highest = np.min(found, axis=0), np.max(found, axis=0)
    assert (lowest < (3.44e5, 55, 356, 1.66e3)).all() and (highest > (3.44e5, 55, 356, 1.66e3)).all()


@pytest.mark.toric
@pytest.mark.slow
def test_four_hundred_and_ninety_one_axions_end_to_end():
    """The largest number of axions of the list; the volume at the shortest t is below that of the point of the printed one, 1.6e13."""
    threefold = axions.polytope_threefold(axions.simplex_vertices((1, 1, 12, 28, 42)), dual=True)
    tip = axions.stretched_tip(threefold)
    volume, geometric, mean, largest = numbers(threefold, tip.t)
    assert threefold.axions == 491 and (threefold.curves @ np.array([float(one) for one in tip.t])).min() > 1 - 1e-9
    assert 1e10 < volume < 1.6e13 and 1e3 < geometric < mean < largest


def test_weights_are_a_name_or_numbers():
    assert asked("axion-photon", polytopes=[[1, 1, 1, 6, 9], "1-1-1-1-1~"])[1].polytopes == ("1-1-1-6-9", "1-1-1-1-1~")


@pytest.mark.toric
def test_polytopes_that_are_refused():
    with pytest.raises(InputError, match="favourable"):
        axions.polytope_threefold(axions.simplex_vertices((1, 1, 2, 4, 4)))
    with pytest.raises(InputError, match="reflexive"):
        axions.polytope_threefold([[7, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, -1, -1, -1]])


@pytest.mark.toric
def test_axion_photon():
    readings, verdicts, sections = answered("axion-photon", polytopes=["1-1-1-1-1", "1-1-1-6-9", "1-2-3-3-3", "1-1-12-28-42"],
                                            shares=[0.02, 0.1, 0.3], geometries=2, sizes=[5, 10, 20])  # fmt: skip
    assert not disagreeing(readings) and set(verdicts) == {"MO-15", "MO-16", "MO-17"} and verdicts["MO-16"] == "reproduced"
    assert [section.key for section in sections] == ["couplings", "control", "eigenstates"]
    assert readings["polytope/1-1-1-1-1"]["mean g"].value.value == pytest.approx(np.sqrt(2 / 3), abs=1e-15)
    assert readings["trees/0.3"]["mean g"].value.mean > 10 * readings["polytope/1-1-12-28-42"]["mean g"].value.value


def test_axion_photon_without_cytools(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "cytools", None)
    readings, verdicts, sections = answered("axion-photon", polytopes=["1-1-1-1-1"], shares=[0.02], geometries=2, sizes=[5, 10, 20])
    assert "certifield[toric]" in str(readings["polytope/1-1-1-1-1"]["mean g"].value) and verdicts["MO-15"] == "open"
    assert sections[0].rows[0][0] == "trees/0.02"
