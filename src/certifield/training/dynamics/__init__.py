"""Training at infinite width, exactly: the mean and the covariance of an ensemble at all times."""

from ._kernels import Kernels as Kernels
from ._losses import (
    Loss as Loss,
    cross_entropy as cross_entropy,
    huber as huber,
    logistic as logistic,
    squared as squared,
)
from ._rules import GradientDescent as GradientDescent, GradientFlow as GradientFlow, HeavyBall as HeavyBall, Rule as Rule
from ._spectrum import Spectrum as Spectrum, residual as residual, spectrum as spectrum
