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
# The trapezoidal rule on the line errs by the sum of P(phi + 2 pi k/step), k not 0 (Poisson), and of its derivatives for moments.  P is a
# mixture of normal densities of variance 1 at most, so that for |phi| <= 20 this is below exp(-105^2/2), which is no number in floats.
_STEP, _END = 0.05, 160.0
_T = np.arange(0.0, _END + _STEP / 2, _STEP)
_ROUNDING = 2.0**-52


def cos_net_density(width: int, field: object) -> Exact:
    """P(phi) for an array of fields of a cos-net of ``width`` >= 20 neurons at one point, a ~ N(0, 1/N); raises `InputError`.

    >>> round(float(cos_net_density(80, [0.0]).value[0]), 6)
    0.56553
    """
    phi = np.asarray(field, dtype=float)
    if not np.all(np.abs(phi) <= 20):
        raise InputError("field", field, "numbers between -20 and 20", "beyond that the density is below 1e-170")
    weights = _weights(width)
    value = np.cos(phi[..., None] * _T) @ weights
    # The rounding of phi t in the cosine comes on top of that of the weights.
    radius = _error(width, weights, 0) + _ROUNDING * np.abs(phi) * float(weights @ _T)
    return Exact(value, "Fourier integral of the characteristic function", "arXiv:2307.03223", radius if phi.ndim else float(radius))


def cos_net_log_density(width: int) -> Exact:
    """The coefficients of phi^2, phi^4 and phi^6 in log P(phi) of a cos-net at one point; raises `InputError`.

    >>> [float(f"{one:.3g}") for one in cos_net_log_density(80).value]
    [-1.01, 0.00334, -4.51e-05]
    """
    weights = _weights(width)
    moments = [Exact(float((-1) ** k * weights @ _T ** (2 * k)), radius=_error(width, weights, 2 * k)) for k in range(4)]
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


def _error(width: int, weights: np.ndarray, power: int) -> float:
    """Bound on the error of (1/pi) int_0^infinity t^power f(t) dt, f the characteristic function, by the weights on the nodes.

    Rounding: 8 units in the last place for the Bessel function, to the power N; 2 of its argument x, where |d log f/dx| <= N; one for
    each of the terms summed.  The tail: f falls, and exp(-x) I_0(x) <= sqrt(pi/8x) since 1 - cos u >= 2 u^2/pi^2 on [0, pi], so that
    f(t) <= (b/t)^N with b = sqrt(pi N/2): f is held at its last value up to 2b, and integrated by this bound from there on.
    """
    rounding = _ROUNDING * float((weights * _T**power) @ (8 * width + _T**2 / 2 + len(_T)))
    bend = math.sqrt(math.pi * width / 2)
    far = max(_END, 2 * bend)
    held = (far - _END) * far**power * weights[-1] / _STEP
    return rounding + held + far ** (power + 1) * (bend / far) ** width / (width - 1 - power) / math.pi
