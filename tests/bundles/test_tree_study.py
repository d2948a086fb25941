"""The study of F-theory trees: the tables of counts and means, and geometries against exact means."""

import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.bundles.studies.f_theory_trees import edge_means, ensemble_means, face_means
from certifield.bundles.trees import EdgeTrees, FaceTrees


def test_means_are_those_of_the_table():
    assert [float(one) for one in edge_means(6)] == pytest.approx([81 / 82, 144 / 82, 108 / 82, 144 / 82, 36 / 82], rel=1e-15)
    assert float(sum(edge_means(6))) == pytest.approx(6.256098, abs=5e-7)
    assert [float(one) for one in face_means(6)] == pytest.approx([0.99999998, 2.97379781, 5.67619664, 6.60854062], abs=5e-9)
    assert [float(sum(face_means(height))) for height in (3, 4, 5, 6)] == pytest.approx([0.5, 2.882353, 8.113685, 16.25853505], abs=5e-7)
    assert [float(one) for one in ensemble_means()] == pytest.approx([1881.3, 762.7], abs=0.05)
    assert [FaceTrees(height).count for height in (3, 4, 5)] == [2, 17, 4231] and FaceTrees(6).count == 41_873_645


def test_means_of_edges_by_drawing():
    """20,000 trees: each mean within 4.9 standard errors; a mean of the next height would be seen."""
    trees, rng = EdgeTrees(), np.random.default_rng(0)
    heights = np.array([np.bincount([sum(ray) for ray in trees.draw(rng)] or [0], minlength=7)[2:7] for _ in range(20_000)])
    errors = heights.std(axis=0) / np.sqrt(len(heights)) + 1e-12
    exact = np.array([float(one) for one in edge_means(6)])
    assert (np.abs(heights.mean(axis=0) - exact) < 4.9 * errors).all() and (np.abs(heights.mean(axis=0) - exact[::-1]) > 20 * errors).any()


def test_f_theory_trees():
    readings, verdicts, sections = answered("f-theory-trees", edges=4, faces=4, geometries=500)
    assert verdicts == {"MO-13": "reproduced", "MO-14": "reproduced", "MO-14 (axions)": "reproduced"} and not disagreeing(readings)
    assert [section.key for section in sections] == ["trees", "ensemble"] and len(sections[1].plots) == 2
    drawn = np.asarray(readings["ensemble/0"].pieces[0]["geometries"])
    means = np.array([float(one) for one in ensemble_means()])
    assert (np.abs(drawn.mean(axis=0) - means) < 4.9 * drawn.std(axis=0) / np.sqrt(500)).all()
