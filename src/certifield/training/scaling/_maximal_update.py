"""The maximal-update parametrisation as a transformation of Optax: hyperparameters that hold at every width."""

from typing import Any, Literal

import equinox as eqx
import jax
import optax
from jaxtyping import PyTree

from certifield.evidence import InputError

from ._widths import Growth, WidthMap

Rule = Literal["adam", "sgd"]
# Learning rate of a parameter by its role, as a power of the growth of the width (arXiv:2203.03466, table 8).
_POWERS: dict[str, dict[str, int]] = {
    "adam": {"input": 0, "hidden": -1, "output": -1, "fixed": 0},
    "sgd": {"input": 1, "hidden": 0, "output": -1, "fixed": 0},
}


def maximal_update(
    optimiser: optax.GradientTransformation,
    widths: WidthMap,
    *,
    rule: Rule = "adam",
    weight_decay: float = 0.0,
    decoupled: bool = True,
) -> optax.GradientTransformation:
    """``optimiser`` with the learning rate of every parameter multiplied by a power of the growth of its width.

    ========  =====================  ========  ========
    rule      input, biases, norms   hidden    output
    ========  =====================  ========  ========
    "adam"    1                      1/m       1/m
    "sgd"     m                      1         1/m
    ========  =====================  ========  ========

    "adam" is for optimisers whose steps do not scale with the gradient.  ``weight_decay``: the share of a parameter that a step takes away,
    learning rate included; ``decoupled``: the same share at every width, not multiplied by 1/m like the rate.
    The factors are constants of the program: nothing is added to the state of ``optimiser``.  Start from `maximal_update_init`, and divide
    logits of attention by the key size, not its root, where the key size grows.

    Raises `InputError` for another rule.  Reference: arXiv:2203.03466, table 8 and appendix B.
    """
    if rule not in _POWERS:
        raise InputError("rule", rule, "'adam' or 'sgd'", "take 'adam' for steps that do not scale with the gradient")
    if not weight_decay >= 0:
        raise InputError("weight_decay", weight_decay, "0 or more", "leave it out")
    factors = [_factor(growth, _POWERS[rule]) for growth in widths.growths]

    def update(updates: PyTree, state: PyTree, params: PyTree = None, **extra: Any) -> tuple[PyTree, PyTree]:
        found, state = optax.with_extra_args_support(optimiser).update(updates, state, params, **extra)
        scales = widths.tree(factors, found)
        found = jax.tree.map(lambda step, scale: step * scale, found, scales)
        if weight_decay:
            if params is None:
                raise InputError("params", None, "the parameters, which decay", "call update(grads, state, params)")
            shares = widths.tree([1.0] * len(factors), found) if decoupled else scales
            found = jax.tree.map(lambda step, share, param: step - weight_decay * share * param, found, shares, params)
        return found, state

    return optax.GradientTransformationExtraArgs(optimiser.init, update)


def maximal_update_init(module: Any, widths: WidthMap) -> Any:
    """A module drawn with variances 1/fan-in, its output weights divided by sqrt(m): variance 1/fan-in^2 relative to the base."""
    params, static = eqx.partition(module, eqx.is_inexact_array)
    factors = [growth.inputs**-0.5 if growth.role == "output" else 1.0 for growth in widths.growths]
    return eqx.combine(jax.tree.map(lambda leaf, factor: leaf * factor, params, widths.tree(factors, params)), static)


def _factor(growth: Growth, powers: dict[str, int]) -> float:
    return (growth.outputs if growth.role == "input" else growth.inputs) ** powers[growth.role]
