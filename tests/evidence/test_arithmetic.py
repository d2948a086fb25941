"""Propagation of errors: against hand formulas, against replications, and with the correlations that make it right."""

import operator
from fractions import Fraction

import numpy as np
import pytest

from certifield.evidence import Estimate, Exact, InputError, exp, log, propagate, sqrt

COVARIANCE = np.array([[0.0004, 0.0003, 0.0], [0.0003, 0.0009, -0.0001], [0.0, -0.0001, 0.0025]])
MEAN = np.array([2.0, 3.0, -1.5])

# Results with gradients worked out by hand.
FORMULAS = {
    "sum": (lambda e: e[0] + e[1], [1, 1, 0]),
    "difference": (lambda e: e[0] - e[1], [1, -1, 0]),
    "product": (lambda e: e[0] * e[1] * e[2], [-4.5, -3.0, 6.0]),
    "quotient": (lambda e: e[0] / e[1], [1 / 3, -2 / 9, 0]),
    "negation": (lambda e: -e[2], [0, 0, -1]),
    "with numbers": (lambda e: 2 * e[0] + 1 - e[1] / 4 + (Fraction(1, 2) - e[2]), [2, -0.25, -1]),
    "reciprocal": (lambda e: 3 / e[2], [0, 0, -3 / 2.25]),
    "square": (lambda e: e[2] ** 2, [0, 0, -3]),
    "power": (lambda e: e[0] ** e[1], [12, 8 * np.log(2), 0]),
    "exponential": (lambda e: 2 ** e[0], [4 * np.log(2), 0, 0]),
    "zeroth power": (lambda e: e[0] ** 0 + e[2], [0, 0, 1]),
    "cumulant": (lambda e: e[1] - 3 * e[0] ** 2, [-12, 1, 0]),
    "functions": (lambda e: log(e[0]) + exp(e[2]) * sqrt(e[1]), [0.5, np.exp(-1.5) / (2 * np.sqrt(3)), np.exp(-1.5) * np.sqrt(3)]),
    "propagate": (lambda e: propagate(lambda v: np.sin(v[0]) * v[1] + v[2] ** 2, e), [3 * np.cos(2), np.sin(2), -3]),
}


@pytest.fixture
def vector() -> Estimate:
    return Estimate.from_stderr(MEAN, COVARIANCE, source="a")


@pytest.mark.parametrize("name", FORMULAS)
def test_against_hand_gradients(vector, name):
    formula, gradient = FORMULAS[name]
    result, expected = formula(vector), np.sqrt(np.array(gradient) @ COVARIANCE @ np.array(gradient))
    assert abs(result.stderr / expected - 1) < 1e-7
    # The mean is the formula of the means (numbers are estimates without error to it).
    certain = Estimate.from_stderr(MEAN, np.zeros(3), source="a")
    assert result.mean == formula(certain).mean and formula(certain).stderr == 0
    assert result.sources == {"a"}


def _without_correlation(vector: Estimate) -> Estimate:
    return Estimate.from_stderr(vector.mean, np.sqrt(np.diag(vector.covariance)), source="a")


@pytest.mark.parametrize("name", ["sum", "difference", "product", "quotient", "power", "cumulant"])
def test_without_the_correlation_the_errors_are_wrong(vector, name):
    """Sabotage twin: with the covariance cut to its diagonal the same check fails."""
    formula, gradient = FORMULAS[name]
    expected = np.sqrt(np.array(gradient) @ COVARIANCE @ np.array(gradient))
    assert abs(formula(_without_correlation(vector)).stderr / expected - 1) > 1e-2


def _variance_pull(formula, estimate: Estimate, draws: int = 20000) -> float:
    """Predicted against observed variance over replications, in standard errors sqrt(2/draws) of a variance."""
    rng = np.random.default_rng(3)
    samples = rng.multivariate_normal(MEAN, COVARIANCE / 100, size=draws).T
    observed = np.var(formula(samples), ddof=1)
    return (observed / (formula(estimate).stderr ** 2 / 100) - 1) / np.sqrt(2 / draws)


@pytest.mark.parametrize("name", ["product", "quotient", "power", "cumulant"])
def test_against_replications(vector, name):
    """|z| < 4.89; a variance wrong by 8 per cent is seen with 99.9 %."""
    assert abs(_variance_pull(FORMULAS[name][0], vector)) < 4.89
    assert abs(_variance_pull(FORMULAS[name][0], _without_correlation(vector))) > 4.89  # sabotage twin


def test_a_quotient_of_itself_is_certain(measured):
    a = measured([2.0, 3.0])
    assert np.all((a / a).stderr < 1e-16) and np.all((a - a).stderr == 0)
    b = measured([2.0, 3.0], source="b")
    assert np.all(propagate(np.divide, a, b, independent=True).stderr > 1e-3)


def test_entries_know_their_joint_law(vector):
    joint = propagate(lambda v: np.stack([v[0] / v[1], v[0] - v[1]]), vector)
    entrywise = [vector[0] / vector[1], vector[0] - vector[1]]
    cross = entrywise[0].deviations["a"] @ entrywise[1].deviations["a"]
    assert joint.covariance[0, 1] == pytest.approx(cross, rel=1e-7)


def test_broadcasting(measured):
    row, table = measured([1.0, 2.0, 3.0]), Exact(np.arange(1.0, 7.0).reshape(2, 3))
    product = row * table
    assert product.shape == (2, 3)
    assert np.max(np.abs(product.stderr / (row.stderr * table.value) - 1)) < 1e-14
    total = product + row[0]
    column = product.deviations["a"] + row.deviations["a"][:, :1, None]
    assert np.max(np.abs(total.stderr - np.sqrt(np.sum(column**2, axis=0)))) < 1e-16
    left = np.array([1.0, 2.0, 3.0]) * row
    assert isinstance(left, Estimate) and left.mean[2] == 9.0


def test_complex_values(measured):
    z = measured([1 + 1j, 2 - 1j])
    d = z.deviations["a"]
    assert np.max(np.abs((z[0] * z[1]).deviations["a"] - (d[:, 0] * (2 - 1j) + d[:, 1] * (1 + 1j)))) < 1e-15
    assert np.max(np.abs((z * 1j).deviations["a"] - 1j * d)) < 1e-15
    modulus = propagate(np.abs, z)  # not holomorphic: |z + dz| - |z| = Re(conj(z) dz)/|z|
    assert modulus.mean.dtype == float
    assert np.max(np.abs(modulus.deviations["a"] - np.real(np.conj(z.mean) * d) / np.abs(z.mean))) < 1e-9
    conjugate = propagate(np.conj, z)
    assert np.max(np.abs(conjugate.deviations["a"] - np.conj(d))) < 1e-9


def test_a_complex_step_would_be_deceived_by_the_modulus(measured):
    """Why the derivatives are differences: Im |x + ih|/h is zero, a difference is not."""
    a = measured([-2.0, 3.0])
    assert np.all(np.imag(np.abs(a.mean + 1e-30j)) == 0)
    assert np.max(np.abs(propagate(np.abs, a).stderr / a.stderr - 1)) < 1e-9


def test_different_sources_need_a_word(measured):
    a, b = measured(2.0), measured(3.0, source="b", rng_seed=1)
    for operation in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow):
        with pytest.raises(InputError, match="independent=True"):
            operation(a, b)
    with pytest.raises(InputError, match="independent=True"):
        propagate(np.add, a, b)
    total = propagate(np.add, a, b, independent=True)
    assert total.stderr == pytest.approx(np.hypot(a.stderr, b.stderr), rel=1e-9)
    assert total.sources == {"a", "b"}
    # Once declared, the joint law is known, and either part can be taken off again.
    assert abs(((total - a) - b).stderr) < 1e-10
    c = propagate(np.add, b, measured(1.0, source="c"), independent=True)
    with pytest.raises(InputError):
        total + c  # {a, b} and {b, c}: nothing said of a and c
    assert propagate(np.add, total, c, independent=True).sources == {"a", "b", "c"}


def test_one_source_has_one_set_of_replicates(measured):
    with pytest.raises(InputError, match="replicates"):
        measured(1.0) + measured(2.0, blocks=32)


def test_refusals_spread(measured):
    refused = np.array([True, False])
    a = measured([1.0, 2.0], refused=refused, diagnostics={"warnings": ["heavy tail"]})
    assert (a * 2 + 1).refused.tolist() == [True, False]
    assert (a[0] * a).refused.tolist() == [True, True] and (a[1] ** 2).refused == np.False_
    spread = propagate(lambda v: np.array([v[1], v[0] + v[1], v[0] ** 2 * 0]), a)
    assert spread.refused.tolist() == [False, True, False]
    squared = propagate(lambda v: (v - 1.0) ** 2, a)  # no slope at 1, and yet a dependence
    assert squared.refused.tolist() == [True, False] and squared.diagnostics["warnings"] == ["heavy tail"]
    assert log(a).refused.tolist() == [True, False] and exp(a[1]).refused == np.False_


def test_leaving_the_domain_refuses_with_a_reason(measured):
    a = measured([0.0, -1.0, 2.0])
    for result in (1 / a, log(a), sqrt(a), propagate(np.log, a), a**0.5):
        assert result.refused[0] and not result.refused[2]
    assert log(a).refused.tolist() == [True, True, False]
    assert "domain" in (1 / a).diagnostics["warnings"][0]


def test_provenance_is_joined(measured):
    a = measured(1.0, draws=1000, seed=1, method="network-wick", effective_draws=900.0)
    b = measured(2.0, draws=500, seed=2, method="neuron", blocks=64, precision="float32")
    total = a + b
    assert (total.draws, total.blocks, total.seed, total.effective_draws) == (500, 64, None, 900.0)
    assert (total.method, total.precision) == ("network-wick; neuron", "float64; float32")
    paper = Estimate.from_stderr(1.0, 0.1, source="paper")
    assert propagate(np.add, a, paper, independent=True).blocks == 64
    assert (a + 1).seed == 1


def test_bias(measured):
    a, bounded = measured(2.0), measured(2.0, bias="bounded(0.001)")
    assert (a + 1).bias == (2 * a).bias == (a / 2).bias == (a + a).bias == (a**1).bias == a[None][0].bias == "none"
    assert (a * a).bias == (1 / a).bias == (a**2).bias == log(a).bias == propagate(np.sin, a).bias == "unknown"
    assert (bounded * 3 - bounded).bias == "bounded(0.004)"
    assert (a + measured(1.0, bias="unknown")).bias == "unknown"
    radius = Exact(0.5, radius=0.25)
    assert (a + radius).bias == "bounded(0.25)" and (a * radius).bias == "bounded(0.5)"
    assert (a + Exact(0.5, radius=1e-9)).bias == "none"  # far below the error bar
    assert (radius + bounded).bias == "bounded(0.251)"


def test_a_given_jacobian_is_used(vector):
    def jacobian(values):
        return np.array([[1 / values[1], -values[0] / values[1] ** 2, 0.0], [0.0, 0.0, 2 * values[2]]])

    def function(values):
        return np.array([values[0] / values[1], values[2] ** 2])

    exact, numerical = propagate(function, vector, jacobian=jacobian), propagate(function, vector)
    assert np.max(np.abs(exact.covariance - jacobian(MEAN) @ COVARIANCE @ jacobian(MEAN).T)) < 1e-16
    assert np.max(np.abs(exact.covariance - numerical.covariance)) < 1e-9
    pair = propagate(lambda x, y: x * y, vector[0], vector[1], jacobian=lambda x, y: (y, x))
    assert pair.stderr == pytest.approx((vector[0] * vector[1]).stderr, rel=1e-12)
    with pytest.raises(InputError, match="jacobian"):
        propagate(function, vector, jacobian=lambda values: np.ones(3))


def test_propagate_takes_exact_values_and_numbers(vector):
    result = propagate(lambda v, scale, shift: scale * v + shift, vector, Exact(Fraction(1, 2)), np.array([1.0, 2.0, 3.0]))
    assert np.max(np.abs(result.mean - (MEAN / 2 + [1, 2, 3]))) < 1e-15
    assert np.max(np.abs(result.stderr / vector.stderr - 0.5)) < 1e-8
    assert propagate(lambda v: v[:0], vector).shape == (0,)


@pytest.mark.parametrize(
    "build",
    [
        lambda e: propagate(np.add, 1.0, 2.0),
        lambda e: propagate(np.add, e, "text"),
        lambda e: propagate(lambda v: v[: 1 + (v[0] > MEAN[0])], e),
        lambda e: propagate(np.emath.sqrt, Estimate.from_stderr(0.001, 0.1, source="a")),
        lambda e: e + np.zeros(2),
    ],
)
def test_bad_operands(vector, build):
    with pytest.raises(InputError):
        build(vector)


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
def test_other_types_are_left_to_python(vector, operation):
    with pytest.raises(TypeError):
        operation(vector, "text")
    with pytest.raises(TypeError):
        operation("text", vector)
