r"""Perturbation series of the ground-state energy, in exact fractions.

$H = \frac12 p^2 + \frac12 \omega^2 x^2 + g W(x)$ and $\psi = e^{-\omega x^2/2} \sum_k g^k \phi_k(x)$ with polynomials $\phi_k$,
$\phi_0 = 1$ and $\phi_k(0) = 0$ (Bender and Wu, Phys. Rev. 184 (1969) 1231):

    -phi_k''/2 + omega x phi_k' + W phi_{k-1} = sum_{j=1}^k E_j phi_{k-j},

solved from the highest power down.  The series of an anharmonic oscillator diverges: its terms grow like k! and are asymptotic only.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import zip_longest

from certifield.evidence import Exact, InputError

_LARGEST = 200


def perturbation_series(perturbation: Sequence[int | Fraction], order: int, *, frequency: int | Fraction = 1) -> list[Exact]:
    r"""$E_0, E_1, \dots$ of the ground-state energy $\sum_k E_k g^k$ up to ``order``, for W = ``perturbation`` $(w_0, w_1, \dots)$.

    Raises `InputError` for coefficients that are not whole numbers or fractions, which alone stay exact, or an order above 200.

    >>> perturbation_series((0, 0, 0, 0, 1), 3)
    [1/2 exactly, 3/4 exactly, -21/8 exactly, 333/16 exactly]
    """
    rational = [isinstance(entry, int | Fraction) and not isinstance(entry, bool) for entry in (*perturbation, frequency)]
    if not perturbation or not all(rational) or frequency <= 0:
        raise InputError("perturbation", perturbation, "whole numbers or fractions, with a positive frequency", "pass Fraction(1, 24)")
    if isinstance(order, bool) or not isinstance(order, int) or not 0 <= order <= _LARGEST:
        raise InputError("order", order, f"a whole number, 0 to {_LARGEST}", "the series is asymptotic: few terms are of use")
    weights, omega = [Fraction(entry) for entry in perturbation], Fraction(frequency)
    energies, states = [omega / 2], [[Fraction(1)]]
    for k in range(1, order + 1):
        source = _added([_times(weights, states[-1])] + [_scaled(states[k - j], -energies[j]) for j in range(1, k)])
        state = [Fraction(0)] * (len(source) + 2)
        for power in range(len(source) - 1, 0, -1):
            lift = Fraction((power + 2) * (power + 1), 2) * state[power + 2]
            state[power] = (lift - source[power]) / (omega * power)
        energies.append(source[0] - state[2])
        states.append(state[: len(source)])
    return [Exact(energy, f"order {k} in g", "Bender and Wu 1969") for k, energy in enumerate(energies)]


def _times(left: Sequence[Fraction], right: Sequence[Fraction]) -> list[Fraction]:
    product = [Fraction(0)] * (len(left) + len(right) - 1)
    for i, factor in enumerate(left):
        if factor:
            for j, other in enumerate(right):
                product[i + j] += factor * other
    return product


def _scaled(polynomial: Sequence[Fraction], factor: Fraction) -> list[Fraction]:
    return [factor * entry for entry in polynomial]


def _added(polynomials: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    return [sum(entries, Fraction(0)) for entries in zip_longest(*polynomials, fillvalue=Fraction(0))]
