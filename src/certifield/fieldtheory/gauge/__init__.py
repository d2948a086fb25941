"""Two-dimensional gauge theory on a lattice: plaquettes and topology exactly, and hybrid Monte Carlo."""

from ._exact import (
    infinite_volume_plaquette as infinite_volume_plaquette,
    mean_plaquette as mean_plaquette,
    topological_susceptibility as topological_susceptibility,
    wilson_loop as wilson_loop,
)
from ._groups import GaugeLattice as GaugeLattice
from ._hmc import GaugeRun as GaugeRun, gauge_hmc as gauge_hmc
from ._links import (
    gauge_transformed as gauge_transformed,
    haar as haar,
    plaquette_means as plaquette_means,
    plaquettes as plaquettes,
    topological_charges as topological_charges,
)
