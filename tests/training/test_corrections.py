"""First orders in 1/width: powers from graphs, the hierarchy of tangent kernels, the fluctuation of the first one."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg

from certifield import layers as L, training as T
from certifield.evidence import Estimate, InputError
from certifield.streams import draw_keys, stream_key

X = np.array([(1, 0.2), (-0.5, 0.8), (-0.9, -0.6)])
Y, AT = np.array((0.5, -0.3, 0.2)), np.array([(0.2, 0.5)])
NETWORK = L.serial(L.dense(1.5**0.5, 0.05**0.5), L.erf(), L.dense(1.5**0.5, 0.05**0.5))


@pytest.mark.parametrize(
    ("text", "clusters", "exponent"),
    [
        ("f, f", (1, 1), 0), ("dm f, dm f", (2,), 0), ("dm f, dn f, dmn f, f", (3, 1), -1), ("f, f, f, f", (1, 1, 1, 1), 0),
        ("dm f, dm f, dn f, dn f", (2, 2), 0), ("dm f, dn f, dmn f", (3,), -1), ("dm f, dmn f, dnk f, dk f", (4,), -1),
    ],
)  # fmt: skip
def test_powers_of_the_width(text, clusters, exponent):
    found = T.Correlator.of(text)
    assert found.clusters == clusters and found.exponent.value == exponent


def test_graphs_are_checked():
    with pytest.raises(InputError, match="twice"):
        T.Correlator.of("dm f, f")
    with pytest.raises(InputError, match="pairs"):
        T.Correlator(2, ((0, 2),))
    with pytest.raises(InputError, match="two widths"):
        T.measure_scaling({64: Estimate.from_stderr(1.0, 0.1, source="a")})


def test_the_scaling_of_a_power_is_found():
    noise = np.random.RandomState(0)
    values = {n: Estimate.from_stderr(3 / n + noise.randn() * 0.03 / n, 0.03 / n, source=f"n={n}") for n in (16, 32, 64, 128)}
    found = T.measure_scaling(values)
    assert abs(float(found.mean) + 1) < 4.9 * float(found.stderr) and float(found.stderr) < 0.03


def test_the_variance_of_the_page():
    assert [T.ntk_relative_variance(depth, 100).value * 100 for depth in (1, 2, 3)] == [3, Fraction(58, 9), 10]
    with pytest.warns(UserWarning, match="depth over width is 0.25"):
        T.ntk_relative_variance(4, 16)


def test_the_kernel_of_relu_networks_fluctuates_so():
    """L = 1, N = 64: 3/N exactly; and the mean of the page.  The value of L = 2 is the sabotage twin."""
    from certifield.training.studies.kernel_fluctuation import relative_kernel

    draws = 8192
    values = np.asarray(relative_kernel(1, 64)(jax.random.split(jax.random.key(1), draws)), dtype=float)
    spread = 64 * (values - values.mean()) ** 2
    error = spread.std() / np.sqrt(draws)
    assert abs(values.mean()) < 4.9 * values.std() / np.sqrt(draws)
    assert abs(spread.mean() - 3) < 4.9 * error and abs(spread.mean() - 58 / 9) > 4.9 * error


def network_at(width: int):
    ensemble = NETWORK.ensemble(2, width)
    params = ensemble.density.sample(draw_keys(stream_key(0, f"trained/{NETWORK}/{width}"), 0, 1)[0])
    return (lambda theta, z: ensemble.architecture(theta, z)[:, 0]), params


def test_the_hierarchy_corrects_training():
    """The same network trained by its parameters.  With O_s held the field leaves its path as t^s: the first derivative with O_(s+1)
    is the s-th, and a wrong O_s would leave t^(s-1).  So powers between 0.05 and 0.1 are told apart at one half.
    """
    times, points = [0.05, 0.1], np.concatenate([X, AT])
    with jax.enable_x64(True):
        known = T.hierarchy(*network_at(16), X, AT)
        asked = T.Training(NETWORK, X, Y[:, None], at=points)
        path = asked.train(times, width=16, networks=1, precision="float64", step=0.0125).fields[0, :, :, 0]
    solved = {order: known.after(times, Y, order=order) for order in (2, 3, 4)}
    for order, one in solved.items():
        gaps = np.linalg.norm(one.mean - path, axis=1)
        assert abs(np.log2(gaps[1] / gaps[0]) - order) < 0.5, order
        assert np.max(one.stderr) < 1e-3 * gaps[0] and one.bias == "unknown"
    theta, initial = known.kernels[0], known.field  # order 2 is a linear equation
    decayed = theta @ np.linalg.solve(theta[:3], (np.eye(3) - scipy.linalg.expm(-0.1 * theta[:3])) @ (Y - initial[:3]))
    assert np.all(np.abs(solved[2].mean[1] - initial - decayed) < 1e-9)
    with pytest.raises(InputError, match="order"):
        known.after([1.0], Y, order=5)
    for labels in (Y[:, None], ["a", "b", "c"], [np.nan, 0.0, 0.0]):
        with pytest.raises(InputError, match="one output"):
            known.after([1.0], labels)


def test_kernels_of_the_hierarchy_are_contractions():
    """O_2 = J J^T, and O_3 by differences along a gradient; symmetric in the points that were contracted."""
    with jax.enable_x64(True):
        function, params = network_at(6)
        known = T.hierarchy(function, params, X, AT, order=3)
        points = jnp.concatenate([jnp.asarray(X), jnp.asarray(AT)])
        flat, tree = jax.flatten_util.ravel_pytree(params)

        def jacobian(p):
            return jax.jacrev(lambda q: function(tree(q), points))(p)

        j = jacobian(flat)
        assert np.allclose(known.kernels[0], j @ j[:3].T, atol=1e-12)
        moved = [jacobian(flat + sign * 1e-5 * j[1]) for sign in (1, -1)]
        slope = (moved[0] @ moved[0][:3].T - moved[1] @ moved[1][:3].T) / 2e-5
        assert np.allclose(known.kernels[1][:, :, 1], slope, atol=1e-7)
