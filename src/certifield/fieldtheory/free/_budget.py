"""What the finite width of a free field will cost, known before anything is run.

    G_c4 = (1/N) { (kappa/2) int d^dp/(2 pi)^d Ghat w sum_3 cos p.(x1 + x2 - x3 - x4) - sum_3 G12 G34 }

is exact at every N (arXiv:2307.03223), so that N G_c4/G2^2 is a number of the architecture alone: 3 (kappa M/2 - 1) at coincident
points, M = int Ghat w/G2(0)^2 >= 1, with 1 where the momenta are drawn in proportion to the spectrum.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from certifield.correlators import exact
from certifield.ensembles import AMPLITUDES, Ensemble, Propagator, Spectrum, random_waves
from certifield.evidence import Exact, InputError


@dataclass(frozen=True, eq=False)
class Budget:
    """The connected four-point function over G2(0)^2 of a field of ``width`` neurons: ``ratio``, the largest in modulus over all quadruples
    of the points asked for, at ``quadruple``.  It falls as 1/N exactly.
    """

    width: int
    ratio: Exact
    quadruple: tuple[int, int, int, int]

    def width_for(self, error: float) -> int:
        """The smallest width at which the ratio is ``error`` or less; raises `InputError` for an error that is not positive."""
        if isinstance(error, bool) or not isinstance(error, int | float) or not 0 < error < math.inf:
            raise InputError("error", error, "a positive number", "try error=0.01")
        worst = self.width * (abs(float(np.asarray(self.ratio.value))) + float(np.asarray(self.ratio.radius)))
        return max(1, math.ceil(worst / error))


def budget(field: Ensemble, points: Any) -> Budget:
    """The budget of any single hidden layer with exact correlators at ``points`` [P, dim]; raises as `cf.correlators.exact`.

    >>> import certifield as cf
    >>> budget(cf.fieldtheory.free_field(1, 1.0, 100), [[0.0]]).ratio  # (3/N)(1/2 - 1)
    Exact -0.015000000... (radius ...
    """
    where = np.asarray(points, dtype=float)
    neurons = field.neurons
    if neurons is None:
        raise InputError("field", field.name, "a single hidden layer of independent neurons", "try cf.fieldtheory.free_field(1, 1.0, 50)")
    table = np.array(list(itertools.combinations_with_replacement(range(len(where)), 4)))
    connected = exact(field, where, indices=table, connected=True)
    variance = exact(field, np.stack([where[0], where[0]]))
    worst = int(np.argmax(np.abs(np.asarray(connected.value))))
    ratio = connected[worst] / (variance * variance)
    return Budget(neurons.width, Exact(ratio.value, "G_c4 / G2(0)^2", "arXiv:2307.03223", ratio.radius), tuple(table[worst].tolist()))


@dataclass(frozen=True, eq=False)
class Advice:
    """The architectures for a spectrum, and the width that each needs for ``error``.

    ``rows``: (momenta, amplitude, N times the ratio, width); ``momenta``, ``amplitude``, ``width``: the one to take.
    """

    spectrum: Spectrum
    error: float
    rows: tuple[tuple[str, str, Exact, int], ...]
    momenta: str
    amplitude: str
    width: int

    def field(self) -> Ensemble:
        """The field of the architecture to take."""
        return random_waves(self.spectrum, self.width, momenta=self.momenta, amplitude=self.amplitude)

    def __str__(self) -> str:
        return f"{self.momenta} momenta, {self.amplitude} amplitudes, N = {self.width} for G_c4/G2^2 of {self.error:g} or less"


def advise(spectrum: Spectrum, error: float, points: Any = None) -> Advice:
    """The architecture of the smallest width whose connected four-point functions at ``points`` stay below ``error`` G2(0)^2.

    ``points`` [P, dim]: by default the origin and a point at distance 1/m, or pi/(2 Lambda) for other spectra than the propagator.
    Raises `InputError` as `cf.ensembles.random_waves`, and for an error that is not positive.

    >>> import certifield as cf
    >>> print(advise(cf.ensembles.propagator(1, mass=1.0, cutoff=10.0), 0.01))
    spectrum momenta, ...
    """
    if points is None:
        points = np.zeros((2, spectrum.dim))
        points[1, 0] = 1 / spectrum.density.mass if isinstance(spectrum.density, Propagator) else math.pi / (2 * spectrum.cutoff)
    rows = []
    for momenta in ("spectrum",) if spectrum.continuum else ("spectrum", "uniform"):
        for amplitude in AMPLITUDES:
            found = budget(random_waves(spectrum, 1, momenta=momenta, amplitude=amplitude), points)
            rows.append((momenta, amplitude, found.ratio, found.width_for(error)))
    momenta, amplitude, _, width = min(rows, key=lambda row: abs(float(np.asarray(row[2].value))))
    return Advice(spectrum, float(error), tuple(rows), momenta, amplitude, width)
