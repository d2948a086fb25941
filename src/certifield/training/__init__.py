"""How networks learn: tangent kernels, exact training dynamics, trained ensembles, feature learning."""

from ._question import Training as Training
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
from .ensembles import Learned as Learned, Trained as Trained
