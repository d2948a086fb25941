"""A training seen through its tangent kernel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import numpy as np
import optax
from jaxtyping import Array, PyTree

from certifield.evidence import Exact, InputError, NotConverged

from ._collective import Collective, collective
from ._empirical_ntk import empirical_ntk
from ._field import field_of, points
from ._kind import Output


@dataclass(frozen=True, eq=False)
class Trajectory:
    """At every one of ``steps``: the ``modules``, their tangent ``kernels`` at the points, and the ``variables`` of these."""

    steps: tuple[int, ...]
    modules: tuple[Any, ...]
    kernels: tuple[Exact, ...]
    variables: tuple[Collective, ...]


def kernel_trajectory(
    module: Any,
    x: Any,
    y: Any,
    optimiser: optax.GradientTransformation,
    steps: Sequence[int],
    *,
    loss: Callable[[Array, Array], Array],
    output: Output = "full",
) -> Trajectory:
    """Full-batch training of a module in its own precision, and its tangent kernel at the training points after so many ``steps``.

    ``loss(outputs, y)`` of all outputs and labels; ``steps``: ascending from 0.  The variables are held against the kernel at step 0, and
    against the labels where these are numbers of the shape of the outputs.
    Raises `InputError` for steps that do not ascend from 0, for numbers as labels of another shape than the outputs, and like
    `empirical_ntk`, and `NotConverged` where training diverges.
    """
    when = list(steps)
    if not when or when[0] != 0 or sorted(set(when)) != when:
        raise InputError("steps", when, "ascending from 0", "try steps=[0, 10, 100]")
    with jax.enable_x64(True):
        field_of(module, points("x", x))
    at, targets = jax.numpy.asarray(x), jax.numpy.asarray(y)
    outputs = eqx.filter_eval_shape(jax.vmap(module), at)
    numbers = jax.numpy.issubdtype(targets.dtype, jax.numpy.floating)
    if numbers and targets.shape != getattr(outputs, "shape", None):
        raise InputError("y", f"shape {targets.shape}", f"of the shape of the outputs, {outputs.shape}", "reshape them: no broadcasting")

    @eqx.filter_jit
    def advanced(module: Any, state: PyTree, count: int) -> tuple[Any, PyTree]:
        params, static = eqx.partition(module, eqx.is_inexact_array)

        def step(carry: tuple[PyTree, PyTree], _: None) -> tuple[tuple[PyTree, PyTree], None]:
            params, state = carry
            gradient = jax.grad(lambda p: loss(jax.vmap(eqx.combine(p, static))(at), targets))(params)
            updates, state = optimiser.update(gradient, state, params)
            return (optax.apply_updates(params, updates), state), None

        with jax.numpy_dtype_promotion("standard"):  # optimisers multiply floats with the number of the step
            (params, state), _ = jax.lax.scan(step, (params, state), None, length=count)
        return eqx.combine(params, static), state

    state = optimiser.init(eqx.filter(module, eqx.is_inexact_array))
    modules, kernels, variables = [], [], []
    for before, now in zip([0, *when], when, strict=False):
        if now > before:
            module, state = advanced(module, state, now - before)
            _require_finite(module, before, now)
        modules.append(module)
        kernels.append(_held(empirical_ntk(module, x, output=output)))
        labels = np.asarray(y) if numbers and np.any(np.asarray(y)) and output == "full" else None
        variables.append(collective(kernels[-1], labels, kernels[0]))
    return Trajectory(tuple(when), tuple(modules), tuple(kernels), tuple(variables))


def _require_finite(module: Any, before: int, now: int) -> None:
    leaves = jax.tree.leaves(eqx.filter(module, eqx.is_inexact_array))
    if not all(np.all(np.isfinite(np.asarray(leaf))) for leaf in leaves):
        stable = "half the sum of squares is stable below 2/ntk_eigenvalues(module, x) at the start"
        raise NotConverged(f"training diverged between step {before} and step {now}: take a smaller learning rate; {stable}")


def _held(kernel: Any) -> Exact:
    assert isinstance(kernel, Exact)  # only a sketch is an estimate
    return kernel
