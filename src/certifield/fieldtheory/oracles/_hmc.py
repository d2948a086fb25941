r"""Hybrid Monte Carlo of a lattice scalar field: one compiled program, many chains, trajectories of random length.

Leapfrog steps of size epsilon at random around ``step`` (a fixed length can be resonant with a mode), accepted by Metropolis.  Two
identities are checked at run time on what is kept: $\langle e^{-\Delta H}\rangle = 1$, and Schwinger and Dyson's
$\langle\phi_x \partial S/\partial\phi_x\rangle = 1$.
In a double well every trajectory may end in a flip of all signs, a symmetry, so that chains do not stay on one side.
Sources: Duane et al., Phys. Lett. B 195 (1987) 216; Creutz, Phys. Rev. D 38 (1988) 1228.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import of_kind, positive, whole
from certifield.evidence import Estimate, InputError, NotConverged
from certifield.streams import stream_key

from ._lattice import LatticeObservables, LatticeScalar

_SIGMAS = 4.9


@dataclass(frozen=True, eq=False)
class LatticeRun:
    """``observables``; ``acceptance`` (share); ``exponential``: <exp(-Delta H)>; ``schwinger_dyson``: <phi dS/dphi>; ``correlator``: of
    time slices [L], zero momentum; ``binder``: 1 - <m^4>/(3 <m^2>^2); ``magnetisation``: <|m|>; ``autocorrelation``: tau_int of m^2 in
    trajectories, 1/2 where they are independent; ``chains`` and ``trajectories`` kept.

    Error bars are over chains, which are independent.
    """

    observables: LatticeObservables
    acceptance: float
    exponential: Estimate
    schwinger_dyson: Estimate
    correlator: Estimate
    binder: Estimate
    magnetisation: Estimate
    autocorrelation: Estimate
    chains: int
    trajectories: int

    @property
    def faults(self) -> list[str]:
        """What is wrong with the run; empty is good."""
        found = [] if self.acceptance >= 0.4 else [f"acceptance {self.acceptance:.2f} is below 0.4: take a smaller step"]
        for name, one in (("<exp(-dH)>", self.exponential), ("<phi dS/dphi>", self.schwinger_dyson)):
            if not bool(np.all(one.agrees_with(1.0, sigmas=_SIGMAS).agrees)):
                found.append(f"{name} = {one} is not 1: the chains are too short, or the program is wrong")
        return found

    def checked(self) -> "LatticeRun":
        """Itself, if no run-time check failed.  Raises `NotConverged` with the faults."""
        if self.faults:
            raise NotConverged("; ".join(self.faults))
        return self


def lattice_hmc(
    lattice: LatticeScalar,
    *,
    chains: int = 128,
    trajectories: int = 1000,
    warmup: int = 200,
    steps: int = 8,
    step: float = 0.12,
    seed: int = 0,
) -> LatticeRun:
    """``chains`` independent chains of ``trajectories`` (after ``warmup``) of ``steps`` leapfrog steps of about ``step``.

    Raises `InputError` for counts that are too small to have an error bar.  `LatticeRun.checked` raises where a run-time check fails.
    """
    field, rest, parameters = _started(lattice, chains, trajectories, warmup, steps, step, seed)
    with jax.enable_x64(True):
        _, sums = _run(field, jax.random.fold_in(rest, 1), parameters, steps, trajectories)
    return _read(lattice, {name: np.asarray(one) / trajectories for name, one in sums.items()}, chains, trajectories, seed)


@dataclass(frozen=True, eq=False)
class LatticeFields:
    """``fields`` [kept, chains, *shape] of ``lattice``, and the ``run`` that made them; chains are independent of each other."""

    lattice: LatticeScalar
    fields: np.ndarray
    run: LatticeRun


def lattice_fields(
    lattice: LatticeScalar,
    *,
    chains: int = 256,
    kept: int = 4,
    apart: int = 20,
    warmup: int = 200,
    steps: int = 8,
    step: float = 0.12,
    seed: int = 0,
) -> LatticeFields:
    """Fields of ``chains`` chains, ``kept`` of each, ``apart`` trajectories from one to the next; otherwise as `lattice_hmc`."""
    of_kind("lattice", lattice, LatticeScalar, 'try LatticeScalar((4, 4), -4.0, 8.0, "unhalved")')
    for name, given in (("chains", chains), ("kept", kept), ("apart", apart), ("steps", steps)):
        whole(name, given, 1)
    field, rest, parameters = _started(lattice, chains, kept * apart, whole("warmup", warmup, 0), steps, positive("step", step), seed)
    found, totals = [], {}
    with jax.enable_x64(True):
        for number in range(kept):
            field, sums = _run(field, jax.random.fold_in(rest, number + 1), parameters, steps, apart)
            found.append(np.moveaxis(np.asarray(field), -1, 0))
            totals = {name: totals.get(name, 0.0) + np.asarray(one) for name, one in sums.items()}
    means = {name: one / (kept * apart) for name, one in totals.items()}
    return LatticeFields(lattice, np.stack(found), _read(lattice, means, chains, kept * apart, seed))


def _started(lattice: LatticeScalar, chains: int, trajectories: int, warmup: int, steps: int, step: float, seed: int) -> tuple:
    """Fields after the warmup, the key of what follows, and the parameters of the program."""
    if min(chains, trajectories, steps) < 1 or chains < 8 or warmup < 0 or not 0 < step < 2:
        raise InputError("chains, step", (chains, step), "8 chains or more, positive counts, a step below 2", "try chains=128, step=0.08")
    factors = lattice.rules
    parameters = (factors.mass * lattice.mass_squared, factors.quartic * lattice.coupling, factors.stiffness, step)
    with jax.enable_x64(True):  # exp(-S) in single precision would show in <exp(-dH)>
        start, rest = jax.random.split(stream_key(seed, "lattice hmc"))
        field = 0.5 * jax.random.normal(start, (*lattice.shape, chains))  # chains last: rolls move whole rows
        field, _ = _run(field, jax.random.fold_in(rest, 0), parameters, steps, warmup)
    return field, rest, parameters


def site_updates(lattice: LatticeScalar, chains: int, trajectories: int, steps: int) -> int:
    """Forces on sites that a run evaluates, for figures of speed."""
    return lattice.sites * chains * trajectories * (steps + 1)


def _laplacian(field: Any) -> Any:
    """sum_mu (phi_{x+mu} + phi_{x-mu} - 2 phi_x), of all axes but the last."""
    axes = range(field.ndim - 1)
    return sum(jnp.roll(field, 1, axis) + jnp.roll(field, -1, axis) - 2 * field for axis in axes)


def _action(field: Any, parameters: Any) -> Any:
    mass, quartic, stiffness, _ = parameters
    square = field * field
    density = square * (mass + quartic * square) - stiffness / 2 * field * _laplacian(field)
    return jnp.sum(density, axis=tuple(range(field.ndim - 1)))


def _force(field: Any, parameters: Any) -> Any:
    """dS/dphi."""
    mass, quartic, stiffness, _ = parameters
    return field * (2 * mass + 4 * quartic * field * field) - stiffness * _laplacian(field)


@partial(jax.jit, static_argnames="steps")
def _run(field: Any, key: Any, parameters: Any, steps: int, trajectories: Any) -> tuple[Any, dict[str, Any]]:
    """The fields after ``trajectories``, and sums over them, chain by chain."""
    axes, chains = tuple(range(field.ndim - 1)), field.shape[-1]
    row = (None,) * len(axes)  # numbers of chains beside fields

    def trajectory(number: Any, carry: Any) -> Any:
        field, sums = carry
        kicks, lengths, chances, flips = jax.random.split(jax.random.fold_in(key, number), 4)
        momentum = jax.random.normal(kicks, field.shape)
        epsilon = parameters[3] * jax.random.uniform(lengths, (chains,), minval=0.5, maxval=1.5)[row]
        before = jnp.sum(momentum**2, axis=axes) / 2 + _action(field, parameters)
        p = momentum - epsilon / 2 * _force(field, parameters)
        q = field + epsilon * p

        def leap(_: Any, state: Any) -> Any:
            q, p = state
            p = p - epsilon * _force(q, parameters)
            return q + epsilon * p, p

        q, p = jax.lax.fori_loop(0, steps - 1, leap, (q, p))
        p = p - epsilon / 2 * _force(q, parameters)
        change = jnp.sum(p**2, axis=axes) / 2 + _action(q, parameters) - before
        accepted = jnp.log(jax.random.uniform(chances, change.shape)) < -change
        sign = jnp.where(jax.random.bernoulli(flips, 0.5, change.shape), 1.0, -1.0)
        field = jnp.where(accepted[row], q, field) * sign[row]
        mean = jnp.mean(field, axis=axes)
        slices = jnp.mean(field, axis=axes[1:])
        shifted = jnp.stack([jnp.mean(slices * jnp.roll(slices, -d, 0), axis=0) for d in range(len(field))], axis=1)
        found = {
            "accepted": jnp.asarray(accepted, dtype=field.dtype), "exponential": jnp.exp(-change), "second": jnp.mean(field**2, axis=axes),
            "fourth": jnp.mean(field**4, axis=axes), "m2": mean**2, "m4": mean**4, "size": jnp.abs(mean),
            "identity": jnp.mean(field * _force(field, parameters), axis=axes), "correlator": shifted,
        }  # fmt: skip
        return (field, {name: sums[name] + one for name, one in found.items()})

    zero = jnp.zeros(chains, dtype=field.dtype)
    names = ("accepted", "exponential", "second", "fourth", "m2", "m4", "size", "identity")
    nothing = {**dict.fromkeys(names, zero), "correlator": jnp.zeros((chains, len(field)), dtype=field.dtype)}
    return jax.lax.fori_loop(0, trajectories, trajectory, (field, nothing))


def _read(lattice: LatticeScalar, means: dict[str, np.ndarray], chains: int, trajectories: int, seed: int) -> LatticeRun:
    names = list(means)
    columns = np.concatenate([means[name].reshape(chains, -1) for name in names], axis=1)
    ends = np.cumsum([means[name].reshape(chains, -1).shape[1] for name in names])
    centre = columns.mean(axis=0)
    spread = (columns - centre) / np.sqrt(chains * (chains - 1))
    source = f"lattice hmc/{lattice}/{chains}/{trajectories}/{seed}"
    every = Estimate(centre, {source: spread}, chains * trajectories, chains, seed, "chains of hybrid Monte Carlo", "float64")
    starts = dict(zip(names, np.concatenate([[0], ends[:-1]]).astype(int).tolist(), strict=True))
    m2, m4 = every[starts["m2"]], every[starts["m4"]]
    first = starts["correlator"]
    observables = LatticeObservables(lattice, every[starts["second"]], every[starts["fourth"]], m2 * lattice.sites)
    return LatticeRun(
        observables, float(means["accepted"].mean()), every[starts["exponential"]], every[starts["identity"]],
        every[first : first + lattice.shape[0]], 1 - m4 / (3 * m2 * m2), every[starts["size"]],
        autocorrelation_between_chains(means["m2"], means["m4"], trajectories, f"{source}/tau"), chains, trajectories,
    )  # fmt: skip


def autocorrelation_between_chains(second: np.ndarray, fourth: np.ndarray, length: int, source: str) -> Estimate:
    r"""$\tau_{int}$ of m^2 from its means over chains: their variance is $2 \tau_{int}/$``length`` of that of one trajectory."""
    n, squares = len(second), np.sum(second**2)

    def tau(count: int, total: Any, powers: Any, high: Any) -> Any:
        mean = total / count
        return length * (powers / count - mean**2) * count / (count - 1) / (2 * (high / count - mean**2))

    whole = tau(n, np.sum(second), squares, np.sum(fourth))
    left = tau(n - 1, np.sum(second) - second, squares - second**2, np.sum(fourth) - fourth)
    away = (left - np.mean(left)) * np.sqrt((n - 1) / n)
    return Estimate(whole, {source: away}, n * length, n, None, "variance between chains", "float64", bias="unknown")
