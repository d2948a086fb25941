"""Training at large but finite width: powers of 1/N from graphs, the hierarchy of tangent kernels, the fluctuation of the first one."""

from ._counting import Correlator as Correlator, measure_scaling as measure_scaling
from ._fluctuation import ntk_mean as ntk_mean, ntk_relative_variance as ntk_relative_variance
from ._hierarchy import Hierarchy as Hierarchy, hierarchy as hierarchy
