"""Correlators from the action, to first order in its couplings: Wick's theorem with one vertex.

    G4(1..4) = sum_3 K K - 24 lambda I_4(1..4),
    G6(1..6) = sum_15 K K K - 24 lambda sum_15 K(a,b) I_4(rest) - 720 kappa I_6(1..6),

for the action of `_couplings`, normal-ordered with respect to K (no tadpoles).  What is left out is of second order in lambda.
Source: arXiv:2008.08601, section 4.
"""

from itertools import combinations
from typing import Any

import numpy as np

from certifield.correlators import free_limit, kernel_matrix
from certifield.ensembles import Ensemble
from certifield.evidence import Estimate, Exact, InputError, propagate

from ._contact import checked_indices, checked_points, contact_integrals
from ._couplings import Value


def perturbed_correlators(
    ensemble: Ensemble, points: Any, cutoff: float, *, quartic: float | Value = 0.0, sextic: float | Value = 0.0, indices: Any = None
) -> Estimate:
    """G^(4) or G^(6) at ``indices`` [T, 4 or 6] to first order: ``quartic`` = lambda, ``sextic`` = kappa, without 1/4! and 1/6!.

    Only the kernel of ``ensemble`` enters, not its width.  The errors are those of the couplings and of the contact integrals.
    Raises as `contact_integrals`, `InputError` for other orders, and for couplings that are not single numbers.

    >>> import certifield as cf
    >>> net = cf.ensembles.relu_net(1, 20, sigma_b=0.0)  # lambda = -12.5 / (N Lambda^5)
    >>> found = perturbed_correlators(net, [[1.0]], 10.0, quartic=-6.25e-6, indices=[[0, 0, 0, 0]])
    >>> round(float(found.mean[0]), 9), round(float(cf.correlators.exact(net, [[1.0]] * 4).value), 9)
    (0.9375, 0.9375)
    """
    where, table = checked_points(ensemble, points), checked_indices(indices, len(points), 4)
    quartic, sextic = _coupling("quartic", quartic), _coupling("sextic", sextic)
    if table.shape[1] not in (4, 6):
        raise InputError("indices", table.shape, "of shape [entries, 4] or [entries, 6]", "vertices are known for phi^4 and phi^6")
    free = free_limit(ensemble, where, indices=table)
    if table.shape[1] == 4:
        fours = contact_integrals(ensemble, where, cutoff, indices=table)
        return propagate(lambda wick, g4, i4: wick - 24 * g4 * i4, free, quartic, fours, independent=True)
    pairs = np.array(list(combinations(range(6), 2)))
    rests = np.array([[leg for leg in range(6) if leg not in pair] for pair in pairs])
    fours = contact_integrals(ensemble, where, cutoff, indices=table[:, rests].reshape(-1, 4))
    lines = kernel_matrix(ensemble, where)[table[:, pairs[:, 0]].ravel(), table[:, pairs[:, 1]].ravel()]

    def first_order(wick: np.ndarray, line: np.ndarray, g4: float, i4: np.ndarray, g6: float, i6: np.ndarray) -> np.ndarray:
        return wick - 24 * g4 * np.sum((line * i4).reshape(len(table), len(pairs)), axis=1) - 720 * g6 * i6

    sixes = contact_integrals(ensemble, where, cutoff, indices=table)
    return propagate(first_order, free, lines, quartic, fours, sextic, sixes, independent=True)


def _coupling(name: str, given: float | Value) -> Value:
    value = given if isinstance(given, Exact | Estimate) else Exact(given)
    if value.shape:
        raise InputError(name, given, "one number, or the result for one", "take an entry, or the mean of a LocalCoupling")
    return value
