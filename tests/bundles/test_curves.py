"""Line bundles on curves in toric surfaces: against curves in P1 x P1 by Koszul, and theorems about degrees."""

import random

import numpy as np
import pytest

pytest.importorskip("flint")

from certifield import engine
from certifield.bundles import (
    curve_cohomology,
    hexagon_fan,
    hirzebruch_fan,
    hypersurface_cohomology,
    intersection_form,
    monomials,
    projective_fan,
)
from certifield.evidence import InputError


def generic(fan, of, seed=0):
    rng = random.Random(seed)
    return {m: rng.randint(1, 10**6) for m in monomials(fan, of)}


@pytest.mark.filterwarnings("ignore:X is not Calabi-Yau")
@pytest.mark.parametrize("bidegree", [(2, 2), (3, 2), (3, 4)])
def test_curves_in_the_product_of_two_lines(bidegree):
    """By another route: one map between cohomologies of the product, over a prime."""
    fan, of = hirzebruch_fan(0), [*bidegree, 0, 0]
    curve = generic(fan, of)
    for p in range(-4, 6):
        for q in range(-3, 6):
            found = curve_cohomology(fan, curve, of, [p, q, 0, 0])
            assert (found.h0, found.h1) == hypersurface_cohomology([1, 1], list(bidegree), [p, q]).dimensions, (p, q)
            assert found.genus == (bidegree[0] - 1) * (bidegree[1] - 1) and found.degree == p * bidegree[1] + q * bidegree[0]


def test_theorems_about_degrees_on_a_curve_of_genus_seven():
    fan, of = hexagon_fan(), [2] * 6
    curve, rng = generic(fan, of), random.Random(5)
    ranks = set()
    for _ in range(30):
        divisor = [rng.randint(-3, 3) for _ in range(6)]
        found = curve_cohomology(fan, curve, of, divisor)
        ranks.add(found.rank)
        assert found.genus == 7 and found.h0 - found.h1 == found.degree - 6
        assert found.h0 == 0 if found.degree < 0 else found.h1 == 0 if found.degree > 12 else 2 * found.h0 - 2 <= max(found.degree, 0)
    assert len(ranks) > 3
    dual = [1, 1, 1, 1, 1, 1]  # K + C
    assert curve_cohomology(fan, curve, of, dual).h0 == 7 and curve_cohomology(fan, curve, of, [0] * 6).h0 == 1


def test_sections_jump_where_coefficients_vanish():
    """O(0, -2, 2, 2, 0, 0) has none on the generic curve and one on some; a rank of a special curve is never greater."""
    fan, of, divisor = hexagon_fan(), [2] * 6, [0, -2, 2, 2, 0, 0]
    base = generic(fan, of)
    whole = curve_cohomology(fan, base, of, divisor)
    rng, seen = random.Random(1), set()
    corners = {(2 * x, 2 * y) for x, y in monomials(fan, [1] * 6) if (x, y) != (0, 0)}
    for _ in range(60):
        curve = {m: c if m in corners or rng.random() < 0.5 else 0 for m, c in base.items()}
        found = curve_cohomology(fan, curve, of, divisor)
        seen.add(found.h0)
        assert found.rank <= whole.rank and found.h0 - found.h1 == whole.h0 - whole.h1
    assert whole.h0 == 0 and seen == {0, 1}


def test_the_surface():
    assert intersection_form(projective_fan(2)).tolist() == [[1, 1, 1]] * 3
    assert intersection_form(hexagon_fan()).diagonal().tolist() == [-1] * 6
    assert intersection_form(hirzebruch_fan(3)).diagonal().tolist() == [0, -3, 0, 3]
    assert len(monomials(hexagon_fan(), [1] * 6)) == 7 and np.linalg.matrix_rank(intersection_form(hexagon_fan())) == 4


@pytest.mark.parametrize(
    "call",
    [
        lambda: curve_cohomology(hexagon_fan(), {(0, 0): 1}, [1] * 5, [0] * 6),
        lambda: curve_cohomology(hexagon_fan(), {(0, 0): 0}, [1] * 6, [0] * 6),
        lambda: curve_cohomology(hexagon_fan(), {(5, 0): 1}, [1] * 6, [0] * 6),
        lambda: intersection_form(projective_fan(3)),
    ],
)
def test_bad_input(call):
    with pytest.raises(InputError):
        call()


def test_rules_of_jumps(tmp_path):
    pytest.importorskip("sklearn")
    (tmp_path / "study.toml").write_text('study = "brill-noether"\nseed = 1\n[options]\nbundles = ["d4"]\npatterns = 200\n')
    engine.create(tmp_path / "study.toml", tmp_path / "run")
    engine.run(tmp_path / "run", workers=0)
    found = engine.answer(tmp_path / "run")
    assert found.conclusions["patterns against the refined rules"].value.value == 0
    assert found.conclusions["patterns with a jump"].value.value > 0
    assert engine.verify(tmp_path / "run", again=1).accepted
