"""Effective actions: couplings from correlators and their running, diagrams, perturbation theory."""

from ._action import (
    Action as Action,
    action_from_correlators as action_from_correlators,
    action_of as action_of,
    correlator_tensor as correlator_tensor,
)
from ._contact import contact_integrals as contact_integrals, sphere_integrals as sphere_integrals
from ._couplings import (
    CouplingFit as CouplingFit,
    LocalCoupling as LocalCoupling,
    Prediction as Prediction,
    design as design,
    fit_couplings as fit_couplings,
    local_coupling as local_coupling,
)
from ._diagrams import (
    Diagram as Diagram,
    diagrams as diagrams,
    diagrams_by_dependence as diagrams_by_dependence,
    diagrams_by_width as diagrams_by_width,
)
from ._known_density import cos_net_density as cos_net_density, cos_net_log_density as cos_net_log_density
from ._perturbation import perturbed_correlators as perturbed_correlators
from ._picture import draw as draw
from ._running import Running as Running, running as running
