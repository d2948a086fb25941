"""Principal components against eigenvectors of the covariance; lattices with known noise; the study of planted tables."""

import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.conjecture.models import Data, components, lattice, train
from certifield.evidence import InputError

pytest.importorskip("sklearn")


def table(x, y=None):
    return Data(tuple(f"x{place}" for place in range(x.shape[1])), x, np.zeros(len(x)) if y is None else y, np.arange(len(x)))


def sites(noise, seed=0, rows=1500):
    """Sites of a square lattice of seven by seven, with noise in all six directions."""
    rng = np.random.default_rng(seed)
    plane = np.linalg.qr(rng.normal(size=(6, 2)))[0].T
    return rng.integers(-3, 4, (rows, 2)) @ plane + noise * rng.normal(size=(rows, 6))


def test_shares_and_directions_are_those_of_the_covariance():
    x = np.random.default_rng(0).normal(size=(400, 5)) * [3.0, 2.0, 1.0, 0.5, 0.1] + 7.0
    found = components(table(x))
    values, vectors = np.linalg.eigh(np.cov(x.T))
    assert np.allclose(found.shares.mean, values[::-1] / values.sum(), rtol=1e-12)
    assert np.allclose(abs(np.sum(found.directions * vectors[:, ::-1].T, axis=1)), 1)
    assert np.allclose(found.scores.mean(axis=0), 0, atol=1e-12)
    # Of Gaussian data: var(share_1) = 2/n share_1^2 ((1 - share_1)^2 + sum of the other shares squared).
    share = values[::-1] / values.sum()
    known = share[0] * np.sqrt(2 / 400 * ((1 - share[0]) ** 2 + np.sum(share[1:] ** 2)))
    assert abs(float(found.shares.stderr[0]) / known - 1) < 4.9 / np.sqrt(2 * 63) + 0.1


@pytest.mark.parametrize("noise", [0.02, 0.1])
def test_a_lattice_is_as_strong_as_its_noise_lets_it_be(noise):
    """|c|^2 = exp(-k^2 noise^2) with |k| = 2 pi for cells of size 1; the wave vector is one of the dual lattice, here turned."""
    found = lattice(components(table(sites(noise))))
    assert found.rank == 2
    known = np.exp(-((2 * np.pi * noise) ** 2))
    assert np.all(abs(np.asarray(found.strengths.mean) - known) < 4.9 * np.asarray(found.strengths.stderr) + 0.01)
    assert np.allclose(np.linalg.norm(found.waves, axis=1), 2 * np.pi, rtol=5e-3)
    assert abs(found.waves[0] @ found.waves[1]) < 0.05 * (2 * np.pi) ** 2


def test_clouds_without_a_lattice_have_none():
    rng = np.random.default_rng(1)
    for x in (rng.normal(size=(1500, 6)), rng.uniform(-1, 1, (1500, 6)) * [3, 2, 1, 1, 1, 1], sites(0.6)):
        assert lattice(components(table(x))).rank == 0
    line = np.repeat(rng.integers(0, 9, 600)[:, None], 6, axis=1) + 0.01 * rng.normal(size=(600, 6))
    assert lattice(components(table(line)), 1).rank == 1


def test_bad_tables_are_named():
    with pytest.raises(InputError, match="constant"):
        components(table(np.ones((20, 3))))
    found = components(table(np.random.default_rng(0).normal(size=(20, 3))))
    for wrong in (0, 3, True, "2"):
        with pytest.raises(InputError, match="dimension"):
            lattice(found, wrong)
    with pytest.raises(InputError, match="16 rows"):
        lattice(components(table(np.random.default_rng(0).normal(size=(8, 3)))))
    for wrong in (None, [[1.0]]):
        with pytest.raises(InputError):
            components(wrong)
        with pytest.raises(InputError):
            lattice(wrong)


def test_gradients_of_classes_are_those_of_the_cross_entropy_whatever_the_type_of_the_labels():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(200, 3))
    y = (x[:, 0] > 0).astype(np.int64)
    data = Data(("a", "b", "c"), x, y, np.arange(200), (0.0, 1.0))
    network = train(data, np.arange(200), steps=60, seed=0)
    slope = network.gradients(x, y.astype(float))
    assert np.array_equal(slope, network.gradients(x, y))
    moved = x + 0.3 * np.sign(slope) * x.std(axis=0)
    assert np.mean(network(moved) == y) < np.mean(network(x) == y), "against the gradient of its loss a network errs more"


@pytest.mark.slow
def test_the_study():
    readings, verdicts, sections = answered("planted-tables", rows=600, seeds=2, steps=200)
    assert {key: verdicts[key] for key in ("CO-05", "CO-07", "CO-08a")} == {
        "CO-05": "reproduced",
        "CO-07": "reproduced",
        "CO-08a": "corrected",
    }
    assert not disagreeing(readings) and [section.key for section in sections] == ["features", "plane", "perturbed"]
    shuffled = readings["shuffled"]["accuracy of network"].value
    assert abs(float(shuffled.mean) - 0.5) < 4.9 * float(shuffled.stderr) and readings["cloud"]["directions on a lattice"].value.value == 0
    turned = readings["perturbed"]
    assert turned["turned by 0.2 against the gradient"].value.mean > turned["turned by 0.2 at random"].value.mean
