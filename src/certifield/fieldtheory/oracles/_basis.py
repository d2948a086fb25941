r"""The oscillator basis: powers of position, the Hamiltonian, and a Gaussian of another frequency.

$x = x_0 + (a + a^\dagger)/\sqrt{2\omega}$.  All matrices [n + k, n] map the first n states to the first n + k: x^k raises by k at most, so
that nothing is cut off, and $H u$ is known completely for every u of the first n states.
"""

import math

import numpy as np
from scipy import sparse

from ._potential import Potential


def position(size: int, centre: float, frequency: float) -> sparse.csr_array:
    """x as a matrix [size + 1, size] on the oscillator of ``frequency`` about ``centre``."""
    steps = np.sqrt(np.arange(1, size + 1) / (2 * frequency))
    return _banded([np.full(size, centre), steps, steps[:-1]], (0, -1, 1), (size + 1, size))


def powers(size: int, highest: int, centre: float, frequency: float) -> list[sparse.csr_array]:
    """x^0, ..., x^highest as matrices [size + k, size]."""
    found = [sparse.csr_array(sparse.eye_array(size))]
    for k in range(highest):
        found.append(position(size + k, centre, frequency) @ found[-1])
    return found


def hamiltonian(potential: Potential, size: int, centre: float, frequency: float) -> tuple[sparse.csr_array, sparse.csr_array]:
    r"""$\frac12p^2 + V(x)$ as a matrix [size + degree, size], and the same with all terms made positive, which bounds its rounding."""
    rows = size + potential.degree
    n = np.arange(size)
    lift = frequency / 4 * np.sqrt((n + 1.0) * (n + 2.0))
    kinetic = [frequency / 4 * (2 * n + 1), lift, lift[:-2]]
    total = _banded([kinetic[0], -kinetic[1], -kinetic[2]], (0, -2, 2), (rows, size))
    bound = abs(total)
    for factor, power, size_of in zip(
        potential.coefficients,
        powers(size, potential.degree, centre, frequency),
        powers(size, potential.degree, abs(centre), frequency),
        strict=True,
    ):
        if factor:
            total = total + factor * _padded(power, rows)
            bound = bound + abs(factor) * _padded(size_of, rows)
    return total, bound


def _banded(diagonals: list[np.ndarray], offsets: tuple[int, ...], shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array(sparse.diags(diagonals, offsets, shape=shape))  # type: ignore[arg-type]  # the stubs know one offset


def _padded(matrix: sparse.csr_array, rows: int) -> sparse.csr_array:
    grown = matrix.copy()
    grown.resize((rows, matrix.shape[-1]))  # type: ignore[index]  # of two dimensions, which the stubs leave open
    return grown


def gaussian(size: int, centre: float, frequency: float, mass: float) -> tuple[np.ndarray, np.ndarray]:
    r"""The ground state of the oscillator of frequency ``mass`` about 0, on the first ``size`` states, and bounds of its errors.

    $\langle n | 0_f\rangle$ follows from $(m x + i p)|0_f\rangle = 0$: a recursion of two steps, whose rounding is carried along.
    """
    turn, shift = (frequency - mass) / (frequency + mass), -mass * centre * math.sqrt(2 * frequency) / (mass + frequency)
    found = np.zeros(size)
    overlap = math.sqrt(2 * math.sqrt(mass * frequency) / (mass + frequency))
    exponent = mass * frequency * centre**2 / (2 * (mass + frequency))
    found[0] = overlap * math.exp(-exponent)
    error = np.zeros(size)
    unit = 2.0**-53
    error[0] = (16 + 16 * exponent) * unit * found[0]
    turned = abs(turn) + 4 * unit  # the difference of two frequencies may cancel
    for n in range(size - 1):
        before, blur = (math.sqrt(n) * found[n - 1], math.sqrt(n) * error[n - 1]) if n else (0.0, 0.0)
        found[n + 1] = (shift * found[n] + turn * before) / math.sqrt(n + 1)
        fresh = 16 * unit * (abs(shift * found[n]) + turned * abs(before)) + 4 * unit * abs(before)
        error[n + 1] = (abs(shift) * error[n] + turned * blur + fresh) / math.sqrt(n + 1)
    return found, error
