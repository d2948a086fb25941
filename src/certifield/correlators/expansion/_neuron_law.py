"""How the readout and the output bias weigh a block of positions, for each index tuple."""

import math
from collections import Counter
from functools import cache

import numpy as np

from certifield.ensembles import Law

from ._partitions import positions
from ._targets import Weight


def component_moments(law: Law, components: np.ndarray) -> Weight:
    """Block -> E[prod_{k in block} theta_{c_k}] for independent theta_c: a product over outputs of moments of their multiplicity."""

    moment = cache(law.moment)

    @cache  # nearly all tuples have the same outputs
    def product(outputs: tuple[int, ...]) -> float:
        return float(np.prod([moment(times) for times in Counter(outputs).values()]))

    @cache
    def weight(block: int) -> np.ndarray:
        return np.array([product(tuple(row)) for row in components[:, positions(block)].tolist()])

    return weight


def law_cumulant(law: Law, order: int) -> float:
    """kappa_n of location + scale z: the location for n = 1, else scale^n kappa_n[z].

    Cumulants of z at unit scale and location 0, because subtracting moments of the law itself would cancel all digits of a small
    kappa_n beside a large location or scale (and leave something where a Gaussian has exactly nothing).
    """
    value = _standard_cumulant(law.family, law.shape, order) if law.scale else 0.0
    return float((law.location if order == 1 else 0.0) + law.scale**order * value)


@cache
def _standard_cumulant(family: str, shape: float, order: int) -> float:
    """kappa_n of z, from m_n = sum_k C(n-1, k-1) kappa_k m_(n-k)."""
    z = Law(family, shape=shape)
    return z.moment(order) - sum(
        math.comb(order - 1, k - 1) * _standard_cumulant(family, shape, k) * z.moment(order - k) for k in range(1, order)
    )


def component_cumulant(law: Law, components: np.ndarray) -> np.ndarray:
    """Joint cumulant of theta_{c_1} ... theta_{c_n}: zero unless all outputs agree."""
    value = law_cumulant(law, components.shape[1])
    return np.where((components == components[:, :1]).all(axis=1), value, 0.0)
