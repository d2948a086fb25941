"""How networks learn: tangent kernels, exact training dynamics, trained ensembles, feature learning."""

from .empirical import (
    Collective as Collective,
    Trajectory as Trajectory,
    collective as collective,
    cost as cost,
    empirical_ntk as empirical_ntk,
    expanded as expanded,
    kernel_trajectory as kernel_trajectory,
    ntk_eigenvalues as ntk_eigenvalues,
    ntk_solve as ntk_solve,
    ntk_trace as ntk_trace,
    preactivations as preactivations,
)
from .mean_field import MeanField as MeanField, deep as deep, deep_linear as deep_linear, two_layers as two_layers
from .scaling import (
    CoordinateCheck as CoordinateCheck,
    Growth as Growth,
    Parametrisation as Parametrisation,
    WidthMap as WidthMap,
    WidthTransfer as WidthTransfer,
    coordinate_check as coordinate_check,
    maximal_update as maximal_update,
    maximal_update_init as maximal_update_init,
    width_map as width_map,
    width_transfer as width_transfer,
)
