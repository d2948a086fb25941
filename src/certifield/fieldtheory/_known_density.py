"""A density that is known exactly, to hold actions against: the cos-net at one point.

With s_a = 1 and N neurons the characteristic function is E[exp(i t phi)] = (exp(-t^2/4N) I_0(t^2/4N))^N, because the phase of every
neuron is uniform and its readout Gaussian; the density is its Fourier integral (arXiv:2307.03223; checked by its cumulants
1/2, 3/8N, 0, -315/128 N^-3).
"""

import math

import numpy as np
from scipy.special import ive

from certifield.evidence import Exact, InputError

_NARROWEST, _WIDEST = 20, 100_000
# The trapezoidal rule on the line: aliasing brings in P(phi + 2 pi/step), far below rounding; beyond the end the function is below 1e-17.
_STEP, _END = 0.05, 160.0
_T = np.arange(0.0, _END + _STEP / 2, _STEP)


def cos_net_density(width: int, field: object) -> Exact:
    """P(phi) for an array of fields of a cos-net of ``width`` >= 20 neurons at one point, a ~ N(0, 1/N); raises `InputError`.

    >>> round(float(cos_net_density(80, [0.0]).value[0]), 6)
    0.56553
    """
    phi = np.asarray(field, dtype=float)
    if not np.all(np.abs(phi) <= 20):
        raise InputError("field", field, "numbers between -20 and 20", "beyond that the density is below 1e-170")
    weights = _weights(width)
    waves = np.cos(phi[..., None] * _T)
    value, radius = waves @ weights, 4e-16 * math.sqrt(len(_T)) * np.sum(weights) * np.ones(phi.shape)
    return Exact(value, "Fourier integral of the characteristic function", "arXiv:2307.03223", radius if phi.ndim else float(radius))


def cos_net_log_density(width: int) -> Exact:
    """The coefficients of phi^2, phi^4 and phi^6 in log P(phi) of a cos-net at one point; raises `InputError`.

    >>> [float(f"{one:.3g}") for one in cos_net_log_density(80).value]
    [-1.01, 0.00334, -4.51e-05]
    """
    weights = _weights(width)
    moments = [Exact(float((-1) ** k * weights @ _T ** (2 * k)), radius=float(1e-15 * (weights @ _T ** (2 * k)))) for k in range(4)]
    a2, a4, a6 = (moments[k] / moments[0] / math.factorial(2 * k) for k in (1, 2, 3))
    taylor = [a2, a4 - a2**2 / 2, a6 - a2 * a4 + a2**3 / 3]
    words = "Taylor series of log P from the Fourier integral of the characteristic function"
    return Exact(np.array([one.value for one in taylor]), words, "arXiv:2307.03223", np.array([one.radius for one in taylor]))


def _weights(width: int) -> np.ndarray:
    """The characteristic function on the nodes, times the weights of (1/pi) int_0^infinity dt."""
    if isinstance(width, bool) or not isinstance(width, int) or not _NARROWEST <= width <= _WIDEST:
        raise InputError("width", width, f"a whole number from {_NARROWEST} to {_WIDEST}", "try width=80")
    weights = ive(0, _T * _T / (4 * width)) ** width * _STEP / math.pi
    weights[0] /= 2
    return weights
