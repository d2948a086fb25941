r"""Sextic potentials as strings of bits (arXiv:2208.13804), with a fitness that is graded everywhere.

From the worst: no minimum (-4 to -3, by the distance of complex critical points from the real line; where the vacuum is to be the global
one, by the height of the minimum above the lowest place), no slow roll (-3 to -2, by the least
of the slow-roll parameters), too few e-folds (-2 to -1, by those there are), wrong observables (-1 to 0, by their distance in standard
deviations and logarithms).  Of several minima and sides the best counts.
"""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, UInt8

from certifield.evidence import InputError
from certifield.search.genetic import Reals, split

from ._presets import PRESETS, Observed
from ._sextic import Cosmologies, cosmologies

RANGES = (1e-8, 1e-9, 1e-10, 1e-11, 1e-11, 1e-11)  # of c_1 to c_6
AMPLITUDES = ("rescale", "grid")
VACUA = ("reached", "global")


class SexticGenome(eqx.Module):
    r"""$V = c_0 + \sum_{n=1}^6 c_n \phi^n$, each $c_n$ in $\pm$ ``ranges`` on ``bits_each`` bits; $c_0$ makes V = 0 at the minimum.

    ``amplitude``: "rescale" multiplies each potential such that $A_s$ is right, which changes neither $n_s$, r nor N; "grid" asks the
    coefficients as they are for $A_s$ within ``window`` (a fraction).  ``vacuum``: "reached" takes every minimum that the field rolls into
    for a vacuum; "global" those alone that nothing on the field range lies below.  Raises `InputError` for unknown names and other numbers
    of ranges.
    """

    observed: Observed = eqx.field(static=True)
    encodings: tuple[Reals, ...] = eqx.field(static=True)
    amplitude: str = eqx.field(static=True)
    window: float = eqx.field(static=True)
    reach: float = eqx.field(static=True)
    vacuum: str = eqx.field(static=True)

    def __init__(
        self,
        observed: Observed = PRESETS["planck2018"],
        *,
        ranges: tuple[float, ...] = RANGES,
        bits_each: int = 6,
        amplitude: str = "rescale",
        window: float = 0.05,
        reach: float = 60.0,
        code: str = "binary",
        vacuum: str = "reached",
    ) -> None:
        if amplitude not in AMPLITUDES:
            raise InputError("amplitude", amplitude, f"one of {', '.join(AMPLITUDES)}", 'leave it at "rescale"')
        if vacuum not in VACUA:
            raise InputError("vacuum", vacuum, f"one of {', '.join(VACUA)}", 'leave it at "reached"')
        if len(ranges) != 6 or not all(one > 0 for one in ranges):
            raise InputError("ranges", ranges, "six numbers above 0, for c_1 to c_6", "leave them out")
        if not reach > 0 or not 0 < window < 1:
            raise InputError("reach", [reach, window], "a field range above 0 and a window between 0 and 1", "leave them out")
        self.observed, self.amplitude, self.window, self.reach, self.vacuum = observed, amplitude, window, reach, vacuum
        self.encodings = tuple(Reals(-one, one, bits_each, code) for one in ranges)

    @property
    def bits(self) -> int:
        """Of a string: 36 for six bits each."""
        return sum(one.bits for one in self.encodings)

    def decode(self, bits: UInt8[Array, "*rest bits"]) -> Float[Array, "*rest seven"]:
        """The coefficients, $c_0 = 0$."""
        numbers = split(bits, self.encodings)
        return jnp.stack([jnp.zeros_like(numbers[0]), *numbers], axis=-1)

    def judge(self, bits: UInt8[Array, " bits"]) -> tuple[Float[Array, ""], Bool[Array, ""]]:
        """The fitness of the best cosmology, and whether it is viable."""
        return self.judged(self.decode(bits))

    def judged(self, c: Float[Array, " seven"]) -> tuple[Float[Array, ""], Bool[Array, ""]]:
        """The same of coefficients."""
        found = cosmologies(c, self.observed.efolds, self.reach)
        fitness, viable = self.graded(found)
        if self.vacuum == "global":
            above = above_the_lowest(c, found, self.reach)
            fitness, viable = jnp.where(found.minimum & (above > 0), -3 - above / (1 + above), fitness), viable & (above <= 0)
        return jnp.where(jnp.any(found.minimum), jnp.max(fitness), -3 - found.apart / (1 + found.apart)), jnp.any(viable)

    def graded(self, found: Cosmologies) -> tuple[Float[Array, " sides"], Bool[Array, " sides"]]:
        """Fitness and viability of each cosmology."""
        return graded(found, self.observed, self.window if self.amplitude == "grid" else None)


def above_the_lowest(c: Float[Array, " terms"], found: Cosmologies, reach: float) -> Float[Array, " sides"]:
    """How far each minimum lies above the lowest place of the field range, as a part of what minima and edges span; 0: it is that."""
    edges = jnp.polyval(c[::-1], jnp.asarray([-reach, reach], c.dtype))
    places = jnp.concatenate([jnp.where(found.minimum, found.vacuum, edges[0]), edges])
    lowest, highest = jnp.min(places), jnp.max(places)
    return jnp.where(found.minimum, (found.vacuum - lowest) / jnp.where(highest > lowest, highest - lowest, 1.0), 0.0)


def graded(found: Cosmologies, seen: Observed, window: float | None = None) -> tuple[Float[Array, " sides"], Bool[Array, " sides"]]:
    r"""Fitness and viability of each cosmology; with a ``window`` $A_s$ is asked for within that fraction, too."""
    full = found.efolds >= seen.efolds * (1 - 1e-9)
    tilt = jnp.abs(found.tilt - seen.tilt) / seen.tilt_error
    ratio = jnp.log(jnp.maximum(found.ratio, 1e-30) / seen.ratio)
    distance = jnp.maximum(tilt / seen.sigmas - 1, 0.0) / 10 + jnp.maximum(ratio, 0.0)
    right = (tilt <= seen.sigmas) & (ratio < 0)
    if window is not None:
        size = jnp.abs(jnp.log(jnp.maximum(found.amplitude, 1e-300) / seen.amplitude))
        right = right & (size <= np.log1p(window))
        distance = distance + jnp.maximum(size - np.log1p(window), 0.0)
    excess = jnp.clip(found.excess, 0.0, 1e6)
    value = jnp.where(full, -distance / (1 + distance), -2 + found.efolds / seen.efolds)
    value = jnp.where(found.rolls, value, -2 - excess / (1 + excess))
    return jnp.where(found.minimum, value, -4.0), found.minimum & found.rolls & full & right
