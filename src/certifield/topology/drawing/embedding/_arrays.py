"""Arrays by what they hold."""

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex128]  # points of the plane
Reals = NDArray[np.float64]
Integers = NDArray[np.int64]  # numbers of points
