"""Kolmogorov-Arnold networks: splines against SciPy, other grids, least squares, sparsity, formulas."""

import math
import re
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.interpolate import BSpline

from certifield.evidence import InputError
from certifield.expressivity import kolmogorov_arnold as ka


def smooth(x):
    """A formula of two layers: sin(x1^2 + x2)."""
    return np.sin(x[:, :1] ** 2 + x[:, 1:2])


def drawn(count, dim, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, dim))


@pytest.fixture(scope="module")
def network():
    return ka.kan([2, 3, 1], key=jax.random.key(4))


def test_the_stated_values_of_cubic_splines():
    """[-1, 1], G = 5, k = 3, at 0.1 and at the left end."""
    grid = jnp.asarray(ka.knots(-1.0, 1.0, 5, 3))
    for x, row in ((0.1, [0, 0, 0.00260417, 0.31510417, 0.61197917, 0.0703125, 0, 0]), (-1.0, [1 / 6, 2 / 3, 1 / 6, 0, 0, 0, 0, 0])):
        for uniform in (True, False):
            assert np.max(np.abs(ka.basis(jnp.array([x]), grid, 3, uniform)[0] - np.array(row))) < 5e-9


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_both_evaluations_are_those_of_scipy(order):
    """The closed form on equal intervals, the recursion on any; slopes too; outside, the tangents."""
    x = np.linspace(-1, 1, 41)
    crooked = np.sort(np.random.default_rng(order).uniform(-1, 1, 4))
    uneven = np.concatenate([-1 - 0.4 * np.arange(order, 0, -1), [-1], crooked, [1], 1 + 0.4 * np.arange(1, order + 1)])
    for grid, uniform in ((ka.knots(-1.0, 1.0, 5, order)[0], True), (ka.knots(-1.0, 1.0, 5, order)[0], False), (uneven, False)):

        def at(y, grid=grid, uniform=uniform):
            return np.asarray(ka.basis(jnp.asarray(y)[:, None], jnp.asarray(grid[None]), order, uniform))[:, 0]

        assert np.max(np.abs(at(x) - BSpline.design_matrix(x, grid, order).toarray())) < 3e-15
        splines = [BSpline(grid, np.eye(len(grid) - order - 1)[m], order) for m in range(len(grid) - order - 1)]
        for end, side in ((-1.0, -0.5), (1.0, 0.7)):
            slope = np.array([float(one.derivative()(end * (1 - 1e-12))) for one in splines])
            value = np.array([float(one(end * (1 - 1e-15))) for one in splines])
            assert np.max(np.abs(at([end + side])[0] - value - side * slope)) < 1e-9
        assert np.max(np.abs(at([-3.0, 0.2, 5.0]).sum(axis=1) - 1)) < 1e-13  # a partition of unity everywhere: never a silent zero


def test_orders_of_convergence():
    """Least squares by splines on sin(pi x): k + 1 powers of the interval."""
    x = np.linspace(-1, 1, 2001)
    for order in (1, 2, 3):
        errors = []
        for intervals in (16, 32):
            design = np.asarray(ka.basis(jnp.asarray(x)[:, None], jnp.asarray(ka.knots(-1.0, 1.0, intervals, order)), order, True))[:, 0]
            errors.append(np.linalg.norm(design @ np.linalg.lstsq(design, np.sin(math.pi * x), rcond=None)[0] - np.sin(math.pi * x)))
        assert abs(math.log2(errors[0] / errors[1]) - order - 1) < 0.12


def test_a_layer_is_the_sum_of_its_edges(network):
    x = jnp.asarray(drawn(7, 2))
    for layer, at in zip(network.layers, network.inputs(x), strict=True):
        assert np.allclose(layer.edges(at).sum(axis=-1), layer(at), atol=1e-13)
    assert np.allclose(jax.vmap(network)(x), network(x), atol=1e-13)
    assert network.layers[0].coefficients.size + 2 * network.layers[0].base.size == 6 * (5 + 3 + 2)  # G + k + 2 an edge
    params, rest = ka.trained_part(network)
    assert params.layers[0].grid is None and rest.layers[0].grid is not None and network.shape == [2, 3, 1]


def test_products_of_pairs():
    network = ka.kan([3, (1, 2), 2], key=jax.random.key(1))
    x = jnp.asarray(drawn(5, 3))
    sums = network.layers[0].edges(x).sum(axis=-1)
    assert sums.shape == (5, 5) and network.shape == [3, (1, 2), 2] and network(x).shape == (5, 2)
    assert np.allclose(network.layers[0](x), np.stack([sums[:, 0], sums[:, 1] * sums[:, 2], sums[:, 3] * sums[:, 4]], axis=1), atol=1e-13)


def test_inputs_outside_are_counted(network):
    assert network.outside(jnp.array([[0.5, -0.5], [1.5, 0.0], [2.0, -3.0]]))[0] == 3
    inside, beyond = network(jnp.array([[0.9999999, 0.0]])), network(jnp.array([[1.0000001, 0.0]]))
    assert abs(float(inside[0, 0] - beyond[0, 0])) < 1e-5


def test_finer_grids_have_the_same_functions(network):
    x = jnp.asarray(drawn(200, 2))
    for intervals in (10, 15):
        found = ka.extended(network, intervals)
        assert np.max(np.abs(found.network(x) - network(x))) < 1e-11 and found.residual < 1e-12 and not found.smoothed
    assert 1e-6 < ka.extended(network, 7).residual < 0.1  # knots that are not shared
    moved = ka.refit(network, np.asarray(x), intervals=20)
    assert np.max(np.abs(moved.network(x) - network(x))) < 1e-2 and moved.network.outside(x) == [0, 0]


def test_grids_that_follow_the_data():
    samples = np.random.default_rng(3).exponential(size=(4000, 1))
    grid = ka.adapted(samples, 8, 3)[0, 3:-3]
    inner = np.histogram(samples, grid)[0]
    assert inner.max() < 1.3 * inner.min() and np.all(np.diff(grid) > 0)  # quantiles, but for 2 %
    even = np.diff(ka.adapted(samples, 8, 3, share=1.0)[0])
    assert np.ptp(even) < 1e-9


def test_a_hundred_intervals_and_degenerate_samples_give_no_nan(network):
    """5 to 100 intervals; one sample, samples that coincide, constant columns: smoothed, said so, and finite."""
    far = ka.refit(network, drawn(300, 2), intervals=100, share=0.02)
    assert ka.refit(network, drawn(30, 2), intervals=100).smoothed and np.all(np.isfinite(far.network(jnp.asarray(drawn(50, 2, 1)))))
    assert np.max(np.abs(far.network(jnp.asarray(drawn(300, 2))) - network(jnp.asarray(drawn(300, 2))))) < 0.05
    for samples in (
        np.zeros((1, 2)),
        np.ones((50, 2)),
        np.column_stack([np.zeros(40), drawn(40, 1)[:, 0]]),
        np.repeat(drawn(3, 2), 9, axis=0),
    ):
        for share in (0.02, 1.0):
            found = ka.refit(network, samples, intervals=9, share=share)
            assert found.smoothed and np.all(np.isfinite(found.network(jnp.asarray(samples)))) and found.residual < 1e-2
            assert np.all(np.isfinite(found.network(jnp.array([[3.0, -3.0]]))))


@pytest.mark.slow
def test_a_thousand_fits_to_odd_samples(network):
    rng = np.random.default_rng(5)
    for _ in range(1000):
        samples = rng.normal(size=(int(rng.choice([1, 2, 7, 29])), 2)) * 10.0 ** rng.integers(-6, 4)  # few shapes: each is compiled
        samples = np.round(samples, int(rng.integers(0, 3))) if rng.random() < 0.5 else samples
        found = ka.refit(network, samples, intervals=int(rng.choice([1, 2, 9, 39])), share=float(rng.choice([0.02, 0.5, 1.0])))
        assert all(np.all(np.isfinite(layer.coefficients)) for layer in found.network.layers)
        assert np.all(np.isfinite(found.network(jnp.asarray(samples))))


@pytest.fixture(scope="module")
def trained():
    x = drawn(400, 2)
    return x, ka.fit(ka.best_starts([2, 1, 1], x, smooth(x), starts=8, steps=150, keep=1, seed=1)[0], x, smooth(x), grids=(6, 12), steps=40)


def test_least_squares_come_near_the_order_of_the_splines(trained):
    """sin(x1^2 + x2): errors of the training points fall by 2^4 and more where intervals double; those of other points follow."""
    _, found = trained
    assert found.errors[0] < 2e-2 and found.errors[2] < found.errors[1] / 8 and found.errors[2] < 1e-5
    others = drawn(2000, 2, seed=9)
    assert np.sqrt(np.mean((np.asarray(found.network(jnp.asarray(others))) - smooth(others)) ** 2)) < 5e-5


def test_parameters_that_nothing_fixes_stay_where_a_grid_begins(trained):
    """An edge that is masked keeps its numbers, whatever they are; a heavy weight holds all of them, a light one lets the error fall."""
    x, found = trained
    last = found.network.layers[1]
    network = ka.KAN((found.network.layers[0], eqx.tree_at(lambda one: one.mask, last, jnp.zeros_like(last.mask))))
    silent = ka.fit(network, x, smooth(x), steps=5, damping=1.0).network.layers[1]
    assert np.max(np.abs(silent.base - last.base)) < 1e-12 < np.max(np.abs(last.base))
    begun = ka.refit(found.network, x, intervals=18, margin=0.03).network
    held, moved = (ka.fit(found.network, x, smooth(x), intervals=18, steps=8, damping=d, margin=0.03) for d in (1e6, 1e-8))
    apart = [max(np.max(np.abs(a.coefficients - b.coefficients)) for a, b in zip(one.network.layers, begun.layers, strict=True))
             for one in (held, moved)]  # fmt: skip
    assert apart[0] < 1e-10 < apart[1] and moved.errors[0] < found.errors[2] / 2 and moved.network.outside(jnp.asarray(x)) == [0, 0]


def test_a_margin_is_a_share_of_the_width(network):
    x = drawn(50, 2)
    low, high = x.min(axis=0), x.max(axis=0)
    for share in (0.02, 1.0):
        grid = np.asarray(ka.refit(network, x, margin=0.25, share=share).network.layers[0].grid)
        assert np.allclose(grid[:, 3], low - 0.25 * (high - low)) and np.allclose(grid[:, -4], high + 0.25 * (high - low))


def test_a_formula_is_read(trained):
    """With its constants, and its largest error at other points; the same functions with another target do not get them."""
    sympy = pytest.importorskip("sympy")
    x, found = trained
    held = drawn(1000, 2, seed=8)
    formula = ka.read_formula(found.network, x, smooth(x), (held, smooth(held)))
    one, two = sympy.symbols("x1 x2")
    assert sympy.simplify(formula.expressions[0] - sympy.sin(one**2 + two)) == 0
    assert float(formula.error.mean) < 1e-12 and 0 < float(formula.error.stderr) < 1e-14 and formula.error.bias == "unknown"
    gap = np.max(np.abs(np.stack([sympy.lambdify((one, two), formula.expressions[0])(*held.T)], axis=1) - smooth(held)))
    assert float(formula.error.mean) == gap and float(formula.error.mean) < float(formula.numeric.mean) < 1e-4
    assert formula.names == ((("x^2", "x"),), (("sin",),)) and "sin" in str(formula)
    other = ka.read_formula(found.network, x, smooth(x), (held, np.cos(held[:, :1])))
    assert float(other.error.mean) > 0.1


@pytest.mark.parametrize(("g", "name"), [
    (lambda x: 3 * np.sin(2 * x + 1) - 1, "sin"), (lambda x: np.exp(-2 * x), "exp"), (lambda x: 2 * (x + 0.3) ** 2, "x^2"),
    (lambda x: 4 * x - 1, "x"), (lambda x: 0 * x + 2, "0"), (lambda x: 1 / (x + 3), "1/x"), (lambda x: np.log(x + 2), "log"),
    (lambda x: np.abs(x - 0.2), "abs"), (lambda x: np.sqrt(x + 1.5), "sqrt"), (lambda x: np.tanh(4 * x), "tanh"),
])  # fmt: skip
def test_edges_are_read(g, name):
    """Singular ones on the samples are left out; with noise allowed, the simplest that fits."""
    x = np.linspace(-1, 1, 120)
    best = ka.read_edge(x, g(x), noise=1e-10)
    assert best[0].name == name and all("/x" not in edge.name or np.isfinite(edge.criterion) for edge in best)
    if name not in ("0",):
        assert best[0].r2 > 1 - 1e-8


def test_sizes_attribution_and_pruning(trained):
    """A second hidden node that the data do not need is made small by hand, and goes; its twin that matters stays."""
    x, found = trained
    at = jnp.asarray(x)
    small = ka.kan([2, 2, 1], intervals=12, key=jax.random.key(0))
    first, last = found.network.layers
    grown = small.layers[0], small.layers[1]
    both = lambda a, b: jnp.stack([a[0], 1e-4 * b[1]])  # noqa: E731
    parts = lambda one: (one.coefficients, one.scale, one.base, one.grid)  # noqa: E731
    scales, beside = jnp.stack([first.scale[0], grown[0].scale[1]]), lambda a, b: jnp.concatenate([a, b[:, 1:]], axis=1)
    layer = eqx.tree_at(
        parts, grown[0], (both(first.coefficients, grown[0].coefficients), scales, both(first.base, grown[0].base), first.grid)
    )
    splines, bases = beside(last.coefficients, 1e-4 * grown[1].coefficients), beside(last.base, 0 * grown[1].base)
    ending = eqx.tree_at(
        parts, grown[1], (splines, beside(last.scale, grown[1].scale), bases, jnp.concatenate([last.grid, grown[1].grid[1:]]))
    )
    network = ka.KAN((layer, ending))
    edges = ka.sizes(network, at)
    assert np.allclose(edges[0], np.mean(np.abs(network.layers[0].edges(at)), axis=0))
    pruned = ka.prune(network, at)
    assert pruned.nodes == ((0,),) and pruned.network.shape == [2, 1, 1] and pruned.change < 1e-3
    assert float(ka.attribution(network, at)[1][0, 0]) > 0.99
    total = float(ka.penalty(network, at))
    shares = [np.asarray(one) / np.sum(one) for one in edges]
    assert abs(total - sum(float(np.sum(one)) for one in edges) + sum(float(np.sum(p * np.log(p))) for p in shares)) < 1e-9
    assert float(ka.penalty(network, at, entropy=0.0)) < total
    with pytest.raises(InputError, match="is empty"):
        ka.prune(network, at, node=1e3)


NINE = np.zeros((9, 1))


@pytest.mark.parametrize(("call", "words"), [
    (lambda: ka.kan([2], key=jax.random.key(0)), "shape"),
    (lambda: ka.kan([2, 0, 1], key=jax.random.key(0)), "shape"),
    (lambda: ka.kan([2, 1], intervals=0, key=jax.random.key(0)), "1 or more"),
    (lambda: ka.kan([2, 1], order=0, key=jax.random.key(0)), "1 or more"),
    (lambda: ka.kan([2, 1], domain=(1.0, 1.0), key=jax.random.key(0)), "low below high"),
    (lambda: ka.extended(ka.kan([2, 1], key=jax.random.key(0)), 0), "intervals"),
    (lambda: ka.refit(ka.kan([2, 1], key=jax.random.key(0)), np.zeros((3, 3))), "finite samples"),
    (lambda: ka.refit(ka.kan([2, 1], key=jax.random.key(0)), np.full((3, 2), np.nan)), "finite samples"),
    (lambda: ka.refit(ka.kan([2, 1], key=jax.random.key(0)), np.zeros((3, 2)), share=2.0), "share"),
    (lambda: ka.refit(ka.kan([2, 1], key=jax.random.key(0)), np.zeros((3, 2)), margin=0.0), "margin"),
    (lambda: ka.fit(ka.kan([2, 1], key=jax.random.key(0)), drawn(9, 2), NINE, steps=0), "steps"),
    (lambda: ka.fit(ka.kan([2, 1], key=jax.random.key(0)), drawn(9, 2), NINE, damping=-1.0), "damping"),
    (lambda: ka.fit(ka.kan([2, 1], key=jax.random.key(0)), drawn(9, 2), np.zeros(9)), "of the shape of the outputs"),
    (lambda: ka.fit(ka.kan([2, 1], key=jax.random.key(0)), drawn(9, 2), np.full((9, 1), np.inf)), "not finite"),
    (lambda: ka.fit(ka.kan([9, 40, 9], key=jax.random.key(0)), drawn(9, 9), np.zeros((9, 9))), "3000 at most"),
    (lambda: ka.best_starts([2, 1], drawn(9, 2), np.zeros((9, 1)), starts=2, keep=3), "keep"),
    (lambda: ka.best_starts([2, 1], drawn(9, 2), np.zeros(9), starts=2, keep=1), "of the shape of the outputs"),
    (lambda: ka.read_edge(np.zeros(3), np.zeros(3)), "eight"),
    (lambda: ka.read_formula(ka.kan([2, (1, 1), 1], key=jax.random.key(0)), drawn(9, 2), NINE, (drawn(9, 2), NINE)), "sums only"),
    (lambda: ka.read_formula(ka.kan([2, 1], key=jax.random.key(0)), drawn(9, 2), NINE, (drawn(9, 2), np.zeros(9))), "held"),
    (lambda: ka.read_formula(ka.kan([2, 1], key=jax.random.key(0)), drawn(9, 2), NINE, (drawn(8, 2), NINE)), "held"),
    (lambda: ka.read_formula(ka.kan([2, 1], key=jax.random.key(0)), drawn(9, 3), NINE, (drawn(9, 2), NINE)), "x, y"),
    (lambda: ka.read_formula(ka.kan([2, 1], key=jax.random.key(0)), drawn(9, 2), NINE * np.nan, (drawn(9, 2), NINE)), "x, y"),
])  # fmt: skip
def test_what_cannot_be_used(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_the_example_of_the_page_runs(capsys):
    """Docs: the formula is printed, and the tree of a compiled one."""
    pytest.importorskip("sympy")
    page = Path(__file__).resolve().parents[2] / "docs" / "kolmogorov-arnold.md"
    codes = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile("\n".join(codes), str(page), "exec"), {})
    shown = capsys.readouterr().out
    assert "sin(x1**2 + x2) " in shown and "[4, 2, 1, 1] Exact" in shown and "of d" in shown
