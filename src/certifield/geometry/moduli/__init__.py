"""Deformations of the complex structure: the metric of Weil and Petersson, and the couplings of the standard embedding."""

from ._deformations import (
    Coupling as Coupling,
    deformation as deformation,
    weil_petersson as weil_petersson,
    yukawa as yukawa,
)
from ._fermat import fermat_metric as fermat_metric, fermat_yukawa as fermat_yukawa
from ._periods import dwork_metric as dwork_metric, dwork_volume as dwork_volume, dwork_yukawa as dwork_yukawa
