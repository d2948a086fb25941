r"""The monotone of an interacting lattice field, from fields of a Markov chain.

With P_0 = Q e^{-V}/Z, V local, the density over the reference is an average over the past of the flow, and so is its score:

    grad_k log(P_t/Q)(y) = -e^(-r_k t) E[(grad V)_k (x) | y],
    -d KL/dt = sum_k r_k q_k e^(-2 r_k t) E_y[ E[(grad V)_k | y]^2 ]                                                        (de Bruijn)

The square of a mean takes two independent sets of fields of one posterior P(x|y).  A chain gives both: it starts at the field that y was
drawn from, which is one already, and its moves keep the posterior, a Gaussian N(e^{-r t} y, q (1 - e^{-2rt})) times e^{-V}: hybrid Monte
Carlo whose Gaussian part is solved exactly.  The first quarter of the chain is multiplied with the last.  Moves that are too few leave
the product too large; the drift from the third quarter to the last is measured.
"""

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.polynomial import polynomial as poly
from scipy import interpolate, optimize

from certifield._arguments import finite, of_kind, positive, seeded, whole
from certifield.evidence import Estimate, Exact, InputError, NotConverged, propagate
from certifield.fieldtheory.oracles import LatticeFields, LatticeScalar
from certifield.streams import stream_key

from ._modes import ModeFlow, as_rows, mode_flow, mode_matrix, over_chains

_SIGMAS = 4.9
_GROWTH = 1.05
_LEAST_ESS, _HEAVIEST = 0.01, 0.05
_BLOCKS = 64


@dataclass(frozen=True, eq=False)
class LatticeFlow:
    r"""``information``: -d KL/dt at ``times`` [T], growing from 0; ``divergence``: KL(P_t|Q), its integral to the end of the flow;
    ``length``: of the path from P_t to Q in the Wasserstein metric, an upper bound on W_2(P_t, Q); errors are those of chains.

    ``drift`` [T]: the information less what it is with the third quarter of the chain in place of the last; ``acceptance`` of the moves
    [T]; ``growth`` [T - 1]: the squared distance of the last field from the first, over that half way, at all times but 0: 1 once the chain
    has forgotten.
    """

    flow: ModeFlow
    times: np.ndarray
    information: Estimate
    divergence: Estimate
    length: Estimate
    drift: Estimate
    acceptance: np.ndarray
    growth: Estimate

    @property
    def faults(self) -> list[str]:
        """What is wrong; empty is good."""
        found = []
        if np.any(self.acceptance < 0.4):
            found.append(f"acceptance {self.acceptance.min():.2f} is below 0.4: take a smaller step")
        if not np.all(self.drift.agrees_with(0.0, sigmas=_SIGMAS).agrees):
            found.append(f"the information still drifts by {self.drift}: take more moves")
        if np.any(self.growth.mean > _GROWTH + _SIGMAS * self.growth.stderr):
            grown = float(self.growth.mean.max())
            found.append(f"fields of the posterior have not forgotten the first, their distance grows by {grown:.3g}: take more moves")
        return found

    def checked(self) -> "LatticeFlow":
        """Itself, if nothing is wrong.  Raises `NotConverged` with the faults."""
        if self.faults:
            raise NotConverged("; ".join(self.faults))
        return self


def lattice_flow(
    fields: LatticeFields,
    reference: LatticeScalar,
    *,
    power: float = 0.0,
    nodes: int = 12,
    moves: int = 32,
    step: float = 0.4,
    steps: int = 4,
    seed: int = 0,
) -> LatticeFlow:
    r"""The flow of ``fields`` to the free lattice ``reference``, with $\dot c_k = 2 q_k^{power}$ as in `mode_flow`.

    At time 0 and at ``nodes`` times of Gauss and Legendre in n, $n^2 = V^{-1}\sum_k e^{-2r_kt}$; chains of ``moves`` of ``steps`` steps of
    about ``step``, in units in which the Gaussian posterior has variance 1.
    Raises `InputError` for a reference of another shape or convention, or with a coupling, and for fields that are no run's;
    `LatticeFlow.checked` raises where moves are rejected or too few.
    """
    of_kind("fields", fields, LatticeFields, "draw some with oracles.lattice_fields")
    flow, bend = mode_flow(reference, power=power), tilt(fields.lattice, reference)
    for name, given, least in (("nodes", nodes, 4), ("moves", moves, 4), ("steps", steps, 1)):
        whole(name, given, least, 256)
    share = np.append(1.0, (np.polynomial.legendre.leggauss(nodes)[0][::-1] + 1) / 2)  # n, falling
    rates, dims = flow.rates.ravel(), len(reference.shape)
    times = np.array([_time(rates, one) for one in share])
    key, quarter = stream_key(seeded(seed), "renormalisation/lattice flow"), moves // 4
    with jax.enable_x64(True):
        x = as_rows(fields.fields, dims)
        flat = x.reshape(-1, x.shape[-1])
        given = (flat, jnp.asarray(mode_matrix(reference.shape)), jnp.asarray(flow.spectrum.ravel()), jnp.asarray(rates))
        found = _posterior(key, jnp.asarray(times), *given, jnp.asarray(bend), positive("step", step), quarter, steps)
        half, end, accepted, away = (np.asarray(one) for one in found)
    # [2, T, draws] -> [kept, chains, 2, T]
    half, end = (np.moveaxis(one.reshape(2, len(times), *fields.fields.shape[:2]), (2, 3), (0, 1)) for one in (half, end))
    run = fields.run.exponential.seed
    told = f"chains, {4 * quarter} moves of the posterior"
    every = over_chains(np.stack([end, half], axis=2), f"lattice flow/{fields.lattice}/{reference}/{power}/{run}/{seed}", seed, told)
    information, drift = every[0, 0], every[0, 0] - every[1, 0]
    moved = np.moveaxis(away[1:].reshape(len(times) - 1, 2, *fields.fields.shape[:2]), (2, 3), (0, 1))
    growth = propagate(lambda one: one[:, 1] / one[:, 0], over_chains(moved, "growth", seed, told))
    slowness = 2 * share / np.mean(2 * rates * np.exp(-2 * np.multiply.outer(times, rates)), axis=1)  # -dt/dn
    source = f"lattice flow/nodes/{fields.lattice}/{reference}/{power}/{nodes}"
    divergence = _integrated(information, share, slowness, np.zeros(1), f"{source}/divergence")
    length = _integrated(_speed(every[0, 1], f"{source}/speed"), share, slowness, np.zeros(0), f"{source}/length")
    return LatticeFlow(flow, times, information, divergence, length, drift, accepted.mean(axis=1), growth)


def _speed(square: Estimate, source: str) -> Estimate:
    """The root of a square that must not be negative: at least the root of its error, which is then an error of its own."""
    least = np.maximum(square.nominal_stderr, 1e-300)
    found = propagate(lambda values: np.sqrt(np.maximum(values, least)), square)
    unknown = np.where(square.mean < 4 * least, np.sqrt(least), 0.0)
    return replace(found, deviations={**found.deviations, source: np.diag(unknown)})


def _integrated(rate: Estimate, share: np.ndarray, slowness: np.ndarray, ends: np.ndarray, source: str) -> Estimate:
    """Integrals over time to the end of the flow; a quarter of what every other node alone would change is an error of its own."""
    inside, coarse = (_integrals(share, every, ends) * slowness for every in (1, 2))
    found = propagate(lambda values: inside @ values, rate, jacobian=lambda _: inside)
    return replace(found, deviations={**found.deviations, source: ((coarse - inside) @ rate.mean)[None] / 4}, bias="unknown")


def _time(rates: np.ndarray, share: float) -> float:
    """Where the mean of e^(-2 r t) over modes is the square of ``share``."""
    gap = lambda time: float(np.log(np.mean(np.exp(-2 * rates * time)))) - 2 * math.log(share)  # noqa: E731
    if share == 1:
        return 0.0
    return float(optimize.root_scalar(gap, bracket=(0.0, 1.01 * -math.log(share) / float(rates.min())), xtol=1e-14).root)


def tilt(lattice: LatticeScalar, reference: LatticeScalar) -> np.ndarray:
    """The coefficients of V of a site, S = S_Q + sum_x V(phi_x).  Raises `InputError` where the two lattices differ in more than that."""
    of_kind("reference", reference, LatticeScalar, 'try LatticeScalar((4, 4), 1.0, 0.0, "unhalved")')
    if (lattice.shape, lattice.convention) != (reference.shape, reference.convention):
        raise InputError("reference", reference, f"of shape {lattice.shape}, {lattice.convention}", "only mass and coupling may differ")
    return poly.polysub(lattice.weight.coefficients, reference.weight.coefficients)


def _integrals(share: np.ndarray, every: int, ends: np.ndarray) -> np.ndarray:
    """The matrix [T, T] that takes values at the nodes to integrals from 0 to each of them: a cubic spline through every so many nodes, and
    through 0 at ``ends``."""
    kept = np.arange(0, len(share), every)
    x = np.append(share[kept], ends)[::-1]
    spline = interpolate.CubicSpline(x, np.eye(len(x))[::-1, : len(kept)])
    matrix = np.zeros((len(share), len(share)))
    matrix[:, kept] = spline.antiderivative()(share) - spline.antiderivative()(0.0)
    return matrix


@partial(jax.jit, static_argnames=("quarter", "steps"))
def _posterior(
    key: Any, times: Any, x: Any, matrix: Any, q: Any, rates: Any, bend: Any, step: Any, quarter: int, steps: int
) -> tuple[Any, Any, Any, Any]:
    """Products of the first quarter of ``4 * quarter`` states of a posterior with the third and with the last: sums over modes with r q and
    (r q)^2 [2, T, draws]; the accepted share; squared distances from the first state, half way and at
    the end [T, 2, draws]."""
    q, rates = q[None, :], rates[None, :]
    potential = lambda phi: jnp.sum(jnp.polyval(bend[::-1], phi), axis=-1)  # noqa: E731
    push = lambda phi: jnp.polyval(jnp.polyder(bend[::-1]), phi) @ matrix  # noqa: E731  grad V in modes

    def at(one: Any) -> Any:
        number, time = one
        drawn, walk = jax.random.split(jax.random.fold_in(key, number))
        left = jnp.exp(-rates * time)
        width = jnp.sqrt(q * -jnp.expm1(-2 * rates * time))
        mine = x @ matrix
        centre = left * (left * mine + width * jax.random.normal(drawn, x.shape))
        field = lambda xi: (centre + width * xi) @ matrix  # noqa: E731
        xi = jnp.where(width > 0, (mine - centre) / jnp.where(width > 0, width, 1.0), 0.0)
        centre = jnp.where(width > 0, centre, mine)

        def move(number: Any, state: Any) -> Any:
            xi, taken, sums = state
            sums = sums.at[number // quarter].add(push(field(xi)))
            kick, length, chance = jax.random.split(jax.random.fold_in(walk, number), 3)
            p = jax.random.normal(kick, xi.shape)
            turn = step * jax.random.uniform(length, (len(xi), 1), minval=0.5, maxval=1.5)
            cos, sin = jnp.cos(turn), jnp.sin(turn)

            def leap(_: Any, state: Any) -> Any:
                a, b = state
                b = b - turn / 2 * width * push(field(a))
                a, b = cos * a + sin * b, cos * b - sin * a
                return a, b - turn / 2 * width * push(field(a))

            a, b = jax.lax.fori_loop(0, steps, leap, (xi, p))
            change = jnp.sum(a * a + b * b - xi * xi - p * p, axis=-1) / 2 + potential(field(a)) - potential(field(xi))
            yes = jnp.log(jax.random.uniform(chance, change.shape)) < -change
            return jnp.where(yes[:, None], a, xi), jnp.where(yes, taken + 1.0, taken), sums

        middle = jax.lax.fori_loop(0, 2 * quarter, move, (xi, jnp.zeros(len(xi)), jnp.zeros((4, *x.shape))))
        last, taken, sums = jax.lax.fori_loop(2 * quarter, 4 * quarter, move, middle)
        away = jnp.stack([jnp.sum((one - xi) ** 2, axis=1) for one in (middle[0], last)])
        pairs = (left**2 * sums[0])[None, :, :] * sums[2:] / quarter**2
        return jnp.stack([pairs @ (rates * q)[0], pairs @ (rates * q)[0] ** 2], axis=1), taken / (4 * quarter), away

    pairs, accepted, away = jax.lax.map(at, (jnp.arange(len(times)), times))  # [T, 2, 2, draws]
    return jnp.moveaxis(pairs[:, 0], 1, 0), jnp.moveaxis(pairs[:, 1], 1, 0), accepted, away


def relative_entropy(fields: LatticeFields, reference: LatticeScalar, *, draws: int = 16384, seed: int = 0) -> Estimate:
    r"""$KL(P|Q) = -E_P[V] - \ln E_Q[e^{-V}]$ from ``fields`` of P and ``draws`` of the free lattice Q: another route to `lattice_flow`.

    Raises `NotConverged` where fewer than 1 % of the draws of Q are effective or one has more than 5 % of all weight, and `InputError` as
    `lattice_flow` does.
    """
    of_kind("fields", fields, LatticeFields, "draw some with oracles.lattice_fields")
    flow, bend, dims = mode_flow(reference), tilt(fields.lattice, reference), len(reference.shape)
    count = _BLOCKS * -(-whole("draws", draws, 1024) // _BLOCKS)
    axes = tuple(range(-dims, 0))
    seen = fields.run.exponential.seed
    energy = over_chains(
        poly.polyval(fields.fields, bend).sum(axis=axes), f"tilt/{fields.lattice}/{reference}/{seen}", seen, "chains of hybrid Monte Carlo"
    )
    free = flow.moved(np.zeros((count, *reference.shape)), 1e3 / flow.slowest, seed=seed)
    exponents = -poly.polyval(free, bend).sum(axis=axes)
    weights = np.exp(exponents - exponents.max())
    ess, heaviest = float(weights.sum() ** 2 / np.sum(weights**2)) / count, float(weights.max() / weights.sum())
    if ess < _LEAST_ESS or heaviest > _HEAVIEST:
        raise NotConverged(
            f"{ess:.2g} of the draws of the reference are effective, one has {heaviest:.2g} of all weight: take another mass"
        )
    blocks = weights.reshape(_BLOCKS, -1).mean(axis=1)
    away = (blocks - blocks.mean()) / math.sqrt(_BLOCKS * (_BLOCKS - 1))
    mean = Estimate(blocks.mean(), {f"free draws/{reference}/{seed}": away}, count, _BLOCKS, seed, "draws of the free lattice", "float64")
    top = finite("log weight", float(exponents.max()))
    return propagate(lambda v, w: -v - np.log(w) - top, energy, mean, independent=True)


def matched_reference(fields: LatticeFields) -> LatticeScalar:
    r"""The free lattice with the susceptibility of ``fields``: $m^2 = 1/(\kappa\chi)$, kappa = 1 halved and 2 unhalved."""
    of_kind("fields", fields, LatticeFields, "draw some with oracles.lattice_fields")
    lattice, chi = fields.lattice, fields.run.observables.susceptibility
    mean = float(np.asarray(chi.mean if isinstance(chi, Exact | Estimate) else chi))
    return LatticeScalar(lattice.shape, 1 / (lattice.rules.stiffness * mean), 0.0, lattice.convention)
