"""The field after training, by its first functions: mean, covariance, and the connected four-point function.

From draws all three come with joint errors by the jackknife over groups of draws.
"""

from dataclasses import dataclass

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.streams import BlockSums, jackknife

GROUPS = 32


@dataclass(frozen=True, eq=False)
class Learned:
    """The law of the field at p points after training for ``times``.

    ``mean`` [times, p, outputs]: G^(1)(a); ``covariance`` [times, p, p, outputs]: G^(2)(a, b) - G^(1)(a) G^(1)(b);
    ``connected`` [times, p, p, outputs]: the connected four-point function at (a, a, b, b), which is 0 for a Gaussian field.
    """

    times: tuple[float, ...]
    mean: Exact | Estimate
    covariance: Exact | Estimate
    connected: Exact | Estimate


@dataclass(frozen=True, eq=False)
class Measured(Learned):
    """`Learned` from draws: estimates throughout."""

    mean: Estimate
    covariance: Estimate
    connected: Estimate


def moments(samples: np.ndarray, times: tuple[float, ...], *, source: str, seed: int | None, method: str, precision: str) -> Measured:
    """From draws [draws, times, p, outputs]; covariance and four-point function by unbiased k-statistics.

    ``source``: names the draws, see `Estimate`.
    """
    points = samples.shape[2]
    fields = np.moveaxis(np.asarray(samples, dtype=float), 2, 3)  # [draws, times, outputs, p]
    fields = fields - (middle := fields.mean(axis=0))  # powers of differences from one number: no digits are lost
    shape = fields.shape[1:3]
    count = min(GROUPS, len(fields))
    parts = np.array_split(np.arange(len(fields)), count)
    groups = [_sums(fields[part]) for part in parts]
    value, deviations = jackknife(groups, lambda sums, n: _statistic(sums, n, shape, points))

    def estimate(one: np.ndarray, spread: np.ndarray) -> Estimate:
        return Estimate(one, {source: spread}, len(fields), count, seed, method, precision)

    def split(array: np.ndarray) -> list[np.ndarray]:
        """[.., times, outputs, p + 2 p^2] -> mean, covariance, connected with outputs last."""
        mean, rest = array[..., :points], array[..., points:].reshape((*array.shape[:-1], 2, points, points))
        return [np.moveaxis(mean, -2, -1), *(np.moveaxis(rest[..., k, :, :], -3, -1) for k in (0, 1))]

    found = [estimate(*pair) for pair in zip(split(value), split(deviations), strict=True)]
    return Measured(times, found[0] + np.moveaxis(middle, -2, -1), found[1], found[2])


def _sums(fields: np.ndarray) -> BlockSums:
    """Sums of s_a, s_a s_b, s_a^2 s_b, s_a^2 s_b^2."""
    square = fields**2
    pairs = [np.einsum("mtoa,mtob->toab", left, right) for left, right in ((fields, fields), (square, fields), (square, square))]
    flat = [pair.reshape((*pair.shape[:2], -1)) for pair in pairs]
    sums = np.concatenate([fields.sum(axis=0), *flat], axis=-1).ravel()
    return BlockSums(len(fields), sums, np.abs(sums), np.abs(sums))


def _statistic(sums: np.ndarray, count: np.ndarray, shape: tuple[int, ...], p: int) -> np.ndarray:
    """Mean, covariance and fourth k-statistic from sums [k, features]: [k, times, outputs, p + 2 p^2]."""
    n = count.reshape((-1, 1, 1, 1, 1))
    mean = sums.reshape((len(sums), *shape, -1)) / count.reshape((-1, 1, 1, 1))
    one = mean[..., :p]
    two, three, four = (mean[..., p + k * p * p : p + (k + 1) * p * p].reshape((*mean.shape[:-1], p, p)) for k in range(3))
    a, b, turned = one[..., :, None], one[..., None, :], np.swapaxes(three, -1, -2)
    own = np.diagonal(two, axis1=-2, axis2=-1)
    aa, bb = own[..., :, None], own[..., None, :]
    central = two - a * b
    fourth = four - 2 * a * turned - 2 * b * three + a**2 * bb + b**2 * aa + 4 * a * b * two - 3 * a**2 * b**2
    spread = np.diagonal(central, axis1=-2, axis2=-1)
    wick = spread[..., :, None] * spread[..., None, :] + 2 * central**2
    cumulant = n**2 * ((n + 1) * fourth - (n - 1) * wick) / ((n - 1) * (n - 2) * (n - 3))
    parts = [(n / (n - 1) * central).reshape((*mean.shape[:-1], -1)), cumulant.reshape((*mean.shape[:-1], -1))]
    return np.concatenate([one, *parts], axis=-1)
