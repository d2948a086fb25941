"""Differential equations by residuals and on lattices, against solutions that are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.expressivity import differential_equations as de


def solution(x):
    return jnp.prod(jnp.sin(jnp.pi * x)) * (1 + jnp.mean(x**2))


def source(x):
    return -de.laplacian(solution)(x)


@pytest.mark.parametrize("dim", [1, 3])
def test_the_laplacian_is_the_trace_of_the_hessian(dim):
    x = jax.random.uniform(jax.random.key(dim), (dim,))
    assert float(de.laplacian(solution)(x)) == pytest.approx(float(jnp.trace(jax.hessian(solution)(x))), rel=1e-12)
    assert float(de.laplacian(lambda y: y @ y)(x)) == pytest.approx(2 * dim, abs=1e-13)


@pytest.mark.parametrize(("dim", "n"), [(1, 20), (2, 12), (3, 6)])
def test_a_lattice_solves_its_own_equation_and_errs_by_its_square(dim, n):
    solved = de.solve_on_lattice(source, dim, n)
    h = 1 / (n + 1)
    padded = np.pad(solved.values, 1)
    inside = tuple([slice(1, -1)] * dim)
    second = sum((np.roll(padded, 1, axis) + np.roll(padded, -1, axis) - 2 * padded)[inside] for axis in range(dim)) / h**2
    assert np.abs(-second - de.on_lattice(source, dim, solved.axis)).max() < 1e-10 / h**2
    assert solved.points == n**dim
    finer = de.solve_on_lattice(source, dim, 2 * n + 1)  # half the spacing
    errors = [np.sqrt(((one.values - de.on_lattice(solution, dim, one.axis)) ** 2).mean()) for one in (solved, finer)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.15)


@pytest.mark.parametrize(("dim", "neurons", "wanted"), [(1, 8, 0.02), (2, 12, 0.005)])
def test_the_residual_alone_finds_the_solution_within_its_bound(dim, neurons, wanted):
    solved = de.solve_by_residual(lambda u, x: -de.laplacian(u)(x) - source(x), dim, neurons, steps=30, restarts=2)
    error = de.mean_square(lambda x: solved.field(x) - solution(x), dim)
    size = de.mean_square(solution, dim)
    assert float(error.mean) < wanted * float(size.mean)
    assert float(error.mean) < float(solved.residual.mean) / (dim * np.pi**2)  # the least eigenvalue of -Laplace
    assert solved.parameters == neurons * (dim + 2) + 1
    edge = jnp.zeros(dim).at[0].set(1.0) if dim > 1 else jnp.ones(1)
    assert float(solved.field(edge)) == 0.0


def test_an_equation_with_the_other_sign_has_another_solution():
    solved = de.solve_by_residual(lambda u, x: de.laplacian(u)(x) - source(x), 1, 8, steps=30)
    size, off = de.mean_square(solution, 1), de.mean_square(lambda x: solved.field(x) + solution(x), 1)
    assert float(off.mean) < 0.05 * float(size.mean)  # the mirror image, and nothing near the solution


def test_a_nonlinear_equation_needs_nothing_else():
    """-u'' + u^3 = f with a source made for the same solution."""
    solved = de.solve_by_residual(lambda u, x: -de.laplacian(u)(x) + u(x) ** 3 - source(x) - solution(x) ** 3, 1, 10, steps=40, restarts=2)
    assert float(de.mean_square(lambda x: solved.field(x) - solution(x), 1).mean) < 0.02


def test_mean_squares_are_those_of_integrals():
    found = de.mean_square(lambda x: jnp.prod(jnp.sin(jnp.pi * x)), 2)
    assert abs(float(found.mean) - 0.5) < 4.9 * float(found.stderr) + 1e-6


@pytest.mark.parametrize(
    "call",
    [
        lambda: de.solve_by_residual(lambda u, x: u(x), 0, 4),
        lambda: de.solve_by_residual(lambda u, x: u(x), 1, True),
        lambda: de.solve_by_residual(lambda u, x: u(x), 1, 4, points=3),
        lambda: de.solve_by_residual(lambda u, x: jnp.array([1.0, 2.0]) * u(x), 1, 4),
        lambda: de.solve_by_residual(lambda u, x: jnp.log(-x[0]), 1, 4),
        lambda: de.solve_on_lattice(source, 6, 100),
        lambda: de.solve_on_lattice(source, 1, 0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InputError):
        call()
