"""Toric geometry: lattice polygons with the volumes of their Sasaki-Einstein manifolds, and Calabi-Yau hypersurfaces of polytopes."""

from ._hypersurface import ToricHypersurface as ToricHypersurface, polytope_hypersurface as polytope_hypersurface
from ._polygon import LatticePolygon as LatticePolygon, polygons_in_grid as polygons_in_grid
from ._volume import (
    central_charge as central_charge,
    derivatives as derivatives,
    minimum_volume as minimum_volume,
    minimum_volumes as minimum_volumes,
    volume_bounds as volume_bounds,
)
