"""Points of a variety: random sections, weights, integrals with errors by draw, files."""

from ._density import mixed_discriminants as mixed_discriminants
from ._files import load_points as load_points, save_points as save_points
from ._local import LocalGeometry as LocalGeometry, rescaled as rescaled, residuals as residuals
from ._points import Points as Points, integral as integral, require_apart as require_apart, sums_by_draw as sums_by_draw
from ._sampling import (
    MOST_DRAWS as MOST_DRAWS,
    block_draws as block_draws,
    joined as joined,
    kinds as kinds,
    sample as sample,
    stream as stream,
)
from ._self_test import (
    effective_fraction as effective_fraction,
    exact_omega_volume as exact_omega_volume,
    measured_intersections as measured_intersections,
    omega_volume as omega_volume,
)
