"""Networks as field theories: effective actions, running couplings, diagrams, symmetries, and interactions from dependence."""

import importlib

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
from ._dependent import (
    DeformedGaussian as DeformedGaussian,
    RadialLaw as RadialLaw,
    deformed_gaussian as deformed_gaussian,
    shared_variance as shared_variance,
    shared_variance_cumulant as shared_variance_cumulant,
)
from ._diagrams import (
    Diagram as Diagram,
    diagrams as diagrams,
    diagrams_by_dependence as diagrams_by_dependence,
    diagrams_by_width as diagrams_by_width,
)
from ._known_density import cos_net_density as cos_net_density, cos_net_log_density as cos_net_log_density
from ._parameter_maps import MapCheck as MapCheck, check_parameter_map as check_parameter_map, exact_violation as exact_violation
from ._perturbation import perturbed_correlators as perturbed_correlators
from ._picture import draw as draw
from ._running import Running as Running, running as running
from ._symmetry_tests import (
    EnergyTest as EnergyTest,
    SymmetryTest as SymmetryTest,
    check_symmetry as check_symmetry,
    energy_test as energy_test,
    holm as holm,
)
from ._tilted import Tilted as Tilted, tilted_expectation as tilted_expectation
from ._transformations import (
    Transformation as Transformation,
    euclidean as euclidean,
    input_rotations as input_rotations,
    output_permutations as output_permutations,
    output_rotations as output_rotations,
    parity as parity,
    scaling as scaling,
    sign_flip as sign_flip,
    symplectic_outputs as symplectic_outputs,
    translations as translations,
    unitary_outputs as unitary_outputs,
)

_PARTS = ("axioms", "oracles", "spectrum")  # loaded when used


def __getattr__(name: str):
    if name in _PARTS:
        return importlib.import_module(f"certifield.fieldtheory.{name}")
    raise AttributeError(f"module 'certifield.fieldtheory' has no attribute {name!r}")
