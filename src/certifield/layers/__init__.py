"""Descriptions of networks, layer by layer: from one follow both the finite `Ensemble` and the kernel of its infinite-width limit."""

from ._activation import (
    Activation as Activation,
    abrelu as abrelu,
    absolute as absolute,
    activation as activation,
    cos as cos,
    damped_sin as damped_sin,
    erf as erf,
    exp as exp,
    gaussian as gaussian,
    gelu as gelu,
    hermite as hermite,
    leaky_relu as leaky_relu,
    monomial as monomial,
    polynomial as polynomial,
    rbf as rbf,
    rectified_monomial as rectified_monomial,
    relu as relu,
    sign as sign,
    sin as sin,
)
from ._attention import Attention as Attention, attention as attention
from ._combined import Residual as Residual, Serial as Serial, residual as residual, serial as serial
from ._convolution import Conv as Conv, conv as conv, padded as padded
from ._dense import Dense as Dense, dense as dense
from ._deterministic import (
    AveragePool as AveragePool,
    Flatten as Flatten,
    GlobalAveragePool as GlobalAveragePool,
    LayerNorm as LayerNorm,
    average_pool as average_pool,
    flatten as flatten,
    global_average_pool as global_average_pool,
    layer_norm as layer_norm,
)
from ._layer import Layer as Layer
