"""Losses of predictions and labels, summed over points and outputs."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.ensembles._checked import checked_scale
from certifield.evidence import InputError


@dataclass(frozen=True)
class Loss:
    """``function`` of predictions and labels, both [points, outputs], to the loss of each point [points] or entry; JAX differentiates it.

    ``admits``: whether labels are of the kind that the loss is for, ``wanted`` in words.
    """

    name: str
    function: Callable[[Array, Array], Array]
    admits: Callable[[np.ndarray], bool] = lambda labels: True
    wanted: str = "numbers"

    def total(self, predictions: Array, labels: Array) -> Array:
        """The sum over all points.  Raises `InputError` for shapes that are not the same: broadcasting would change the loss silently."""
        if predictions.shape != labels.shape:
            remedy = "give y one row per point and one column per output: y[:, None] for one output"
            raise InputError("y", labels.shape, f"of the shape of the predictions, {predictions.shape}", remedy)
        return jnp.sum(self.function(predictions, labels))

    def gradient(self, predictions: Array, labels: Array) -> Array:
        """Its derivative with respect to the predictions."""
        return jax.grad(self.total)(predictions, labels)


def _squared(predictions: Array, labels: Array) -> Array:
    return 0.5 * (predictions - labels) ** 2


def _logistic(predictions: Array, labels: Array) -> Array:
    return jax.nn.softplus(predictions) - labels * predictions


def _cross_entropy(predictions: Array, labels: Array) -> Array:
    return jax.nn.logsumexp(predictions, axis=1) * jnp.sum(labels, axis=1) - jnp.sum(labels * predictions, axis=1)


def _shares(labels: np.ndarray) -> bool:
    return bool(np.all((labels >= 0) & (labels <= 1)))


squared = Loss("squared", _squared)
logistic = Loss("logistic", _logistic, _shares, "between 0 and 1, the probability of class 1")
cross_entropy = Loss(
    "cross-entropy",
    _cross_entropy,
    lambda labels: _shares(labels) and bool(np.allclose(labels.sum(axis=1), 1)),
    "probabilities of the classes, one column each, that sum to 1",
)


def huber(delta: float = 1.0) -> Loss:
    """r^2/2 for |r| <= delta and delta (|r| - delta/2) beyond."""
    edge = checked_scale("delta", delta, zero_allowed=False)

    def function(predictions: Array, labels: Array) -> Array:
        gap = jnp.abs(predictions - labels)
        inside = jnp.minimum(gap, edge)
        return 0.5 * inside**2 + edge * (gap - inside)

    return Loss(f"huber({edge:g})", function)
