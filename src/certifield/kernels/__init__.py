"""The Gaussian process that a network becomes at infinite width, its tangent kernel, and the first corrections at finite width."""

from ._finite_width import FiniteWidth as FiniteWidth, finite_width as finite_width
from ._nngp import kernel_function as kernel_function, nngp as nngp
from ._ntk import ntk as ntk, ntk_function as ntk_function
from ._products import deep_linear_moment as deep_linear_moment, deep_relu_moment as deep_relu_moment
from ._rules import propagate as propagate
from ._state import State as State, Tangent as Tangent
from .duals import Resolution as Resolution
