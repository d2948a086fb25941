"""Models of signatures: mirror images, and splits by family, on planted knots."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

from certifield.conjecture.models import Data, score
from certifield.conjecture.studies._slope_models import FEATURES, NUMBERS, features, known, mirrored, models
from certifield.evidence import InputError


def planted(count: int, seed: int, *, even: bool = False) -> np.ndarray:
    """Rows in which sigma is an even whole number near the real part of the meridian; or, for the twin, near its size."""
    rng = np.random.default_rng(seed)
    numbers = rng.uniform(1, 2, size=(count, len(NUMBERS)))
    re = rng.uniform(-5, 5, size=count)
    numbers[:, 0] = 2 * np.round(np.abs(re) / 2 if even else re / 2)
    numbers[:, NUMBERS.index("re")], numbers[:, NUMBERS.index("crossings")] = re, rng.integers(8, 12, count)
    return numbers


def test_mirror_images_change_the_meridian_alone_and_unknown_lengths_are_left_out():
    numbers = planted(6, 1)
    x = features(numbers)
    changed = mirrored(x) != x
    assert changed[:, FEATURES.index("meridian re")].all() and changed.sum() == 6
    assert np.array_equal(x[:, FEATURES.index("determinant")], numbers[:, NUMBERS.index("determinant")])
    numbers[2, NUMBERS.index("inj")] = numbers[4, NUMBERS.index("longitude")] = -1.0
    assert known(numbers).tolist() == [True, True, False, True, False, True]


def test_rows_of_one_label_are_held_out_together():
    """What is constant on a family is known by every random split, and by none that keeps families apart."""
    family = np.repeat(np.arange(6), 20)
    x = family[:, None] + np.random.default_rng(2).normal(scale=0.01, size=(120, 1))
    data = Data(("x",), x, family % 2, np.arange(120), (0.0, 1.0))
    assert score("nearest neighbour", data).mean == 1 and score("nearest neighbour", data, apart=family).mean == 0
    pairs = Data(("x",), x, family % 2, np.arange(120) // 2, (0.0, 1.0))
    for labels in (family[:5], np.zeros(120), np.arange(120)):
        with pytest.raises(InputError, match="apart"):
            score("nearest neighbour", pairs, apart=labels)


@pytest.mark.slow
def test_an_odd_network_is_odd_and_learns_what_is():
    found = models(planted(160, 3), planted(20, 4), steps=300, seeds=2)
    assert found.odd.mean > 0.85 and found.opposite.mean > 0.85 and found.twists.mean > 0.8
    scores = {name: one.mean for name, one in found.scores.items()}
    assert scores["network"] > found.crossings.mean > scores["majority or mean"] + 0.2  # an unseen value of a feature costs accuracy
    assert found.attribution.order[0] == "meridian re"
    twin = models(planted(160, 3, even=True), planted(20, 4)[:0], steps=300, seeds=2)
    assert twin.odd.mean < 0.5 and twin.opposite.mean < 0.9 and twin.twists is None  # sabotage twin: sigma is even
