r"""The local architecture: metrics whose gradient flow is local.

On the circle of length 1, $g_{ij}(x) = \sum_I\theta_{ij,I}\,b_I(x)$ with bumps $b_I(x) = (2\pi Ns^2)^{-1/2}e^{-(x - x_I)^2/(2s^2)}$,
periodic, at N random centres, and only $\theta$ trained, independently for each component:
$\Theta_{ij,kl}(x, x') = \frac12(\delta_{ik}\delta_{jl} + \delta_{il}\delta_{jk})\sum_Ib_I(x)b_I(x')$ on symmetric tensors.  For many bumps
the sum is a Gaussian of variance $2s^2$ and integral 1: a mode of wave number q moves at the rate $e^{-q^2s^2}$ of the local flow, which is
reached as $s\to0$ (arXiv:2402.13321, equation 20).
"""

import math

import numpy as np

from certifield._arguments import positive_float, seeded, whole
from certifield.evidence import Estimate, Exact

_GROUPS = 64  # of bumps, for the error bar


def local_rate(wave_number: int, width: float) -> Exact:
    r"""$e^{-q^2s^2}$ with $q = 2\pi m$: how fast a mode moves, relative to the local flow.

    >>> local_rate(1, 0.03)
    Exact 0.9650... (radius ...)
    """
    q = 2 * math.pi * whole("wave_number", wave_number, 0, 10**6, "try wave_number=1")
    x = q * positive_float("width", width, "try width=0.03")
    # Pi, the width, two products and the square are rounded: x^2 by 9 parts in 2^53, of which exp(-x^2) loses x^2 exp(-x^2) < 0.37 of each;
    # its own rounding is two more at most, and the sum below 6 in 2^53.
    return Exact(math.exp(-x * x), "exp(-q^2 s^2)", radius=1e-15)


def bump_rate(wave_number: int, width: float, bumps: int, seed: int) -> Estimate:
    """The same, measured: the mode cos(2 pi m x) through the kernel of ``bumps`` random bumps, projected on itself.

    Errors by groups of bumps, which are independent; the kernel is a mean over them.
    """
    m = whole("wave_number", wave_number, 0, 10**6, "try wave_number=1")
    s = positive_float("width", width, "try width=0.03")
    count = whole("bumps", bumps, 2 * _GROUPS, 10**8, "try bumps=10000")
    random = np.random.default_rng(seeded(seed))
    nodes = max(64, 8 * math.ceil(1 / s), 4 * m)
    x = np.arange(nodes) / nodes
    mode = np.cos(2 * math.pi * m * x)
    sums = []
    for group in np.array_split(random.uniform(size=count), _GROUPS):
        away = (x[:, None] - group[None, :] + 0.5) % 1 - 0.5
        bumps_at = sum(np.exp(-((away + turn) ** 2) / (2 * s * s)) for turn in (-1, 0, 1)) / (s * math.sqrt(2 * math.pi))
        sums.append(np.mean(((mode @ bumps_at) / nodes) ** 2) / np.mean(mode**2))
    means = np.array(sums)
    error = np.std(means, ddof=1) / math.sqrt(_GROUPS)
    return Estimate.from_stderr(means.mean(), error, source=f"bumps/{m}/{s}/{count}/{seed}", draws=count, method="random bumps")
