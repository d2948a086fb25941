"""Networks as field theories: free and interacting fields, effective actions and their running, symmetries, dependent parameters."""

import importlib

from .dependence import (
    DeformedGaussian as DeformedGaussian,
    RadialLaw as RadialLaw,
    Tilted as Tilted,
    deformed_gaussian as deformed_gaussian,
    shared_variance as shared_variance,
    shared_variance_cumulant as shared_variance_cumulant,
    tilted_expectation as tilted_expectation,
)
from .effective import (
    Action as Action,
    CouplingFit as CouplingFit,
    Diagram as Diagram,
    LocalCoupling as LocalCoupling,
    Prediction as Prediction,
    Running as Running,
    action_from_correlators as action_from_correlators,
    action_of as action_of,
    contact_integrals as contact_integrals,
    correlator_tensor as correlator_tensor,
    cos_net_density as cos_net_density,
    cos_net_log_density as cos_net_log_density,
    design as design,
    diagrams as diagrams,
    diagrams_by_dependence as diagrams_by_dependence,
    diagrams_by_width as diagrams_by_width,
    draw as draw,
    fit_couplings as fit_couplings,
    local_coupling as local_coupling,
    perturbed_correlators as perturbed_correlators,
    running as running,
    sphere_integrals as sphere_integrals,
)
from .free import (
    Advice as Advice,
    Budget as Budget,
    PeriodicBox as PeriodicBox,
    advise as advise,
    budget as budget,
    coincident_propagator as coincident_propagator,
    continuum_propagator as continuum_propagator,
    cutoff_propagator as cutoff_propagator,
    free_field as free_field,
    periodic_box as periodic_box,
)
from .interacting import (
    Chains as Chains,
    Foretold as Foretold,
    InteractingField as InteractingField,
    Potential as Potential,
    Region as Region,
    Reweighted as Reweighted,
    Tempered as Tempered,
    WidthLimit as WidthLimit,
    chains as chains,
    foretell_ess as foretell_ess,
    interacting_field as interacting_field,
    measure as measure,
    open_box as open_box,
    polynomial as polynomial,
    quartic as quartic,
    reweighted as reweighted,
    tempered as tempered,
    torus as torus,
    width_limit as width_limit,
)
from .symmetries import (
    EnergyTest as EnergyTest,
    MapCheck as MapCheck,
    SymmetryTest as SymmetryTest,
    Transformation as Transformation,
    check_parameter_map as check_parameter_map,
    check_symmetry as check_symmetry,
    energy_test as energy_test,
    euclidean as euclidean,
    exact_violation as exact_violation,
    holm as holm,
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

_PARTS = ("axioms", "conformal", "flows", "gauge", "oracles", "renormalisation", "spectrum")  # loaded when used


def __getattr__(name: str):
    if name in _PARTS:
        return importlib.import_module(f"certifield.fieldtheory.{name}")
    raise AttributeError(f"module 'certifield.fieldtheory' has no attribute {name!r}")
