"""A module to a given order in the motion of its parameters."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from certifield.evidence import InputError


def expanded(module: Any, order: int = 1) -> Callable[[Any, Array], PyTree]:
    """(other module, point) -> the Taylor polynomial of ``order`` of the output in the parameters, about those of ``module``.

    Order 1 is the linear model of lazy training; derivatives by nested tangents, so no tensor of parameters is formed.  A function of JAX:
    it can be compiled, differentiated, trained.  Raises `InputError` for an order below 0.
    """
    if isinstance(order, bool) or not isinstance(order, int) or order < 0:
        raise InputError("order", order, "a whole number, 0 or more", "order=1 is the linear model")
    base, static = eqx.partition(module, eqx.is_inexact_array)

    def polynomial(other: Any, point: Array) -> PyTree:
        params = eqx.filter(other, eqx.is_inexact_array)
        direction = jax.tree.map(jnp.subtract, params, base)

        def along(s: Array) -> PyTree:
            return eqx.combine(jax.tree.map(lambda p, d: p + s.astype(p.dtype) * d, base, direction), static)(point)

        zero = jnp.zeros(())
        derivative, total, factorial = along, along(zero), 1.0
        for k in range(1, order + 1):
            derivative = _derivative(derivative)
            factorial *= k
            total = jax.tree.map(lambda sofar, next_, f=factorial: sofar + next_ / f, total, derivative(zero))
        return total

    return polynomial


def _derivative(function: Callable[[Array], PyTree]) -> Callable[[Array], PyTree]:
    return lambda s: jax.jvp(function, (s,), (jnp.ones_like(s),))[1]
