"""Moments of any smooth neuron with Gaussian weights and bias, by a tensor quadrature with Gaussian weight.

The preactivations at all points of a question are z = V g with g standard Gaussian in q = rank(S) directions, so one grid serves all
moments.  The rule is the trapezoidal one: for a function analytic in a strip of half-width a its error is exp(-2 pi a/h), while
Gauss-Hermite converges only as exp(-c a sqrt(nodes)) (tanh, four points, two directions: 1e-7 with 96 nodes a direction, where 100
nodes of step 0.2 give 1e-15).  Reference: Trefethen and Weideman, SIAM Review 56 (2014) 385; Trefethen, SIAM Review 64 (2022) 132.
An activation with a kink does not converge, which is how it is recognised.
"""

from collections.abc import Callable, Sequence

import numpy as np

from certifield.evidence import NoClosedForm

from .._rounding import EPSILON

# Rules (step, shift of the grid in steps, reach), tried until two in a row agree.  Steps and shifts are incommensurate, because two
# grids that alias a fast oscillation alike would agree on a wrong value; each rule reaches further, so that a cut tail is seen, too.
_RULES = {
    1: ((0.3, 0.0, 9.0), (0.2137, 0.382, 11.0), (0.1071, 0.127, 13.0), (0.0497, 0.271, 15.0), (0.0253, 0.438, 17.0)),
    2: ((0.3, 0.0, 9.0), (0.2137, 0.382, 11.0), (0.1071, 0.127, 13.0), (0.0497, 0.271, 15.0)),
    3: ((0.3, 0.0, 8.5), (0.2137, 0.382, 9.5), (0.1423, 0.127, 10.5)),
}
_TOLERANCE = 1e-8

Hidden = Callable[[np.ndarray], np.ndarray]


def gaussian_grid(directions: int, step: float, shift: float, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes [n, directions] and weights [n] of the standard Gaussian, in a ball of radius ``reach``."""
    line = step * (shift + np.arange(-round(reach / step), round(reach / step) + 1))
    weight = np.exp(-0.5 * line**2)
    weight /= weight.sum()
    axes = np.meshgrid(*[line] * directions, indexing="ij")
    weights = np.prod(np.meshgrid(*[weight] * directions, indexing="ij"), axis=0).ravel()
    kept = sum(axis.ravel() ** 2 for axis in axes) < reach**2
    return np.stack([axis.ravel()[kept] for axis in axes], axis=1), weights[kept]


def smooth_moments(embedding: np.ndarray, hidden: Hidden, multisets: Sequence[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray]:
    """E[prod h_i] and an error bound for each multiset of points.

    ``embedding`` [directions, parameters]: orthonormal directions of the hidden parameters that the points see; ``hidden`` maps
    standardised hidden parameters [nodes, parameters] to features [points, nodes].
    Raises `NoClosedForm` for more than 3 directions or no convergence.
    """
    directions = len(embedding)
    if directions not in _RULES:
        raise NoClosedForm(
            f"quadrature is offered for up to {max(_RULES)} Gaussian directions; these points span {directions}. "
            "Sample with cf.correlators.estimate(..., method='sobol') or method='neuron'"
        )
    first, *finer = _RULES[directions]
    coarse, _ = _integrate(embedding, hidden, multisets, *first)
    change = size = np.zeros(len(multisets))
    for rule in finer:
        fine, size = _integrate(embedding, hidden, multisets, *rule)
        change = np.abs(fine - coarse)
        if np.all(change <= _TOLERANCE * size):
            return fine, change + 256 * EPSILON * size
        coarse = fine
    raise NoClosedForm(
        f"quadrature still changes by {float(np.max(change)):.1e} at step {finer[-1][0]}: the activation is not "
        "smooth on the scale of its inputs. Sample with cf.correlators.estimate(..., method='sobol')"
    )


def _integrate(
    embedding: np.ndarray, hidden: Hidden, multisets: Sequence[tuple[int, ...]], step: float, shift: float, reach: float
) -> tuple[np.ndarray, np.ndarray]:
    """E[prod h] and E[|prod h|]."""
    grid, weights = gaussian_grid(len(embedding), step, shift, reach)
    values = hidden(grid @ embedding)
    products = (np.prod(values[list(multiset)], axis=0) for multiset in multisets)
    pairs = [(weights @ product, weights @ np.abs(product)) for product in products]
    return np.array([mean for mean, _ in pairs]), np.array([size for _, size in pairs])
