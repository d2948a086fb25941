"""Free fields: networks of random plane waves, their finite width foretold, and fields that are Gaussian at every size."""

from ._budget import Advice as Advice, Budget as Budget, advise as advise, budget as budget
from ._free_scalar import (
    coincident_propagator as coincident_propagator,
    continuum_propagator as continuum_propagator,
    cutoff_propagator as cutoff_propagator,
    free_field as free_field,
)
from ._periodic_box import PeriodicBox as PeriodicBox, periodic_box as periodic_box
