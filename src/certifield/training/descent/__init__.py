"""Descent that conserves an energy: the loss is a potential, and low losses are where the motion spends its time."""

from ._flows import (
    Flow as Flow,
    Momentum as Momentum,
    bbi_flow as bbi_flow,
    separable_flow as separable_flow,
    unit_speed_flow as unit_speed_flow,
)
from ._published import bbi as bbi, ecd_q1 as ecd_q1, ecd_sep as ecd_sep
from ._run import Descent as Descent, checked as checked, descend as descend
from ._sampling import microcanonical as microcanonical
from ._transform import Bounces as Bounces, DescentState as DescentState, energy_conserving as energy_conserving
