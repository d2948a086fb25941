"""How the readout and the output bias weigh a block of positions, for each index tuple."""

from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np

from certifield.ensembles import Law

from ._partitions import positions
from ._targets import Weight, cumulant


def component_moments(law: Law, components: np.ndarray) -> Weight:
    """Block -> E[prod_{k in block} theta_{c_k}] for independent theta_c: a product over outputs of moments of their multiplicity."""

    moment = cache(law.moment)

    def weight(block: int) -> np.ndarray:
        chosen = components[:, positions(block)]
        return np.array([np.prod([moment(times) for times in Counter(row).values()]) for row in chosen.tolist()])

    return _remembered(weight)


def law_cumulant(law: Law, order: int) -> float:
    """kappa_n of location + scale z: the location for n = 1, else scale^n kappa_n[z].

    Cumulants of z at unit scale and location 0, because subtracting moments of the law itself would cancel all digits of a small
    kappa_n beside a large location or scale (and leave something where a Gaussian has exactly nothing).
    """
    z = Law(law.family, shape=law.shape)
    value = sum(
        float(term.coefficient) * np.prod([z.moment(block.bit_count()) for block in term.free]) for term in cumulant(order, even=False)
    )
    return float((law.location if order == 1 else 0.0) + (law.scale**order * value if law.scale else 0.0))


def component_cumulant(law: Law, components: np.ndarray) -> np.ndarray:
    """Joint cumulant of theta_{c_1} ... theta_{c_n}: zero unless all outputs agree."""
    value = law_cumulant(law, components.shape[1])
    return np.where((components == components[:, :1]).all(axis=1), value, 0.0)


def _remembered(weight: Callable[[int], np.ndarray]) -> Weight:
    memory: dict[int, np.ndarray] = {}

    def remembered(block: int) -> np.ndarray:
        if block not in memory:
            memory[block] = weight(block)
        return memory[block]

    return remembered
