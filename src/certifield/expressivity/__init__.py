"""What networks can express: Kolmogorov-Arnold networks, from splines to formulas."""

from . import kolmogorov_arnold as kolmogorov_arnold
from .kolmogorov_arnold import KAN as KAN, best_starts as best_starts, fit as fit, kan as kan, read_formula as read_formula
