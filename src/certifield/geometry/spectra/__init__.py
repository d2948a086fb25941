"""Spectra of Laplacians: functions of finite degree, their symmetry, levels with multiplicities."""

from ._functions import Functions as Functions
from ._laplacian import Spectrum as Spectrum, laplacian_spectrum as laplacian_spectrum
from ._line_bundles import (
    FibreMetric as FibreMetric,
    bundle_slope as bundle_slope,
    hermitian_yang_mills as hermitian_yang_mills,
)
from ._projective import projective_levels as projective_levels, projective_spectrum as projective_spectrum
