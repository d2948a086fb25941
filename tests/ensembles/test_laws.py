"""Laws of parameters: moments, densities and draws, against scipy and against quadrature of the density."""

import itertools
import math

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy import stats

from certifield import ensembles as ens
from certifield.evidence import InputError
from certifield.streams import stream_key

CONTINUOUS = {
    "normal": (ens.normal(1.3, 0.4), stats.norm(0.4, 1.3)),
    "uniform": (ens.uniform(-0.5, 2.0), stats.uniform(-0.5, 2.5)),
    "laplace": (ens.laplace(0.7, -0.2), stats.laplace(-0.2, 0.7)),
    "student_t": (ens.student_t(9.5, 0.8, 0.3), stats.t(9.5, 0.3, 0.8)),
    "exponential": (ens.exponential(0.6, -0.1), stats.expon(-0.1, 0.6)),
}
DRAWS = 20_000


def draws(law, count: int = DRAWS) -> np.ndarray:
    return np.asarray(law.sample(stream_key(0, "laws"), (count,)), dtype=float)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_the_density_is_that_of_scipy_and_has_the_moments(name):
    """Moments by quadrature of exp(log_density), to 1e-9: the density is normalised, and moments and density are of one law."""
    law, reference = CONTINUOUS[name]
    logarithm = jax.jit(jax.vmap(law.log_density))
    points = np.linspace(-3, 3, 41)
    found = np.asarray(logarithm(points))
    np.testing.assert_allclose(found, reference.logpdf(points), rtol=1e-11, atol=1e-12)
    nodes, weights = np.polynomial.legendre.leggauss(400)
    low, high = reference.support()
    # Tails by p = location + scale * sinh(s): power laws and exponentials alike end within |s| < 22.
    cuts = [max(low, -60.0), law.location, min(high, 60.0)]
    if name == "student_t":
        s = 22 * nodes
        x, jacobian = law.location + law.scale * np.sinh(s), 22 * law.scale * np.cosh(s)
    else:
        x = np.concatenate([(a + b) / 2 + (b - a) / 2 * nodes for a, b in itertools.pairwise(cuts)])
        jacobian = np.concatenate([np.full(nodes.shape, (b - a) / 2) for a, b in itertools.pairwise(cuts)])
        weights = np.tile(weights, 2)
    density = np.exp(np.asarray(logarithm(x)))
    for n in range(9):
        assert np.sum(weights * jacobian * density * x**n) == pytest.approx(law.moment(n), rel=1e-9)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_draws_have_the_distribution_of_scipy(name):
    """Kolmogorov-Smirnov at p = 1e-6 with 20 000 draws: finds a distance of 0.034 between distributions with 99.9 %."""
    law, reference = CONTINUOUS[name]
    assert stats.kstest(draws(law), reference.cdf).pvalue > 1e-6


@pytest.mark.parametrize("name", CONTINUOUS)
def test_draws_of_a_law_of_another_scale_would_be_noticed(name):
    """Sabotage: a scale wrong by a factor 1.2 fails the same check."""
    law, reference = CONTINUOUS[name]
    wrong = law.location + 1.2 * (draws(law) - law.location)
    assert stats.kstest(wrong, reference.cdf).pvalue < 1e-6


@pytest.mark.parametrize("freedom", [0.7, 1.0, 2.0, 3.0, 30.0, 1e9])
def test_student_draws_at_few_and_many_degrees_of_freedom(freedom):
    """As above, from heavier tails than Cauchy's to the Gaussian limit."""
    assert stats.kstest(draws(ens.student_t(freedom)), stats.t(freedom).cdf).pvalue > 1e-6


ALL = {name: law for name, (law, _) in CONTINUOUS.items()} | {"rademacher": ens.rademacher(1.5)}


def pulls(law, sample: np.ndarray, factor: float = 1.0) -> list[float]:
    """(mean of x^n - E[x^n]) in standard errors, for n = 1..4; ``factor`` spoils the exact value.  Constant powers must agree exactly."""
    found = []
    for n in range(1, 5):
        power = sample**n
        error = power.std() / math.sqrt(len(power))
        miss = power.mean() - factor * law.moment(n)
        found.append(0.0 if abs(miss) < 1e-12 else miss / max(error, 1e-12))
    return found


@pytest.mark.parametrize("name", ALL)
def test_draws_have_the_moments(name):
    """|z| < 4.89 with 20 000 draws: 8 standard errors, found with 99.9 %, are 6 % of a standard deviation."""
    assert max(map(abs, pulls(ALL[name], draws(ALL[name])))) < 4.89


@pytest.mark.parametrize("name", ALL)
def test_moments_off_by_a_fifth_would_be_noticed(name):
    """Sabotage: the same check against moments times 1.2 fails."""
    assert max(map(abs, pulls(ALL[name], draws(ALL[name]), factor=1.2))) > 4.89


def test_rademacher_takes_two_values_and_fixed_takes_one():
    assert set(draws(ens.rademacher(1.5))) == {-1.5, 1.5}
    assert set(draws(ens.fixed(0.7))) == {0.7}
    assert float(ens.rademacher(1.5).log_density(jnp.array([1.5, -1.5]))) == pytest.approx(-2 * math.log(2))
    assert float(ens.rademacher(1.5).log_density(jnp.array([1.0]))) == -math.inf
    assert [float(ens.fixed(0.7).log_density(jnp.array([x]))) for x in (0.7, 0.6)] == [0.0, -math.inf]
    assert ens.fixed(2.0).moment(3) == 8.0


@pytest.mark.parametrize("freedom", [2.5, 4.0, 6.0, 20.0, 1e6, 1e12])
def test_student_moments_are_exact_to_rounding(freedom):
    """Against Gamma functions in 40 digits; infinite from n = freedom on for even n, without value for odd n."""
    law = ens.student_t(freedom)
    with mpmath.workdps(40):
        f = mpmath.mpf(freedom)
        for n in range(0, 10):
            if n >= freedom:
                assert math.isnan(law.moment(n)) if n % 2 else law.moment(n) == math.inf
            elif n % 2:
                assert law.moment(n) == 0.0
            else:
                exact = f ** (n // 2) * mpmath.gammaprod([(n + 1) / mpmath.mpf(2), (f - n) / 2], [f / 2]) / mpmath.sqrt(mpmath.pi)
                assert abs(law.moment(n) / exact - 1) < 4e-15


def test_infinite_moments_of_a_law_that_is_moved_or_not_random():
    assert ens.student_t(3.0, location=1.0).moment(2) == pytest.approx(4.0)
    assert ens.student_t(3.0, location=-1.0).moment(4) == math.inf
    assert math.isnan(ens.student_t(3.0, location=1.0).moment(3))
    assert ens.student_t(3.0, scale=0.0).moment(4) == 0.0
    assert ens.student_t(1.0, scale=0.0, location=2.0).moment(4) == 16.0


@pytest.mark.parametrize("name", ALL)
def test_scaling_scales_draws_moments_and_density(name):
    law = ALL[name]
    half = law.scaled(0.5)
    np.testing.assert_allclose(draws(half, 100), 0.5 * draws(law, 100), rtol=1e-14)
    x = draws(law, 5)
    atoms = name == "rademacher"
    expected = float(law.log_density(jnp.array(x))) + (0.0 if atoms else 5 * math.log(2))
    assert float(half.log_density(jnp.array(0.5 * x))) == pytest.approx(expected, rel=1e-12)
    assert [half.moment(n) for n in range(6)] == pytest.approx([0.5**n * law.moment(n) for n in range(6)])


def test_only_laws_that_look_the_same_from_both_sides_are_symmetric():
    symmetric = [ens.normal(2.0), ens.uniform(-1, 1), ens.laplace(), ens.student_t(3.0), ens.rademacher(), ens.fixed(), ens.normal(0.0)]
    assert all(law.symmetric for law in symmetric)
    assert not any(law.symmetric for law in (ens.normal(1.0, 0.1), ens.uniform(0, 1), ens.exponential(), ens.fixed(1.0)))


@pytest.mark.parametrize("switched_on", [True, False])
def test_draws_have_the_precision_of_jax(switched_on):
    with jax.enable_x64(switched_on):
        for law in [*ALL.values(), ens.fixed(1.0)]:
            assert law.sample(stream_key(0, "a"), (2,)).dtype == (jnp.float64 if switched_on else jnp.float32)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: ens.normal(-1.0), "scale"),
        (lambda: ens.normal(math.nan), "scale"),
        (lambda: ens.normal(True), "scale"),
        (lambda: ens.normal("1"), "scale"),
        (lambda: ens.normal(1.0, math.inf), "location"),
        (lambda: ens.laplace(math.inf), "scale"),
        (lambda: ens.laplace(1.0, "0"), "location"),
        (lambda: ens.student_t(0.0), "freedom"),
        (lambda: ens.student_t(-3.0), "freedom"),
        (lambda: ens.student_t(3.0, location=math.nan), "location"),
        (lambda: ens.uniform(1.0, 0.0), "low, high"),
        (lambda: ens.uniform("a"), "low"),
        (lambda: ens.uniform(0.0, math.nan), "high"),
        (lambda: ens.rademacher(-1.0), "scale"),
        (lambda: ens.exponential(None), "scale"),
        (lambda: ens.fixed(math.nan), "value"),
        (lambda: ens.Law("cauchy"), "family"),
        (lambda: ens.normal().scaled(-1.0), "factor"),
    ],
)
def test_an_unusable_number_is_an_input_error(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
    assert caught.value.remedy and caught.value.allowed


def test_numbers_of_numpy_are_numbers():
    assert ens.normal(np.float32(0.5), np.int64(2)) == ens.normal(0.5, 2.0)


def test_a_law_is_stated_by_its_name_or_by_a_table():
    from certifield.ensembles import fixed, laplace, law_from, student_t, uniform

    assert law_from("laplace") == laplace() and law_from(laplace(2.0)) == laplace(2.0)
    assert law_from({"family": "student_t", "freedom": 5, "scale": 0.5}) == student_t(5.0, 0.5)
    assert law_from({"family": "uniform", "low": 0.0}) == uniform(0.0, 1.0) and law_from({"family": "fixed", "value": 2.0}) == fixed(2.0)
    for given, told in (
        ("laplac", "did you mean 'laplace'"),
        ({"family": "normal", "size": 1}, "normal with scale, location"),
        (3, "its name"),
    ):
        with pytest.raises(InputError, match=told):
            law_from(given, "weights")
