"""Formulas written down as networks: exact shapes, proved errors, trees; networks of jaxkan read and written back."""

import json
from pathlib import Path
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.expressivity import kolmogorov_arnold as ka

sympy = pytest.importorskip("sympy")
BOX = {"x": (-1, 1), "y": (0, 2)}


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


def bound(found):
    return float(found.error.mean + found.error.radius)


def points(count=3000, seed=3):
    return np.random.default_rng(seed).uniform([-1, 0], [1, 2], (count, 2))


CASES = [
    ("x * y", [2, (0, 1)], lambda x, y: x * y),
    ("x * sin(x) * y + 3", [2, (0, 1), 1], lambda x, y: x * np.sin(x) * y + 3),
    ("(x + y)**2 / (y + 1)", [2, 2, (0, 1)], lambda x, y: (x + y) ** 2 / (y + 1)),
    ("exp(x**2 - y) - cos(x)", [2, 2, 1], lambda x, y: np.exp(x**2 - y) - np.cos(x)),
    ("(x + 2) ** y", [2, (0, 1), 1], lambda x, y: (x + 2) ** y),
    ("x*y*(x + y)", [2, (1, 1), (0, 1)], lambda x, y: x * y * (x + y)),
    ("2 ** (x + y) / pi", [2, 1, 1], lambda x, y: 2 ** (x + y) / np.pi),
    ("-7", [2, 1], lambda x, y: 0 * x - 7),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "shape", "values"), CASES, ids=[case[0] for case in CASES])
def test_formulas_are_networks_with_a_proved_error(formula, shape, values):
    """The shape; errors at points below the bound, and the bound not far above them; on ten intervals."""
    found = ka.compiled(formula, BOX, intervals=10)
    x = points()
    gap = np.max(np.abs(np.asarray(found.network(jnp.asarray(x)))[:, 0] - values(*x.T)))
    assert found.network.shape == shape and gap <= bound(found) < 1e-2 and found.error.mean == found.error.radius
    assert gap <= 1.1 * float(found.measured.mean) + 1e-14 and bound(found) < 100 * gap + 1e-11
    assert found.names == ("x", "y") and found.network.outside(jnp.asarray(x))[0] == 0


def test_the_error_falls_with_the_power_of_the_interval():
    """By 2^(k+1) of an edge, for bound and error alike; polynomials of degree k are exact."""
    for order in (1, 3, 4):
        coarse, fine = (ka.compiled("sin(3 * x)", {"x": (-1, 1)}, intervals=count, order=order) for count in (16, 32))
        for ratio in (bound(coarse) / bound(fine), float(coarse.measured.mean / fine.measured.mean)):
            assert 0.95 < ratio / 2 ** (order + 1) < 1.08
        exact = ka.compiled(f"x**{order} - 2", {"x": (-1, 3)}, intervals=2, order=order)
        assert bound(exact) < 1e-9 and float(exact.measured.mean) < 1e-12
        assert float(ka.compiled(f"x**{order + 1}", {"x": (-1, 3)}, intervals=2, order=order).measured.mean) > 1e-3


def test_the_bound_of_an_edge_is_not_its_error_at_the_knots():
    """A function that vanishes at all knots of the grid, and is large between them: its bound has the derivative that shows it."""
    found = ka.compiled("sin(40 * x)", {"x": (-1, 1)}, intervals=6)
    x = np.linspace(-1, 1, 2001)[:, None]
    gap = np.max(np.abs(np.asarray(found.network(jnp.asarray(x))) - np.sin(40 * x)))
    assert 0.5 < gap <= bound(found)


def test_the_formula_of_the_seed():
    """[4, 2, 1, 1]; expressions of SymPy and lines of Python are one."""
    a, b, c, d = sympy.symbols("a b c d")
    box = dict.fromkeys("abcd", (-1, 1))
    given = sympy.exp(sympy.sin(a**2 + b**2) + sympy.sin(c**2 + d**2))
    one, two = ka.compiled(given, box, intervals=20), ka.compiled("np.exp(np.sin(a**2 + b**2) + np.sin(c**2 + d**2))", box, intervals=20)
    assert one.network.shape == [4, 2, 1, 1] and one.expressions == two.expressions == (given,)
    assert float(one.measured.mean) < bound(one) == bound(two) < 1e-5
    (tree,) = ka.trees(one.network, list("abcd"))
    lines = [line.strip() for line in str(tree).splitlines()]
    assert lines[0] == "sum" and lines[1].startswith("exp") and [line[:3] for line in lines].count("x^2") == 4
    assert [line[:3] for line in lines].count("sin") == 2 and lines[-1].endswith("of d")
    x = np.random.default_rng(0).uniform(-1, 1, (40, 4))
    assert np.max(np.abs(tree(x) - np.asarray(one.network(jnp.asarray(x)))[:, 0])) < 1e-12


def test_several_outputs_share_nodes_and_keep_their_order():
    found = ka.compiled(["x * y", "x + y", "exp(x * y)", "x"], BOX)
    x = points(50)
    rows = np.stack([x[:, 0] * x[:, 1], x.sum(axis=1), np.exp(x.prod(axis=1)), x[:, 0]], axis=1)
    assert found.network.shape == [2, (2, 1), 4] and np.max(np.abs(np.asarray(found.network(jnp.asarray(x))) - rows)) < bound(found) < 1e-4
    product, total, curved, plain = ka.trees(found.network, ["x", "y"])
    assert product.name == "product" and [one.name for one in product.branches] == ["x", "y"] and plain.name == "x"
    assert total.name == "sum" and curved.branches[0].tree.name == "product" and curved.branches[0].edge == (1, 2, 2)


def test_trees_leave_out_what_is_masked():
    network = ka.kan([2, 1], key=jax.random.key(0))
    layer = network.layers[0]
    masked = ka.KAN((type(layer)(layer.coefficients, layer.scale, layer.base, layer.grid, jnp.array([[1.0, 0.0]]), 3, True, 0),))
    (tree,) = ka.trees(masked)
    assert [branch.tree.name for branch in tree.branches] == ["x1"]
    x = points(9) - np.array([0, 1])
    assert np.allclose(tree(x), np.asarray(masked(jnp.asarray(x)))[:, 0], atol=1e-14)


@pytest.mark.parametrize(("formula", "words"), [
    ("sqrt(y)", "finite, with its derivatives"), ("1/x", "finite, with its derivatives"), ("log(x)", "finite, with its derivatives"),
    ("abs(x)", "sums, products"), ("sqrt(x**2)", "without corners"), ("z + x", "sums, products"), ("x +", "Python expression"),
    ("__import__('os').getcwd()", "sums, products"), ("x if y else 0", "sums, products"), (3j, "real on its range"), (None, "a string"),
    (sympy.Symbol("z"), "give a domain"), (sympy.Abs(sympy.Symbol("x")), "sums, products"), ([], "an input and an expression"),
])  # fmt: skip
def test_what_cannot_be_compiled(formula, words):
    with pytest.raises(InputError, match=words):
        ka.compiled(formula, BOX)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: ka.compiled("x", [("x", 1)]), "domain"), (lambda: ka.compiled("x", {"x": (1, -1)}), "low < high"),
    (lambda: ka.compiled("x", {}), "an input"), (lambda: ka.compiled("x", BOX, intervals=0), "intervals"),
    (lambda: ka.compiled("x", BOX, order=9), "order"), (lambda: ka.compiled("x", BOX, seed=-1), "seed"),
    (lambda: ka.trees(None), "network"), (lambda: ka.trees(ka.compiled("x", BOX).network, ["x"]), "2 names"),
    (lambda: ka.trees(ka.compiled("x", BOX).network, least=-1.0), "least"),
    (lambda: ka.from_jaxkan(None), "layers of splines"), (lambda: ka.from_jaxkan(SimpleNamespace(layers=[SimpleNamespace()])), "c_basis"),
    (lambda: ka.as_jaxkan(ka.compiled("x * y", BOX).network), "no product nodes"), (lambda: ka.as_jaxkan([]), "network"),
])  # fmt: skip
def test_what_cannot_be_used(call, words):
    with pytest.raises(InputError, match=words):
        call()


STORED = json.loads(Path(__file__).with_name("jaxkan-0.3.7.json").read_text(encoding="utf-8"))


def stored_model(kind, change=lambda rows: None):
    rows = json.loads(json.dumps(STORED[kind]["layers"]))
    change(rows)
    made = []
    for row in rows:
        arrays = {name: np.array(row[name]) for name in ("c_basis", "c_spl", "c_res", "bias")}
        made.append(SimpleNamespace(**arrays, k=row["k"], grid=SimpleNamespace(item=np.array(row["grid"]))))
    return SimpleNamespace(layers=made)


@pytest.mark.parametrize("kind", ["base", "spline"])
def test_models_of_jaxkan(kind):
    """Outputs of jaxkan 0.3.7 itself, in single precision; written back and read again they are the same function."""
    x = jnp.asarray(np.array(STORED["x"]))
    found = ka.from_jaxkan(stored_model(kind))
    assert found.shape == [2, 2, 1] and np.max(np.abs(found(x) - np.array(STORED[kind]["outputs"]))) < 1e-6
    arrays = ka.as_jaxkan(found)
    assert [one["c_basis"].shape for one in arrays] == [(4, 6), (2, 6)] and arrays[0]["grid"].shape == (4, 10)
    again = ka.from_jaxkan(SimpleNamespace(layers=[
        SimpleNamespace(k=3, grid=SimpleNamespace(item=one["grid"]), **{name: one[name] for name in ("c_basis", "c_spl", "c_res", "bias")})
        for one in arrays
    ]))  # fmt: skip
    assert np.array_equal(again(x), found(x)) or np.max(np.abs(again(x) - found(x))) < 1e-14


def test_a_bias_without_a_weight_and_grids_that_differ():
    """A first spline that is switched off takes the bias all the same, and adds nothing else."""

    def off(rows):
        rows[1]["c_spl"][0][0] = 0.0

    x = jnp.asarray(np.array(STORED["x"]))
    whole, silent = ka.from_jaxkan(stored_model("base")), ka.from_jaxkan(stored_model("base", off))
    hidden, last = whole.inputs(x)[1], whole.layers[1]
    spline = (
        jnp.einsum("sm,m->s", last.basis(hidden)[:, 0], last.coefficients[0, 0]) * last.scale[0, 0] - STORED["base"]["layers"][1]["bias"][0]
    )
    assert np.max(np.abs(whole(x)[:, 0] - spline - silent(x)[:, 0])) < 1e-12

    def apart(rows):
        rows[0]["grid"][0][0] -= 0.5

    with pytest.raises(InputError, match="differ among the edges"):
        ka.from_jaxkan(stored_model("base", apart))
