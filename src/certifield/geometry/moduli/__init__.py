"""Deformations of the complex structure: the metric of Weil and Petersson, and the couplings of the standard embedding."""

from ._deformations import (
    Coupling as Coupling,
    deformation as deformation,
    weil_petersson as weil_petersson,
    yukawa as yukawa,
)
from ._periods import dwork_metric as dwork_metric, dwork_volume as dwork_volume, dwork_yukawa as dwork_yukawa
