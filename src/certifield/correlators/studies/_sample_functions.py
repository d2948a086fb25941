"""Drawn networks: what the random functions look like at small, middle and large width.

They are always the same ones, because their keys follow from the seed of the study.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import numpy as np

from certifield.ensembles import Ensemble
from certifield.evidence import NoClosedForm
from certifield.streams import block_key, stream_key
from certifield.study import COLOURS, Band, Curve, Mark, Plot, Reading, Section

from .._exact import exact
from ._measuring import made
from ._rows import seed_of
from ._system import System, Systems

_FUNCTIONS = 6
_GRID = 121  # points on the axis; a wave shorter than a few of their spacings would not be drawn right
_BAND = 41
_DIGITS = 6  # of a drawn curve, in its table


@dataclass(frozen=True, eq=False)
class Drawn:
    """Some functions of one system at one width: ``values`` [functions, grid] at ``x`` [grid].

    ``layer``: whether it is one layer of independent neurons, whose kernel is that of a neuron at every width.
    ``band``: the one-sigma half-width sqrt(K(x,x)) at the points ``band_x``, or None where the kernel has no closed form.
    """

    system: str
    width: int
    layer: bool
    x: np.ndarray
    values: np.ndarray
    band_x: np.ndarray
    band: np.ndarray | None


def sample_functions(readings: Sequence[Reading], options: Systems) -> Section | None:
    """One plot per system of one input and width, of the smallest, a middle and the largest; None where nothing was drawn."""
    seed = next((seed_of(reading.pieces) for reading in readings if reading.pieces), None)
    chosen = [(system, width) for system in options.system if system.dim == 1 and system.widths for width in three(system.widths)]
    if seed is None or not chosen:
        return None
    with jax.enable_x64(True):
        drawn = [one for system, width in chosen if (one := _drawn(seed, system, width)) is not None]
    if not drawn:
        return None
    banded = any(one.band is not None for one in drawn)
    return Section(
        "sample-functions",
        "Drawn networks",
        _reading(drawn),
        plots=[_plot(one, [other for other in drawn if other.system == one.system]) for one in drawn],
        caption="A few networks φ(x), drawn independently, at the smallest, a middle and the largest width, for systems with one input. "
        "A curve that leaves the frame is cut there: all of its values are in the file. "
        + ("The grey band is one standard deviation of the field, ±√K(x,x) with the exact kernel K." if banded else ""),
        legend=(("line", "one network each"), *((("band", "± one standard deviation, exact kernel"),) if banded else ())),
        columns=("system", "width", "x", *(f"phi {number}" for number in range(1, 1 + _FUNCTIONS))),
        rows=[record for one in drawn for record in _records(one)],
        hidden=True,
    )


def three(widths: Sequence[int]) -> list[int]:
    """The smallest width, the one nearest to the geometric middle, and the largest."""
    ordered = sorted(set(widths))
    middle = min(ordered, key=lambda width: abs(np.log(width) - 0.5 * np.log(ordered[0] * ordered[-1])))
    return sorted({ordered[0], middle, ordered[-1]})


def _drawn(seed: int, system: System, width: int) -> Drawn | None:
    ensemble = made(system, width)
    if not isinstance(ensemble, Ensemble):
        return None
    coordinates = np.array(system.points)[:, 0]
    reach = 1.5 * max(float(np.abs(coordinates).max()), 1e-6)
    x, band_x = np.linspace(-reach, reach, _GRID), np.linspace(-reach, reach, _BAND)
    key = block_key(stream_key(seed, f"{system.name}/sample functions/N={width}"), 0)
    values = np.asarray(ensemble.evaluate(key, jax.numpy.asarray(x[:, None]), _FUNCTIONS), dtype=float)
    # Of several outputs the first is drawn; a network that returns plain numbers has no axis of outputs.
    values = values[..., 0] if values.ndim == 3 else values
    return Drawn(system.name, width, ensemble.neurons is not None, x, values, band_x, _one_sigma(ensemble, band_x))


def _one_sigma(ensemble: Ensemble, x: np.ndarray) -> np.ndarray | None:
    places = np.arange(len(x))
    try:
        diagonal = exact(ensemble, x[:, None], indices=np.stack([places, places], axis=1)).value
    except NoClosedForm:
        return None
    return np.sqrt(np.asarray(diagonal))


def _plot(one: Drawn, family: Sequence[Drawn]) -> Plot:
    marks: list[Mark] = [] if one.band is None else [Band(one.band_x, -one.band, one.band, "muted")]
    marks += [Curve(one.x, values, colour, thickness=1.1) for values, colour in zip(one.values, COLOURS, strict=False)]
    # One scale per system, set by most of what is drawn: a few wild functions must not flatten the others.
    sizes = np.concatenate([np.abs(other.values).max(axis=1) for other in family])
    reach = 1.15 * max(float(np.quantile(sizes, 0.9)), *(2 * float(other.band.max()) for other in family if other.band is not None), 0.0)
    band = "" if one.band is None else ", with the one-sigma band of the kernel"
    alternative = f"{one.system}: {len(one.values)} drawn networks of width {one.width}{band}."
    return Plot(f"{one.system}, $N = {one.width}$", "$x$", r"$\phi(x)$", marks, alternative,
                x_range=(float(one.x[0]), float(one.x[-1])), y_range=(-reach or -1.0, reach or 1.0))  # fmt: skip


def _records(one: Drawn) -> list[tuple[object, ...]]:
    return [(one.system, one.width, *(_rounded(number) for number in (x, *values))) for x, values in zip(one.x, one.values.T, strict=True)]


def _rounded(number: float) -> float:
    return float(f"{number:.{_DIGITS}g}")


def _reading(drawn: Sequence[Drawn]) -> str:
    """What holds for what was drawn: that one neuron gives the kernel of any number of them is true of a single layer alone."""
    layers = [one for one in drawn if one.layer]
    others = ", ".join(dict.fromkeys(one.system for one in drawn if not one.layer))
    told = []
    if len({one.width for one in layers}) > 1:
        narrow, wide = (choose(one.width for one in layers) for choose in (min, max))
        whose = f" ({', '.join(dict.fromkeys(one.system for one in layers))})" if others else ""
        told.append(
            f"In one layer of independent neurons{whose} a network of N = {narrow} is a sum of few of them: its functions are made of few "
            f"shapes, and their sizes scatter more than those of a Gaussian field. At N = {wide} the field is closer to Gaussian. "
            "The spread is the same at every N: the kernel of such a layer is that of one neuron."
        )
    if others:
        told.append(f"{others}: not one layer of independent neurons, so that the spread, too, may change with the width.")
    if any(one.band is not None for one in drawn):
        told.append("Where the field is nearly Gaussian, about two thirds of all functions run inside the band at any one x.")
    return " ".join(told)
