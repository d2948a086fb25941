"""Effective masses: the energy that one correlator shows at each time."""

from typing import TypeVar

from certifield.evidence import Estimate, Exact, InputError, log, sqrt

Evidence = TypeVar("Evidence", Exact, Estimate)


def effective_mass(correlator: Evidence, spacing: float, *, periodic: bool = False) -> Evidence:
    r"""The energy at each time of ``correlator`` [T], given at equal steps of ``spacing``.

    Open: $\ln[C(t)/C(t+a)]/a$, [T - 1].  ``periodic`` extents, where $C \sim \cosh E(t - L/2)$ in the lattice's own time:
    $\operatorname{arccosh}\frac{C(t+a)+C(t-a)}{2C(t)}/a$ at the inner times, [T - 2].  Errors are carried along with all correlations; of a
    reflection-positive theory it falls with time, to the gap.  Raises `InputError` for a correlator of fewer than 2 or 3 times.

    >>> from certifield.evidence import Exact
    >>> import numpy as np
    >>> effective_mass(Exact(np.exp(-1.5 * np.arange(3.0))), 1.0).value.round(12).tolist()
    [1.5, 1.5]
    """
    needed = 3 if periodic else 2
    if len(correlator.shape) != 1 or correlator.shape[0] < needed or not spacing > 0:
        raise InputError("correlator", correlator.shape, f"[T] with T >= {needed}, and a positive spacing", "pass more times")
    if not periodic:
        return log(correlator[:-1] / correlator[1:]) / spacing
    ratio = (correlator[2:] + correlator[:-2]) / (2 * correlator[1:-1])
    return log(ratio + sqrt(ratio * ratio - 1)) / spacing
