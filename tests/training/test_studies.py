"""The studies of feature learning and of transfer over widths: pieces, findings, claims, pages, at sizes that take seconds."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from certifield.engine import ask
from certifield.study import Reading, Task
from certifield.training.studies import feature_learning as features, width_transfer as widths
from certifield.training.studies._networks import drawn, measured


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
    lazy = 1.5 * (1 - np.exp(-2 * np.array(features.TIMES)[list(features.AT)]))  # sabotage: the kernel of the start
    assert not np.allclose(closed.value.mean, lazy, rtol=1e-2)
    verdicts = {claim.key: claim.verdict(found["linear-1/gamma=1"].get(claim.ours.partition("gamma=1/")[2])) for claim in features.CLAIMS}
    assert verdicts["DY-15"] == "reproduced"


@pytest.mark.parametrize("gamma", [0.1, 1.0, 3.0])
def test_the_closed_form_of_two_linear_layers(gamma):
    """An integrated rate; and that of the lazy limit, which it is not."""
    times = (0.25, 1.0, 2.0)
    rate = solve_ivp(lambda _, p: 2 * (1.5 - p) * np.sqrt(1 + (gamma * p) ** 2), (0, 2), [0.0], "DOP853", times, rtol=1e-12, atol=1e-13)
    closed = features.closed_form(gamma, 1.5, times)
    assert np.max(np.abs(closed.value - rate.y[0])) < 1e-11 and np.max(closed.radius) < 1e-11
    assert np.max(np.abs(closed.value - 1.5 * (1 - np.exp(-2 * np.array(times))))) > 1e-3


def test_networks_are_those_of_an_adaptive_solver_for_all_weights():
    """Three layers of tanh, two data: the matrices themselves, by Dormand and Prince to 1e-9 in double precision.

    So the outer products are the motion of the matrices, and fixed steps err by less than 1e-5, as does single precision.
    """
    gram, y, times, depth, width = np.array([[1, 0.3], [0.3, 0.8]]), np.array([1.0, -0.5]), np.array([0, 0.5, 1.0]), 3, 24
    key = jax.random.key(5)
    found = measured(gram, y, times, 2.0, jnp.tanh, depth, width, key)
    values, vectors = np.linalg.eigh(gram)
    first, hidden, readout = drawn(jnp.asarray(vectors * np.sqrt(values), jnp.float32), key, depth, width)
    sizes = np.cumsum([first.size, *[width**2] * (depth - 1)])

    def taken(state):
        h, *matrices, w = np.split(state, sizes)
        h, matrices = [h.reshape(first.shape)], [each.reshape(width, width) for each in matrices]
        for matrix in matrices:
            h.append(np.tanh(h[-1]) @ matrix.T)
        g = [w * (1 - np.tanh(h[-1]) ** 2)]
        for layer in (1, 0):
            g.insert(0, (1 - np.tanh(h[layer]) ** 2) * (g[0] @ matrices[layer]))
        return [np.tanh(each) for each in h], g, w

    def motion(_, state, gamma):
        f, g, w = taken(state)
        pull = (gamma * (y - f[-1] @ w / (gamma * width)))[:, None]
        moved = [(pull * g[layer + 1]).T @ f[layer] / width for layer in range(depth - 1)]
        return np.concatenate([(gram @ (pull * g[0])).ravel(), *(each.ravel() for each in moved), np.sum(pull * f[-1], axis=0)])

    def curves(gamma):
        rows = []
        for sign in (1, -1):
            start = np.concatenate([np.ravel(each) for each in (first, *hidden, sign * readout)]).astype(float)
            states = solve_ivp(motion, (0, 1), start, "DOP853", times, args=(gamma,), rtol=1e-9, atol=1e-9).y.T
            for f, g, w in map(taken, states):
                kernel = gram * (g[0] @ g[0].T) + sum((g[k + 1] @ g[k + 1].T) * (f[k] @ f[k].T) / width for k in (0, 1)) + f[2] @ f[2].T
                rows.append((f[-1] @ w / (gamma * width), kernel / width, [each @ each.T / width for each in f]))
        return [np.mean(np.reshape(each, (2, 3, *np.shape(each)[1:])), axis=0) for each in zip(*rows, strict=True)]

    prediction, kernel, features = curves(2.0)
    assert np.max(np.abs(found.prediction - prediction)) < 1e-5
    assert np.max(np.abs(found.kernel - kernel)) < 1e-5 and np.max(np.abs(found.features - np.moveaxis(features, 1, 0))) < 1e-5
    assert np.max(np.abs(found.prediction - curves(1.9)[0])) > 1e-3  # sabotage: another strength


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
