"""How networks learn: tangent kernels, exact training dynamics, trained ensembles, feature learning."""

from . import descent as descent
from ._question import Deviation as Deviation, Training as Training
from .descent import bbi as bbi, descend as descend, ecd_q1 as ecd_q1, ecd_sep as ecd_sep, energy_conserving as energy_conserving
from .dynamics import (
    GradientDescent as GradientDescent,
    GradientFlow as GradientFlow,
    HeavyBall as HeavyBall,
    Kernels as Kernels,
    Loss as Loss,
    Rule as Rule,
    cross_entropy as cross_entropy,
    huber as huber,
    logistic as logistic,
    squared as squared,
)
from .empirical import (
    Collective as Collective,
    Trajectory as Trajectory,
    collective as collective,
    cost as cost,
    empirical_ntk as empirical_ntk,
    expanded as expanded,
    kernel_trajectory as kernel_trajectory,
    ntk_eigenvalues as ntk_eigenvalues,
    ntk_log_determinant as ntk_log_determinant,
    ntk_solve as ntk_solve,
    ntk_trace as ntk_trace,
    preactivations as preactivations,
)
from .ensembles import Learned as Learned, Measured as Measured, Trained as Trained
from .finite_width import (
    Correlator as Correlator,
    Hierarchy as Hierarchy,
    hierarchy as hierarchy,
    measure_scaling as measure_scaling,
    ntk_mean as ntk_mean,
    ntk_relative_variance as ntk_relative_variance,
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
