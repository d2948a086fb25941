r"""The flow of a lattice field, mode by mode: independent Ornstein-Uhlenbeck processes, each with a schedule of its own.

    d phi_k = -(1/2) cdot_k phi_k / q_k dt + sqrt(cdot_k) dW,      phi_k(t) = e^(-r_k t) phi_k + sqrt(q_k (1 - e^(-2 r_k t))) z

with $r_k = \dot c_k/2q_k$ (arXiv:2202.11737, arXiv:2308.12355): the law P_t descends KL(P_t|Q) in the metric of $\dot C$, and Q is the free
lattice with spectrum q_k.  The same $\dot c_k$ for all modes, the heat flow, forgets short waves first; $\dot c_k \propto q_k$ forgets all
alike.  Modes are real: $\phi_k = V^{-1/2} \sum_x (\cos kx + \sin kx) \phi_x$ (Hartley), so that $\sum_k \phi_k^2 = \sum_x \phi_x^2$.
"""

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import finite, of_kind, positive, reals, seeded, whole
from certifield.evidence import Estimate, Exact, InputError, propagate, sqrt
from certifield.fieldtheory.oracles import LatticeFields, LatticeScalar
from certifield.streams import stream_key

_UNIT = 2.0**-53
_TOLD = ("sum over the modes of the lattice", "arXiv:2202.11737")


@dataclass(frozen=True, eq=False)
class ModeFlow:
    """The flow towards ``reference``, a free lattice of spectrum ``spectrum`` q_k, with ``rates`` r_k, [*shape] in the order of numpy.fft.

    Made by `mode_flow`.
    """

    reference: LatticeScalar
    spectrum: np.ndarray
    rates: np.ndarray

    @property
    def slowest(self) -> float:
        """The least rate: 1/slowest is the time in which the field forgets."""
        return float(self.rates.min())

    def retained(self, time: float) -> np.ndarray:
        """e^(-r_k t) [*shape]: what is left of each mode."""
        return np.exp(-self.rates * positive("time", time, zero=True))

    def moved(self, fields: Any, time: float, *, seed: int = 0) -> np.ndarray:
        """The ``fields`` [..., *shape] after ``time``, drawn exactly, in one step."""
        phi = self.checked(fields)
        left, key = self.retained(time), stream_key(seeded(seed), "renormalisation/moved")
        with jax.enable_x64(True):
            noise = np.asarray(jax.random.normal(key, phi.shape))
        dims = len(self.reference.shape)
        return modes(left * modes(phi, dims) + np.sqrt(self.spectrum * (1 - left**2)) * noise, dims)

    def variances(self, start: Any, time: float) -> np.ndarray:
        """q_k + (s_k - q_k) e^(-2 r_k t): those of the modes [*shape], from s_k = ``start``."""
        s = self.checked_spectrum("start", start)
        return self.spectrum + (s - self.spectrum) * self.retained(time) ** 2

    def checked(self, fields: Any) -> np.ndarray:
        """Fields [..., *shape] of the lattice.  Raises `InputError` for others."""
        phi = reals("fields", fields, f"finite fields [..., {self.reference.shape}]", "draw some with oracles.lattice_fields")
        if phi.shape[-len(self.reference.shape) :] != self.reference.shape:
            raise InputError("fields", f"shape {phi.shape}", f"[..., {self.reference.shape}]", "take fields of the lattice of the flow")
        return phi

    def checked_spectrum(self, name: str, given: Any) -> np.ndarray:
        """Variances of the modes [*shape].  Raises `InputError` where one is not positive."""
        s = reals(name, given, f"positive variances {self.reference.shape}", "take the spectrum of mode_flow(another_lattice)")
        if s.shape != self.reference.shape or np.any(s <= 0):
            raise InputError(name, f"shape {s.shape}, least {s.min():g}", f"positive, shape {self.reference.shape}", "one of each mode")
        return s


def mode_flow(reference: LatticeScalar, *, power: float = 0.0) -> ModeFlow:
    r"""The flow to the free lattice ``reference`` with $\dot c_k = 2 q_k^{power}$: 0 is the heat flow, 1 the same rate for all modes.

    Raises `InputError` for a reference with a coupling, which is not Gaussian, and a power that is not finite.

    >>> flow = mode_flow(LatticeScalar((8, 8), 1.0, 0.0, "unhalved"))
    >>> float(flow.rates.min()), float(flow.rates.max())  # 1/q_k = 2 (m^2 + p^2)
    (2.0, 18.0)
    """
    of_kind("reference", reference, LatticeScalar, 'try LatticeScalar((8, 8), 1.0, 0.0, "unhalved")')
    if reference.coupling:
        raise InputError("reference", f"coupling {reference.coupling:g}", "a free lattice, coupling 0", "give its mass alone")
    lines = [4 * np.sin(np.pi * np.arange(side) / side) ** 2 for side in reference.shape]
    squares = np.asarray(sum(np.meshgrid(*lines, indexing="ij")))
    q = 1 / (reference.rules.stiffness * (reference.mass_squared + squares))
    return ModeFlow(reference, q, q ** (finite("power", power) - 1))


def modes(fields: Any, dims: int) -> np.ndarray:
    """The real modes of the last ``dims`` axes of ``fields``: orthogonal, and its own inverse.

    Raises `InputError` for fields that are not finite, and for more axes than they have.
    """
    phi = reals("fields", fields, "finite fields [..., *shape]", "draw some with oracles.lattice_fields")
    found = np.fft.fftn(phi, axes=range(-whole("dims", dims, 1, phi.ndim), 0), norm="ortho")
    return found.real - found.imag


def mode_matrix(shape: tuple[int, ...]) -> np.ndarray:
    """The same as a symmetric matrix [sites, sites]."""
    sites = math.prod(shape)
    return modes(np.eye(sites).reshape(sites, *shape), len(shape)).reshape(sites, sites)


@dataclass(frozen=True, eq=False)
class GaussianFlow:
    r"""A Gaussian field along the flow: ``divergence`` KL(P_t|Q), ``information`` -d KL/dt, and ``distance`` W_2(P_t, Q), exactly, [T]."""

    times: np.ndarray
    divergence: Exact
    information: Exact
    distance: Exact


def gaussian_flow(flow: ModeFlow, start: Any, times: Any) -> GaussianFlow:
    r"""The flow of a Gaussian field with variances s_k = ``start`` [*shape] at ``times`` [T].

    $KL = \frac12\sum_k (\delta_k - \ln(1 + \delta_k))$ with $\delta_k = (s_k/q_k - 1) e^{-2 r_k t}$, and
    $-dKL/dt = \sum_k r_k \delta_k^2/(1 + \delta_k)$.

    >>> lattices = [LatticeScalar((4, 4), mass, 0.0, "unhalved") for mass in (1.0, 2.0)]
    >>> gaussian_flow(mode_flow(lattices[0]), mode_flow(lattices[1]).spectrum, [0.0]).divergence[0]
    Exact 0.23864544... (radius ...)
    """
    of_kind("flow", flow, ModeFlow, "make it with mode_flow")
    s = flow.checked_spectrum("start", start)
    t = reals("times", times, "finite numbers [T], 0 or more", "try [0.0, 0.5, 1.0]", 1)
    if np.any(t < 0):
        raise InputError("times", times, "0 or more", "try [0.0, 0.5, 1.0]")
    exponents = np.multiply.outer(t, flow.rates).reshape(len(t), -1)
    delta = (s / flow.spectrum - 1).ravel() * np.exp(-2 * exponents)
    logs = np.log1p(delta)
    # Each term by some ten operations, and exponentials whose arguments are rounded; s/q - 1 loses what s/q has.
    blur = _UNIT * (16 + 4 * exponents) * (1 + (s / flow.spectrum).ravel()) * np.exp(-2 * exponents)
    count = delta.shape[1] * _UNIT
    terms = (delta - logs) / 2
    kl_error = np.sum((np.abs(delta) / (1 + delta) / 2) * blur + 4 * _UNIT * (np.abs(delta) + np.abs(logs)), axis=1)
    rates = flow.rates.ravel()
    rate_terms = rates * delta**2 / (1 + delta)
    slope = rates * np.abs(delta) * (2 + delta) / (1 + delta) ** 2
    rate_error = np.sum(slope * blur + rates * blur**2 + 8 * _UNIT * rate_terms, axis=1)
    q = flow.spectrum.ravel()
    gaps = q * (delta / (np.sqrt(1 + delta) + 1)) ** 2
    gap_error = np.sum(q * (np.abs(delta) * blur + blur**2) + 12 * _UNIT * gaps, axis=1)
    divergence, information, square = (
        Exact(np.sum(one, axis=1), *_TOLD, radius + count * np.sum(one, axis=1))
        for one, radius in ((terms, kl_error), (rate_terms, rate_error), (gaps, gap_error))
    )
    return GaussianFlow(t, divergence, information, sqrt(square))


def mode_variances(fields: LatticeFields) -> Estimate:
    """E[phi_k^2] [*shape] of the fields of a run, with the errors of its chains: the mean over k and -k is the propagator."""
    of_kind("fields", fields, LatticeFields, "draw some with oracles.lattice_fields")
    found = modes(fields.fields, len(fields.lattice.shape)) ** 2
    return over_chains(found, f"mode variances/{fields.lattice}/{fields.run.exponential.seed}", fields.run.exponential.seed, "chains")


def gaussian_distance(first: Any, second: Any) -> Exact | Estimate:
    r"""$W_2^2 = \sum_k (\sigma_k - \sigma'_k)^2$ of two Gaussian fields with variances ``first``, ``second`` of their modes.

    Arrays give an `Exact`, an `Estimate` an estimate.  Of fields that are translation invariant and not Gaussian it is a lower bound
    (Gelbrich, Math. Nachr. 147 (1990) 185).
    """
    values = [np.asarray(one.mean if isinstance(one, Estimate) else one) for one in (first, second)]
    for name, one in zip(("first", "second"), values, strict=True):
        reals(name, one, "positive variances", "take the spectrum of mode_flow(lattice)")
        if np.any(one <= 0) or one.shape != values[0].shape:
            raise InputError(name, f"shape {one.shape}", f"positive, shape {values[0].shape}", "give variances of the same modes")
    if isinstance(first, Estimate) or isinstance(second, Estimate):
        both = [one if isinstance(one, Estimate) else Exact(np.asarray(one, dtype=float)) for one in (first, second)]
        return propagate(lambda a, b: np.sum((np.sqrt(a) - np.sqrt(b)) ** 2), *both, independent=True)
    gaps = (np.sqrt(values[0]) - np.sqrt(values[1])) ** 2
    spread = np.sqrt(values[0] + values[1])
    radius = _UNIT * float(np.sum(8 * spread * np.sqrt(gaps) + 8 * gaps + 16 * _UNIT * spread**2) + gaps.size * gaps.sum())
    return Exact(float(gaps.sum()), *_TOLD, radius)


def over_chains(values: np.ndarray, source: str, seed: int | None, method: str) -> Estimate:
    """The mean of [kept, chains, ...], with the error of the means of chains, which are independent."""
    each = values.mean(axis=0)
    n = len(each)
    away = (each - each.mean(axis=0)) / math.sqrt(n * (n - 1))
    return Estimate(each.mean(axis=0), {source: away}, values.shape[0] * n, n, seed, method, "float64")


def as_rows(fields: np.ndarray, dims: int) -> Any:
    """Fields [..., *shape] as rows [..., sites] of JAX."""
    return jnp.asarray(fields.reshape(*fields.shape[: fields.ndim - dims], -1))
