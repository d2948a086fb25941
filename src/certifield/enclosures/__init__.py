"""Bounds on functions of one real number, on intervals and on complex boxes around them, and on their Gaussian integrals."""

from ._integrals import (
    cells_of as cells_of,
    gauss_legendre_bound as gauss_legendre_bound,
    gaussian_mass as gaussian_mass,
    ray_integral as ray_integral,
)
from ._program import enclose as enclose, program_of as program_of
from ._thick import EPSILON as EPSILON
