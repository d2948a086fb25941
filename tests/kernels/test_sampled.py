"""Every kernel against finite networks drawn through the core, |z| < 4.9, and another network as its sabotage twin.

Networks with one nonlinear layer have the kernel of the limit at every width; layer norm and attention with wide keys are off by 1/width,
which is far below the errors here.  Errors come from the spread over the draws; 6 pairs, so that p < 1e-5 for one of them by chance.
"""

from collections.abc import Sequence
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from kernel_networks import ACTIVATIONS

import certifield as cf
from certifield import layers as L

POINTS = np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 0.4]])
TOKENS = np.random.RandomState(2).randn(3, 4, 2)
IMAGES = np.random.RandomState(3).randn(3, 4, 3, 2)
CASES: dict[str, tuple[L.Layer, L.Layer, np.ndarray, int, int]] = {}  # network, twin, inputs, width, draws

MORE = {"hermite(2)": L.hermite(2), "rectified(2)": L.rectified_monomial(2), "tanh": L.activation(jnp.tanh)}
for name, each in {**ACTIVATIONS, **MORE}.items():
    # What grows fast has heavy tails, which small inputs tame.
    scale = 0.5 if name in ("exp", "monomial(3)", "polynomial([0.5,-1,0.3,0.2])") else 1.0
    one = (L.dense(scale, 0.4 * scale), each, L.dense(1.0, 0.2))
    CASES[name] = L.serial(*one), L.serial(L.dense(1.1 * scale, 0.5 * scale), *one[1:]), POINTS, 32, 6000


def add(name: str, network: list, twin: list, x: np.ndarray, width: int = 16, draws: int = 3000) -> None:
    CASES[name] = L.serial(*network), L.serial(*twin), x, width, draws


conv, end, pool = L.conv(3, 1.3, 0.4), L.dense(), L.global_average_pool()
add("conv circular", [conv, L.relu(), L.flatten(), end], [L.conv(3, 1.3, 0.4, padding="valid"), L.relu(), L.flatten(), end], TOKENS)
same = L.conv(3, 1.3, 0.4, padding="same", stride=2)
add("conv same, stride", [same, L.erf(), pool, end], [L.conv(3, 1.3, 0.4, padding="same"), L.erf(), pool, end], TOKENS)
image = L.conv((3, 2), 1.3, 0.4, padding="same")
add("conv 2-D, pooling", [image, L.relu(), L.average_pool((2, 1)), L.flatten(), end], [image, L.relu(), L.flatten(), end], IMAGES)
add("global pooling", [conv, L.relu(), pool, end], [conv, L.relu(), L.flatten(), end], TOKENS)
branch = L.serial(L.relu(), L.dense(1.5, 0.3))
add("residual", [L.dense(1.0, 0.4), L.residual(branch), end], [L.dense(1.0, 0.4), branch, end], POINTS)
add("layer norm", [L.dense(1.0, 0.4), L.layer_norm(), L.relu(), end], [L.dense(1.0, 0.4), L.relu(), end], POINTS, 1024, 1500)
add("attention, identity", [L.attention(1.2, 0.8, softmax=False), pool], [L.attention(1.5, 0.8, softmax=False), pool], TOKENS, 12)
soft, twin = L.attention(1.5, 0.7, key_size=256, heads=4), L.attention(0.1, 0.7)
add("attention, softmax", [soft, pool], [twin, pool], TOKENS, 12, 1500)
tied = L.attention(1.5, 0.7, tied=True, key_size=2048, heads=1)
add("attention, tied", [tied, pool], [L.attention(0.1, 0.7, tied=True), pool], TOKENS, 12, 700)
COMPLEX = [L.dense(1.0, 0.5, complex=True), L.erf(), L.dense(1.0, 0.0, complex=True)]
add("complex", COMPLEX, [COMPLEX[0], L.relu(), COMPLEX[2]], POINTS + 1j * POINTS[::-1])


OUTPUTS = 16
QUICK = ("relu", "erf", "sign", "gelu", *list(CASES)[-10:])


def chosen(quick: Sequence[str]) -> list:
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in CASES]


@lru_cache(maxsize=4)  # a test and its twin
def drawn(name: str) -> np.ndarray:
    """The field [draws, 3, positions x outputs] of the finite networks of a case."""
    network, _, x, width, draws = CASES[name]
    ensemble = network.ensemble(x.shape[1:], width, outputs=OUTPUTS)
    return np.asarray(ensemble.evaluate(jax.random.key(7), x.reshape(3, -1), draws)).reshape(draws, 3, -1)


def pulls(field: np.ndarray, kernel) -> np.ndarray:
    """The second moments of the field against the kernel, in standard errors."""
    products = np.einsum("nao,nbo->nab", field, field.conj()) / OUTPUTS
    spread = np.sqrt(products.var(axis=0) / len(field) + np.asarray(kernel.stderr) ** 2)
    return np.abs(products.mean(axis=0) - kernel.mean) / spread


@pytest.mark.parametrize("name", chosen(QUICK))
def test_finite_networks_have_this_kernel(name):
    network, _, x, _, draws = CASES[name]
    field = drawn(name)
    assert field.shape[2] == OUTPUTS
    assert np.max(pulls(field, cf.kernels.nngp(network, x, draws=2048))) < 4.9
    across = np.einsum("na,nb->nab", field[:, :, 0], field[:, :, 1].conj())  # other outputs are uncorrelated
    assert np.max(np.abs(across.mean(axis=0)) / (across.std(axis=0) / np.sqrt(draws))) < 4.9


@pytest.mark.parametrize("name", chosen(("relu", "attention, softmax")))
def test_another_network_has_another_kernel(name):
    """Sabotage twin."""
    _, twin, x, _, _ = CASES[name]
    assert np.max(pulls(drawn(name), cf.kernels.nngp(twin, x, draws=1024))) > 4.9


def test_error_bars_of_drawn_kernels_are_the_spread_over_seeds():
    """24 seeds: p < 1e-6 that chance puts the ratio outside."""
    network = L.serial(L.attention(1.5, 0.7), pool)
    found = [cf.kernels.nngp(network, TOKENS[:2], seed=seed) for seed in range(24)]
    spread = np.std([each.mean[0, 1] for each in found], ddof=1)
    assert 0.38 < spread / np.sqrt(np.mean([each.stderr[0, 1] ** 2 for each in found])) < 1.75
