"""How networks learn: tangent kernels of modules, feature learning, parametrisations by width, and their limits."""

from .empirical import cost as cost, empirical_ntk as empirical_ntk
