"""How much the tangent kernel of a deep ReLU network differs from draw to draw.

With sigma_w^2 = 2, no biases, L hidden layers of N neurons and one input, the contributions Theta_l, l = 0..L, of the layers have equal
means, relative variance 5 L/N and relative covariance [5 (L - |l - m|) + |l - m|]/N to first order; their mean over l, m is

    Var Theta/(E Theta)^2 = (L/N) [5 - 4 (L+2)/(3 (L+1))] + O(N^-2).
"""

import sys
import warnings
from fractions import Fraction

from certifield.ensembles._checked import checked_count, checked_number
from certifield.evidence import Exact

UNRELIABLE = 0.2  # L/N from which on the first order says little: the second moment grows as exp(5 L/N) (arXiv:1909.05989)


def ntk_relative_variance(depth: int, width: int) -> Exact:
    """Var Theta/(E Theta)^2 at one input to first order in 1/width, for ``depth`` hidden layers.

    Warns where depth over width exceeds 0.2: the expansion is one in depth/width.

    >>> ntk_relative_variance(1, 100)
    3/100 exactly
    """
    layers, count = checked_count("depth", depth), checked_count("width", width)
    ratio = Fraction(layers, count)
    if ratio > UNRELIABLE:
        text = f"depth over width is {float(ratio):.2f}: the first order in 1/width says little; the growth is like exp(5 depth/width)"
        warnings.warn(text, stacklevel=2)
    pairs = [(first, second) for first in range(layers + 1) for second in range(layers + 1)]
    total = sum(5 * (layers - abs(first - second)) + abs(first - second) for first, second in pairs)
    value = Fraction(total, len(pairs) * count)
    return Exact(value, "mean of the covariances of the layers' contributions", "first order in 1/width; growth arXiv:1909.05989")


def ntk_mean(depth: int, square: float, dim: int) -> Exact:
    """E Theta = 2 (depth + 1) |x|^2/dim at every width."""
    value = 2 * (checked_count("depth", depth) + 1) * checked_number("square", square) / checked_count("dim", dim)
    return Exact(value, "equal contributions of all layers", "", 4 * abs(value) * sys.float_info.epsilon)
