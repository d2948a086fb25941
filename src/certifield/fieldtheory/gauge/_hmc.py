r"""Hybrid Monte Carlo of two-dimensional gauge fields: what a flow has to beat.

Momenta $P = \sum_a p_a T_a$ in the algebra with $\mathrm{tr}\,T_aT_b = -\frac12\delta_{ab}$ and the kinetic energy
$\frac12\sum p_a^2 = -\mathrm{tr}\,P^2$; then $\dot U = PU$ and $\dot P = -\frac{\beta}{2N}(UA)_{\text{anti-Hermitian, traceless}}$ for
the staples A.  Leapfrog steps of random size, as for scalar fields; $\langle e^{-\Delta H}\rangle = 1$ is checked.
Source: Gottlieb et al., Phys. Rev. D 35 (1987) 2531.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import positive, seeded, whole
from certifield.evidence import Estimate, NotConverged
from certifield.streams import stream_key

from ..oracles._hmc import autocorrelation_between_chains
from ._groups import GaugeLattice, checked_lattice
from ._links import (
    antihermitian,
    dagger,
    exponential,
    gaussian_algebra,
    haar,
    plaquettes,
    product,
    real_trace,
    staples,
    topological_charges,
)

_SIGMAS = 4.9


@dataclass(frozen=True, eq=False)
class GaugeRun:
    r"""``plaquette``: $\frac1N\langle\mathrm{Re\,tr}P\rangle$; ``charge``: <Q^2>/V of U(1), None of other groups; ``acceptance``;
    ``exponential``: <exp(-Delta H)>; ``autocorrelation``: tau_int of the plaquette in trajectories; ``charge_autocorrelation`` that of
    Q^2; ``chains`` and ``trajectories`` kept.  Error bars are over chains, which are independent.
    """

    lattice: GaugeLattice
    plaquette: Estimate
    charge: Estimate | None
    acceptance: float
    exponential: Estimate
    autocorrelation: Estimate
    charge_autocorrelation: Estimate | None
    chains: int
    trajectories: int

    @property
    def faults(self) -> list[str]:
        """What is wrong with the run; empty is good."""
        found = [] if self.acceptance >= 0.4 else [f"acceptance {self.acceptance:.2f} is below 0.4: take a smaller step"]
        if not bool(self.exponential.agrees_with(1.0, sigmas=_SIGMAS).agrees):
            found.append(f"<exp(-dH)> = {self.exponential} is not 1: the chains are too short, or the program is wrong")
        return found

    def checked(self) -> "GaugeRun":
        """Itself, if no run-time check failed.  Raises `NotConverged` with the faults."""
        if self.faults:
            raise NotConverged("; ".join(self.faults))
        return self


def gauge_hmc(
    lattice: GaugeLattice,
    *,
    chains: int = 64,
    trajectories: int = 400,
    warmup: int = 100,
    steps: int = 8,
    step: float = 0.15,
    seed: int = 0,
) -> GaugeRun:
    """``chains`` independent chains of ``trajectories`` (after ``warmup``) of ``steps`` leapfrog steps of about ``step``.

    Chains start at uniformly drawn links.  Raises `InputError` for fewer than 8 chains, counts below 1 and a step that is not positive.
    `GaugeRun.checked` raises where a run-time check fails.
    """
    checked_lattice(lattice)
    chains, trajectories, warmup = whole("chains", chains, 8), whole("trajectories", trajectories, 1), whole("warmup", warmup, 0)
    steps, step, seed = whole("steps", steps, 1, 10_000), positive("step", step), seeded(seed)
    n = lattice.rules.n
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        start, rest = jax.random.split(stream_key(seed, "gauge hmc"))
        links = haar(start, n, (2, *lattice.shape, chains))
        force = lattice.beta / (2 * n)
        links, _ = _run(links, jax.random.fold_in(rest, 0), force, step, steps, warmup)
        _, sums = _run(links, jax.random.fold_in(rest, 1), force, step, steps, trajectories)
    return _read(lattice, {name: np.asarray(one) / trajectories for name, one in sums.items()}, chains, trajectories, seed)


def _action(links: Any, force: Any) -> Any:
    """-(beta/N) sum Re tr P; ``force`` is beta/2N, and real_trace Re tr/N."""
    n = links.shape[0]
    return -2 * n * force * jnp.sum(real_trace(plaquettes(links)), axis=(0, 1))


def _kinetic(momentum: Any) -> Any:
    return jnp.sum(jnp.abs(momentum) ** 2, axis=(0, 1, 2, 3, 4))


@partial(jax.jit, static_argnames="steps")
def _run(links: Any, key: Any, force: Any, step: Any, steps: int, trajectories: Any) -> tuple[Any, dict[str, Any]]:
    """The links after ``trajectories``, and sums over them, chain by chain."""
    n, chains = links.shape[0], links.shape[-1]

    def kick(momentum: Any, field: Any, length: Any) -> Any:
        return momentum - length * force * antihermitian(product(field, staples(field)))

    def trajectory(number: Any, carry: Any) -> Any:
        field, sums = carry
        kicks, lengths, chances = jax.random.split(jax.random.fold_in(key, number), 3)
        momentum = gaussian_algebra(kicks, n, field.shape[2:])
        epsilon = step * jax.random.uniform(lengths, (chains,), minval=0.5, maxval=1.5)
        before = _kinetic(momentum) + _action(field, force)
        p = kick(momentum, field, epsilon / 2)

        def leap(_: Any, state: Any) -> Any:
            q, p = state
            q = product(exponential(epsilon * p), q)
            return q, kick(p, q, epsilon)

        q, p = jax.lax.fori_loop(0, steps - 1, leap, (field, p))
        q = product(exponential(epsilon * p), q)
        p = kick(p, q, epsilon / 2)
        change = _kinetic(p) + _action(q, force) - before
        accepted = jnp.log(jax.random.uniform(chances, change.shape)) < -change
        field = jnp.where(accepted, q, field)
        mean = jnp.mean(real_trace(plaquettes(field)), axis=(0, 1))
        square = topological_charges(field) ** 2 if n == 1 else jnp.zeros(chains)
        found = {
            "accepted": accepted.astype(mean.dtype), "exponential": jnp.exp(-change), "plaquette": mean, "squared": mean**2,
            "charge": square, "charge squared": square**2,
        }  # fmt: skip
        return field, {name: sums[name] + one for name, one in found.items()}

    names = ("accepted", "exponential", "plaquette", "squared", "charge", "charge squared")
    links, sums = jax.lax.fori_loop(0, trajectories, trajectory, (links, dict.fromkeys(names, jnp.zeros(chains))))
    size = jnp.sqrt(real_trace(product(links, dagger(links))))  # rounding, of all trajectories
    return links / size, sums


def _read(lattice: GaugeLattice, means: dict[str, np.ndarray], chains: int, trajectories: int, seed: int) -> GaugeRun:
    source = f"gauge hmc/{lattice}/{chains}/{trajectories}/{seed}"
    columns = np.stack([means["plaquette"], means["exponential"], means["charge"] / lattice.plaquettes], axis=1)
    spread = (columns - columns.mean(axis=0)) / np.sqrt(chains * (chains - 1))
    every = Estimate(columns.mean(axis=0), {source: spread}, chains * trajectories, chains, seed, "chains of hybrid Monte Carlo", "float64")
    abelian = lattice.rules.n == 1
    return GaugeRun(
        lattice, every[0], every[2] if abelian else None, float(means["accepted"].mean()), every[1],
        autocorrelation_between_chains(means["plaquette"], means["squared"], trajectories, f"{source}/tau"),
        autocorrelation_between_chains(means["charge"], means["charge squared"], trajectories, f"{source}/tau Q^2") if abelian else None,
        chains, trajectories,
    )  # fmt: skip
