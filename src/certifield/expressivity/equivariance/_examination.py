"""Is a function equivariant?  Errors over random inputs, with the input and the element that show the largest."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield._arguments import a_function
from certifield.evidence import Estimate, InputError

from ._group import FiniteGroup

Action = Callable[[Any, Array], Array]  # (element, x) -> the transformed x


class Witness(NamedTuple):
    """The largest error that was seen: ||f(rho_in x) - rho_out f(x)|| / ||f(x)|| = ``error`` for this ``element`` and this ``input``."""

    element: Any
    input: np.ndarray
    error: float


class Equivariance(NamedTuple):
    """How far a function is from equivariant: ``errors`` [elements], means over inputs with their error bars, and the ``worst`` of all."""

    errors: Estimate
    worst: Witness


def examine_equivariance(
    function: Callable[[Array], Array],
    act_in: Action,
    act_out: Action,
    inputs: Array,
    elements: Sequence[Any] | Array | FiniteGroup | None = None,
) -> Equivariance:
    """E_x ||f(rho_in(g) x) - rho_out(g) f(x)|| / ||f(x)|| for every g of ``elements``, over independent ``inputs`` [draws, ...].

    ``function`` maps one input; ``act_in`` and ``act_out`` are (element, x) -> transformed x, such as a `Representation`, `image_action`
    or `orbit_action`.  ``elements``: those of a finite group (by default all of the group of ``act_in``), or sampled ones of a
    continuous group, which can show that symmetry is broken, and never that it holds for the others.
    Where f(x) = 0 the error is infinite unless f(rho_in x) vanishes too.
    Raises `InputError` without elements, for fewer than two inputs, and for outputs that are not finite or change their shape.
    """
    chosen = elements if elements is not None else getattr(act_in, "group", None)
    chosen = range(chosen.order) if isinstance(chosen, FiniteGroup) else chosen
    if chosen is None or isinstance(chosen, str | dict) or not hasattr(chosen, "__len__") or len(chosen) == 0:
        raise InputError("elements", elements, "at least one element of the group", "pass a FiniteGroup, or a list of elements")
    for name, given in (("function", function), ("act_in", act_in), ("act_out", act_out)):
        a_function(name, given, "one input" if name == "function" else "(element, x)")
    try:
        points = jnp.asarray(inputs)
    except (TypeError, ValueError):
        points = jnp.zeros(())
    if points.ndim == 0 or len(points) < 2:
        raise InputError("inputs", f"an array of shape {list(points.shape)}", "two inputs or more, one a row", "draw some at random")
    evaluate = eqx.filter_jit(lambda x: jax.vmap(function)(x))
    images = evaluate(points)
    rows = []
    for element in chosen:
        moved = evaluate(jax.vmap(lambda x, g=element: act_in(g, x))(points))
        expected = jax.vmap(lambda y, g=element: act_out(g, y))(images)
        if moved.shape != expected.shape:
            given = f"{list(moved.shape[1:])} after the transformation, {list(expected.shape[1:])} before"
            raise InputError("function", given, "outputs of one shape", "compare act_in and act_out with what the function takes")
        rows.append(_relative(np.asarray(moved), np.asarray(expected)))
    errors = np.array(rows)
    if np.isnan(errors).any():
        raise InputError(
            "function", "outputs that are not finite", "finite outputs at the inputs and their transforms", "try inputs of order one"
        )
    worst = np.unravel_index(np.argmax(errors), errors.shape)
    draws = errors.shape[1]
    with np.errstate(invalid="ignore"):
        deviations = np.nan_to_num((errors - errors.mean(axis=1, keepdims=True)).T / np.sqrt(draws * (draws - 1)))
    source = "inputs " + hashlib.sha256(np.ascontiguousarray(points).tobytes()).hexdigest()[:16]  # what errors of two functions share
    estimate = Estimate(errors.mean(axis=1), {source: deviations}, draws, draws, None, "mean over inputs", str(points.dtype))
    return Equivariance(estimate, Witness(chosen[int(worst[0])], np.asarray(points[worst[1]]), float(errors[worst])))


def _relative(moved: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Norm of the difference over that of the expected output, input by input."""
    flat = (len(moved), -1)
    off = np.linalg.norm((moved - expected).reshape(flat), axis=1)
    size = np.linalg.norm(expected.reshape(flat), axis=1)
    return np.divide(off, size, out=np.where(off == 0, 0.0, np.where(np.isnan(off), np.nan, np.inf)), where=size > 0)


class Symmetrised(eqx.Module):
    """The Reynolds average of a function; see `symmetrised`."""

    function: Callable[[Array], Array]
    act_in: Action = eqx.field(static=True)
    act_out: Action = eqx.field(static=True)
    group: FiniteGroup = eqx.field(static=True)

    def __call__(self, x: Array) -> Array:
        terms = [self.act_out(int(self.group.inverses[g]), self.function(self.act_in(g, x))) for g in range(self.group.order)]
        return jnp.mean(jnp.stack(terms), axis=0)


def symmetrised(function: Callable[[Array], Array], act_in: Action, act_out: Action, group: FiniteGroup) -> Symmetrised:
    """The equivariant function sum_g rho_out(g)^-1 f(rho_in(g) x)/|G|, which is f itself where f is equivariant (Reynolds operator).

    It costs |G| evaluations; an Equinox module keeps its parameters, so that the average can be trained.
    Raises `InputError` for what is no finite group.
    """
    for name, given in (("function", function), ("act_in", act_in), ("act_out", act_out)):
        a_function(name, given, "one input" if name == "function" else "(element, x)")
    if not isinstance(group, FiniteGroup):
        raise InputError("group", group, "a FiniteGroup", "an average over a sample of a continuous group is not equivariant")
    return Symmetrised(function, act_in, act_out, group)
