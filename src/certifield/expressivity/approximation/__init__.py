"""How well networks approximate: fits and their rates, what theorems allow, and networks that are written down with a bound."""

from ._bounds import (
    barron_bound as barron_bound,
    barron_constant as barron_constant,
    free_knot_limit as free_knot_limit,
    polynomial_floor as polynomial_floor,
)
from ._constructive import Constructed as Constructed, bump as bump, deep_square as deep_square, staircase as staircase
from ._errors import (
    Approximation as Approximation,
    ApproximationStudy as ApproximationStudy,
    approximation_study as approximation_study,
    fitted_rate as fitted_rate,
    proved_largest as proved_largest,
    rms_error as rms_error,
)
from ._shallow import Shallow as Shallow, fit_shallow as fit_shallow
