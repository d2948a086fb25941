"""n-point functions and connected correlators of ensembles: exact where a closed form exists, estimated with error bars everywhere."""

from ._estimate import estimate as estimate
from ._exact import exact as exact, free_limit as free_limit, kernel_matrix as kernel_matrix
from ._formula import formula as formula
from ._measurement import measurement as measurement
from ._width_law import WidthLaw as WidthLaw, fit_width_law as fit_width_law
from .expansion import hafnian as hafnian
from .sampling import CorrelatorMeasurement as CorrelatorMeasurement
