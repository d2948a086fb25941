"""The way back, from an action to its correlators: Wick's theorem for the free field, Feynman diagrams for a network of finite width.

The free field is the infinite Erf-net at three points, drawn as a Gaussian vector.  The network is the ReLU-net without bias at positive
inputs, d = 1, whose quartic coupling is the same at every entry: lambda and kappa are measured at one input, and the correlators at others,
drawn from whole networks, are held against the diagrams.
"""

from collections.abc import Iterator
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np

from certifield.correlators import estimate, free_limit, hafnian, kernel_matrix
from certifield.ensembles import erf_net, relu_net
from certifield.evidence import Estimate, Exact, propagate
from certifield.fieldtheory import local_coupling, perturbed_correlators
from certifield.study import Found, Piece

_POINTS = np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 0.4]])
ORDERS = (2, 4, 6, 8, 10)
_GROUPS = 64
_AT, _ELSEWHERE, _CUTOFF = [[0.2]], [[0.5], [1.0], [1.2]], 10.0
_TUPLES = {4: [[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 2]], 6: [[0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 2, 2]]}


def free_piece(key: jax.Array, draws: int) -> dict[str, np.ndarray]:
    """Means over groups of draws of phi_0^2 phi_1 phi_2 ... at every order, and of phi Delta phi / P."""
    kernel = np.asarray(kernel_matrix(erf_net(2, 1), _POINTS).value)
    root, delta = (jnp.asarray(matrix) for matrix in (np.linalg.cholesky(kernel), np.linalg.inv(kernel)))

    def group(each: jax.Array) -> jax.Array:
        phi = jax.random.normal(each, (draws // _GROUPS, len(kernel))) @ root.T
        products = [jnp.mean(jnp.prod(phi[:, jnp.asarray(_legs(order))], axis=1)) for order in ORDERS]
        return jnp.stack([*products, jnp.mean(jnp.einsum("na,ab,nb->n", phi, delta, phi)) / len(kernel)])

    return {"groups": np.asarray(jax.lax.map(group, jax.random.split(key, _GROUPS)))}


def _legs(order: int) -> list[int]:
    """Which points the legs are at: 0, 1, 2, 0, 1, 2, ..."""
    return [leg % len(_POINTS) for leg in range(order)]


def free_readings(groups: np.ndarray, draws: int) -> Iterator[tuple[str, Found]]:
    """Sampled over the sum of pairings up to order 10; the factor in front of phi Delta phi; Delta G - 1."""
    kernel = np.asarray(kernel_matrix(erf_net(2, 1), _POINTS).value)
    wick = [float(hafnian(kernel[np.ix_(_legs(order), _legs(order))])) for order in ORDERS]
    away = (groups - groups.mean(axis=0)) / np.sqrt(len(groups) * (len(groups) - 1))
    drawn = Estimate(groups.mean(axis=0), {"free field": away}, draws, len(groups), None, "independent draws", "float64")
    for place, order in enumerate(ORDERS):
        yield f"G_{order} over the sum of pairings", Found(drawn[place] / wick[place], Exact(1.0, "Wick's theorem, by a Hafnian"))
    # Under the weight exp(-c phi Delta phi) the mean of phi Delta phi over P points is 1/2c.
    factor = propagate(lambda mean: 1 / (2 * mean), drawn[len(ORDERS)])
    yield "factor of phi G2^-1 phi in the action", Found(factor, Exact(0.5, "S = 1/2 phi G2^-1 phi"))
    residual = float(np.max(np.abs(np.linalg.inv(kernel) @ kernel - np.eye(len(kernel)))))
    bound = 1e-15 * len(kernel) * float(np.linalg.cond(kernel))
    yield "largest entry of G2^-1 G2 - 1", Found(Exact(residual, "matrix inverse at three points", radius=bound), Exact(0.0))


def diagram_piece(seed: int, width: int, draws: int) -> dict[str, np.ndarray]:
    """G_4 and G_6 of whole networks: means and deviations."""
    network = relu_net(1, width, sigma_b=0.0)
    found = {}
    for order, table in _TUPLES.items():
        drawn = estimate(network, _ELSEWHERE, indices=table, draws=draws, method="network-kstat", seed=seed + order)
        found |= {f"mean {order}": drawn.mean, f"deviations {order}": next(iter(drawn.deviations.values()))}
    return found


@lru_cache(maxsize=8)
def _predicted(width: int) -> dict[int, Estimate]:
    """To first order, from lambda and kappa that are measured at another input."""
    network = relu_net(1, width, sigma_b=0.0)
    quartic, sextic = (local_coupling(network, _AT, _CUTOFF, order=order).mean for order in (4, 6))
    return {
        order: perturbed_correlators(network, _ELSEWHERE, _CUTOFF, quartic=quartic, sextic=sextic, indices=table)
        for order, table in _TUPLES.items()
    }


def diagram_readings(piece: Piece, width: int, draws: int) -> Iterator[tuple[str, Found]]:
    """Sampled over the diagrams; and over the free field alone, which must not agree."""
    for order, table in _TUPLES.items():
        mean, away = (np.asarray(piece[f"{what} {order}"]) for what in ("mean", "deviations"))
        drawn = Estimate(mean, {f"networks {order}": away}, draws, len(away), None, "whole networks", "float64")
        diagrams = _predicted(width)[order].mean
        free = np.asarray(free_limit(relu_net(1, width, sigma_b=0.0), _ELSEWHERE, indices=table).value)
        yield f"G_{order} over its diagrams", Found(drawn / diagrams, Exact(np.ones(len(table)), "free lines and one vertex"))
        yield f"G_{order} over the free field", Found(drawn / free)
