"""The Gaussian process that a network becomes at infinite width, and the first corrections at finite width."""

from ._nngp import kernel_function as kernel_function, nngp as nngp
from ._rules import propagate as propagate
from ._state import State as State
from .duals import Resolution as Resolution
