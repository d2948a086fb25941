"""Exact training at infinite width: the values of the page, step-by-step iteration, a general solver; and what is refused."""

import decimal

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg
from four_points import ASKED, AT, NETWORK, X, Y

import certifield as cf
from certifield import layers as L, training as T
from certifield.evidence import Exact, InputError, PrecisionError
from certifield.training.dynamics import Kernels, residual, spectrum

ROWS = {
    1.0: ((-0.0968555, -0.24335071), (0.08416329, 0.04594791, 0.07167112)),
    4.0: ((0.01822865, -0.17102684), (0.03489861, 0.01227800, 0.03913197)),
    16.0: ((0.04957297, -0.14134051), (0.03094448, 0.00873031, 0.03498456)),
}
LIMIT = (0.05048432, -0.13866909), (0.03090798, 0.00864175, 0.03476891)


def entries(covariance: Exact, step: int) -> np.ndarray:
    return np.asarray(covariance.value)[step, [0, 0, 1], [0, 1, 1], 0]


def test_the_table_of_the_page():
    found, end = ASKED.theory(list(ROWS)), ASKED.limit()
    for step, (mean, covariance) in enumerate(ROWS.values()):
        assert np.max(np.abs(found.mean.value[step, :, 0] - mean)) < 1e-7
        assert np.max(np.abs(entries(found.covariance, step) - covariance)) < 1e-7
    assert np.max(np.abs(end.mean.value[0, :, 0] - LIMIT[0])) < 1e-7 and np.max(np.abs(entries(end.covariance, 0) - LIMIT[1])) < 1e-7
    assert np.max(found.mean.radius) < 1e-9 and np.max(end.covariance.radius) < 1e-9
    assert abs(ASKED.but(rule=T.GradientDescent()).stable_rate.value - 0.749364) < 1e-6
    assert abs(ASKED.but(rule=T.GradientDescent(), reduction="mean").stable_rate.value - 4 * 0.7493639718) < 1e-8


@pytest.mark.parametrize(
    "network",
    [
        L.serial(L.dense(1.5**0.5), L.erf(), L.dense(1.5**0.5)),  # without bias
        L.serial(L.dense(1.0, 0.05**0.5), L.erf(), L.dense(1.5**0.5, 0.05**0.5)),  # a missing factor
    ],
)
def test_another_kernel_has_other_values(network):
    """Sabotage twins."""
    found = ASKED.but(network=network).theory([16.0])
    assert np.max(np.abs(found.mean.value[0, :, 0] - ROWS[16.0][0])) > 1e-3
    assert np.max(np.abs(entries(found.covariance, 0) - ROWS[16.0][1])) > 1e-3


def test_the_posterior_is_another_law():
    mean, covariance = ASKED.posterior()
    k = np.asarray(cf.kernels.nngp(NETWORK, np.concatenate([X, AT])).value)
    solved = np.linalg.solve(k[:4, :4], np.concatenate([Y, k[:4, 4:]], axis=1))
    assert np.allclose(mean.value, k[4:, :4] @ solved[:, :1], atol=1e-10)
    assert np.allclose(covariance.value, k[4:, 4:] - k[4:, :4] @ solved[:, 1:], atol=1e-10)
    assert np.max(np.abs(entries(ASKED.limit().covariance, 0) - covariance.value[[0, 0, 1], [0, 1, 1]])) > 1e-3


def test_the_flow_is_a_matrix_exponential():
    theta, k = np.asarray(ASKED.kernels.ntk.value), np.asarray(ASKED.kernels.nngp.value)
    for step, time in enumerate((0.5, 3.0)):
        decay = scipy.linalg.expm(-theta[:4, :4] * time)
        m = theta[4:, :4] @ np.linalg.solve(theta[:4, :4], np.eye(4) - decay)
        found = ASKED.theory([0.5, 3.0])
        assert np.all(np.abs(m @ Y - found.mean.value[step]) <= found.mean.radius[step] + 1e-13)
        moved = k[4:, 4:] + m @ k[:4, :4] @ m.T - m @ k[:4, 4:] - k[4:, :4] @ m.T
        assert np.all(np.abs(moved - found.covariance.value[step, :, :, 0]) <= found.covariance.radius[step, :, :, 0] + 1e-13)


@pytest.mark.parametrize("rule", [T.GradientDescent(0.6), T.HeavyBall(0.5, 0.7), T.HeavyBall(0.3, 0.0)])
def test_steps_are_iterated(rule):
    """Residuals and accumulated gradients one step after the other, against powers by eigenvalues; zero modes included."""
    theta, momentum = np.asarray(ASKED.kernels.ntk.value)[:4, :4], getattr(rule, "momentum", 0.0)
    values, vectors = np.linalg.eigh(theta)
    field, velocity, found = np.zeros(4), np.zeros(4), {}
    for step in range(1, 51):
        velocity = momentum * velocity - rule.rate * (theta @ (field - Y[:, 0]))
        field = field + velocity
        found[step] = field
    response = rule.integral(values, np.array([1.0, 7.0, 50.0]))
    for row, step in zip(response, (1, 7, 50), strict=True):
        assert np.max(np.abs(vectors @ (row * values * (vectors.T @ Y[:, 0])) - found[step])) < 1e-12
    flat = rule.integral(np.array([0.0, 1e-13]), np.array([5.0]))[0]
    assert np.isfinite(flat).all() and abs(flat[0] - flat[1]) < 1e-9 * abs(flat[0])


def test_a_wrong_momentum_is_seen():
    """Sabotage twin: velocity taken before it is updated."""
    theta = float(ASKED.kernels.spectrum.values[1])
    r, v = 1.0, 0.0
    for _ in range(7):
        r, v = r + v, 0.7 * v - 0.5 * theta * r
    assert abs(1 - theta * T.HeavyBall(0.5, 0.7).integral(np.array([theta]), np.array([7.0]))[0, 0] - r) > 1e-3


RULES = [T.GradientFlow(0.7), T.GradientDescent(0.5), T.HeavyBall(0.5, 0.7), T.HeavyBall(0.2, 0.9), T.HeavyBall(0.4, 0.0)]
STEPS = np.array([1.0, 2.0, 7.0, 60.0, 500.0])


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_responses_change_by_no_more_than_their_bound(rule):
    """Between any two of 80 eigenvalues in a range: from 0, from a positive one, and near the limit of stability."""
    top = min(rule.stable_product, 4.0) / rule.rate
    for low, high in ((0.0, 0.3 * top), (0.05 * top, 0.6 * top), (0.5 * top, 0.999 * top), (0.0, 1e-3)):
        values = np.linspace(low, high, 80)
        found, bound = rule.integral(values, STEPS), rule.steepness(low, high, STEPS)
        steep = np.max(np.abs(np.diff(found, axis=1)), axis=1) / (values[1] - values[0])
        slack = 2 * rule.rounding(values, STEPS) / (values[1] - values[0])
        assert np.all(steep <= bound + slack), (low, high)
        assert np.all(bound[1:3] <= 150 * steep[1:3] + 1) or low > 0.4 * top  # a bound that says something


@pytest.mark.parametrize("rule", RULES[1:], ids=str)
@pytest.mark.parametrize("share", [1e-9, 0.3, 0.71, 0.9, 0.9999])
def test_rounding_of_responses_against_sixty_digits(rule, share):
    """The same steps in decimal numbers, up to where 1 - rate lambda is close to -1."""
    value, steps = share * rule.stable_product / rule.rate, np.array([1.0, 9.0, 60.0, 400.0])
    found, bound = rule.integral(np.array([value]), steps)[:, 0], rule.rounding(np.array([value]), steps)
    with decimal.localcontext() as context:
        context.prec = 60
        rate, momentum, eigenvalue = (decimal.Decimal(number) for number in (rule.rate, getattr(rule, "momentum", 0.0), value))
        p = q = decimal.Decimal(0)
        for step in range(1, 401):
            q = momentum * q + rate * (1 - eigenvalue * p)
            p += q
            if step in steps:
                row = list(steps).index(step)
                assert abs(decimal.Decimal(found[row]) - p) <= decimal.Decimal(bound[row])
                assert bound[row] < 1e-8 * rule.rate * step


@pytest.mark.parametrize("rule", RULES[1:], ids=str)
def test_the_limit_of_stability(rule):
    """Beyond the largest stable rate, and not below it, the matrix of one step has an eigenvalue above 1."""
    limit, momentum = ASKED.but(rule=rule).stable_rate, getattr(rule, "momentum", 0.0)
    for factor, grows in ((1 - 1e-6, False), (1 + 1e-6, True)):
        step = factor * limit.value * float(ASKED.kernels.spectrum.values[-1])
        assert (np.max(np.abs(np.linalg.eigvals([[1 - step, momentum], [-step, momentum]]))) > 1) == grows


ON, AT_ALL = slice(0, 4), slice(4, None)


@pytest.mark.parametrize("rule", [T.GradientFlow(), T.GradientDescent(0.6), T.HeavyBall(0.5, 0.7), None], ids=str)
@pytest.mark.parametrize(("which", "rows", "columns"), [(0, ON, ON), (0, AT_ALL, ON), (0, AT_ALL, AT_ALL), (1, ON, ON), (1, AT_ALL, ON)])
def test_radii_cover_every_kernel_within_theirs(rule, which, rows, columns):
    """One block of K or of Theta is off by its radius, at random and along the slowest mode: means and covariances stay within the radii
    after training, and at the end (no rule), and are no thousand times smaller.
    """
    rng, off, pair = np.random.default_rng(0), 1e-5, [np.asarray(each.value) for each in (ASKED.kernels.nngp, ASKED.kernels.ntk)]
    slowest = np.linalg.eigh(pair[which][ON, ON])[1][:, 0]

    def learned(kernels: Kernels):
        return kernels.limit(Y) if rule is None else kernels.after(rule, [1, 4, 16], Y)

    radius = np.zeros(pair[0].shape)
    radius[rows, columns] = radius[columns, rows] = off
    stated = learned(Kernels(*(Exact(each, radius=radius * (place == which)) for place, each in enumerate(pair)), 4))
    nearest = 0.0
    for draw in range(8):
        signs = rng.choice([-1.0, 1.0], radius.shape)
        if draw == 0:
            signs[ON, ON] = np.sign(np.outer(slowest, slowest))
        moves = radius * (np.triu(signs) + np.triu(signs, 1).T)
        other = learned(Kernels(*(Exact(each + moves * (place == which)) for place, each in enumerate(pair)), 4))
        for a, b in zip(other, stated, strict=True):
            gap = np.abs(np.asarray(a.value) - np.asarray(b.value))
            assert np.all(gap <= b.radius)
            nearest = max(nearest, float(np.max(gap / b.radius)))
    assert nearest > 1e-3


def test_what_a_decomposition_leaves_is_measured():
    """Values and vectors that are wrong by 1e-3: the orthogonal matrix nearest to the vectors is that near, and the kernel it gives too."""
    theta, rng = np.asarray(ASKED.kernels.ntk.value)[:4, :4], np.random.default_rng(0)
    values, vectors = np.linalg.eigh(theta)
    for moved, turned in ((values * 1.001, vectors), (values, vectors + 1e-3 * rng.normal(size=(4, 4)))):
        left, skew = residual(theta, moved, turned)
        u, _, v = np.linalg.svd(turned)
        gap = np.linalg.norm(theta - (u @ v * moved) @ (u @ v).T)
        assert 0 < gap <= left < 0.1 and np.linalg.norm(turned - u @ v) <= skew


def test_a_spectrum_bounds_its_inverse():
    """Tight along the slowest mode, where the kernel is off by its radius."""
    theta = np.asarray(ASKED.kernels.ntk.value)[:4, :4]
    slowest, off = np.linalg.eigh(theta)[1][:, 0], 1e-4
    gap = np.linalg.norm(np.linalg.inv(theta) - np.linalg.inv(theta - off * np.outer(slowest, slowest)))
    assert 0.9 < gap / spectrum(theta, radius=off).inverse_error <= 1


def test_a_thousand_times_cost_one_decomposition(monkeypatch):
    calls, eigh = [], np.linalg.eigh
    monkeypatch.setattr(np.linalg, "eigh", lambda a: calls.append(a) or eigh(a))
    found = ASKED.but(at=AT).theory(np.linspace(0, 50, 1000))
    assert len(calls) == 1 and found.mean.shape == (1000, 2, 1)
    assert np.allclose(found.mean.value[0], 0) and np.allclose(found.covariance.value[0, :, :, 0], ASKED.kernels.nngp.value[4:, 4:])


def test_other_losses_by_a_stiff_solver():
    """The logistic value of the page; the squared loss through the same solver is the closed form."""
    labels = np.array([1.0, 0, 1, 0])[:, None]
    logistic = ASKED.but(loss=T.logistic, y=labels, at=X, centred=True).theory([10.0], draws=8)
    assert np.max(np.abs(logistic.mean.mean.ravel() - (0.772780, -0.725124, 0.406110, -0.362416))) < 1e-6
    with jax.enable_x64(True):
        theta = jnp.asarray(ASKED.kernels.ntk.value)
        a = T.GradientFlow().accumulate(
            lambda a: T.squared.gradient(-theta[:4, :4] @ a, jnp.asarray(Y)), jnp.zeros((4, 1)), np.array([4.0])
        )
        assert np.max(np.abs(-theta[4:, :4] @ a[0, :, 0] - np.array(ROWS[4.0][0]))) < 1e-7


def test_sampled_moments_are_those_of_the_theory_for_the_squared_loss():
    """Steps of gradient descent, so that nothing needs compiling for long; and a loss that is not Gaussian."""
    asked = ASKED.but(rule=T.GradientDescent(0.5))
    same = T.Loss("square by another name", T.squared.function)
    sampled, exact = asked.but(loss=same).theory([6], draws=4096), asked.theory([6])
    for name in ("mean", "covariance", "connected"):
        assert np.all(getattr(sampled, name).agrees_with(getattr(exact, name)).agrees), name
    assert not np.all(sampled.covariance.agrees_with(2 * exact.covariance).agrees)  # sabotage twin
    huber = asked.but(loss=T.huber(0.2)).theory([6], draws=4096)
    assert float(np.max(np.abs(huber.mean.agrees_with(exact.mean).pull))) > 4.9


def test_losses_are_their_formulas():
    predictions, labels = jnp.asarray([[0.3, -1.0, 2.0]]), jnp.asarray([[0.0, 1.0, 0.0]])
    assert np.allclose(T.cross_entropy.gradient(predictions, labels), jax.nn.softmax(predictions) - labels, atol=1e-6)
    assert np.allclose(T.huber(0.5).gradient(predictions, labels), np.clip(predictions - labels, -0.5, 0.5), atol=1e-6)
    assert np.allclose(T.logistic.gradient(predictions, labels), jax.nn.sigmoid(predictions) - labels, atol=1e-6)


def test_singular_kernels_name_their_points():
    relu = L.serial(L.dense(), L.relu(), L.dense())
    asked = T.Training(relu, [[1.0, 2.0], [0.3, -1.0], [2.0, 4.0]], [[1.0], [0.0], [2.0]], at=AT)
    with pytest.raises(InputError, match=r"rank 2 of 3.*\(0, 2\)"):
        asked.limit()
    assert np.all(np.isfinite(asked.theory([1.0, 1e6]).mean.value))
    ridged = asked.but(ridge=1e-3).limit()
    assert "ridge" in ridged.mean.derivation


def test_what_is_refused():
    with pytest.raises(InputError, match=r"max stable rate 0\.749364"):
        ASKED.but(rule=T.GradientDescent(0.75)).theory([10])
    with pytest.raises(InputError, match=r"\(n,\)"):
        T.Training(NETWORK, X, Y[:, 0], at=AT)
    with pytest.raises(InputError, match="one row of labels for each"):
        T.Training(NETWORK, X, Y[:2], at=AT)
    with pytest.raises(InputError, match="whole"):
        ASKED.but(rule=T.GradientDescent(0.5)).theory([1.5])
    for times in ([2.0, 1.0], [], "soon", ["a"], 1.0, [np.nan], [-1.0], [[1.0]], [True]):
        with pytest.raises(InputError, match="ascending"):
            ASKED.theory(times)
    with pytest.raises(InputError, match="every rate"):
        _ = ASKED.stable_rate
    with pytest.raises(InputError, match="log t"):
        ASKED.but(loss=T.logistic, y=(Y > 0.3).astype(float)).limit()
    with pytest.raises(InputError, match="between 0 and 1"):
        ASKED.but(loss=T.logistic)
    with pytest.raises(InputError, match="sum to 1"):
        ASKED.but(loss=T.cross_entropy, y=np.ones((4, 2)))
    with pytest.raises(InputError, match="mean"):
        ASKED.but(reduction="average")
    with pytest.raises(InputError, match="shape of the predictions"):
        T.squared.total(jnp.zeros((4, 1)), jnp.zeros(4))
    with pytest.raises(InputError, match="tied"):
        T.Training(L.serial(L.attention(), L.global_average_pool()), np.ones((2, 3, 2)), Y[:2], at=np.ones((1, 3, 2))).theory([1.0])
    near = np.array([[1.0, 1 - 1e-5], [1 - 1e-5, 1.0]])
    assert spectrum(near).rank == 2
    with pytest.raises(PrecisionError, match="64 bit"):
        spectrum(np.array([[1.0, 1 - 1e-7], [1 - 1e-7, 1.0]], dtype=np.float32))
    with pytest.raises(InputError, match="semi-definite"):
        spectrum(np.array([[1.0, 2.0], [2.0, 1.0]]))
    with pytest.raises(InputError, match="symmetric"):
        spectrum(np.array([[1.0, 0.5], [0.2, 1.0]]))
