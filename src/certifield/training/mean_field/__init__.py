"""Dynamical mean-field theory: training at infinite width where features are learned."""

from ._deep import deep as deep
from ._deep_linear import deep_linear as deep_linear
from ._problem import MeanField as MeanField
from ._two_layer import two_layers as two_layers
