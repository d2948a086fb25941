"""Ensembles that are tilted: P(theta) ~ P_0(theta) exp(-coupling O(theta)), by the no-U-turn sampler of BlackJAX.

Chains are believed where split R-hat is below 1.01; else there is no number.  At a small coupling the same expectation follows from draws
of P_0 by reweighting, which is independent of the chains and is returned beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from certifield.ensembles import AbstractDensity
from certifield.evidence import Agreement, Estimate, InputError, MissingExtra, NotConverged
from certifield.streams import draw_keys, stream_key

_MOST = 1.01  # R-hat


@dataclass(frozen=True, eq=False)
class Tilted:
    """An expectation under a tilted density.

    ``chains``: from the chains, with the error of their effective number of draws; ``r_hat``, ``ess``: the worst over all observables;
    ``reweighted``: from independent draws of P_0, with ``reweighted_ess`` effective draws; ``agreement`` of the two.
    """

    chains: Estimate
    r_hat: float
    ess: float
    reweighted: Estimate
    reweighted_ess: float
    agreement: Agreement


def tilted_expectation(
    density: AbstractDensity,
    tilt: Callable[[Any], Any],
    observable: Callable[[Any], Any],
    *,
    coupling: float = 1.0,
    chains: int = 8,
    draws: int = 2000,
    warmup: int = 500,
    seed: int = 0,
) -> Tilted:
    """The mean of ``observable`` (parameters -> vector) under P_0(theta) exp(-coupling tilt(theta)).

    ``density``: P_0, which must be sampled and have a logarithm; ``draws`` of each of ``chains`` after ``warmup``.
    Raises `NotConverged` where R-hat is 1.01 or more, `InputError` for fewer than four chains or 100 draws, `MissingExtra`.
    """
    if chains < 4 or draws < 100 or warmup < 100:
        raise InputError("chains, draws, warmup", (chains, draws, warmup), "at least 4, 100 and 100", "leave them out")
    try:
        import blackjax
    except ImportError as error:
        raise MissingExtra("tilted ensembles need BlackJAX: pip install 'certifield[sampling]'") from error
    start = jax.vmap(density.sample)(draw_keys(stream_key(seed, "tilted/start"), 0, chains))
    _, restore = ravel_pytree(jax.tree.map(lambda array: array[0], start))
    flat = jax.vmap(lambda params: ravel_pytree(params)[0])(start)

    def log_density(vector: jax.Array) -> jax.Array:
        params = restore(vector)
        return density.log_density(params) - coupling * tilt(params)

    def one_chain(key: jax.Array, position: jax.Array) -> jax.Array:
        tuning, running = jax.random.split(key)
        adaptation: Any = blackjax.window_adaptation(blackjax.nuts, log_density)
        (state, parameters), _ = adaptation.run(tuning, position, num_steps=warmup)
        kernel = blackjax.nuts(log_density, **parameters)

        def step(carry: Any, step_key: jax.Array) -> tuple[Any, jax.Array]:
            moved: Any = kernel.step(step_key, carry)[0]
            return moved, jnp.atleast_1d(observable(restore(moved.position)))

        return jax.lax.scan(step, state, jax.random.split(running, draws))[1]

    with jax.numpy_dtype_promotion("standard"):  # BlackJAX adds truth values to integers
        values = np.asarray(jax.jit(jax.vmap(one_chain))(draw_keys(stream_key(seed, "tilted/chains"), 0, chains), flat))
        halves = values[:, draws % 2 :].reshape(2 * chains, draws // 2, -1)
        r_hat = float(np.max(np.asarray(blackjax.diagnostics.potential_scale_reduction(halves))))
        sizes = np.asarray(blackjax.diagnostics.effective_sample_size(values))
    if not r_hat < _MOST:
        raise NotConverged(f"split R-hat is {r_hat:.3f}, not below {_MOST}: ask for more draws or warmup, or for a smaller coupling")
    mixed = _of_chains(values, np.minimum(sizes, chains * draws), seed, r_hat)
    plain, ess = _reweighted(density, tilt, observable, coupling, chains * draws, seed)
    return Tilted(mixed, r_hat, float(np.min(sizes)), plain, ess, mixed.agrees_with(plain, independent=True))


def _of_chains(values: np.ndarray, sizes: np.ndarray, seed: int, r_hat: float) -> Estimate:
    """The mean over chains, with the covariance of draws over the effective number of them."""
    flat = values.reshape(-1, values.shape[-1])
    errors = (
        np.linalg.cholesky(np.atleast_2d(np.corrcoef(flat.T)) + 1e-12 * np.eye(flat.shape[1]))
        * (flat.std(axis=0) / np.sqrt(sizes))[:, None]
    )
    method = f"no-U-turn sampler, {len(values)} chains, R-hat {r_hat:.4f}"
    source = f"tilted chains {seed}"
    return Estimate(flat.mean(axis=0), {source: errors.T}, len(flat), 0, seed, method, "float64", effective_draws=float(np.min(sizes)))


def _reweighted(
    density: AbstractDensity, tilt: Callable, observable: Callable, coupling: float, draws: int, seed: int
) -> tuple[Estimate, float]:
    """The ratio of means of w O and w, w = exp(-coupling tilt), with its first-order error."""

    @jax.jit
    def both(keys: jax.Array) -> tuple[jax.Array, jax.Array]:
        params = jax.vmap(density.sample)(keys)
        return jax.vmap(tilt)(params), jax.vmap(lambda one: jnp.atleast_1d(observable(one)))(params)

    actions, values = (np.asarray(one) for one in both(draw_keys(stream_key(seed, "tilted/reweighted"), 0, draws)))
    weights = np.exp(-coupling * (actions - actions.min() if coupling >= 0 else actions - actions.max()))
    share = weights / weights.sum()
    mean = share @ values
    ess = float(1 / np.sum(share**2))
    deviations = share[:, None] * (values - mean)
    covariance = deviations.T @ deviations
    found = Estimate.from_stderr(mean, covariance if len(mean) > 1 else np.sqrt(covariance[0]), source=f"reweighted {seed}", draws=draws)
    return found, ess
