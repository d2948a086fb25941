"""What interacting fields are held against: quantum mechanics, chains and small lattices, perturbation theory, and lattice Monte Carlo."""

from ._hmc import (
    LatticeFields as LatticeFields,
    LatticeRun as LatticeRun,
    lattice_fields as lattice_fields,
    lattice_hmc as lattice_hmc,
    site_updates as site_updates,
)
from ._lattice import LatticeObservables as LatticeObservables, LatticeScalar as LatticeScalar
from ._open_box import OpenBox as OpenBox, open_box as open_box, reweighting_efficiency as reweighting_efficiency
from ._potential import Potential as Potential
from ._quantum_mechanics import QuantumMechanics as QuantumMechanics, quantum_mechanics as quantum_mechanics
from ._series import perturbation_series as perturbation_series
from ._smc import LatticeParticles as LatticeParticles, lattice_smc as lattice_smc
from ._transfer import Ring as Ring, TransferMatrix as TransferMatrix, transfer_matrix as transfer_matrix, trotter as trotter
