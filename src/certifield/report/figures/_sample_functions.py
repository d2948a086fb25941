"""Drawn networks: what the random functions look like at small, middle and large width."""

from collections.abc import Sequence

import numpy as np

from .._draws import Drawn
from ._figure import Band, Curve, Figure, Panel

_COLOURS = ("blue", "orange", "green", "purple", "sky", "muted")
_DIGITS = 6  # of a drawn curve, in its table


def sample_functions(drawn: Sequence[Drawn]) -> Figure | None:
    """One panel per system and width; None where nothing was drawn."""
    if not drawn:
        return None
    systems = dict.fromkeys(one.system for one in drawn)
    panels = [_panel(one, [other for other in drawn if other.system == one.system]) for one in drawn]
    return Figure(
        slug="sample-functions",
        title="Drawn networks",
        caption="A few networks φ(x), drawn independently, at the smallest, a middle and the largest width, for systems with one input. "
        "The grey band is one standard deviation of the field, ±√K(x,x) with the exact kernel K, the same at every width.",
        reading=_reading(drawn),
        panels=panels,
        columns=("system", "width", "x", *(f"phi {number}" for number in range(1, 1 + max(len(one.values) for one in drawn)))),
        records=[record for one in drawn for record in _records(one)],
        drawn=f"{len(drawn[0].values)} networks a panel",
        key=(("line", "one network each"), ("band", "± one standard deviation, exact kernel")),
        across=3 if len(panels) == 3 * len(systems) else 2,
    )


def _panel(one: Drawn, family: Sequence[Drawn]) -> Panel:
    marks = [] if one.band is None else [Band(one.band_x, -one.band, one.band, "muted")]
    marks += [Curve(one.x, values, colour, thickness=1.1) for values, colour in zip(one.values, _COLOURS, strict=False)]
    # One scale per system, set by most of what is drawn: a few wild functions must not flatten the others.
    sizes = np.concatenate([np.abs(other.values).max(axis=1) for other in family])
    reach = 1.15 * max(float(np.quantile(sizes, 0.9)), *(2 * float(other.band.max()) for other in family if other.band is not None), 0.0)
    alternative = f"{one.system}: {len(one.values)} drawn networks of width {one.width}, with the one-sigma band of the kernel."
    return Panel(f"{one.system}, $N = {one.width}$", "$x$", r"$\phi(x)$", marks, alternative,
                 x_range=(float(one.x[0]), float(one.x[-1])), y_range=(-reach or -1.0, reach or 1.0))  # fmt: skip


def _records(one: Drawn) -> list[tuple[object, ...]]:
    return [(one.system, one.width, *(_rounded(number) for number in (x, *values))) for x, values in zip(one.x, one.values.T, strict=True)]


def _rounded(number: float) -> float:
    return float(f"{number:.{_DIGITS}g}")


def _reading(drawn: Sequence[Drawn]) -> str:
    narrow, wide = min(one.width for one in drawn), max(one.width for one in drawn)
    band = " At any one x about two thirds of all functions run inside the band." if any(one.band is not None for one in drawn) else ""
    return (
        f"At N = {narrow} a network is a sum of few neurons: its functions are made of few shapes, and their sizes scatter more than those "
        f"of a Gaussian field. At N = {wide} the field is close to Gaussian. The spread is the same: the kernel does not depend on N.{band}"
    )
