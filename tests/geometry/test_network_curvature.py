"""The curvature of networks: jets of fourth order against differences, the second fundamental form, and topology."""

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from shifted_points import shifted

from certifield.geometry import (
    chern_integrals,
    curvature,
    dwork,
    fermat,
    fubini_study,
    fubini_study_curvature,
    named,
    quality,
    ricci,
    sample,
)
from certifield.geometry.metrics import Sections
from certifield.geometry.networks import NetworkMetric, start_layers, train_network
from certifield.geometry.networks._fourth_order import _network

SIGMAS = 4.9
CASES = {
    "cubic": (lambda: fermat(1), [1], ((1,),)),
    "quartic": (lambda: dwork(0.3, 2), [1], ((1,), (2,))),
    "bicubic": (lambda: named("bicubic", 1), [1, 2], ((1, 0), (0, 1))),
}


def wild(name, *, frozen=False, scale=1.0):
    """A network that was not trained, with biases, and a linearised one that is away from its start."""
    build, kaehler, features = CASES[name]
    base = fubini_study(build(), kaehler)
    inputs = sum(Sections(base.variety, degrees).size ** 2 for degrees in features)
    random = np.random.default_rng(3)
    layers = tuple((w, 0.3 * random.normal(size=b.shape)) for w, b in start_layers(inputs, (6, 5), 1))
    layers = (*layers[:-1], (scale * layers[-1][0], layers[-1][1]))
    change = tuple((0.2 * random.normal(size=w.shape), 0.2 * random.normal(size=b.shape)) for w, b in layers) if frozen else None
    return NetworkMetric(base, features, layers, np.zeros(0), change)


SLOPES, BENT = 3e-6, 3e-4  # of the largest one: what differences of first and second order are good for


@pytest.mark.parametrize(("name", "frozen"), [("cubic", False), ("quartic", False), ("bicubic", False), ("quartic", True)])
def test_derivatives_by_differences(name, frozen):
    """The network has a part in the derivatives that is a hundred times what the differences are good for: one per cent of it shows."""
    metric = wild(name, frozen=frozen, scale=6.0)
    local, n = sample(metric.variety, 2, seed=4).local[:3], metric.variety.dimension
    g, first, second = metric.derivatives(local)
    assert np.allclose(g, metric.metric(local), rtol=1e-12, atol=1e-14)
    assert np.allclose(first, first.transpose(0, 2, 1, 3)) and np.allclose(second, second.transpose(0, 3, 2, 1, 4))  # closed
    parts = zip((first, second), metric.base.derivatives(local)[1:], (SLOPES, BENT), strict=True)
    assert all(np.max(np.abs(one - other)) > 100 * good * np.max(np.abs(one)) for one, other, good in parts)
    at = lambda a, s, h: metric.metric(shifted(local, h * s * np.eye(n)[a]))  # noqa: E731
    for a in range(n):
        slope = (at(a, 1, 1e-4) - at(a, -1, 1e-4) - 1j * (at(a, 1j, 1e-4) - at(a, -1j, 1e-4))) / 4e-4
        assert np.allclose(slope, first[:, a], atol=SLOPES * np.abs(first).max())
        levi = (sum(at(a, s, 1e-3) for s in (1, -1, 1j, -1j)) - 4 * g) / 4e-6
        assert np.allclose(levi, second[:, a, a], atol=BENT * np.abs(second).max())


def test_a_network_without_output_has_the_second_fundamental_form():
    metric = wild("bicubic", scale=0.0)
    local = sample(metric.variety, 4, seed=5).local
    g, riemann = curvature(metric, local)
    exact_g, exact = fubini_study_curvature(local, [1, 2])
    assert np.allclose(g, exact_g) and np.allclose(riemann, exact, atol=1e-10 * np.abs(exact).max())
    assert not np.allclose(curvature(wild("bicubic"), local)[1], exact, rtol=0.01)


def test_the_euler_number_of_a_network():
    """24 whatever the weights: c_2 with its control variates, on a network that changes the curvature by a good part."""
    metric = wild("quartic", scale=2.0)
    points = sample(metric.variety, 300, seed=6)
    found = chern_integrals(metric, points)
    assert abs(float(found.euler.mean) - 24) < SIGMAS * float(found.euler.stderr) < 0.15 * 24
    assert abs(float(found.c1.mean)) < SIGMAS * float(found.c1.stderr)
    few = points.local[:40]
    assert np.median(np.abs(ricci(metric, few)[1] - ricci(metric.base, few)[1])) > 0.05


def test_all_four_derivatives_of_the_activation():
    """A neuron of v + x + x-bar has the coefficients sigma^(i + j)(v)/(i! j!), sigma being GELU as JAX has it, derived by JAX."""
    places = jnp.linspace(-2.5, 2.5, 7)
    inputs = np.zeros((3, 3, 7, 1), dtype=complex)
    inputs[0, 0, :, 0], inputs[0, 1], inputs[1, 0] = places, 1, 1
    with jax.numpy_dtype_promotion("standard"):
        found = _network([(jnp.ones((1, 1)), jnp.zeros(1)), (jnp.ones((1, 1)), jnp.zeros(1))], jnp.asarray(inputs), 1)
    slope, derivatives = partial(jax.nn.gelu, approximate=False), []
    for _ in range(5):
        derivatives.append(jax.vmap(slope)(places))
        slope = jax.grad(slope)
    for i, j in np.ndindex(3, 3):
        assert np.allclose(found[i, j], derivatives[i + j] / math.factorial(i) / math.factorial(j), atol=1e-12)


@pytest.mark.slow
def test_training_lowers_the_ricci_measure():
    variety = fermat(2)
    train, rest = sample(variety, 800, seed=1), sample(variety, 60, seed=2)
    base = fubini_study(variety, [1])
    metric = train_network(base, train, steps=150, batch=128, widths=(16, 16), seed=3)
    start, end = (quality(one, rest, train, certify=False).ricci for one in (base, metric))
    assert float(end.mean) + SIGMAS * float(end.stderr) < float(start.mean) - SIGMAS * float(start.stderr)
