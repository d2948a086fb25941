"""Transformer blocks against published formulas written out, a reference table, and the law of many heads."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from certifield.evidence import InputError
from certifield.expressivity import transformer as tr
from certifield.training import empirical_ntk

# Row by row: a block with the arrays S(phase) = sin(0.7 i + phase), i over the entries in row-major order from 0; by another program.
REFERENCE = [
    [-1.33797565, -0.49661469, 0.54290621, 1.29168412],
    [1.14189375, 0.67043584, -0.35647161, -1.45585798],
    [-1.24067009, -0.58975761, 0.44740464, 1.38302306],
]


def waves(shape, phase):
    return jnp.asarray(np.sin(0.7 * np.arange(np.prod(shape)) + phase).reshape(shape))


def reference(epsilon):
    """Three positions of dimension 4, two heads of key size 2, five hidden neurons."""
    first = [jnp.stack([waves((4, 2), phase + head) for head in range(2)]) for phase in (1, 3, 5)]
    output = jnp.stack([waves((2, 4), 7 + head) for head in range(2)])
    return tr.TransformerBlock(*first, output, waves((4, 5), 9), waves((5, 4), 10), jnp.ones((2, 4)), jnp.zeros((2, 4)), epsilon)


def test_a_block_with_known_weights_has_the_known_output():
    x = waves((3, 4), 0)
    assert np.asarray(reference(0.0)(x)) == pytest.approx(np.array(REFERENCE), abs=1e-8)
    assert float(reference(1e-5)(x)[0, 0]) == pytest.approx(-1.33796976, abs=1e-8)


def by_loops(block, x):
    """The definition, index by index, in NumPy."""
    query, key, value, output = (np.asarray(one) for one in (block.query, block.key, block.value, block.output))
    x = np.asarray(x)
    heads, _, k = query.shape
    attended = np.zeros_like(x)
    for h in range(heads):
        for i in range(len(x)):
            logits = np.array([(x[i] @ query[h]) @ (x[j] @ key[h]) / np.sqrt(k) for j in range(len(x))])
            alpha = np.exp(logits) / np.exp(logits).sum()
            attended[i] += sum(alpha[j] * (x[j] @ value[h]) for j in range(len(x))) @ output[h]

    def norm(rows, which):
        scaled = (rows - rows.mean(1, keepdims=True)) / np.sqrt(rows.var(1, keepdims=True) + block.epsilon)
        return scaled * np.asarray(block.gains[which]) + np.asarray(block.offsets[which])

    u = norm(x + attended, 0)
    return norm(u + np.maximum(u @ np.asarray(block.up), 0) @ np.asarray(block.down), 1)


def test_a_block_is_its_definition_also_with_gains_and_offsets():
    block = tr.transformer_block(4, 3, 2, 6, key=jax.random.key(1))
    assert sum(one.size for one in jax.tree.leaves(block)) == 4 * 2 * 4 * 3 + 2 * 4 * 6 + 4 * 4
    moved = tr.TransformerBlock(*(getattr(block, name) for name in ("query", "key", "value", "output", "up", "down")),
                                jnp.arange(8.0).reshape(2, 4), waves((2, 4), 1), 0.1)  # fmt: skip
    x = waves((5, 4), 2)
    for one in (block, moved):
        assert np.asarray(one(x)) == pytest.approx(by_loops(one, x), abs=1e-12)


def test_a_block_commutes_with_permutations_of_the_positions():
    block, x = tr.transformer_block(4, 3, 2, 6, key=jax.random.key(1)), waves((5, 4), 2)
    order = np.array([3, 1, 4, 0, 2])
    assert float(abs(block(x[order]) - block(x)[order]).max()) < 1e-13
    # The twin has a causal mask: the attention of position i is to those before it.
    masked = jnp.tril(jnp.ones((5, 5)))[None] * block.attention(x)
    assert float(abs(masked.sum(-1) - 1).max()) > 0.1


def two_position_moments(x, key_size, nodes=80):
    """E y_i.y_j and E |y_i|^4 for two positions by quadrature.

    alpha_i is (s, 1 - s), s = 1/(1 + e^-D_i), D_i = q_i . (k_1 - k_2)/sqrt(k).  The vector k_1 - k_2 is Gaussian with variance
    |x_1 - x_2|^2/d in each component; given its length, (D_1, D_2) are Gaussian with covariance x_i . x_j/d |k_1 - k_2|^2/k.
    """
    d = x.shape[1]
    u, w = np.polynomial.legendre.leggauss(nodes)
    quantiles, weights = stats.chi2.ppf((u + 1) / 2, key_size), w / 2
    z, gauss = np.polynomial.hermite_e.hermegauss(nodes)
    gauss = gauss / gauss.sum()
    root = np.linalg.cholesky(x @ x.T / d)
    kernel, fourth = np.zeros((2, 2)), np.zeros(2)
    for chi, weight in zip(quantiles, weights, strict=True):
        scale = np.sqrt(((x[0] - x[1]) ** 2).sum() / d * chi / key_size)
        first, second = np.meshgrid(z, z, indexing="ij")
        logits = np.einsum("ij,jab->iab", root, np.array([first, second])) * scale
        s = 1 / (1 + np.exp(-logits))
        y = x[1][None, :, None, None] + s[:, None] * (x[0] - x[1])[None, :, None, None]
        gram = np.einsum("icab,jcab->ijab", y, y)
        measure = weight * gauss[:, None] * gauss[None, :]
        kernel += (gram * measure).sum(axis=(2, 3))
        fourth += ((np.einsum("iiab->iab", gram) ** 2) * measure).sum(axis=(1, 2))
    return kernel, fourth


@pytest.mark.parametrize("key_size", [1, 3])
def test_moments_of_a_head_are_those_of_quadrature(key_size):
    """|z| < 4.9 for six numbers; a missing 1/sqrt(k), or 2/k, is far outside."""
    x = np.array([[1.0, 0.3], [-0.4, 1.8]])
    kernel, fourth = two_position_moments(x, key_size)
    found = tr.head_moments(x, key_size, draws=100_000, seed=3)
    quartic = 3 * (fourth * (1 + 2 / key_size) - np.diag(kernel) ** 2) / 4
    assert (abs(found.kernel.mean - kernel / 2) < 4.9 * found.kernel.stderr).all()
    assert (abs(found.quartic.mean - quartic) < 4.9 * found.quartic.stderr).all()
    assert (found.quartic.stderr < 0.01 * quartic).all()  # the power of it
    wrong = 3 * (fourth - np.diag(kernel) ** 2) / 4
    assert (abs(found.quartic.mean - wrong) > 20 * found.quartic.stderr).all()


def test_connected_correlators_of_many_heads_fall_with_their_number():
    x = np.array([[1.0, 0.3], [-0.4, 1.8]])
    known = tr.head_moments(x, 2, draws=50_000, seed=1)
    for heads in (1, 4):
        fields = np.asarray(tr.attention_ensemble(2, 2, 2, heads).evaluate(jax.random.key(5), x.reshape(1, -1), 40_000))[:, 0]
        blocks = fields.reshape(40, 1000, 4)
        second = np.einsum("bda,bdc->bac", blocks, blocks) / 1000
        expected = np.kron(known.kernel.mean, np.eye(2))  # components are uncorrelated
        error = second.std(axis=0, ddof=1) / 40**0.5
        assert (abs(second.mean(axis=0) - expected) < 5.5 * (error + np.kron(known.kernel.stderr, np.eye(2)))).all()
        rows = fields[:, 0]
        fourth = heads * ((rows**4).reshape(40, -1).mean(1) - 3 * (rows**2).mean() ** 2)
        assert abs(fourth.mean() - known.quartic.mean[0]) < 5.5 * fourth.std(ddof=1) / 40**0.5


def test_the_tangent_kernel_of_a_block_turns_with_the_positions():
    block, x = tr.transformer_block(3, 2, 2, 4, key=jax.random.key(2)), waves((2, 3, 3), 0.4)
    order = np.array([2, 0, 1])
    found = [np.asarray(empirical_ntk(block, rows).value) for rows in (x, x[:, order])]  # [n, n, 3, 3, 3, 3]
    assert abs(found[1] - found[0][:, :, order][:, :, :, :, order]).max() < 1e-10
    as_matrix = found[0].transpose(0, 2, 3, 1, 4, 5).reshape(18, 18)
    assert np.linalg.eigvalsh(as_matrix).min() > -1e-10


@pytest.mark.parametrize(("sizes", "epsilon"), [((0, 1, 1, 1), 0.1), ((1, 1, True, 1), 0.1), ((2, 2, 2, 2), -1.0), ((2, 2, 2, 2), np.nan)])
def test_sizes_that_are_none_are_refused(sizes, epsilon):
    with pytest.raises(InputError):
        tr.transformer_block(*sizes, epsilon=epsilon, key=jax.random.key(0))


def test_inputs_of_another_shape_are_refused():
    block = tr.transformer_block(3, 2, 2, 4, key=jax.random.key(2))
    for x in (jnp.ones(3), jnp.ones((2, 4)), jnp.ones((2, 2, 3))):
        with pytest.raises(InputError, match="positions"):
            block(x)
    for bad in (np.ones(3), np.full((2, 2), np.nan), np.ones((0, 2))):
        with pytest.raises(InputError):
            tr.head_moments(bad, 2)
    with pytest.raises(InputError):
        tr.head_moments(np.ones((2, 2)), 0)
    with pytest.raises(InputError):
        tr.attention_ensemble(0, 2, 2, 2)


@pytest.mark.parametrize("n", [1, 2])
def test_equal_positions_attend_to_nothing_in_particular(n):
    """All positions alike: alpha is 1/n whatever the weights, and u' is that of one position."""
    block = tr.transformer_block(3, 2, 2, 4, key=jax.random.key(2))
    row = waves((1, 3), 0.2)
    assert float(abs(block.attended(jnp.tile(row, (n + 1, 1))) - block.attended(row)).max()) < 1e-14
