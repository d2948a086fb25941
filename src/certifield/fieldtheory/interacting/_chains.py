"""Hamiltonian Monte Carlo and NUTS (BlackJAX) in the parameters of a network, or in the modes of a box, mixed with redraws of neurons.

Coordinates: standard normals for momenta (through the quantiles of their law) and amplitudes, angles for phases, modes as they are; the
amplitude 1 has none.  Trajectories have random lengths, since a fixed one can be resonant, or turn where NUTS says so.  A redraw of rows
from P_0 is a Metropolis step on S_int alone, and an even potential allows the flip phi -> -phi.

Checks while it runs: hardly any trajectory diverges; <exp(-dH)> = 1, for trajectories that are accepted as a whole, not for NUTS; and
<u . grad(-log P)>/n = 1 over the n normal coordinates (Schwinger and Dyson, by parts).

A divergent trajectory is rejected (NUTS leaves out its last doubling), which keeps detailed balance: one is no fault.  Many say that there
is a region which trajectories do not enter, and its weight is what the chains may miss.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from certifield.ensembles import AbstractMomenta, Ensemble, Independent, Law, SingleLayerParameters, Wave
from certifield.evidence import Estimate, InputError, NotConverged
from certifield.streams import draw_keys, stream_key

from ._reweighting import pilot_spacing, precision, source_of
from ._spacing import Doubled, doubled
from ._tempering import blackjax_or_missing
from ._theory import InteractingField, checked_rows, deformed, mixed_rows

_MOST = 1.01  # R-hat
_DIVERGENT = 1e-3  # of the trajectories: where they diverge has a weight of this order, far below the errors of any run that is affordable
_SIGMAS = 4.0  # of the checks
_BATCHES = 16  # of each chain, for the errors of the checks


@dataclass(frozen=True)
class Coordinates:
    """``parameters``: position -> parameters; ``sample``: key -> position under P_0; ``flip``: the position of -phi.

    A position is a pair of trees: normal coordinates, and angles.
    """

    parameters: Callable[[Any], Any]
    sample: Callable[[jax.Array], Any]
    flip: Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class Chains:
    """``values`` [T] with the errors of the effective number of draws; the worst ``r_hat`` and ``ess``.

    ``acceptance`` of trajectories and of ``redraws``; ``energy``: <exp(-dH)> (None for NUTS), and ``schwinger_dyson``, both 1 within their
    errors; ``divergent`` trajectories, of which the diagnostics of ``values`` warn; ``halving``: the largest change of S_int on doubling
    the spacing, and ``shift`` [T]: what that does to the values (None on a lattice), which is part of their errors.
    """

    values: Estimate
    r_hat: float
    ess: float
    acceptance: float
    redraws: float
    energy: Estimate | None
    schwinger_dyson: Estimate
    divergent: int
    halving: float
    shift: Estimate | None


def coordinates(free: Ensemble) -> Coordinates:
    """Coordinates of random waves or of a box; raises `InputError` for other ensembles, which have none here."""
    neurons, density = free.neurons, free.density
    if isinstance(density, Independent) and density.laws == Law("normal"):  # the modes of a box
        shape = density.shapes[0]
        return Coordinates(lambda at: at[0], lambda key: (jax.random.normal(key, shape), ()), lambda at: (-at[0], at[1]))
    if neurons is None or not isinstance(neurons.feature.function, Wave) or neurons.readout.family not in _AMPLITUDES:
        raise InputError(
            "free", free.name, "random waves or the modes of a box", "take cf.fieldtheory.tempered, which redraws neurons only"
        )
    width, dim, momenta = neurons.width, neurons.dim, neurons.weights
    assert isinstance(momenta, AbstractMomenta)
    normals, amplitude = _AMPLITUDES[neurons.readout.family]

    def parameters(at: Any) -> SingleLayerParameters:
        (u, v), (angle,) = at
        return SingleLayerParameters(amplitude(v)[:, None], momenta.from_normal(u), angle, jnp.zeros(1))

    def sample(key: jax.Array) -> Any:
        one, two, three = jax.random.split(key, 3)
        u, v = jax.random.normal(one, (width, dim)), jax.random.normal(two, (width, normals))
        return (u, v), (jax.random.uniform(three, (width,), minval=-math.pi, maxval=math.pi),)

    return Coordinates(parameters, sample, lambda at: (at[0], (at[1][0] + math.pi,)))


# Law of the amplitude -> number of normals for each, and |alpha| or alpha from them: its sign is in the phase already.
_AMPLITUDES: dict[str, tuple[int, Callable[[jax.Array], jax.Array]]] = {
    "rademacher": (0, lambda v: jnp.ones(v.shape[0])),
    "rayleigh": (2, lambda v: jnp.sqrt(jnp.sum(v * v, axis=1) / 2 + 1e-30)),
    "normal": (1, lambda v: v[:, 0]),
}


@dataclass(frozen=True)
class Walk:
    """``tuning``: BlackJAX -> the algorithm and what its adaptation needs for ``steps``; ``moves``: the algorithm, tuned.

    ``whole``: whether a trajectory is accepted or rejected as a whole; ``acceptance``: what the step size is tuned to.
    """

    tuning: Callable[[Any, int], tuple[Any, dict[str, Any]]]
    moves: Callable[[Any, Callable, dict[str, Any], int], Any]
    whole: bool
    acceptance: float


def _random_lengths(blackjax: Any, log_density: Callable, tuned: dict[str, Any], steps: int) -> Any:
    lengths = {"integration_steps_fn": lambda key: jax.random.randint(key, (), 1, 2 * steps + 1)}
    return blackjax.dynamic_hmc(log_density, tuned["step_size"], tuned["inverse_mass_matrix"], **lengths)


def _no_u_turn(blackjax: Any, log_density: Callable, tuned: dict[str, Any], steps: int) -> Any:
    return blackjax.nuts(log_density, tuned["step_size"], tuned["inverse_mass_matrix"])


WALKS = {
    "hmc": Walk(lambda blackjax, steps: (blackjax.hmc, {"num_integration_steps": steps}), _random_lengths, whole=True, acceptance=0.8),
    "nuts": Walk(lambda blackjax, steps: (blackjax.nuts, {}), _no_u_turn, whole=False, acceptance=0.9),
}


def chains(
    field: InteractingField,
    points: Any,
    indices: Any,
    *,
    number: int = 8,
    draws: int = 2000,
    warmup: int = 500,
    steps: int = 16,
    walk: str = "hmc",
    seed: int = 0,
) -> Chains:
    """The n-point functions at ``indices`` [T, n] (or what they are to `reweighted`) from ``number`` chains of ``draws`` after ``warmup``.

    ``walk``: "hmc", with 1 to 2 ``steps`` in a trajectory, or "nuts", which finds its length itself.
    Raises `NotConverged` where split R-hat is 1.01 or more, fewer than 0.4 of the trajectories are accepted, more than one in a thousand
    diverges, or a check fails by more than four standard errors, and for a spacing as in `reweighted`; `InputError` for unusable points,
    fewer than four chains or 100 draws, an unknown walk, and ensembles without coordinates; `MissingExtra` without BlackJAX.
    """
    where, measured = checked_rows(field, points, indices)
    if walk not in WALKS:
        raise InputError("walk", walk, f"one of {', '.join(WALKS)}", 'leave it out for walk="hmc"')
    if number < 4 or draws < 100 or warmup < 100 or steps < 1:
        raise InputError("number, draws, warmup, steps", (number, draws, warmup, steps), "at least 4, 100, 100 and 1", "leave them out")
    blackjax, chosen = blackjax_or_missing(), WALKS[walk]
    pilot_spacing(field, where, seed)
    with jax.numpy_dtype_promotion("standard"):
        program = _program(field, tuple(map(tuple, where.tolist())), draws, warmup, steps, walk, precision())
        run = program(draw_keys(stream_key(seed, "interacting/chains"), 0, number))
        phi, change, energy, virial, acceptance, redraws, divergent = (np.asarray(one, dtype=float) for one in run)
        products = measured(phi)
        halves = jnp.asarray(products[:, draws % 2 :].reshape(2 * number, draws // 2, -1))
        spread, effective = (
            jax.jit(getattr(blackjax.diagnostics, name)) for name in ("potential_scale_reduction", "effective_sample_size")
        )
        r_hat = float(np.max(np.asarray(spread(halves))))
        sizes = np.minimum(np.asarray(effective(jnp.asarray(products))), number * draws)
    size = sum(one.size for one in jax.tree.leaves(jax.eval_shape(coordinates(field.free).sample, jax.random.key(0))[0]))
    checked = {"exp(-dH)": energy} if chosen.whole else {}
    checks = {name: _by_batches(name, one, seed) for name, one in (checked | {"Schwinger-Dyson": virial / size}).items()}
    lost = int(divergent.sum())
    _believed(r_hat, float(acceptance.mean()), lost, divergent.size, checks)
    flat = products.reshape(number * draws, -1)
    coarse = doubled(field, flat, np.zeros(len(flat)), change.ravel(), number * math.gcd(draws, _BATCHES))
    values = _of_chains(products, sizes, seed, f"{walk.upper()}, {number} chains, R-hat {r_hat:.4f}", lost, coarse)
    return Chains(
        values, r_hat, float(sizes.min()), float(acceptance.mean()), float(redraws.mean()),
        checks.get("exp(-dH)"), checks["Schwinger-Dyson"], lost, coarse.halving, coarse.estimate(values),
    )  # fmt: skip


@lru_cache(maxsize=16)
def _program(
    field: InteractingField, where: tuple[tuple[float, ...], ...], draws: int, warmup: int, steps: int, walk: str, kind: str
) -> Callable[[jax.Array], Any]:
    """Keys [number] -> what the chains keep.  Compiled once for a question: other seeds, and other products of the same fields, take it."""
    blackjax, chosen = blackjax_or_missing(), WALKS[walk]
    places, kernel = coordinates(field.free), deformed(field, np.array(where))

    def log_density(at: Any) -> jax.Array:
        gauss = sum(jnp.sum(one * one) for one in jax.tree.leaves(at[0]))
        return -gauss / 2 - kernel.action(places.parameters(at))

    def one_chain(key: jax.Array) -> Any:
        start, tuning, running = jax.random.split(key, 3)
        algorithm, needed = chosen.tuning(blackjax, steps)
        adaptation: Any = blackjax.window_adaptation(algorithm, log_density, target_acceptance_rate=chosen.acceptance, **needed)
        (state, tuned), _ = adaptation.run(tuning, places.sample(start), num_steps=warmup)
        tuned = {name: tuned[name] for name in ("step_size", "inverse_mass_matrix")}
        moves = chosen.moves(blackjax, log_density, tuned, steps)

        def step(at: Any, step_key: jax.Array) -> Any:
            length, walk, redraw, accept, flip = jax.random.split(step_key, 5)
            before = moves.init(at, length)
            after, info = moves.step(walk, before)
            inverse = tuned["inverse_mass_matrix"]
            flat = ravel_pytree(info.momentum)[0]
            change = info.energy - (jnp.sum(flat * flat * inverse) / 2 - before.logdensity)
            fresh = mixed_rows(redraw, after.position, places.sample(jax.random.fold_in(redraw, 2)))
            gain = kernel.action(places.parameters(after.position)) - kernel.action(places.parameters(fresh))
            taken = jnp.log(jax.random.uniform(accept)) < gain
            at = jax.tree.map(lambda new, old: jnp.where(taken, new, old), fresh, after.position)
            if field.potential.even:
                turned = jax.random.bernoulli(flip)
                at = jax.tree.map(lambda new, old: jnp.where(turned, new, old), places.flip(at), at)
            actions, phi = kernel(places.parameters(at))
            virial = -sum(
                jnp.sum(a * b) for a, b in zip(jax.tree.leaves(after.position[0]), jax.tree.leaves(after.logdensity_grad[0]), strict=True)
            )
            return at, (phi, actions[0] - actions[-1], jnp.exp(-change), virial, info.acceptance_rate, taken, info.is_divergent)

        return jax.lax.scan(step, state.position, jax.random.split(running, draws))[1]

    return jax.jit(jax.vmap(one_chain))


def _by_batches(name: str, values: np.ndarray, seed: int) -> Estimate:
    """The mean of [chains, draws], with the error of batches along the chains."""
    length = values.shape[1] // _BATCHES
    means = values[:, : length * _BATCHES].reshape(-1, length).mean(axis=1)
    away = (means - means.mean()) / math.sqrt(len(means) * (len(means) - 1))
    return Estimate(means.mean(), {source_of(name, seed, means): away}, values.size, len(means), seed, f"batches, {name}", precision())


def _believed(r_hat: float, acceptance: float, divergent: int, trajectories: int, checks: dict[str, Estimate]) -> None:
    faults = [f"split R-hat is {r_hat:.3f}, not below {_MOST}"] if not r_hat < _MOST else []
    faults += [f"only {acceptance:.2g} of the trajectories are accepted"] if not acceptance >= 0.4 else []
    faults += [f"{divergent} of {trajectories} trajectories diverge"] if divergent > _DIVERGENT * trajectories else []
    faults += [f"{name} is {one}, not 1" for name, one in checks.items() if not one.agrees_with(1.0, sigmas=_SIGMAS).agrees]
    if faults:
        raise NotConverged(f"{'; '.join(faults)}: ask for more draws or warmup, another number of steps, or take cf.fieldtheory.tempered")


def _of_chains(values: np.ndarray, sizes: np.ndarray, seed: int, method: str, divergent: int, coarse: Doubled) -> Estimate:
    """The mean over chains, with the covariance of draws over the effective number of them, and the deviation of the quadrature."""
    flat = values.reshape(-1, values.shape[-1])
    factor = np.linalg.cholesky(np.atleast_2d(np.corrcoef(flat.T)) + 1e-12 * np.eye(flat.shape[1]))
    away = (factor * (flat.std(axis=0) / np.sqrt(sizes))[:, None]).T
    mean, count = flat.mean(axis=0), len(flat)
    told = {"warnings": [f"{divergent} of {count} trajectories diverge, and were rejected"]} if divergent else {}
    return Estimate(
        mean,
        {source_of("chains", seed, mean): away} | coarse.deviation(coarse.shift),
        count,
        0,
        seed,
        method,
        precision(),
        bias=coarse.bias,
        effective_draws=float(np.min(sizes)),
        diagnostics=told,
    )
