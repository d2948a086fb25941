"""The kernels at initialisation that the tables of training build on: covariances of the field, first rows of three points."""

import numpy as np
import pytest

import certifield as cf
from certifield import layers as L

X = np.array([(1, 0, 0.5), (0.2, -0.7, 0.3), (-0.4, 0.9, 1.1)])
_BLOCK = L.residual(L.serial(L.relu(), L.dense(2**0.5)))


def dense(activation: L.Layer, depth: int, bias: float = 0.1**0.5) -> L.Layer:
    hidden = [layer for _ in range(depth) for layer in (L.dense(1.6**0.5, bias), activation)]
    return L.serial(*hidden, L.dense(1.6**0.5, bias))


@pytest.mark.parametrize(
    ("network", "row"),
    [
        (dense(L.erf(), 1), (0.7621827715, 0.3721629662, 0.2230020517)),
        (dense(L.erf(), 2), (0.7603895923, 0.4288687767, 0.2708661179)),
        (dense(L.relu(), 1), (0.7133333333, 0.3796088479, 0.4267508126)),
        (dense(L.relu(), 2), (0.6706666667, 0.4292706292, 0.5239025656)),
        (dense(L.gelu(), 1), (0.6007617563, 0.2852156694, 0.2999637677)),
        (L.serial(L.dense(), _BLOCK, _BLOCK, L.dense()), (1.6666666667, 0.6217007342, 0.7357553288)),
    ],
)
def test_covariances_have_the_values_of_the_table(network, row):
    found = cf.kernels.nngp(network, X)
    assert np.max(np.abs(found.value[0] - row)) < 1e-10


def test_a_network_without_biases_has_others():
    """Sabotage twin."""
    assert np.max(np.abs(cf.kernels.nngp(dense(L.erf(), 1, 0.0), X).value[0] - (0.7621827715, 0.3721629662, 0.2230020517))) > 1e-2
