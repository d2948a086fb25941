"""Tangent kernels of modules as they stand, and what follows from them."""

from ._collective import Collective as Collective, collective as collective
from ._empirical_ntk import cost as cost, empirical_ntk as empirical_ntk
from ._expansion import expanded as expanded
from ._operator import (
    ntk_eigenvalues as ntk_eigenvalues,
    ntk_log_determinant as ntk_log_determinant,
    ntk_solve as ntk_solve,
    ntk_trace as ntk_trace,
)
from ._preactivations import preactivations as preactivations
from ._trajectory import Trajectory as Trajectory, kernel_trajectory as kernel_trajectory
