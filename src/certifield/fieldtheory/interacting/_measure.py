"""The automatic choice between samplers, by a pilot."""

from typing import Any

from certifield.evidence import NotConverged

from ._reweighting import Reweighted, foretell_ess, reweighted
from ._tempering import Tempered, tempered
from ._theory import InteractingField

_PLENTY = 0.05  # of the draws: above, independent draws are the best there is


def measure(field: InteractingField, points: Any, indices: Any, *, draws: int = 100_000, seed: int = 0) -> Reweighted | Tempered:
    """The n-point functions at ``indices`` [T, n] by reweighting where a pilot foretells 5 % effective draws or more, else by tempering.

    ``draws``: of the free field, or particles in all runs.  Raises as `reweighted` and `tempered`.
    """
    try:
        enough = foretell_ess(field, seed=seed).ess >= _PLENTY
    except NotConverged:
        enough = False
    if enough:
        return reweighted(field, points, indices, draws=draws, seed=seed)
    return tempered(field, points, indices, particles=max(64, draws // 16), runs=16, seed=seed)
