"""Diagrams against one-variable series and brute-force contractions; the action of the cos-net against its exact density."""

import itertools
import math
import xml.etree.ElementTree as ET
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

import certifield as cf

theory, net = cf.fieldtheory, cf.ensembles


def one_variable(legs, order, kappa):
    found = theory.diagrams_by_width(legs, order)
    return sum(float(Fraction(one.sign * one.labellings, one.symmetry)) * math.prod(kappa[n] for n in one.degrees) for one in found)


@pytest.mark.parametrize(
    ("legs", "coefficients"),
    [(2, {"4": -1 / 2, "6": 1 / 8, "44": -2 / 3}), (4, {"4": 1, "6": -1 / 2, "44": 7 / 2}), (6, {"6": 1, "44": -10})],
)
def test_the_series_of_one_variable(legs, coefficients):
    found = Counter()
    for one in theory.diagrams_by_width(legs, 2):
        found["".join(map(str, one.degrees))] += one.sign * one.labellings / one.symmetry
    assert {key: pytest.approx(value) for key, value in coefficients.items()} == dict(found)


def test_third_order_against_the_logarithm_of_the_hermite_series():
    """log of exp(sum kappa_n/n! He_n-operator) applied to a Gaussian, order by order in 1/N, by exact series in sympy."""
    sympy = pytest.importorskip("sympy")
    x, eps = sympy.symbols("x eps")
    kappa = {4: Fraction(3, 8), 6: Fraction(-2, 7), 8: Fraction(5, 3)}
    hermite = [sympy.Integer(1), x]
    for n in range(1, 13):
        hermite.append(sympy.expand(x * hermite[n] - n * hermite[n - 1]))
    moments = Counter({0: sympy.Integer(1)})  # exp(sum kappa_n D^n / n!) as a polynomial in D, truncated at eps^3
    total, term = Counter({(0, 0): Fraction(1)}), Counter({(0, 0): Fraction(1)})
    for power in range(1, 4):
        new = Counter()
        for (order, degree), weight in term.items():
            for n, value in kappa.items():
                if order + n // 2 - 1 <= 3:
                    new[order + n // 2 - 1, degree + n] += weight * value / math.factorial(n) / power
        term = new
        total.update(term)
    del moments
    series = sum(sympy.Rational(w.numerator, w.denominator) * eps**order * hermite[degree] for (order, degree), w in total.items())
    log = sympy.expand(sympy.series(sympy.log(series), eps, 0, 4).removeO())
    for legs in (2, 4, 6, 8):
        found = [one for one in theory.diagrams_by_width(legs, 3) if sum(n // 2 - 1 for n in one.degrees) == 3]
        value = sum(Fraction(one.sign * one.labellings, one.symmetry) * math.prod(kappa[n] for n in one.degrees) for one in found)
        expected = sympy.Poly(log.coeff(eps, 3), x).coeff_monomial(x**legs) * math.factorial(legs)
        assert Fraction(int(expected.p), int(expected.q)) == value


@pytest.mark.parametrize(("legs", "degrees"), [(2, (4, 4)), (4, (4, 4)), (4, (4, 6)), (2, (3, 3))])
def test_symmetry_factors_by_counting_all_contractions(legs, degrees):
    """Every pairing of labelled half-edges: a diagram has vertices!^-1 prod 1/n! times its pairings of them = labellings / S."""
    half = [(v, k) for v, n in enumerate(degrees) for k in range(n)]
    count = Counter()
    for chosen in itertools.permutations(range(len(half)), legs):
        if list(chosen) != sorted(chosen):
            continue
        rest = [half[i] for i in range(len(half)) if i not in chosen]
        for pairing in _pairings(rest):
            lines = Counter(tuple(sorted((a[0], b[0]))) for a, b in pairing)
            ends = Counter(half[i][0] for i in chosen)
            swapped = [tuple(sorted((1 - a, 1 - b))) for a, b in lines.elements()]
            keys = [(tuple(ends[v] for v in (0, 1)), tuple(sorted(lines.elements())))]
            if degrees[0] == degrees[1]:
                keys.append((tuple(ends[v] for v in (1, 0)), tuple(sorted(swapped))))
            if (0, 1) in lines:
                count[min(keys)] += 1
    same = 2 if degrees[0] == degrees[1] else 1
    expected = sorted(Fraction(n * math.factorial(legs), same * math.prod(map(math.factorial, degrees))) for n in count.values())
    assert sorted(Fraction(one.labellings, one.symmetry) for one in theory.diagrams(legs, degrees)) == expected


def _pairings(rest):
    if not rest:
        yield []
        return
    for k in range(1, len(rest)):
        for tail in _pairings(rest[1:k] + rest[k + 1 :]):
            yield [(rest[0], rest[k]), *tail]


def test_the_cos_net_at_eighty_neurons():
    """log P: phi^4 0.003343 against 0.003125 and 0.003330, phi^6 -4.5e-5 against -3.9e-5, phi^2 -1.009617, -1.009375, -1.009609."""
    exact = np.asarray(theory.cos_net_log_density(80).value)
    first, second = (theory.action_of(net.cos_net(1, 80), [[0.0]], order=order) for order in (1, 2))

    def logs(action):
        g = {legs: float(tensor.ravel()[0]) for legs, tensor in action.couplings.items()}
        return -1 + g[2] / 2, g[4] / 24, g.get(6, 0.0) / 720

    assert np.allclose(exact, [-1.009617, 0.003343, -4.5e-5], atol=[6e-7, 6e-7, 6e-7])
    assert np.allclose(logs(first)[:2], [-1.009375, 0.003125], atol=1e-12)
    assert np.allclose(logs(second), [-1.009609, 0.003330, -3.9e-5], atol=[6e-7, 6e-7, 6e-7])
    errors = [abs(logs(one)[1] - exact[1]) for one in (first, second)]
    assert errors[1] < 0.1 * errors[0]


def test_the_action_converges_with_the_width():
    """What the second order leaves of the phi^4 coefficient is of order N^-3; with the sign of the square wrong it is of order N^-2."""

    def left(width, sign=1.0):
        action = theory.action_of(net.cos_net(1, width), [[0.0]])
        squares = sum(
            float(value.ravel()[0]) for one, value in zip(action.diagrams[4], action.values[4], strict=True) if one.degrees == (4, 4)
        )
        return abs((float(action.couplings[4].ravel()[0]) + (sign - 1) * squares) / 24 - float(theory.cos_net_log_density(width).value[1]))

    assert left(80) / left(320) == pytest.approx(64, rel=0.2)
    assert left(80, -1.0) / left(320, -1.0) < 25


def test_the_density_of_the_cos_net():
    field = np.arange(-8, 8.01, 0.1)
    density = np.asarray(theory.cos_net_density(25, field).value)
    weights = 0.1 * density
    second, fourth = weights @ field**2, weights @ field**4
    assert abs(weights.sum() - 1) < 1e-12 and abs(second - 0.5) < 1e-12
    assert abs(fourth - 3 * second**2 - 3 / 8 / 25) < 1e-12


def test_a_log_density_at_points_against_a_change_of_variables():
    """Independent fields, rotated: the action of the rotated field is that of the fields, so tensors and contractions are right."""
    kappa = {4: np.array([0.02, -0.01, 0.03]), 6: np.array([0.004, 0.002, -0.001])}
    variance, rotation = np.array([1.0, 0.5, 2.0]), np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    apart = {n: _diagonal(each, n) for n, each in kappa.items()}
    turned = {n: _turned(tensor, rotation) for n, tensor in apart.items()}
    plain = theory.action_from_correlators(np.diag(variance), apart)
    moved = theory.action_from_correlators(rotation @ np.diag(variance) @ rotation.T, turned)
    fields = np.random.default_rng(1).normal(size=(4, 2, 3))
    assert np.allclose(moved.log_density(fields @ rotation.T), plain.log_density(fields), atol=1e-9)
    single = [theory.action_from_correlators([[v]], {n: _diagonal(kappa[n][[i]], n) for n in kappa}) for i, v in enumerate(variance)]
    assert np.allclose(plain.log_density(fields), sum(one.log_density(fields[..., [i]]) for i, one in enumerate(single)), atol=1e-9)


def _diagonal(values, order):
    tensor = np.zeros((len(values),) * order)
    for place, value in enumerate(values):
        tensor[(place,) * order] = value
    return tensor


def _turned(tensor, rotation):
    for axis in range(tensor.ndim):
        tensor = np.moveaxis(np.tensordot(rotation, tensor, axes=(1, axis)), 0, axis)
    return tensor


@pytest.mark.parametrize("delta", [0.05, 0.2])
def test_breaking_independence_resums_tadpoles(delta):
    """(1-eps) N(0,1) + eps N(0,1+delta): cumulants eps (2n-1)!! delta^n at first order; g_4 = 3 delta^2 (1+delta)^(-5/2) eps."""
    highest, eps = 16, 1e-3
    kappa = {2 * n: eps * math.prod(range(2 * n - 1, 0, -2)) * delta**n for n in range(2, highest // 2 + 1)}
    tensors = {n: np.full((1,) * n, value) for n, value in kappa.items()}
    found = theory.action_from_correlators([[1.0]], tensors, order=1, legs=(4,), counting="dependence")
    assert len(found.diagrams[4]) == highest // 2 - 1
    assert abs(float(found.couplings[4].ravel()[0]) / (3 * delta**2 * (1 + delta) ** -2.5 * eps) - 1) < 2 * delta**5 * 40
    by_formula = sum((-1) ** m / (2**m * math.factorial(m)) * kappa[4 + 2 * m] for m in range(highest // 2 - 1))
    assert float(found.couplings[4].ravel()[0]) == pytest.approx(by_formula, rel=1e-12)


def test_close_points_are_refused_in_floats_and_work_in_mpmath():
    mpmath = pytest.importorskip("mpmath")
    points = [0.0, 1e-4, 2e-4]
    with pytest.raises(cf.evidence.PrecisionError, match="condition number"):
        theory.action_of(net.cos_net(1, 80), np.array(points)[:, None], order=1)
    with mpmath.workdps(120):
        at = [mpmath.mpf(k) / 10**4 for k in range(3)]
        kernel = [[mpmath.exp(-((x - y) ** 2) / 2) / 2 for y in at] for x in at]
        four = np.empty((3,) * 4, dtype=object)
        for i in np.ndindex(four.shape):
            a, b, c, d = (at[k] for k in i)
            pairs = [(a, b, c, d), (a, c, b, d), (a, d, b, c)]
            waves = [3 * mpmath.exp(-((p + q - r - s) ** 2) / 2) for p, q, r, s in pairs]
            four[i] = (sum(waves) - sum(2 * mpmath.exp(-((p - q) ** 2 + (r - s) ** 2) / 2) for p, q, r, s in pairs)) / 640
        found = theory.action_from_correlators(kernel, {4: four}, order=1, legs=(4,), digits=120)
        back = found.couplings[4]
        for axis in range(4):  # the amputated correlator, put back onto its legs
            back = np.moveaxis(np.tensordot(np.array(kernel, dtype=object), back, axes=(1, axis)), 0, axis)
        assert max(abs(entry) for entry in (back - four).ravel()) < mpmath.mpf(10) ** -25
    assert found.condition > 1e12


def test_pictures_show_every_line_and_leg():
    for one in theory.diagrams(4, (4, 4, 4)):
        root = ET.fromstring(theory.draw(one))
        tags = Counter(element.tag.rpartition("}")[2] for element in root.iter())
        assert tags["path"] == one.internal and tags["line"] == 4 and tags["circle"] == 3


def test_what_cannot_be_used():
    four = np.zeros((1,) * 4)
    for call in (
        lambda: theory.diagrams_by_width(3, 1),
        lambda: theory.diagrams_by_width(4, 9),
        lambda: theory.diagrams_by_dependence(4, 1, 5),
        lambda: theory.diagrams(2, (2, 4)),
        lambda: theory.action_from_correlators([[1.0, 0.0], [0.5, 1.0]], {4: four}),
        lambda: theory.action_from_correlators([[1.0]], {4: np.zeros((2, 2, 2, 2))}),
        lambda: theory.action_from_correlators([[1.0]], {4: four}, order=2),
        lambda: theory.action_from_correlators([[1.0]], {4: four}, order=1, counting="loops"),
        lambda: theory.cos_net_density(3, 0.0),
        lambda: theory.cos_net_density(80, 1e9),
    ):
        with pytest.raises(cf.evidence.InputError):
            call()
