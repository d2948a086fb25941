"""A few drawn networks, for the eye: always the same ones, because their keys follow from the seed of the study."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from certifield.evidence import NoClosedForm

if TYPE_CHECKING:
    from certifield.ensembles import Ensemble
    from certifield.studies import Study, System

_FUNCTIONS = 6
_GRID = 121  # points on the axis; a wave shorter than a few of their spacings would not be drawn right
_BAND = 41


@dataclass(frozen=True, eq=False)
class Drawn:
    """Some functions of one system at one width: ``values`` [functions, grid] at ``x`` [grid].

    ``band``: the one-sigma half-width sqrt(K(x,x)) at the points ``band_x``, or None where the kernel has no closed form.
    """

    system: str
    width: int
    x: np.ndarray
    values: np.ndarray
    band_x: np.ndarray
    band: np.ndarray | None


def drawn_networks(study: "Study") -> list[Drawn]:
    """Networks of the smallest, a middle and the largest width of every system whose inputs have one dimension."""
    import jax

    with jax.enable_x64(True):
        found = [_drawn(study, system, width) for system in study.question.system if system.dim == 1 for width in three(system.widths)]
    return [one for one in found if one is not None]


def scales(study: "Study") -> dict[str, str]:
    """The laws of the parameters of every system that has an ensemble, in words."""
    ensembles = {system.name: study.ensemble(system, min(system.widths)) for system in study.question.system}
    return {name: ensemble.scale for name, ensemble in ensembles.items() if ensemble is not None}


def three(widths: Sequence[int]) -> list[int]:
    """The smallest width, the one nearest to the geometric middle, and the largest."""
    ordered = sorted(set(widths))
    middle = min(ordered, key=lambda width: abs(np.log(width) - 0.5 * np.log(ordered[0] * ordered[-1])))
    return sorted({ordered[0], middle, ordered[-1]})


def _drawn(study: "Study", system: "System", width: int) -> Drawn | None:
    import jax

    from certifield.streams import block_key, stream_key

    if (ensemble := study.ensemble(system, width)) is None:
        return None
    coordinates = np.array(system.points)[:, 0]
    reach = 1.5 * max(float(np.abs(coordinates).max()), 1e-6)
    x, band_x = np.linspace(-reach, reach, _GRID), np.linspace(-reach, reach, _BAND)
    key = block_key(stream_key(study.root_seed, f"{system.name}/sample functions/N={width}"), 0)
    values = np.asarray(ensemble.evaluate(key, jax.numpy.asarray(x[:, None]), _FUNCTIONS), dtype=float)
    # Of several outputs the first is drawn; a network that returns plain numbers has no axis of outputs.
    values = values[..., 0] if values.ndim == 3 else values
    return Drawn(system.name, width, x, values, band_x, _one_sigma(ensemble, band_x))


def _one_sigma(ensemble: "Ensemble", x: np.ndarray) -> np.ndarray | None:
    from certifield.correlators import exact

    places = np.arange(len(x))
    try:
        diagonal = exact(ensemble, x[:, None], indices=np.stack([places, places], axis=1)).value
    except NoClosedForm:
        return None
    return np.sqrt(np.asarray(diagonal))
