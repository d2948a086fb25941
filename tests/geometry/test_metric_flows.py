"""The metric tangent kernel, the frozen regime and the local architecture, each against a second route, with sabotage twins."""

import jax
import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.evidence import InputError, NotConverged
from certifield.geometry import fermat, fubini_study, quality, sample
from certifield.geometry.flows import bump_rate, local_rate
from certifield.geometry.networks import NetworkMetric, _kernel, descend, first_step, metric_kernel, start_layers, train_network

SIGMAS = 4.9


@pytest.fixture(scope="module")
def small():
    points = sample(fermat(2), 40, seed=1)
    base = fubini_study(fermat(2), [1])
    return NetworkMetric(base, ((1,),), tuple(start_layers(16, (3, 3), 1)), np.zeros(0)), points


def components(metric, local) -> np.ndarray:
    """What the metric adds to its base, in the orthonormal basis, [N, n^2]: by the public function alone."""
    g = metric.metric(local) - metric.base.metric(local)
    flat = [g[:, 0, 0].real, -np.sqrt(2) * g[:, 0, 1].imag, np.sqrt(2) * g[:, 1, 0].real, g[:, 1, 1].real]
    return np.stack(flat, axis=1)


def test_the_kernel_by_differences(small):
    """Theta = J J^T with J from moving each weight by hand."""
    metric, points = small
    local, h = points.local[:3], 1e-6
    rows = []
    for place in range(len(metric.layers)):
        for part in range(2):
            array = metric.layers[place][part]
            for index in np.ndindex(array.shape):
                moved = []
                for sign in (1, -1):
                    layers = [list(one) for one in metric.layers]
                    layers[place][part] = array.copy()
                    layers[place][part][index] += sign * h
                    moved.append(components(NetworkMetric(metric.base, metric.features, tuple(map(tuple, layers)), np.zeros(0)), local))
                rows.append((moved[0] - moved[1]).ravel() / (2 * h))
    jacobian = np.array(rows)
    found = metric_kernel(metric, local).values.reshape(12, 12)
    assert np.allclose(found, jacobian.T @ jacobian, rtol=1e-5, atol=1e-8 * np.abs(found).max())


def test_the_first_step(small):
    """Predicted and measured agree to the order of the rate; a prediction with twice the kernel does not."""
    metric, points = small
    gaps = []
    for rate in (1e-2, 1e-3, 1e-4):
        predicted, measured = first_step(metric, points, rate)
        gaps.append(np.linalg.norm(predicted - measured) / np.linalg.norm(predicted))
        assert np.linalg.norm(2 * predicted - measured) > 0.4 * np.linalg.norm(2 * predicted)
        moved = components(descend(metric, points, rate, 1), points.local) - components(metric, points.local)
        assert np.allclose(moved, measured, atol=1e-12 + 1e-6 * np.abs(measured).max())
    assert 9 < gaps[0] / gaps[1] < 11 and 9 < gaps[1] / gaps[2] < 11 and gaps[2] < 1e-4


def test_the_matrix_and_its_products(small):
    """-Theta dL/dg with the matrix is what `first_step` has without it."""
    metric, points = small
    jets, given = _kernel._problem(metric, points)
    with jax.enable_x64(True):
        force = np.asarray(jax.grad(_kernel.loss_of)(_kernel.levi_of(_kernel._as_arrays(metric.layers), jets, 2), given, 2)).T
    theta = metric_kernel(metric, points.local).values
    assert np.allclose(-0.01 * np.einsum("xiyj,yj->xi", theta, force), first_step(metric, points, 0.01)[0], rtol=1e-8)


def test_shares(small):
    """Of a local kernel without mixing both are 0; of equal entries everywhere 1 - 1/points and 1 - 1/components."""
    local = np.einsum("xy,ij->xiyj", np.eye(3), np.eye(4))
    assert _kernel.MetricKernel(local).off_diagonal == 0 == _kernel.MetricKernel(local).across
    flat = _kernel.MetricKernel(np.ones((3, 4, 3, 4)))
    assert (
        np.isclose(flat.off_diagonal, 2 / 3)
        and np.isclose(flat.across, 3 / 4)
        and np.isclose(_kernel.MetricKernel(2 * local).drift(flat), 1)
    )
    kernel = metric_kernel(small[0], small[1].local[:5])
    assert 0 < kernel.off_diagonal < 1 and 0 < kernel.across < 1 and kernel.drift(kernel) == 0


def test_the_frozen_network_is_linear():
    """Its metric is linear in the change of the weights, and its kernel that of the start; finite training goes further."""
    points, tested = sample(fermat(2), 400, seed=1), sample(fermat(2), 200, seed=2)
    base = fubini_study(fermat(2), [1])
    found = {frozen: train_network(base, points, widths=(16, 16), steps=60, batch=64, seed=4, frozen=frozen) for frozen in (True, False)}
    metric, local = found[True], tested.local[:4]
    half = NetworkMetric(base, metric.features, metric.layers, metric.losses, tuple((w / 2, b / 2) for w, b in metric.change))
    none = NetworkMetric(base, metric.features, metric.layers, metric.losses)
    assert np.allclose(2 * half.metric(local), metric.metric(local) + none.metric(local), atol=1e-12)
    with pytest.raises(InputError, match="frozen"):  # its metric is not that of its layers
        first_step(metric, points, 0.1)
    sigma = {frozen: float(quality(one, tested, ricci=0, certify=False).sigma.mean) for frozen, one in found.items()}
    assert sigma[False] < 0.8 * sigma[True] < 0.8 * float(quality(base, tested, ricci=0, certify=False).sigma.mean)


@pytest.mark.parametrize("m, s", [(1, 0.03), (2, 0.05), (1, 0.12)])
def test_local_bumps(m, s):
    found, exact = bump_rate(m, s, 40_000, seed=3), local_rate(m, s)
    assert abs(float(found.mean) - float(exact.value)) < SIGMAS * float(found.stderr) < 0.03
    assert abs(float(found.mean) - float(local_rate(m, s * np.sqrt(2)).value)) > SIGMAS * float(found.stderr) or s < 0.04  # sabotage twin
    assert np.isclose(float(local_rate(1, 0.03).value), 1 - 0.0349, atol=1e-4)  # section 2.12 of the specification


def test_refusals(small):
    metric, points = small
    for call in (
        lambda: metric_kernel(metric.base, points.local),
        lambda: metric_kernel(metric, sample(fermat(2), 800, seed=1).local),
        lambda: first_step(metric, points, -1),
        lambda: first_step(metric, "points", 0.1),
        lambda: descend(metric, points, 0.1, 0),
        lambda: bump_rate(1, 0, 1000, 0),
        lambda: bump_rate(1, 0.1, 3, 0),
        lambda: local_rate(0.5, 0.1),
    ):
        with pytest.raises(InputError):
            call()
    for call in (
        lambda: descend(metric, points, 1e200, 2),
        lambda: train_network(metric.base, points, widths=(3, 3), steps=3, batch=8, rate=1e30),
    ):
        with pytest.raises(NotConverged, match="smaller rate"):
            call()


def test_the_study():
    given = {"seeds": 2, "steps": 12, "neurons": 6, "widths": [4, 12], "followed": 2, "bumps": [0.03, 0.08], "draws": 150}
    readings, verdicts, (section,) = answered("metric-flow", **given)
    assert not disagreeing(readings) and set(verdicts.values()) <= {"reproduced", "open"}
    assert all(verdicts[key] == "reproduced" for key in ("GE-11", "GE-15", "GE-17"))
    assert len(section.plots) == 5


def test_shares_of_any_kernel():
    """Sums of squares, one entry after the other."""
    values = np.random.default_rng(0).normal(size=(3, 4, 3, 4))
    total = same = diagonal = 0.0
    for x, i, y, j in np.ndindex(values.shape):
        square = values[x, i, y, j] ** 2
        total, same, diagonal = total + square, same + square * (x == y), diagonal + square * (x == y and i == j)
    kernel = _kernel.MetricKernel(values)
    assert np.isclose(kernel.off_diagonal, 1 - same / total) and np.isclose(kernel.across, 1 - diagonal / same)


def test_the_loss_that_descends(small):
    """That of the metric by hand, before the step and after it: means in the measure |Omega|^2, eta over that of the base."""
    metric, points = small
    after = descend(metric, points, 1e-2, 1)
    losses = descend(metric, points, 1e-2, 2).losses
    share = points.weights / points.weights.sum()
    base = share @ (np.linalg.det(metric.base.metric(points.local)).real / points.omega)
    for one, loss in zip((metric, after), losses, strict=True):
        eta = np.linalg.det(one.metric(points.local)).real / points.omega / base
        assert np.isclose(loss, share @ (1 - eta) ** 2, rtol=1e-10)


def test_bumps_go_round_the_circle():
    """Wide bumps, whose tails come in at the other end, and the constant mode, which no width slows down."""
    for m, s, count in ((1, 0.4, 256), (0, 0.3, 256)):
        found, exact = bump_rate(m, s, count, seed=3), local_rate(m, s)
        assert abs(float(found.mean) - float(exact.value)) < SIGMAS * float(found.stderr) + 1e-3
