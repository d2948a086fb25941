"""Random plane waves with any even spectral density: free fields at infinite width, whatever the momenta are drawn from.

    phi(x) = sqrt(2/N) sum_i alpha_i sqrt(w(p_i)) cos(p_i.x + c_i),   p ~ rho,  w = Ghat/((2 pi)^d rho),  c uniform,  E alpha^2 = 1,

has G2(r) = int d^dp/(2 pi)^d Ghat(p) cos(p.r) at every width (arXiv:2112.04527, arXiv:2307.03223); rho and kappa = E alpha^4 decide how
far it is from Gaussian at finite N (arXiv:2604.27050).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.evidence import InputError

from ._architecture import Feature, SingleLayer, SingleLayerParameters
from ._checked import checked_count, checked_scale
from ._density import Independent
from ._ensemble import Ensemble
from ._law import Law, fixed, normal, rademacher, rayleigh, uniform
from ._momenta import AbstractMomenta, CauchyMomenta, MomentumShells
from ._momentum_ball import MomentumBall

AMPLITUDES: dict[str, Law] = {"gaussian": normal(), "unit": rademacher(), "rayleigh": rayleigh()}
_SHELLS = 256


@dataclass(frozen=True)
class Propagator:
    """1/(k^2 + m^2), the spectral density of the free scalar of mass m, in the convention S = int [(d phi)^2 + m^2 phi^2]/2."""

    mass: float

    def __call__(self, k: Array) -> Array:
        """Its value at |p| = ``k``."""
        return 1 / (k * k + self.mass**2)


@dataclass(frozen=True)
class Spectrum:
    """A spectral density Ghat(|p|) in ``dim`` dimensions, and the ``cutoff`` below which it counts; infinite for the continuum.

    ``density``: a function of |p| made of JAX operations, 0 or more.  Raises `InputError` for a dim below 1 and for a cutoff that is not
    positive.
    """

    dim: int
    density: Callable[[Array], Array]
    cutoff: float = math.inf
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "dim", checked_count("dim", self.dim))
        if self.cutoff != math.inf:
            object.__setattr__(self, "cutoff", checked_scale("cutoff", self.cutoff, zero_allowed=False))
        if not callable(self.density):
            raise InputError("density", self.density, "a function of |p|", "try cf.ensembles.propagator(1, mass=1.0, cutoff=10.0)")
        if self.cutoff != math.inf:
            with jax.enable_x64(True):
                seen = np.asarray(jax.vmap(self.density)(jnp.linspace(1e-6, 1.0, 64) * self.cutoff))
            if seen.shape != (64,) or not np.all(np.isfinite(seen)) or np.any(seen < 0) or not np.any(seen > 0):
                raise InputError("density", self.density, "finite and 0 or more below the cutoff", "check it at k in (0, cutoff)")

    @property
    def continuum(self) -> bool:
        """Whether there is no cutoff."""
        return self.cutoff == math.inf


def propagator(dim: int, mass: float, cutoff: float = math.inf) -> Spectrum:
    """The spectrum 1/(p^2 + m^2) of the free scalar, in |p| < ``cutoff``.

    Raises `InputError` for a mass that is not positive: without it the two-point function diverges at small momenta (d = 1, 2), or decays
    as a power only.
    """
    checked_count("dim", dim)
    if isinstance(mass, int | float) and not isinstance(mass, bool) and mass <= 0:
        why = {1: "int dp/p^2 diverges at p = 0", 2: "int p dp/p^2 diverges logarithmically at p = 0"}.get(dim, "there is no gap")
        raise InputError("mass", mass, f"more than 0, else {why}", "give a mass as infrared cutoff, such as mass=0.1")
    mass = checked_scale("mass", mass, zero_allowed=False)
    return Spectrum(dim, Propagator(mass), cutoff, f"scalar of mass {mass:g}")


@dataclass(frozen=True)
class Wave:
    """sqrt(2 w(|p|)) cos(p.x + c); ``constant``: w where it does not depend on p, 0 where it does."""

    spectrum: Spectrum
    momenta: AbstractMomenta
    constant: float

    def __call__(self, momentum: Array, phase: Array, x: Array) -> Array:
        """One wave at one point."""
        angle = sum((momentum[j] * x[j] for j in range(1, momentum.shape[0])), momentum[0] * x[0]) + phase
        if self.constant:
            return math.sqrt(2 * self.constant) * jnp.cos(angle)
        return jnp.sqrt(2 * self.weight(jnp.sqrt(jnp.sum(momentum * momentum)))) * jnp.cos(angle)

    def weight(self, k: Array) -> Array:
        """W = Ghat/((2 pi)^d rho)."""
        return self.spectrum.density(k) / ((2 * math.pi) ** self.spectrum.dim * self.momenta.radial(k))


def random_waves(spectrum: Spectrum, width: int, *, momenta: str | AbstractMomenta = "spectrum", amplitude: str | Law = "unit") -> Ensemble:
    """N = ``width`` random plane waves with the two-point function of ``spectrum`` at every N.

    ``momenta``: "spectrum" (density proportional to Ghat: exactly for the propagator, by 256 shells for other densities), "uniform" in the
    ball of the cutoff, or any `AbstractMomenta` that reaches wherever Ghat does.  ``amplitude``: "unit" (kappa = E alpha^4 = 1),
    "rayleigh" (kappa = 2: Gaussian given the momenta), "gaussian" (kappa = 3), or any law with E alpha^2 = 1.
    Raises `InputError` for a width below 1, an infinite cutoff for which no law of momenta is known, and what is none of these.

    >>> import certifield as cf
    >>> field = random_waves(propagator(1, mass=1.0, cutoff=10.0), 50, momenta="uniform", amplitude="gaussian")
    >>> round(float(cf.correlators.exact(field, [[0.0], [0.5]]).value), 10)
    0.2976031119
    """
    width = checked_count("width", width)
    if not isinstance(spectrum, Spectrum):
        raise InputError("spectrum", spectrum, "a Spectrum", "try cf.ensembles.propagator(1, mass=1.0, cutoff=10.0)")
    law, constant = _momenta(spectrum, momenta)
    alpha = AMPLITUDES.get(amplitude) if isinstance(amplitude, str) else amplitude
    if not isinstance(alpha, Law) or abs(alpha.moment(2) - 1) > 1e-12 or alpha.moment(1):
        allowed = f"one of {', '.join(AMPLITUDES)}, or a law with E alpha = 0 and E alpha^2 = 1"
        raise InputError("amplitude", amplitude, allowed, 'try amplitude="unit"')
    laws = SingleLayerParameters(alpha, law, uniform(-math.pi, math.pi), fixed(0.0))
    shapes = SingleLayerParameters((width, 1), (width, spectrum.dim), (width,), (1,))
    feature = Feature("waves", Wave(spectrum, law, constant))
    reach = "continuum" if spectrum.continuum else f"|p| < {spectrum.cutoff:g}"
    scale = f"alpha = sqrt(N) a: {alpha.family}, momenta: {type(law).__name__}, {reach}"
    return Ensemble(
        SingleLayer(feature), Independent(laws, shapes), even=True, dim=spectrum.dim, name=f"random waves ({spectrum.name})", scale=scale
    )


def _momenta(spectrum: Spectrum, momenta: str | AbstractMomenta) -> tuple[AbstractMomenta, float]:
    """The law of momenta, and w where it is constant (0 where not)."""
    dim, cutoff, density = spectrum.dim, spectrum.cutoff, spectrum.density
    mass = density.mass if isinstance(density, Propagator) else None
    if spectrum.continuum and (mass is None or dim > 1):
        power = {2: "logarithmically", 3: "as Lambda", 4: "as Lambda^2"}.get(dim, "as a power of Lambda")
        why = f"G2(0) diverges {power} in d = {dim}" if mass is not None else "momenta cannot be drawn without one"
        raise InputError("cutoff", cutoff, f"finite, since {why}", "give the spectrum a cutoff")
    if isinstance(momenta, AbstractMomenta):
        if momenta.dim != dim or momenta.cutoff < cutoff:
            given = f"dim {momenta.dim}, |p| < {momenta.cutoff:g}"
            raise InputError("momenta", given, f"dim {dim}, reaching up to {cutoff:g} at least", "momenta must reach wherever Ghat does")
        if momenta.cutoff > cutoff:
            raise InputError("momenta", f"|p| < {momenta.cutoff:g}", f"|p| < {cutoff:g} as the spectrum", "give both one cutoff")
        return momenta, 0.0
    if momenta == "spectrum" and mass is not None:
        if spectrum.continuum:
            return CauchyMomenta(mass=mass), 1 / (2 * mass)
        ball = MomentumBall(dim, mass, cutoff, "propagator")
        return ball, ball.normaliser / (2 * math.pi) ** dim
    if momenta == "spectrum":
        return shells_like(spectrum), 0.0
    if momenta == "uniform" and not spectrum.continuum:
        return MomentumBall(dim, 1.0, cutoff, "uniform"), 0.0
    allowed = '"spectrum"' + ("" if spectrum.continuum else ', "uniform"') + ", or a law of momenta"
    raise InputError("momenta", momenta, allowed, 'try momenta="spectrum"')


def shells_like(spectrum: Spectrum, shells: int = _SHELLS) -> MomentumShells:
    """A law of momenta nearly proportional to Ghat: shells of equal thickness, each with the share of Ghat at its middle, at least a
    thousandth of the mean share, so that what a shell hides between its ends stays bounded.
    """
    edges = np.linspace(0, spectrum.cutoff, checked_count("shells", shells) + 1)
    with jax.enable_x64(True):
        middle = np.asarray(jax.vmap(spectrum.density)(jnp.asarray((edges[1:] + edges[:-1]) / 2)), dtype=float)
    shares = middle * np.diff(edges**spectrum.dim)
    shares = np.maximum(shares, 1e-3 * shares.mean())
    return MomentumShells(spectrum.dim, edges, shares / shares.sum())
