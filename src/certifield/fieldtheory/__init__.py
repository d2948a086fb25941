"""Networks as field theories: effective actions, running couplings, diagrams, symmetries, and interactions from dependence."""

from ._contact import contact_integrals as contact_integrals, sphere_integrals as sphere_integrals
from ._couplings import (
    CouplingFit as CouplingFit,
    LocalCoupling as LocalCoupling,
    Prediction as Prediction,
    design as design,
    fit_couplings as fit_couplings,
    local_coupling as local_coupling,
)
from ._running import Running as Running, running as running
