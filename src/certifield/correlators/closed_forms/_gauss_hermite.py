"""Moments of any smooth neuron with Gaussian weights and bias, by tensor Gauss-Hermite quadrature.

The preactivations at all points of a question are z = V g with g standard Gaussian in q = rank(S) directions, so one grid serves all
moments.  A smooth activation converges geometrically; an activation with a kink does not, which is how it is recognised.
"""

from collections.abc import Callable, Sequence

import numpy as np

from certifield.evidence import NoClosedForm

from .._rounding import EPSILON

_NODES = {1: (128, 192), 2: (64, 96), 3: (32, 48)}  # directions -> the two rules that are compared
_TOLERANCE = 1e-8


def hermite_grid(directions: int, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes [nodes^q, q] and weights of the standard Gaussian in q directions."""
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    w = w / w.sum()
    grids = np.meshgrid(*[x] * directions, indexing="ij")
    weights = np.prod(np.meshgrid(*[w] * directions, indexing="ij"), axis=0)
    kept = weights.ravel() > 1e-30  # corners of the cube that no 64-bit sum can see
    return np.stack([grid.ravel() for grid in grids], axis=1)[kept], weights.ravel()[kept]


def hermite_moments(
    embedding: np.ndarray, hidden: Callable[[np.ndarray], np.ndarray], multisets: Sequence[tuple[int, ...]]
) -> tuple[np.ndarray, np.ndarray]:
    """E[prod h_i] and an error bound for each multiset of points.

    ``embedding`` [q, parameters]: orthogonal directions of the hidden parameters that the points see; ``hidden`` maps hidden parameters
    [nodes, parameters] (standardised) to features [points, nodes].  Raises `NoClosedForm` for more than 3 directions or slow convergence.
    """
    directions = len(embedding)
    if directions not in _NODES:
        raise NoClosedForm(
            f"Gauss-Hermite quadrature is offered for up to 3 Gaussian directions; these points span {directions}. "
            "Sample with cf.correlators.estimate(..., method='sobol') or method='neuron'"
        )
    coarse, fine = (_integrate(embedding, hidden, multisets, nodes) for nodes in _NODES[directions])
    size = _integrate(embedding, lambda g: np.abs(hidden(g)), multisets, _NODES[directions][1])
    change = np.abs(fine - coarse)
    if np.any(change > _TOLERANCE * size):
        raise NoClosedForm(
            f"Gauss-Hermite quadrature changes by {float(np.max(change / size)):.1e} (relative) between {_NODES[directions]} nodes: the "
            "activation is not smooth on the scale of its inputs. Sample with cf.correlators.estimate(..., method='sobol')"
        )
    return fine, change + 256 * EPSILON * size


def _integrate(
    embedding: np.ndarray, hidden: Callable[[np.ndarray], np.ndarray], multisets: Sequence[tuple[int, ...]], nodes: int
) -> np.ndarray:
    grid, weights = hermite_grid(len(embedding), nodes)
    values = hidden(grid @ embedding)
    return np.array([np.sum(weights * np.prod(values[list(multiset)], axis=0)) for multiset in multisets])
