"""How couplings run with the cutoff.

Correlators do not know the cutoff: 0 = d G_c4 / d log Lambda = d (-24 lambda I_4) / d log Lambda gives the beta function

    beta = d lambda / d log Lambda = -lambda d log I_4 / d log Lambda,

and likewise for kappa with I_6.  The derivative is the integral over the sphere |y| = Lambda, so the slope is known without a fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from certifield.ensembles import Ensemble
from certifield.evidence import Estimate, InputError, propagate

from ._contact import checked_cutoff, checked_indices, sphere_integrals
from ._couplings import CONVENTION, LocalCoupling, Value, local_coupling


@dataclass(frozen=True, eq=False)
class Running:
    """The coupling at every cutoff: all arrays have one row per cutoff.

    ``local``: the measurement at each cutoff; ``slopes``: d log|lambda_m| / d log Lambda of each entry, with the errors of the quadrature
    alone, [T] each, at the entries that are defined; ``betas``: d lambda_m / d log Lambda.  ``fitted`` is the slope of log|mean lambda|
    against log Lambda over all cutoffs, with the scatter about that line as its error: 0 for a power law.
    """

    cutoffs: np.ndarray
    local: tuple[LocalCoupling, ...]
    slopes: tuple[Estimate, ...]
    betas: tuple[Estimate, ...]
    fitted: Estimate
    convention: str = CONVENTION


def running(
    ensemble: Ensemble, points: Any, cutoffs: Sequence[float], *, indices: Any = None, order: int = 4, correlators: Value | None = None
) -> Running:
    """Lambda (order 4) or kappa (order 6) against the cutoff, with slopes and beta function.

    Entries whose contact integral vanishes are masked (`LocalCoupling.defined`).  Raises as `local_coupling`, and `InputError` for
    fewer than two cutoffs.

    >>> import certifield as cf
    >>> found = running(cf.ensembles.relu_net(1, 20, sigma_b=0.0), [[0.5], [1.0]], [10.0, 100.0])
    >>> [round(float(one.mean[0]), 9) for one in found.slopes], round(float(found.fitted.mean), 9)
    ([-5.0, -5.0], -5.0)
    """
    radii = [checked_cutoff(cutoff) for cutoff in cutoffs]
    if len(set(radii)) < 2:
        raise InputError("cutoffs", list(cutoffs), "two different cutoffs or more", "try [10.0, 100.0, 1000.0]")
    table = checked_indices(indices, len(points), order)
    local, slopes, betas = [], [], []
    for radius in radii:
        found = local_coupling(ensemble, points, radius, indices=table, correlators=correlators)
        sphere = sphere_integrals(ensemble, points, radius, indices=table[found.defined])
        slope = propagate(lambda rim, ball: -rim / ball, sphere, found.integrals, independent=True)
        local.append(found)
        slopes.append(slope)
        betas.append(propagate(np.multiply, found.values, slope, independent=True))
    means = np.array([float(one.mean.mean) for one in local])
    fitted = _line(np.log(radii), np.log(np.abs(means)))
    return Running(np.array(radii), tuple(local), tuple(slopes), tuple(betas), fitted)


def _line(x: np.ndarray, y: np.ndarray) -> Estimate:
    """The slope, and its error from the scatter about the line."""
    away = x - x.mean()
    slope = float(away @ y / (away @ away))
    rest = y - y.mean() - slope * away
    freedom = max(1, len(x) - 2)
    scatter = float(np.sqrt(rest @ rest / freedom / (away @ away)))
    return Estimate.from_stderr(slope, scatter, source="scatter about a power law", method="least squares over cutoffs", bias="unknown")
