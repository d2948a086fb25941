r"""The local geometry of a variety at given points.

At a point every factor is scaled so that its largest coordinate is 1, and the K coordinates with the largest minor $|\det(\partial
p/\partial z)|$ among the others are eliminated; the n left are local coordinates $x^a$.  Then $\partial z_I/\partial x^a$ is 1 for I = a,
$-(\partial p/\partial z_{elim})^{-1}\partial p/\partial z_a$ for the eliminated ones, and 0 for the scaled ones, and
$|\Omega|^2 = |\det(\partial p/\partial z_{elim})|^{-2}$.  Ratios such as $\det g/|\Omega|^2$ do not depend on these choices.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from certifield._arguments import of_kind, whole
from certifield.evidence import InputError, PrecisionError

from ..varieties import Variety

_ON_THE_VARIETY = 1e-8  # of |p| relative to its coefficients, at coordinates of length 1
_KEPT = ("charts", "omega", "tangents")  # what a part of the points takes along where it is known


@dataclass(frozen=True, eq=False)
class LocalGeometry:
    """Points ``z`` [N, coordinates] of a variety, the largest coordinate of each factor being 1, and what belongs to their charts.

    Raises `PrecisionError` for coordinates of less than 64 bits, and `InputError` for points that are not on the variety.
    """

    variety: Variety
    z: np.ndarray

    def __post_init__(self) -> None:
        of_kind("variety", self.variety, Variety, "such as fermat()")
        of_kind("z", self.z, np.ndarray, "an array of complex numbers, one row of coordinates a point")
        if self.z.dtype.kind not in "fc" or self.z.dtype == np.float64:
            raise InputError("z", f"an array of {self.z.dtype}", "an array of complex128", "write z.astype(complex)")
        if self.z.dtype != np.complex128:
            told = f"points are {self.z.dtype}: in 32 bits they miss the variety by 1e-3, and det g with it"
            raise PrecisionError(f"{told}. Mend: sample in complex128; round afterwards where a network is trained in float32")
        if self.z.ndim != 2 or self.z.shape[1] != self.variety.coordinates or len(self.z) == 0:
            raise InputError(
                "z", self.z.shape, f"[points, {self.variety.coordinates}], one point at least", "one row of coordinates a point"
            )
        residual = residuals(self.variety, self.z)
        if not residual.max() <= _ON_THE_VARIETY:
            given = f"a point where |p| is {residual.max():.1e} of its size (point {int(residual.argmax())})"
            raise InputError("z", given, f"on the variety to {_ON_THE_VARIETY:g}", "polish it by Newton's method, or check the polynomials")
        object.__setattr__(self, "z", rescaled(self.variety, self.z))

    def __len__(self) -> int:
        return len(self.z)

    def __getitem__(self, index: slice | np.ndarray) -> "LocalGeometry":
        known = {name: self.__dict__[name] for name in _KEPT if name in self.__dict__}
        return _made(self.variety, self.z[index], {name: _each(lambda part: part[index], one) for name, one in known.items()})

    @cached_property
    def charts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The places of the local, eliminated and scaled coordinates: [N, n], [N, K], [N, factors]."""
        scaled = np.stack([np.abs(self.z[:, part]).argmax(axis=1) + part.start for part in self.variety.factors], axis=1)
        return _charts(self.variety, self._jacobian, scaled)

    def neighbour(self, factor: int) -> "tuple[LocalGeometry, np.ndarray]":
        r"""The same points with the second largest coordinate of one factor scaled to 1, in charts with coordinates y, and $T^b{}_a =
        \partial y^b/\partial x^a$ [N, b, a]: a metric is $g_{a\bar c} = T^b{}_a\,g'_{b\bar d}\,\overline{T^d{}_c}$ in both.
        """
        factors = self.variety.factors
        part = factors[whole("factor", factor, 0, len(factors) - 1, "factors are counted from 0")]
        second = np.argsort(np.abs(self.z[:, part]), axis=1)[:, -2] + part.start
        divisor = np.take_along_axis(self.z, second[:, None], axis=1)
        z = self.z.copy()
        z[:, part] /= divisor
        np.put_along_axis(z, second[:, None], 1.0, axis=1)
        scaled = self.charts[2].copy()
        scaled[:, factor] = second
        charts = _charts(self.variety, self.variety.jacobian(z), scaled)
        lifts = self.tangents.copy()
        along = np.take_along_axis(lifts, second[:, None, None], axis=2) / divisor[:, :, None]
        lifts[:, :, part] = lifts[:, :, part] / divisor[:, :, None] - along * z[:, None, part]
        turned = np.take_along_axis(lifts, charts[0][:, None, :], axis=2)  # [N, a, b]
        return _made(self.variety, z, {"charts": charts}), turned.transpose(0, 2, 1)

    @cached_property
    def _jacobian(self) -> np.ndarray:
        return self.variety.jacobian(self.z)

    @cached_property
    def omega(self) -> np.ndarray:
        r"""$|\Omega|^2$ [N] in the chart of each point."""
        return np.abs(np.linalg.det(_columns(self._jacobian, self.charts[1]))) ** -2.0

    @cached_property
    def tangents(self) -> np.ndarray:
        r"""$\partial z_I/\partial x^a$ [N, n, coordinates] in the chart of each point."""
        local, eliminated, _ = self.charts
        slopes = -np.linalg.solve(_columns(self._jacobian, eliminated), _columns(self._jacobian, local))  # [N, K, n]
        tangents = np.zeros((len(self), local.shape[1], self.z.shape[1]), dtype=np.complex128)
        np.put_along_axis(tangents, local[:, :, None], 1, axis=2)
        rows, columns = np.arange(len(self))[:, None], np.arange(local.shape[1])
        for number in range(eliminated.shape[1]):
            tangents[rows, columns, eliminated[:, number, None]] = slopes[:, number]
        return tangents

    @cached_property
    def second_derivatives(self) -> np.ndarray:
        r"""$\partial^2 z_I/\partial x^a\partial x^b$ [N, pairs a <= b, coordinates]: not 0 for the eliminated coordinates alone.

        From $\partial_I p\,\partial_a\partial_b z_I + \partial_I\partial_J p\,\partial_a z_I\,\partial_b z_J = 0$.
        """
        rows, columns = np.triu_indices(self.variety.dimension)
        bent = np.stack(
            [
                np.einsum("nai,naj,nij->na", self.tangents[:, rows], self.tangents[:, columns], p.hessian(self.z), optimize=True)
                for p in self.variety.polynomials
            ],
            axis=1,
        )
        eliminated = self.charts[1]
        values = -np.linalg.solve(_columns(self._jacobian, eliminated), bent)  # [N, K, pairs]
        second = np.zeros((len(self), len(rows), self.z.shape[1]), dtype=np.complex128)
        for number in range(eliminated.shape[1]):
            second[np.arange(len(self))[:, None], np.arange(len(rows)), eliminated[:, number, None]] = values[:, number]
        return second

    def fubini_study(self, factor: int) -> np.ndarray:
        r"""$\frac1\pi\partial_a\bar\partial_b \ln|z^{(i)}|^2$ [N, n, n]: the pullback of the metric of one factor, $\int_{\mathbb P^1}
        J_i = 1$.
        """
        factors = self.variety.factors
        part = factors[whole("factor", factor, 0, len(factors) - 1, "factors are counted from 0")]
        z, tangents = self.z[:, part], self.tangents[:, :, part]
        size = np.sum(np.abs(z) ** 2, axis=1)[:, None, None]
        along = (tangents @ z.conj()[:, :, None]) / size
        return (tangents @ tangents.conj().transpose(0, 2, 1) / size - along @ along.conj().transpose(0, 2, 1)) / np.pi


def _charts(variety: Variety, jacobian: np.ndarray, scaled: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places of the local, eliminated and scaled coordinates, where the last are given [N, factors]."""
    equations, points = len(variety.polynomials), len(scaled)
    best, minor = np.zeros((points, equations), dtype=np.int64), np.zeros(points)
    for choice in itertools.combinations(range(variety.coordinates), equations):
        size = np.abs(jacobian[:, 0, choice[0]] if equations == 1 else np.linalg.det(jacobian[:, :, choice]))
        size[np.isin(scaled, choice).any(axis=1)] = 0
        better = size > minor
        best[better], minor[better] = choice, size[better]
    kind = np.zeros((points, variety.coordinates), dtype=np.int64)
    np.put_along_axis(kind, best, 1, axis=1)
    np.put_along_axis(kind, scaled, 2, axis=1)
    order = np.argsort(kind, axis=1, kind="stable")
    n = variety.dimension
    return order[:, :n], order[:, n : n + equations], scaled


def joined_geometry(parts: Sequence[LocalGeometry]) -> LocalGeometry:
    """The points of several parts as one."""
    known = {name: [part.__dict__[name] for part in parts] for name in _KEPT if all(name in part.__dict__ for part in parts)}
    kept = {
        name: tuple(map(np.concatenate, zip(*ones, strict=True))) if isinstance(ones[0], tuple) else np.concatenate(ones)
        for name, ones in known.items()
    }
    return _made(parts[0].variety, np.concatenate([part.z for part in parts]), kept)


def residuals(variety: Variety, z: np.ndarray) -> np.ndarray:
    """The largest |p_a| [N] at coordinates of length 1, relative to the size of the coefficients."""
    sizes = np.array([np.linalg.norm(p.coefficients) for p in variety.polynomials])
    return np.max(np.abs(variety.values(variety.normalised(z))) / sizes, axis=1)


def rescaled(variety: Variety, z: np.ndarray) -> np.ndarray:
    """The same points with the largest coordinate of every factor equal to 1, exactly."""
    parts = []
    for part in variety.factors:
        place = np.abs(z[:, part]).argmax(axis=1)[:, None]
        parts.append(z[:, part] / np.take_along_axis(z[:, part], place, axis=1))
        np.put_along_axis(parts[-1], place, 1.0, axis=1)
    return np.concatenate(parts, axis=1)


def _made(variety: Variety, z: np.ndarray, known: dict) -> LocalGeometry:
    """Of points that were checked before."""
    made = object.__new__(LocalGeometry)
    made.__dict__.update({"variety": variety, "z": z, **known})
    return made


def _each(function, known):
    return tuple(map(function, known)) if isinstance(known, tuple) else function(known)


def _columns(jacobian: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """[N, K, chosen] from [N, K, coordinates] and the chosen columns [N, chosen] of each point."""
    return np.take_along_axis(jacobian, columns[:, None, :], axis=2)
