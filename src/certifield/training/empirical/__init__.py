"""Tangent kernels of modules as they stand, and what follows from them."""

from ._empirical_ntk import cost as cost, empirical_ntk as empirical_ntk
