"""Gaussian averages of products of an activation at up to four inputs, by nested panels that end at the kinks of the activation."""

import jax.numpy as jnp
import numpy as np

from certifield.layers import Activation

from .duals._hermite import kinks

_REACH = 9.0  # standard deviations
_PANELS = {1: 64, 2: 20, 3: 7, 4: 4}  # of one direction, by the number of directions
MOST = 4  # directions


def pair_products(activation: Activation, covariance: np.ndarray, nodes: int) -> np.ndarray:
    """E[s_a s_b s_c s_d], s = f(z), z ~ N(0, covariance) for up to 4 inputs: [pairs, pairs] over pairs a <= b (`numpy.triu_indices`).

    ``nodes``: of a panel.  Kinks and jumps of f bound panels in every direction, given the directions before it.
    """
    z, weights = nested_rule(covariance, np.array(kinks(activation.function)) if not activation.constants else _kinks(activation), nodes)
    s = np.asarray(activation(jnp.asarray(z)))
    first, second = np.triu_indices(len(covariance))
    pairs = s[:, first] * s[:, second]
    return (pairs * weights[:, None]).T @ pairs


def _kinks(activation: Activation) -> np.ndarray:
    """Those of a named activation: all of them are smooth but for the origin."""
    return np.zeros(1 if activation.name == "rectified" else 0)


def nested_rule(covariance: np.ndarray, jumps: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes z [n, inputs] and weights [n] of the Gaussian with this covariance, which may be singular."""
    root = _triangular_root(covariance)
    directions = int(np.sum(np.diag(root) > 0))
    x, w = np.polynomial.legendre.leggauss(nodes)
    g, weights, z = np.zeros((1, 0)), np.ones(1), np.zeros((1, 0))
    for k in range(len(covariance)):
        mean, scale = g @ root[k, : g.shape[1]], root[k, k]
        if scale > 0:
            cuts = np.linspace(-_REACH, _REACH, _PANELS[max(directions, 1)] + 1)
            # The input itself, and those that this direction completes, end their kinks here.
            ends = [row for row in root[k:] if row[k] and not np.any(row[k + 1 :])]
            own = [np.clip((jumps[None, :] - (g @ row[: g.shape[1]])[:, None]) / row[k], -_REACH, _REACH) for row in ends]
            edges = np.sort(np.concatenate([np.broadcast_to(cuts, (len(g), len(cuts))), *own], axis=1), axis=1)
            middle, half = (edges[:, 1:] + edges[:, :-1]) / 2, (edges[:, 1:] - edges[:, :-1]) / 2
            new = (middle[:, :, None] + half[:, :, None] * x).reshape(len(g), -1)
            factor = (half[:, :, None] * w).reshape(len(g), -1) * np.exp(-0.5 * new**2) / np.sqrt(2 * np.pi)
            many = new.shape[1]
            g, z = np.repeat(g, many, axis=0), np.repeat(z, many, axis=0)
            weights, mean = (weights[:, None] * factor).ravel(), np.repeat(mean, many)
            g = np.concatenate([g, new.reshape(-1, 1)], axis=1)
            mean = mean + scale * g[:, -1]
        else:
            g = np.concatenate([g, np.zeros((len(g), 1))], axis=1)
        z = np.concatenate([z, mean[:, None]], axis=1)
    return z, weights


def _triangular_root(covariance: np.ndarray) -> np.ndarray:
    """Lower triangular R with R R^T the covariance; the diagonal is 0 for an input that the ones before it determine."""
    root = np.zeros_like(covariance)
    for k in range(len(covariance)):
        for j in range(k):
            if root[j, j] > 0:
                root[k, j] = (covariance[k, j] - root[k, :j] @ root[j, :j]) / root[j, j]
        rest = covariance[k, k] - root[k, :k] @ root[k, :k]
        root[k, k] = np.sqrt(rest) if rest > 1e-12 * covariance[k, k] else 0.0
    return root
