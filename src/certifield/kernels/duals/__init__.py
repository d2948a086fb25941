"""Gaussian averages of products of activations: F(a, c, b) = E[f(u) f(v)] for (u, v) ~ N(0, [[a, c], [c, b]]), with error bounds."""

from ._dual import Dual as Dual, Resolution as Resolution
from ._table import dual_of as dual_of
