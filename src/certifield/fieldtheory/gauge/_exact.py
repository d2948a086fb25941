r"""Two-dimensional gauge theory, solved: plaquettes by the character expansion of their weight.

With $e^{(\beta/N)\mathrm{Re\,tr}P} = \sum_r c_r\chi_r(P)$ (Migdal, Sov. Phys. JETP 42 (1975) 413; Drouffe and Zuber, Phys. Rept. 102
(1983) 1)

$$Z_{torus} = \sum_r (c_r/d_r)^V, \qquad \frac1N\langle\mathrm{Re\,tr}P\rangle = \frac1V\frac{d\ln Z}{d\beta}
= \frac{\sum_r (c_r/d_r)^{V-1}\,c_r'/d_r}{\sum_r (c_r/d_r)^V},$$

of which the trivial representation alone is left in infinite volume.  The coefficients are those of walks between representations:
$c_r = \sum_n \frac{(\beta/s)^n}{n!}\#\{\text{walks of n of the s steps from the trivial one to r}\}$, and
$c_r' = \frac1s\sum_{\text{steps}} c_{r-\text{step}}$.
Every term of every sum is positive, so that rounding is a relative error that is counted; what is cut off is bounded by
$c_r \le \sum_{n\ge|r|}\beta^n/n!$, for s^n bounds the number of walks, and none of fewer than |r| steps comes to r.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from certifield._arguments import whole
from certifield.evidence import Exact, InputError

from ._groups import GaugeGroup, GaugeLattice, checked_lattice

_ROUNDING = 2.0**-53
_SOURCE = "Migdal 1975; Drouffe and Zuber 1983"


@dataclass(frozen=True, eq=False)
class _Coefficients:
    """``c`` and ``slope`` c' of the representations kept, of ``dimension`` d; ``relative``: the error of each; ``absolute``: what is cut
    off of each; ``terms``: the walks' length.
    """

    c: np.ndarray
    slope: np.ndarray
    dimension: np.ndarray
    weight: np.ndarray
    relative: float
    absolute: float


def _tail(beta: float, start: int) -> float:
    r"""A bound on $\sum_{n\ge start}\beta^n/n!$, for start above 2 beta."""
    return 0.0 if beta == 0 else 2.001 * math.exp(start * math.log(beta) - math.lgamma(start + 1))


@cache
def coefficients(group: GaugeGroup, beta: float, longer: int = 1) -> _Coefficients:
    """All c_r that walks of fewer than ``terms`` steps reach, in 64-bit numbers; ``longer``: a factor on what suffices."""
    terms = int(2 * beta + 40 + 6 * math.sqrt(beta))
    while _tail(beta, terms - 1) > 1e-18:
        terms += 8
    terms *= longer
    side = terms + 1 if group.one_sided else 2 * terms + 1
    term = np.zeros((side + 2,) * group.rank)  # a rim of zeros: walks that leave are lost
    origin = 1 if group.one_sided else terms + 1
    term[(origin,) * group.rank] = 1.0
    inner = (slice(1, -1),) * group.rank
    total = term.copy()
    for n in range(1, terms):
        moved = np.zeros_like(term)
        moved[inner] = sum(_from(term, step) for step in group.steps)
        term = moved * (beta / (len(group.steps) * n))
        total += term
    slope = np.sum([_from(total, step) for step in group.steps], axis=0) / len(group.steps)
    weight = np.stack(np.meshgrid(*[np.arange(side) + 1 - origin] * group.rank, indexing="ij"))
    # A term takes, in n steps, s - 1 additions and two products each; the sum over n takes `terms` more, and the slope s + 1.
    relative = 1.01 * _ROUNDING * (terms * (len(group.steps) + 3) + len(group.steps) + 2)
    return _Coefficients(total[inner].ravel(), slope.ravel(), group.dimension(weight).ravel(), weight.reshape(group.rank, -1),
                         relative, _tail(beta, terms - 1) + 1e-300)  # fmt: skip


def _from(term: np.ndarray, step: tuple[int, ...]) -> np.ndarray:
    """What comes to each inner place by one step."""
    return term[tuple(slice(1 - move, term.shape[0] - 1 - move) for move in step)]


def mean_plaquette(lattice: GaugeLattice) -> Exact:
    r"""$\frac1N\langle\mathrm{Re\,tr}\,P\rangle$ on the torus.

    Raises `InputError` for what is no `GaugeLattice`.

    >>> mean_plaquette(GaugeLattice("U(1)", (8, 8), beta=6.0))
    Exact 0.91245491487... (radius ...)
    """
    found, volume = coefficients(checked_lattice(lattice).rules, float(lattice.beta)), lattice.plaquettes
    low, high = _ratio_of_sums(found, volume)
    return _between(low, high, f"character expansion on a torus of {volume} plaquettes")


def infinite_volume_plaquette(group: str, beta: float) -> Exact:
    r"""$\frac1N\langle\mathrm{Re\,tr}\,P\rangle = c_0'/c_0$: $I_1(\beta)/I_0(\beta)$ of U(1) and $I_2(\beta)/I_1(\beta)$ of SU(2).

    Raises `InputError` as `GaugeLattice` does.
    """
    found = coefficients(GaugeLattice(group, (2, 2), beta).rules, float(beta))
    place = int(np.flatnonzero(~np.any(found.weight, axis=0))[0])
    c, slope = float(found.c[place]), float(found.slope[place])
    low = slope * (1 - found.relative) / (c * (1 + found.relative) + found.absolute)
    high = (slope * (1 + found.relative) + found.absolute) / (c * (1 - found.relative))
    return _between(low, high, "c_0'/c_0 of the character expansion")


def wilson_loop(group: str, beta: float, area: int) -> Exact:
    r"""$\frac1N\langle\mathrm{Re\,tr}\,W\rangle = (c_f/(d_f c_0))^A$ of a loop around ``area`` A plaquettes, in infinite volume.

    An area law: the loop is the plaquette to the power A.  Raises `InputError` as `GaugeLattice` does, and for an area below 1.
    """
    power = whole("area", area, 1, 10_000)
    return infinite_volume_plaquette(group, beta) ** power


def _ratio_of_sums(found: _Coefficients, volume: int) -> tuple[float, float]:
    """Bounds on sum (c/d)^(V-1) c'/d over sum (c/d)^V, both in units of c_0^V."""
    top = float(found.c.max())
    x, y = found.c / found.dimension / top, found.slope / found.dimension / top
    with np.errstate(under="ignore"):  # a power that underflows is below what is allowed for
        below, above = x**volume, x ** (volume - 1) * y
    # Powers multiply relative errors; x, y take two roundings, a power some, the sums one for each term.
    error = 1.05 * (volume * (found.relative + 4 * _ROUNDING) + (len(x) + 40) * _ROUNDING)
    error += 1.05 * volume * found.absolute / top * 10  # of the leading term; the others are allowed for below
    # Representations beyond, and what is cut off of those kept: each is below `absolute`, to the power V, in number and slope alike.
    rest = 4 * len(x) * (found.absolute / top + 1e-280)
    return float(np.sum(above)) * (1 - error) / (float(np.sum(below)) * (1 + error) + rest), (float(np.sum(above)) * (1 + error) + rest) / (
        float(np.sum(below)) * (1 - error)
    )


def _between(low: float, high: float, words: str) -> Exact:
    middle = (low + high) / 2
    return Exact(middle, words, _SOURCE, (high - low) / 2 + 4 * _ROUNDING * abs(middle))


def topological_susceptibility(lattice: GaugeLattice) -> Exact:
    r"""$\langle Q^2\rangle/V$ of U(1), with $Q = \frac1{2\pi}\sum_x\arg P_x$, a whole number on the torus.

    $\langle Q^2\rangle = -Z''(0)/Z(0)$ of $Z(\theta) = \sum_n c_n(\theta)^V$,
    $c_n(\theta) = \frac1{2\pi}\int_{-\pi}^{\pi} e^{\beta\cos\varphi + i(\theta/2\pi - n)\varphi}d\varphi$, whose derivatives are sums of
    Bessel functions by the Fourier series of $\varphi$ and $\varphi^2$.
    Raises `InputError` for another group.
    """
    if checked_lattice(lattice).group != "U(1)":
        raise InputError("lattice", lattice.group, 'of the group "U(1)"', "SU(N) has no topological charge in two dimensions")
    found, volume = coefficients(lattice.rules, float(lattice.beta), 2), lattice.plaquettes
    order = found.weight[0]
    bessel = Exact(found.c, "", "", found.c * found.relative + found.absolute) / float(found.c.max())
    kept = np.flatnonzero(np.abs(order) <= order.max() // 4)
    k = np.arange(1, int(order.max()) + 1)
    zeroth, first, second = [], [], []
    for place in kept.tolist():
        span = len(order) - 1
        here = k[(place - k >= 0) & (place + k <= span)]
        sign = np.where(here % 2, -1.0, 1.0)
        down, up = bessel[place - here], bessel[place + here]
        zeroth.append(bessel[place])
        # phi = -2 sum (-1)^k sin(k phi)/k and phi^2 = pi^2/3 + 4 sum (-1)^k cos(k phi)/k^2
        first.append(_sum((up - down) * (sign / here)) / (2 * math.pi))
        second.append((bessel[place] * (math.pi**2 / 3) + _sum((up + down) * (2 * sign / here**2))) / (-4 * math.pi**2))
    total: Exact = Exact(0.0)
    bend: Exact = Exact(0.0)
    for c, slope, curve in zip(zeroth, first, second, strict=True):
        total = total + c**volume
        bend = bend + volume * (volume - 1) * c ** (volume - 2) * slope**2 + volume * c ** (volume - 1) * curve
    # I_n falls with n.  Left out: orders above a quarter of what is known, with the power V - 2 >= 2 of c_n, its derivatives being below
    # 1/2 and 1/4 in units of c_0; and in the series of those kept, Bessel functions above half of it.
    quarter, half = (float(found.c[order == order.max() // part][0]) / float(found.c.max()) for part in (4, 2))
    spare = len(order) * volume**2 * (quarter**2 + len(order) * half)
    ratio = -bend / total / volume
    value = float(np.asarray(ratio.value))
    return Exact(value, "second derivative in theta of the torus partition function", _SOURCE,
                 float(np.asarray(ratio.radius)) + spare + 1e-14 * abs(value))  # fmt: skip


def _sum(terms: Exact) -> Exact:
    """The sum of an array, with its radii."""
    values, radii = np.asarray(terms.value), np.asarray(terms.radius)
    return Exact(math.fsum(values), "", "", float(np.sum(radii)) * (1 + 1e-10) + _ROUNDING * abs(math.fsum(values)))
