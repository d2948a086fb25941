"""The limit of infinite width: estimates at three or more widths, and a straight line in 1/N through them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from certifield.evidence import Estimate, InputError, propagate


@dataclass(frozen=True, eq=False)
class WidthLimit:
    """``limit`` [T] at 1/N = 0 and the ``slope`` [T] in 1/N of a least-squares line through the ``widths``, entry by entry; ``chi2``,
    ``p_value`` [T] of the line with ``dof`` degrees of freedom: a small p-value says that the widths are too small for a straight line.
    """

    widths: tuple[int, ...]
    limit: Estimate
    slope: Estimate
    chi2: np.ndarray
    dof: int
    p_value: np.ndarray


def width_limit(found: Mapping[int, Estimate]) -> WidthLimit:
    """The line through estimates [T] by width, which must come from independent draws.

    Raises `InputError` for fewer than three widths, a largest below four times the smallest, different shapes and refused error bars.
    """
    widths = tuple(sorted(found))
    if len(widths) < 3 or widths[-1] < 4 * widths[0]:
        raise InputError("found", widths, "three widths or more, the largest at least four times the smallest", "take N, 2N and 4N")
    estimates = [found[width] for width in widths]
    if len({one.shape for one in estimates}) > 1 or estimates[0].mean.ndim != 1:
        raise InputError("found", [one.shape for one in estimates], "vectors of one length", "ask for the same correlators at every width")
    if any(np.any(one.refused) for one in estimates):
        raise InputError("found", "refused error bars", "usable estimates", "take cf.fieldtheory.tempered at that width")
    errors = np.stack([one.stderr for one in estimates])
    x = 1 / np.array(widths, dtype=float)
    weights = 1 / errors**2
    total, first, second = weights.sum(axis=0), x @ weights, x**2 @ weights
    determinant = total * second - first**2
    at_zero = (second - x[:, None] * first) * weights / determinant  # [widths, T]: the limit is linear in the estimates
    along = (x[:, None] * total - first) * weights / determinant
    means = np.stack([one.mean for one in estimates])
    limit, slope = (
        propagate(lambda *each, rows=rows: np.sum(rows * np.stack(each), axis=0), *estimates, independent=True) for rows in (at_zero, along)
    )
    residual = (means - limit.mean - x[:, None] * slope.mean) / errors
    chi2, dof = np.sum(residual**2, axis=0), len(widths) - 2
    return WidthLimit(widths, limit, slope, chi2, dof, np.asarray(chdtrc(dof, chi2)))
