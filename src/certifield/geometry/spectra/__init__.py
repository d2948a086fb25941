"""Spectra of Laplacians: functions of finite degree, their symmetry, levels with multiplicities."""

from ._functions import Functions as Functions
from ._laplacian import Spectrum as Spectrum, laplacian_spectrum as laplacian_spectrum
from ._projective import projective_levels as projective_levels, projective_spectrum as projective_spectrum
