"""The free field in a periodic box: one Gaussian pair of waves for each momentum of the box, exactly Gaussian at finite size.

    phi(x) = sum_p sqrt(Ghat(p)/L^d) [beta_p cos(p.x) + gamma_p sin(p.x)] sqrt(2),   p in (2 pi/L) Z^d, one of p and -p,

beta, gamma standard normal (a single beta, without the sqrt(2), where p and -p are one): G2(r) = L^-d sum_p Ghat(p) cos(p.r), and no
connected function of higher order.  With ``spacing`` = L/n the box is a lattice and p^2 stands for sum_mu (2 - 2 cos(a p_mu))/a^2.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from certifield.ensembles import AbstractArchitecture, Ensemble, Independent, Spectrum, normal
from certifield.evidence import Exact, InputError

_MOST = 200_000  # modes
_ROUNDING = 2.0**-53


class Modes(AbstractArchitecture):
    """The field from the Gaussian amplitudes ``params`` [waves] of the momenta [waves, dim], each with its phase 0 or -pi/2."""

    momenta: Float[Array, "waves dim"]
    phases: Float[Array, " waves"]
    sizes: Float[Array, " waves"]

    def __call__(self, params: Float[Array, " waves"], x: Float[Array, "*points dim"]) -> Float[Array, "*points 1"]:
        """The field at the points ``x``."""
        flat = x.reshape(-1, x.shape[-1])
        angles = sum((flat[:, j, None] * self.momenta[None, :, j] for j in range(flat.shape[1])), self.phases[None, :])
        return jnp.sum(jnp.cos(angles) * (self.sizes * params)[None, :], axis=1).reshape((*x.shape[:-1], 1))


@dataclass(frozen=True, eq=False)
class PeriodicBox:
    """A Gaussian field in a periodic box of the given ``length``: ``ensemble``, and its exact two-point function.

    ``momenta`` [modes, dim], one of each pair p, -p; ``weights``: Ghat(p)/L^d, counted twice for pairs; ``spacing``: of the lattice, 0 for
    continuous points.
    """

    ensemble: Ensemble
    length: float
    momenta: np.ndarray
    weights: np.ndarray
    spacing: float

    def two_point(self, separations: Any) -> Exact:
        """L^-d sum_p Ghat(p) cos(p.r) at separations [..., dim]; raises `InputError` for another number of coordinates."""
        r = np.asarray(separations, dtype=float)
        if r.ndim == 0 or r.shape[-1] != self.momenta.shape[1] or not np.all(np.isfinite(r)):
            raise InputError("separations", separations, f"of shape [..., {self.momenta.shape[1]}]", "give one vector a row")
        phases = r @ self.momenta.T
        value = np.cos(phases) @ self.weights
        slack = (np.abs(r) @ np.abs(self.momenta.T) * (r.shape[-1] + 2) + 16 + len(self.weights)) @ self.weights
        return Exact(value, "sum over the momenta of the box", "discrete Fourier transform", _ROUNDING * slack)

    @property
    def sites(self) -> np.ndarray:
        """The sites of the lattice [n^d, dim]; raises `InputError` for a box without spacing."""
        if not self.spacing:
            raise InputError("spacing", 0.0, "more than 0", "make the box with sites=n")
        line = self.spacing * np.arange(round(self.length / self.spacing))
        return np.array(list(itertools.product(line, repeat=self.momenta.shape[1])))


def periodic_box(spectrum: Spectrum, length: float, *, sites: int | None = None) -> PeriodicBox:
    """The Gaussian field of ``spectrum`` in the box of side L = ``length``: momenta of the box in |p| < cutoff, or with ``sites`` = n
    per side all n^d momenta of the lattice of spacing L/n, with lattice momenta in the spectrum.

    Raises `InputError` for a length that is not positive, neither a cutoff nor sites, and more than 200 000 modes.

    >>> import certifield as cf
    >>> box = periodic_box(cf.ensembles.propagator(2, mass=1.0), 8.0, sites=8)
    >>> round(float(box.two_point([0.0, 0.0]).value) / 2, 10)  # of the unhalved action: 1/2 of it
    0.1270869988
    """
    if isinstance(length, bool) or not isinstance(length, int | float) or not 0 < length < math.inf:
        raise InputError("length", length, "a positive number", "try length=8.0")
    if sites is None and spectrum.continuum:
        raise InputError("sites", None, "a number of sites per side, or a spectrum with a cutoff", "try sites=8")
    if sites is not None and (isinstance(sites, bool) or not isinstance(sites, int) or sites < 2):
        raise InputError("sites", sites, "a whole number, 2 or more", "try sites=8")
    step = 2 * math.pi / length
    if sites is None:
        reach = int(spectrum.cutoff / step)
        line, period, spacing = range(-reach, reach + 1), None, 0.0
    else:
        line, period, spacing = range(sites), sites, length / sites
    if len(line) ** spectrum.dim > 2 * _MOST:
        raise InputError("length", length, f"so small that there are at most {_MOST} modes", "lower the cutoff or the number of sites")
    numbers = np.array(list(itertools.product(line, repeat=spectrum.dim)))
    opposite = -numbers if period is None else (-numbers) % period
    first = np.array([tuple(own) >= tuple(other) for own, other in zip(numbers.tolist(), opposite.tolist(), strict=True)])
    alone = np.all(numbers == opposite, axis=1)
    lattice = step * numbers if period is None else 2 / spacing * np.sin(step * numbers * spacing / 2)
    size = np.sqrt(np.sum(lattice**2, axis=1))
    kept = first & (np.ones(len(size), dtype=bool) if period is not None else size < spectrum.cutoff)
    momenta, alone = step * numbers[kept], alone[kept]
    weights = _density(spectrum, size[kept]) / length**spectrum.dim * np.where(alone, 1.0, 2.0)
    return PeriodicBox(_ensemble(momenta, alone, weights, spectrum, length), float(length), momenta, weights, spacing)


def _density(spectrum: Spectrum, k: np.ndarray) -> np.ndarray:
    with jax.enable_x64(True):
        return np.asarray(jax.vmap(spectrum.density)(jnp.asarray(k)), dtype=float)


def _ensemble(momenta: np.ndarray, alone: np.ndarray, weights: np.ndarray, spectrum: Spectrum, length: float) -> Ensemble:
    """Cosines of all momenta, then sines of those that are not their own opposite."""
    pairs = ~alone
    every = np.concatenate([momenta, momenta[pairs]])
    phases = np.concatenate([np.zeros(len(momenta)), np.full(int(pairs.sum()), -math.pi / 2)])
    sizes = np.sqrt(np.concatenate([weights, weights[pairs]]))
    architecture = Modes(jnp.asarray(every), jnp.asarray(phases), jnp.asarray(sizes))
    scale = f"{len(every)} Gaussian modes of a box of side {length:g}"
    return Ensemble(
        architecture, Independent(normal(), (len(every),)), even=True, dim=spectrum.dim, name=f"periodic box ({spectrum.name})", scale=scale
    )
