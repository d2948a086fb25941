r"""How many levels lie below an energy: an upper bound, by a staircase below the potential.

If $W \le V$ everywhere, then $-\frac12\partial^2 + W$ has at least as many levels below E as $-\frac12\partial^2 + V$ (minimax).  For a
staircase W the solution from the left is known piece by piece, and its zeros are the levels below E (Sturm).  This fixes the *number* of
levels, which residuals do not: they show where levels are, not that none is missing.
"""

import math
from typing import Literal

import numpy as np

from ._potential import Potential

Side = Literal["line", "even", "odd"]


def levels_below(potential: Potential, energy: float, pieces: int, side: Side = "line") -> int:
    """An upper bound on the number of levels below ``energy``: of all, or of even or odd ones of an even potential."""
    reach = potential.turning_point(energy + 1.0)
    edges = np.linspace(-reach if side == "line" else 0.0, reach, pieces + 1)
    heights = staircase(potential, edges)
    outside = math.sqrt(2.0)  # V exceeds the energy by 1 outside: the solution is exp(-+ sqrt(2) x) at most
    value, slope = {"line": (1.0, outside), "even": (1.0, 0.0), "odd": (0.0, 1.0)}[side]
    zeros = 0
    step = float(edges[1] - edges[0])
    for kinetic in (2 * (energy - heights)).tolist():
        wave = math.sqrt(abs(kinetic))
        if kinetic > 0:
            phase = math.atan2(wave * value, slope) % math.pi  # value = A sin(phase)
            zeros += math.floor((phase + wave * step) / math.pi)
            turn, sine = math.cos(wave * step), math.sin(wave * step) / wave if wave else step
            value, slope = value * turn + slope * sine, -kinetic * value * sine + slope * turn
        else:
            grow = math.exp(-wave * step)  # everything over e^{+ wave step}
            turn, sine = (1 + grow**2) / 2, ((1 - grow**2) / (2 * wave) if wave else step)
            new, slope = value * turn + slope * sine, -kinetic * value * sine + slope * turn
            zeros += new * value < 0 or (new == 0 and value != 0)
            value = new
        size = math.hypot(value, slope)
        value, slope = value / size, slope / size
    return zeros + (value * (slope + outside * value) < 0)


def staircase(potential: Potential, edges: np.ndarray) -> np.ndarray:
    """For every piece a constant below the potential: its Taylor series about the middle with all terms against us."""
    middle, half = (edges[1:] + edges[:-1]) / 2, (edges[1] - edges[0]) / 2
    heights = potential(middle)
    for order in range(1, potential.degree + 1):
        heights = heights - np.abs(np.polynomial.polynomial.polyval(middle, potential.derivative(order))) * half**order / math.factorial(
            order
        )
    return heights - 1e-9 * (1 + np.abs(heights))  # more than the rounding of the recursion can undo
