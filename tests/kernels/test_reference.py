"""Kernels against numbers of another library, of the specification, and of arithmetic with more digits."""

import json
from pathlib import Path

import mpmath
import numpy as np
import pytest
from kernel_networks import POINTS, networks

import certifield as cf
from certifield import layers as L

PEER = json.loads((Path(__file__).parents[1] / "reference" / "neural_tangents.json").read_text(encoding="utf-8"))["kernels"]
# The tangent kernels of others, which hold their covariances, are compared in test_tangent.
QUICK = ("dense/relu/5", "conv2/valid/2/global", "attention/tied/softmax/deep")


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in PEER])
def test_neural_tangents_agrees(name):
    """To 1e-10, and within our own error bound beside the rounding of theirs."""
    kernel, theirs = cf.kernels.nngp(*networks()[name]), np.array(PEER[name])
    gap = np.abs(kernel.value - theirs)
    assert np.all(gap <= 1e-10 * np.abs(theirs)) and np.all(gap <= kernel.radius + 1e-13 * np.abs(theirs).max())
    assert np.max(kernel.radius) < (1e-5 if "sign" in name else 1e-9) * np.abs(theirs).max()


def test_another_stride_is_another_kernel():
    """Sabotage twin."""
    network, x = networks()["conv1/same/1/flatten"]
    assert not np.allclose(cf.kernels.nngp(network, x).value, PEER["conv1/same/2/flatten"], rtol=1e-3)


@pytest.mark.parametrize(
    ("activation", "bias", "expected"),
    [(L.erf(), 1.0, 0.4122099867), (L.relu(), 0.0, 0.0611145821), (L.relu(), 1.0, 0.5632008281)],
)
def test_single_layers_have_the_values_of_the_page(activation, bias, expected):
    kernel = cf.kernels.nngp(L.serial(L.dense(1.0, bias), activation, L.dense()), [[0.3, -0.2], [1.0, 0.5]])
    assert abs(kernel.value[0, 1] - expected) < 1e-10


def product(x: np.ndarray, y: np.ndarray) -> mpmath.mpf:
    return sum(mpmath.mpf(float(u)) * mpmath.mpf(float(v)) for u, v in zip(x, y, strict=True))


def test_the_radius_bounds_what_more_digits_show():
    """ReLU, depth 5, at 50 digits; a radius a thousand times smaller would not."""
    mpmath.mp.dps = 50
    near = np.concatenate([POINTS, POINTS[:1] * (1 + 1e-9) + [0, 1e-9, 0], -POINTS[:1]])
    kernel = cf.kernels.nngp(L.serial(*[layer for _ in range(5) for layer in (L.dense(1.25, 0.5), L.relu())], L.dense()), near)
    gaps = []
    for i in range(len(near)):
        for j in range(len(near)):
            a, c, b = (mpmath.mpf("1.5625") * product(near[p], near[q]) / 3 + mpmath.mpf("0.25") for p, q in ((i, i), (i, j), (j, j)))
            for layer in range(5):
                cosine = min(c / mpmath.sqrt(a * b), 1)
                angle = mpmath.acos(cosine)
                c = mpmath.sqrt(a * b) / (2 * mpmath.pi) * (mpmath.sin(angle) + (mpmath.pi - angle) * cosine)
                a, b = a / 2, b / 2
                if layer < 4:
                    a, c, b = (mpmath.mpf("1.5625") * value + mpmath.mpf("0.25") for value in (a, c, b))
            gaps.append(float(abs(c - mpmath.mpf(float(kernel.value[i, j])))))
    gaps = np.array(gaps).reshape(len(near), -1)
    assert np.all(gaps <= kernel.radius) and np.any(gaps > kernel.radius * 1e-5)
