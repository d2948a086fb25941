"""How networks learn: tangent kernels, exact training dynamics, trained ensembles, feature learning."""

from ._question import Deviation as Deviation, Training as Training
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
from .ensembles import Learned as Learned, Measured as Measured, Trained as Trained
from .finite_width import (
    Correlator as Correlator,
    Hierarchy as Hierarchy,
    hierarchy as hierarchy,
    measure_scaling as measure_scaling,
    ntk_mean as ntk_mean,
    ntk_relative_variance as ntk_relative_variance,
)
