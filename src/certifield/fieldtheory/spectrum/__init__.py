"""The spectrum of a theory from its correlators: generalised eigenvalues, effective masses, and networks whose spectrum is known."""

from ._effective_mass import effective_mass as effective_mass
from ._pointwise import (
    Pointwise as Pointwise,
    exponential as exponential,
    hermite_coefficients as hermite_coefficients,
    pointwise_correlator as pointwise_correlator,
    polynomial as polynomial,
    relu as relu,
    sine as sine,
    tanh as tanh,
)
from ._reconstruction import Spectrum as Spectrum, correlation_matrix as correlation_matrix, reconstruct as reconstruct
