"""Calabi-Yau varieties: topology, points, Ricci-flat metrics and their quality.

Flows of metrics are in `flows`, deformations in `moduli`, networks in `networks`, Laplacians in `spectra`; they are loaded when used.
"""

import importlib

from .metrics import (
    AlgebraicMetric as AlgebraicMetric,
    ChernIntegrals as ChernIntegrals,
    InvariantForms as InvariantForms,
    KaehlerMetric as KaehlerMetric,
    Logarithm as Logarithm,
    Quality as Quality,
    balanced as balanced,
    certify_kaehler as certify_kaehler,
    chern_forms as chern_forms,
    chern_integrals as chern_integrals,
    curvature as curvature,
    fit as fit,
    fubini_study as fubini_study,
    fubini_study_curvature as fubini_study_curvature,
    invariant_forms as invariant_forms,
    load_metric as load_metric,
    logarithms as logarithms,
    quality as quality,
    raised as raised,
    ricci as ricci,
    ricci_flat as ricci_flat,
    save_metric as save_metric,
    scalar_curvature as scalar_curvature,
)
from .points import (
    LocalGeometry as LocalGeometry,
    Points as Points,
    block_draws as block_draws,
    effective_fraction as effective_fraction,
    exact_omega_volume as exact_omega_volume,
    integral as integral,
    joined as joined,
    kinds as kinds,
    load_points as load_points,
    measured_intersections as measured_intersections,
    mixed_discriminants as mixed_discriminants,
    omega_volume as omega_volume,
    require_apart as require_apart,
    sample as sample,
    save_points as save_points,
    stream as stream,
)
from .varieties import (
    CONFIGURATIONS as CONFIGURATIONS,
    Configuration as Configuration,
    Polynomial as Polynomial,
    Singularity as Singularity,
    Symmetry as Symmetry,
    Variety as Variety,
    cefalu as cefalu,
    chern_numbers as chern_numbers,
    coordinates as coordinates,
    dwork as dwork,
    euler_number as euler_number,
    fermat as fermat,
    find_singularity as find_singularity,
    generic as generic,
    intersection_numbers as intersection_numbers,
    named as named,
    polynomial as polynomial,
    top_power as top_power,
    two_cubics as two_cubics,
    volume as volume,
)

_PARTS = ("flows", "moduli", "networks", "spectra", "studies")  # loaded when used


def __getattr__(name: str):
    if name in _PARTS:
        return importlib.import_module(f"certifield.geometry.{name}")
    raise AttributeError(f"module 'certifield.geometry' has no attribute {name!r}")
