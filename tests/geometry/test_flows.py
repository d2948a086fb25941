"""Ricci flow and Perelman's functional against exact solutions, first integrals and other formulas."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy

from certifield.evidence import InputError, NotConverged
from certifield.geometry import flows


@pytest.fixture(scope="module")
def fields() -> tuple[flows.Sphere, np.ndarray, np.ndarray]:
    sphere = flows.Sphere(40)
    x = sphere.x
    return sphere, 0.3 * x + 0.2 * x**2 - 0.1 * x**3, 0.4 * np.cos(x) + 0.3 * x**2


def test_space_forms():
    assert flows.space_form_radius(3, Fraction(1), Fraction(1, 10)).value == Fraction(3, 5)
    assert flows.space_form_radius(4, 2, 5, curvature=0).value == 4
    assert flows.space_form_radius(3, 1, 2, curvature=-1).value == 9
    assert flows.extinction_time(2, 1).value == Fraction(1, 2)
    with pytest.raises(InputError, match="extinction"):
        flows.space_form_radius(3, 1, 0.25)
    for bad in ({"time": -0.1}, {"dimension": 0}, {"radius": 0.0}, {"curvature": 2}):
        with pytest.raises(InputError):
            flows.space_form_radius(**({"dimension": 2, "radius": 1.0, "time": 0.1} | bad))


@pytest.mark.parametrize("metric", [(1.0, 1.0, 1.0), (0.5, 1.0, 1.0), (0.4, 1.3, 2.1)])
def test_ricci_of_left_invariant_metrics_by_milnor(metric):
    """In an orthonormal frame with [E2, E3] = l1 E1: Ric(E1, E1) = 2 m2 m3, m_i = (l1 + l2 + l3)/2 - l_i."""
    a = np.array(metric)
    length = 2 * a / math.sqrt(a.prod())
    m = length.sum() / 2 - length
    ricci = np.array([2 * m[1] * m[2], 2 * m[2] * m[0], 2 * m[0] * m[1]]) * a
    assert np.allclose(flows.su2_ricci(metric), ricci, rtol=1e-13)


def test_round_spheres_shrink_as_they_should():
    found = flows.su2_flow([1, 1, 1], [0, 0.1, 0.2])
    assert np.allclose(found.metric.mean, (1 - 4 * found.times)[:, None], atol=1e-8, rtol=0)


@pytest.mark.parametrize("squashed", [0.2, 0.5, 1.7])
def test_the_first_integral_of_berger_spheres(squashed):
    """a/|1 - a/b|^(1/2) is constant for metrics (a, b, b); and they become round."""
    found = flows.su2_flow([squashed, 1, 1], [0, 0.02, 0.05, 0.08])
    a, b, c = found.metric.mean.T
    assert np.allclose(b, c, rtol=1e-12)
    constant = a / np.sqrt(np.abs(1 - a / b))
    assert np.allclose(constant, constant[0], rtol=1e-8)
    assert abs(1 - a[-1] / b[-1]) < abs(1 - a[0] / b[0])


def test_a_wrong_equation_breaks_the_first_integral(monkeypatch):
    """Sabotage twin: -Ric for -2 Ric moves along the same curve at another speed; a wrong Ricci tensor leaves it."""
    right = flows._homogeneous._ricci
    monkeypatch.setattr(flows._homogeneous, "_ricci", lambda g: right(g) * np.array([1.0, 1.01, 1.01]))
    a, b, _ = flows.su2_flow([0.5, 1, 1], [0, 0.05]).metric.mean.T
    constant = a / np.sqrt(1 - a / b)
    assert abs(constant[1] / constant[0] - 1) > 1e-4


def test_extinction_is_told():
    with pytest.raises(NotConverged, match="shrunk"):
        flows.su2_flow([1, 1, 1], [0, 0.3])
    with pytest.raises(NotConverged, match="vanishes"):
        flows.sphere_flow(lambda x: 0 * x, [0, 0.5])


def test_the_reversed_flow_is_refused():
    """Gradient descent on F, or Ricci flow backwards: ill-posed."""
    for flow in (lambda: flows.su2_flow([1, 1, 1], [0, -0.1]), lambda: flows.sphere_flow(lambda x: 0 * x, [-0.1])):
        with pytest.raises(InputError, match="wrong sign"):
            flow()
    with pytest.raises(InputError, match="positive"):
        flows.su2_flow([1, 0, 1], [0, 0.1])
    with pytest.raises(InputError, match="nodes"):
        flows.Sphere(2)


def test_the_area_law():
    """A(t) = A_0 - 8 pi t, to 1e-8; and the curvature evens out."""
    found = flows.sphere_flow(lambda x: 0.3 * x + 0.2 * x**2, [0, 0.1, 0.3, 0.5])
    assert np.allclose(found.area.mean, found.area.mean[0] - 8 * math.pi * found.times, atol=1e-8, rtol=0)
    ratio = found.extremes.mean[:, 1] / found.extremes.mean[:, 0]
    assert np.all(np.diff(ratio) < 0) and ratio[-1] < 1.03


def test_gauss_and_bonnet(fields):
    sphere, u, _ = fields
    assert abs(sphere.integral(sphere.curvature(u) * np.exp(2 * u)) - 4 * math.pi) < 1e-12


def test_perelmans_rate(fields):
    """dF/dt = 2 int |Ric + Hess f|^2 e^-f dV >= 0, the measure being kept; a wrong equation for f fails."""
    sphere, u, f = fields
    du, df = sphere.directions(u, f)
    grows = flows.derivative(sphere.functional, u, f, du, df)
    assert abs(grows - sphere.rate(u, f)) < 1e-8 and grows > 0
    assert abs(flows.derivative(sphere.measure, u, f, du, df)) < 1e-10
    wrong = df + 0.01 * sphere.curvature(u)
    assert abs(flows.derivative(sphere.functional, u, f, du, wrong) - sphere.rate(u, f)) > 1e-3
    assert abs(flows.derivative(sphere.measure, u, f, du, wrong)) > 1e-3


def test_the_rate_by_differences(fields):
    """Steps along the flow itself, in place of the derivative along i."""
    sphere, u, f = fields
    du, df = sphere.directions(u, f)
    h = 1e-4
    up, down = (np.real(sphere.functional(u + s * h * du, f + s * h * df)) for s in (1, -1))
    assert abs((up - down) / (2 * h) - sphere.rate(u, f)) < 1e-4


def test_variations_of_the_functional(fields):
    """At fixed measure -(Ric + Hess f) e^-f without a factor 2, at fixed metric (-R - 2 Lap f + |grad f|^2) e^-f."""
    sphere, u, f = fields
    w = np.sin(2 * sphere.x) + 0.3
    scale = np.exp(-2 * u)
    laplacian, gradient = scale * sphere.laplacian(f), scale * sphere.squared_gradient(f)
    curvature = 2 * sphere.curvature(u)
    measure = np.exp(2 * u - f)
    conformal = flows.derivative(sphere.functional, u, f, w, 2 * w)  # d(e^-f dV) = 0
    assert abs(conformal + sphere.integral(2 * w * (curvature + laplacian) * measure)) < 1e-9
    dilaton = flows.derivative(sphere.functional, u, f, 0 * w, w)
    assert abs(dilaton - sphere.integral(w * (-curvature - 2 * laplacian + gradient) * measure)) < 1e-9


def test_the_cigar_by_symbols():
    x, y, t = sympy.symbols("x y t", real=True)
    e = sympy.exp(4 * t)
    u = -sympy.log(e + x**2 + y**2) / 2
    k = sympy.simplify(-sympy.exp(-2 * u) * (sympy.diff(u, x, 2) + sympy.diff(u, y, 2)))
    assert sympy.simplify(k - 2 * e / (e + x**2 + y**2)) == 0
    assert sympy.simplify(sympy.diff(u, t) + k) == 0  # Ricci flow
    f, g = -sympy.log(1 + x**2 + y**2), u.subs(t, 0)
    du, df = [sympy.diff(g, s) for s in (x, y)], [sympy.diff(f, s) for s in (x, y)]
    hessian = sympy.diff(f, x, 2) - (du[0] * df[0] - du[1] * df[1])
    assert sympy.simplify(k.subs(t, 0) * sympy.exp(2 * g) + hessian) == 0
    factor, curvature = flows.cigar(0.1, 0.7)
    at = {x: 0.7, y: 0, t: sympy.Rational(1, 10)}
    assert abs(float(sympy.exp(2 * u).subs(at)) - factor.value) < 1e-12 and abs(float(k.subs(at)) - curvature.value) < 1e-12
    with pytest.raises(InputError):
        flows.cigar(0, -1)


def test_the_extremes_of_the_curvature():
    """At the start, in closed form: Lap x = -2x and Lap x^2 = 2 - 6x^2, so that K is largest at a pole, which is no node."""
    found = flows.sphere_flow(lambda x: 0.3 * x + 0.2 * x**2, [0])
    x = np.linspace(-1, 1, 10_001)
    k = np.exp(-0.6 * x - 0.4 * x**2) * (0.6 + 0.6 * x + 1.2 * x**2)
    assert np.argmax(k) == 0 and np.allclose(found.extremes.mean, [[k.min(), k.max()]], rtol=1e-6)
