"""Dynamical mean-field theory of linear networks of any depth: its fields are Gaussian, so that matrices over times and points close."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from certifield.evidence import Estimate, InputError, NotConverged

from ._problem import MeanField, Problem, predicted, problem, weights

_COARSE = 0.02  # change from grid to grid, over the largest value, beyond which nothing is returned
_ENOUGH, _MOST = 1e-11, 400  # relative change of the kernels from one iteration to the next, and iterations


def deep_linear(gram: Any, y: Any, times: Sequence[float], *, gamma: float, depth: int = 2, steps: int = 64) -> MeanField:
    """Gradient flow of a linear network with ``depth`` hidden layers at infinite width, from phi = 0; arguments as `two_layers`.

    With C = M^{l-1} + gamma Phi^{l-1} D and E = N^{l+1} + gamma G^{l+1} D, integrals over earlier times, the fields of layer l are
    h = (1 - CE)^{-1}(u + C r), z = (1 - EC)^{-1}(r + E u); their covariances and responses M, N are iterated to a fixed point, half of the
    change at a time.  Trapezoids on ``steps`` and on twice as many steps are extrapolated.  Nothing is drawn: the error is what the
    extrapolation changes, or what it differs by from that of half as many steps, if that is more; no bound, and of unknown sign.
    Raises `InputError` for arguments that do not fit, and `NotConverged` where gamma is too large for the steps: the fixed point is not
    found, or the error is more than 2 %.
    Reference: arXiv:2205.09653, section 4.1.
    """
    found = problem(gram, y, times, gamma)
    for name, value, least in (("depth", depth, 1), ("steps", steps, 4)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise InputError(name, value, f"a whole number, {least} or more", f"try {name}={max(2, least)}")
    counts = steps // 2, steps, 2 * steps
    grids = [_solved(found, depth, count) for count in counts]
    words = f"matrix equations of {depth} linear layers on {2 * steps} steps, extrapolated"
    results = []
    for name, *curves in zip(("prediction", "kernel", "features"), *grids, strict=True):
        before, value = (
            (k**2 * right - m**2 * left) / (k**2 - m**2) for (m, left), (k, right) in pairwise(zip(counts, curves, strict=True))
        )
        size = np.max(np.abs(value))
        error = np.maximum(np.abs(value - curves[-1]), np.abs(value - before)) + 1e-9 * size
        if not np.max(error) <= _COARSE * size:
            text = f"the {name} still changes by {np.max(error) / size:.1%} from grid to grid at gamma = {gamma:g} with {steps} steps"
            raise NotConverged(f"{text}; give steps={4 * steps}, or a smaller gamma")
        source = f"grid of deep linear mean field/{name}/{depth}/{gamma}/{steps}"
        results.append(Estimate.from_stderr(value, error, source=source, method=words, bias="unknown"))
    return MeanField(found.times, *results)


def _solved(found: Problem, depth: int, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Prediction [T, P], kernel [T, P, P] and features [depth, T, P, P] at the times asked for."""
    count, points = steps + 1, len(found.y)
    grid = np.linspace(0, found.times[-1], count)
    size = count * points
    # Of layers 0 to depth + 1: covariances of h and z, and their responses.
    features = np.stack([np.tile(found.gram, (count, count))] * (depth + 2))
    gradients = np.ones((depth + 2, size, size))
    response, back = np.zeros((2, depth + 2, size, size))
    past = np.kron(weights(grid), np.ones((points, points)))
    one = np.eye(size)
    prediction, change = np.zeros((count, points)), np.inf
    for _ in range(_MOST):
        kernels = _diagonal(gradients[1:] * features[:-1], count, points).sum(axis=0)
        prediction = predicted(kernels, found.y, grid)
        factor = found.gamma * past * (found.y - prediction).ravel()[None, :]
        new = [each.copy() for each in (features, gradients, response, back)]
        for layer in range(1, depth + 1):
            c, e = response[layer - 1] + factor * features[layer - 1], back[layer + 1] + factor * gradients[layer + 1]
            forward, backward = np.linalg.inv(one - c @ e), np.linalg.inv(one - e @ c)
            new[0][layer] = forward @ (features[layer - 1] + c @ gradients[layer + 1] @ c.T) @ forward.T
            new[1][layer] = backward @ (gradients[layer + 1] + e @ features[layer - 1] @ e.T) @ backward.T
            new[2][layer], new[3][layer] = forward @ c, backward @ e
        if not all(np.all(np.isfinite(each)) for each in new):
            break
        change = max(float(np.max(np.abs(a - b)) / np.max(np.abs(b))) for a, b in zip(new[:2], (features, gradients), strict=True))
        features, gradients, response, back = (0.5 * (a + b) for a, b in zip(new, (features, gradients, response, back), strict=True))
        if change < _ENOUGH:
            kernels = _diagonal(gradients[1:] * features[:-1], count, points).sum(axis=0)
            layers = _diagonal(features[1:-1], count, points)
            curves = prediction, kernels, np.moveaxis(layers, 0, 1)
            at = [CubicSpline(grid, curve)(found.times) for curve in curves]
            return at[0], at[1], np.moveaxis(at[2], 1, 0)
    moved = f"the kernels still changed by {change:.1e}"
    text = f"{moved} at gamma = {found.gamma:g} with {steps} steps; give steps={4 * steps}, or a smaller gamma"
    raise NotConverged(text)


def _diagonal(matrices: np.ndarray, count: int, points: int) -> np.ndarray:
    """At equal times: [..., size, size] -> [..., T, P, P]."""
    cut = matrices.reshape(*matrices.shape[:-2], count, points, count, points)
    return np.moveaxis(np.diagonal(cut, axis1=-4, axis2=-2), -1, -3)
