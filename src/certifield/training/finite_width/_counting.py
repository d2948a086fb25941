"""Powers of the width from graphs: a vertex for every factor of a correlator, an edge for every pair of contracted derivatives.

With n_e connected clusters of an even and n_o of an odd number of the m vertices, E[product] = O(N^s), s = n_e + n_o/2 - m/2.
Reference: arXiv:1909.11304, conjecture 1.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certifield.evidence import Estimate, Exact, InputError


@dataclass(frozen=True)
class Correlator:
    """An average of ``factors`` fields or derivative tensors, with indices of derivatives contracted along ``edges`` (pairs of factors).

    >>> Correlator.of("dm f, dm f").exponent  # the tangent kernel
    0 exactly
    >>> Correlator.of("dm f, dn f, dmn f, f").exponent  # its change in training
    -1 exactly
    """

    factors: int
    edges: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.factors, bool) or not isinstance(self.factors, int) or self.factors < 1:
            raise InputError("factors", self.factors, "a whole number, 1 or more", "count the fields in the average")
        for edge in self.edges:
            if len(edge) != 2 or not all(0 <= end < self.factors for end in edge) or edge[0] == edge[1]:
                raise InputError("edges", edge, f"pairs of two different factors, 0 to {self.factors - 1}", "count factors from 0")

    @classmethod
    def of(cls, text: str) -> "Correlator":
        """From factors such as "f" and "dmn f" between commas: each letter behind d is an index, and stands in two factors.

        Raises `InputError` for an index that is not contracted with exactly one other.
        """
        places: dict[str, list[int]] = {}
        parts = [part.strip() for part in text.split(",")]
        for number, part in enumerate(parts):
            match = re.fullmatch(r"(?:d([a-z]+)\s+)?f", part)
            if match is None:
                raise InputError("text", part, 'factors "f" or "d<indices> f" between commas', 'try "dm f, dm f"')
            for index in match.group(1) or "":
                places.setdefault(index, []).append(number)
        for index, where in places.items():
            if len(where) != 2:
                raise InputError("text", text, f"every index twice, and {index!r} stands {len(where)} times", 'try "dm f, dm f"')
        return cls(len(parts), tuple((where[0], where[1]) for where in places.values()))

    @property
    def clusters(self) -> tuple[int, ...]:
        """The sizes of the connected clusters, largest first."""
        owner = list(range(self.factors))
        for left, right in self.edges:
            old, new = owner[left], owner[right]
            owner = [new if one == old else one for one in owner]
        return tuple(sorted((owner.count(one) for one in set(owner)), reverse=True))

    @property
    def exponent(self) -> Exact:
        """s, such that the average is at most of order N^s."""
        even = sum(size % 2 == 0 for size in self.clusters)
        odd = len(self.clusters) - even
        return Exact(even + Fraction(odd, 2) - Fraction(self.factors, 2), "clusters of the graph", "arXiv:1909.11304")


def measure_scaling(values: Mapping[int, Estimate], *, entry: int = 0) -> Estimate:
    """The exponent s of |value| = C N^s through values at two widths N or more, by weighted least squares of logarithms.

    ``entry``: which entry of the values.  Widths are taken as drawn independently.
    Raises `InputError` for fewer than two widths, and for values that are not told apart from 0 by three standard errors.
    """
    if len(values) < 2:
        raise InputError("values", list(values), "two widths or more", "measure at widths such as 64, 128, 256")
    logs, errors = [], []
    for width, value in values.items():
        mean, error = float(np.ravel(value.mean)[entry]), float(np.ravel(value.stderr)[entry])
        if not abs(mean) > 3 * error:
            raise InputError("values", f"{mean:.3g} +- {error:.2g} at width {width}", "three standard errors from 0 or more", "draw more")
        logs.append(np.log(abs(mean)))
        errors.append(max(error / abs(mean), 1e-300))
    return slope(np.log(list(values)), np.array(logs), np.array(errors), f"scaling over {sorted(values)}/{id(values)}")


def slope(x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray, errors: Sequence[float] | np.ndarray, source: str) -> Estimate:
    """The slope of the weighted straight line through points with independent errors."""
    x, y, weight = np.asarray(x, dtype=float), np.asarray(y, dtype=float), 1 / np.asarray(errors, dtype=float) ** 2
    centre = np.sum(weight * x) / np.sum(weight)
    norm = np.sum(weight * (x - centre) ** 2)
    value = np.sum(weight * (x - centre) * y) / norm
    return Estimate.from_stderr(value, norm**-0.5, source=source, method="weighted line through logarithms")
