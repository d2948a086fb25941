"""The studies of feature learning and of transfer over widths: pieces, findings, claims, pages, at sizes that take seconds."""

import numpy as np
import pytest

from certifield.engine import ask
from certifield.study import Reading, Task
from certifield.training.studies import feature_learning as features, width_transfer as widths


def readings(module, options):
    found = {}
    for case in module.cases(options):
        pieces = {0: module.piece(Task(3, case, 0), options)}
        found[case.name] = Reading(case, dict(module.read(case, pieces, options)), pieces)
    return found


@pytest.fixture(scope="module")
def learned():
    options = features.Question(gammas=(1.0,), systems=("linear-1", "linear-2"), width=64, pairs=16, steps=6)
    return options, readings(features, options)


def test_theory_and_networks_agree_and_decide_the_claims(learned):
    """Networks of width 64 in 16 pairs, within 4.9 standard errors and what 1/N may leave; a kernel that stands still is refused."""
    found = learned[1]
    for reading in found.values():
        for name in ("prediction", "kernel over its start"):
            one = reading[name]
            apart = np.abs(np.asarray(one.value.mean) - one.expected.mean)
            assert np.all(apart < 4.9 * one.expected.stderr + 0.05 * np.abs(one.expected.mean)), (reading.case.name, name)
    closed = found["linear-1/gamma=1"]["prediction in closed form"]
    assert np.all(closed.value.agrees_with(closed.expected).agrees)
    lazy = 1.5 * (1 - np.exp(-2 * np.array(features.TIMES[1:])))  # sabotage: the kernel of the start
    assert not np.allclose(closed.value.value, lazy, rtol=1e-2)
    verdicts = {claim.key: claim.verdict(found["linear-1/gamma=1"].get(claim.ours.partition("gamma=1/")[2])) for claim in features.CLAIMS}
    assert verdicts["DY-15"] == "reproduced"


def test_conclusions_and_page(learned):
    options, found = learned
    conclusions = dict(features.conclude(found, options))
    assert conclusions["free parameters of feature learning"].value.value == 1
    ratio = conclusions["linear-2: networks over theory"].value
    assert abs(float(ratio.mean) - 1) < 4.9 * float(ratio.stderr) + 0.05
    sections = list(features.page(found, options))
    assert [section.key for section in sections] == ["linear-1-in-time", "linear-2-in-time", "values", "parametrisations"]
    assert [row[-1] for row in sections[-1].rows] == ["unstable", "kernel", "kernel", "features are learned", "features are learned"]


def test_pieces_of_feature_learning_are_pure(learned):
    options, found = learned
    case = next(iter(features.cases(options)))
    again = features.piece(Task(3, case, 0), options)
    assert all(np.array_equal(again[name], value) for name, value in found[case.name].pieces[0].items())


def test_transfer_is_measured_in_both_parametrisations():
    options = widths.Question(widths=(16, 32), seeds=2, steps=3, every=4, optimisers=("adam",))
    found = readings(widths, options)
    assert list(found) == ["standard/adam", "maximal-update/adam"]
    growth = [float(found[name]["second layer: growth where the width doubles"].value.mean) for name in found]
    assert growth[0] > 1.2 * growth[1]
    slopes = found["standard/adam"]["slopes"].value.mean
    assert np.isclose(growth[0], 2 ** slopes[1])
    sections = list(widths.page(found, options))
    assert [section.key for section in sections] == ["coordinates", "rates"] and len(sections[0].rows) == 2
    assert {claim.ours.split("/")[0] for claim in widths.CLAIMS} == {"standard", "maximal-update"}


def test_they_are_in_the_catalogue():
    for name in ("feature-learning", "width-transfer"):
        assert ask(name).options is not None and ask(name, quick=True).options != ask(name).options
