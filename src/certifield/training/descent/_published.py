"""The three descents under their published names and defaults."""

import math
from typing import Any

import optax

from certifield._arguments import positive, whole
from certifield.evidence import InputError

from ._flows import bbi_flow, separable_flow, unit_speed_flow
from ._transform import Bounces, energy_conserving


def bbi(lr: Any, *, F0: float = 0.0, deltaEn: float = 0.0, T0: int = 1000, T1: int = 3000, Nb: int = 1, **rest: Any) -> Any:
    """Born-Infeld descent with bounces: after every ``T0`` steps, ``Nb`` times, and after ``T1`` steps without a lower loss.

    ``deltaEn``: E = V_start + deltaEn; ``rest``: as `energy_conserving`.  Reference: arXiv:2201.11137.
    """
    for name, given, least in (("T0", T0, 1), ("T1", T1, 1), ("Nb", Nb, 0)):
        whole(name, given, least)
    return energy_conserving(bbi_flow(), lr, F0=F0, deltaEn=deltaEn, bounces=Bounces(T0, Nb, T1), **rest)


def ecd_sep(
    lr: Any, *, eta: float = 1.0, F0: float = 0.0, s: int = 1, deltaEn: float = 0.0, nu: float = 1e-5, **rest: Any,
) -> optax.GradientTransformationExtraArgs:  # fmt: skip
    """ECDSep: H = eta ln(F - F0) + ln(s + p^2), directions with a little noise ``nu``; ``rest``: as `energy_conserving`.

    Raises `InputError` for s = 0 without ``deltaEn``, where the energy is minus infinity.  Reference: arXiv:2306.00352.
    """
    if s == 0 and not deltaEn > 0:
        raise InputError("deltaEn", deltaEn, "more than 0 where s = 0, else the energy is minus infinity", "try deltaEn=1.0")
    return energy_conserving(separable_flow(eta, s), lr, F0=F0, deltaEn=deltaEn, nu=nu, **rest)


def ecd_q1(
    lr: Any, *, eta: float, F0: float = -1.0, nu: float = 1e-5, dim: int | None = None, **rest: Any,
) -> optax.GradientTransformationExtraArgs:  # fmt: skip
    """ECD at unit speed: time steps of lr/sqrt(eta); the noise is nu/sqrt(d) where ``dim`` = d is given.

    ``F0``: somewhat below the lowest loss that is expected, such as 1 below; ``rest``: as `energy_conserving`.
    Reference: arXiv:2501.18419.
    """
    positive("eta", eta)
    slower = math.sqrt(eta)
    schedule: Any = lr
    step = (lambda count: schedule(count) / slower) if callable(lr) else schedule / slower
    return energy_conserving(unit_speed_flow(eta), step, F0=F0, nu=nu / math.sqrt(dim or 1), **rest)
