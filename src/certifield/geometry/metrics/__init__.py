"""Algebraic metrics: sections, invariant forms, fits, curvature, quality, certificates."""

from ._algebraic import (
    AlgebraicMetric as AlgebraicMetric,
    Logarithm as Logarithm,
    fubini_study as fubini_study,
    logarithms as logarithms,
    multidegree as multidegree,
    raised as raised,
)
from ._certificate import certify_kaehler as certify_kaehler
from ._chern import ChernIntegrals as ChernIntegrals, chern_integrals as chern_integrals
from ._curvature import (
    CurvedMetric as CurvedMetric,
    chern_forms as chern_forms,
    curvature as curvature,
    ricci as ricci,
    scalar_curvature as scalar_curvature,
)
from ._donaldson import balanced as balanced
from ._files import load_metric as load_metric, save_metric as save_metric
from ._fit import fit as fit
from ._forms import (
    InvariantForms as InvariantForms,
    invariant_forms as invariant_forms,
    packed as packed,
    unpacked as unpacked,
)
from ._levi import determinant as determinant, metric_of as metric_of
from ._progress import silent as silent
from ._quality import KaehlerMetric as KaehlerMetric, Quality as Quality, quality as quality
from ._ricci_flat import ricci_flat as ricci_flat
from ._second_form import fubini_study_curvature as fubini_study_curvature
from ._sections import Sections as Sections
