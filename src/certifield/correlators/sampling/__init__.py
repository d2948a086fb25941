"""Draws of networks and neurons, their sums, and the estimates formed from sums."""

from ._measurement import CorrelatorMeasurement as CorrelatorMeasurement, outputs_of as outputs_of
from ._plan import METHODS as METHODS, Plan as Plan, plan as plan
from ._sobol import sobol as sobol
