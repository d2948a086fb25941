"""Flows of metrics: Ricci flow with exact solutions, Perelman's functional, Kaehler-Ricci flow, and the local architecture."""

from ._homogeneous import (
    SU2Flow as SU2Flow,
    extinction_time as extinction_time,
    space_form_radius as space_form_radius,
    su2_flow as su2_flow,
    su2_ricci as su2_ricci,
)
from ._kaehler_ricci import KaehlerRicciFlow as KaehlerRicciFlow, kaehler_ricci_flow as kaehler_ricci_flow
from ._local import bump_rate as bump_rate, local_rate as local_rate
from ._surfaces import (
    Sphere as Sphere,
    SphereFlow as SphereFlow,
    cigar as cigar,
    derivative as derivative,
    sphere_flow as sphere_flow,
)
