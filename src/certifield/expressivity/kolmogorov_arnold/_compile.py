"""A formula written down as a network, with a bound on the largest error that is proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import interval, listed, of_kind, seeded, whole
from certifield.evidence import Estimate, Exact, InputError

from ._network import KAN

_SAMPLES = 4096


@dataclass(frozen=True, eq=False)
class Compiled:
    """A ``network`` that computes ``expressions`` of the inputs ``names``, in this order.

    ``error``: the largest distance from them over the domain, between 0 and the bound that is proved, mean + radius; it is that of the
    splines as real functions, on top of which comes the rounding of an evaluation.  ``measured``: the largest distance at random points.
    """

    network: KAN
    expressions: tuple[Any, ...]
    names: tuple[str, ...]
    error: Exact
    measured: Estimate


def compiled(
    expression: Any, domain: Mapping[str, tuple[float, float]], *, intervals: int = 20, order: int = 3, seed: int = 0
) -> Compiled:  # fmt: skip
    """The network of an expression, or of a list of them, on a box: a spline for every function of one variable, products as nodes.

    ``expression``: of SymPy, or a line of Python such as ``"exp(sin(x**2 + y**2))"``, which is read and not run; ``domain``: the range of
    every input.  Polynomials up to the degree ``order`` are exact to rounding, others come near as ``intervals``^-(order + 1).
    Raises `InputError` for functions with corners, for what is singular or not real on its range, and for inputs without a range.

    >>> found = compiled("x * y", {"x": (-1, 1), "y": (0, 2)})
    >>> found.network.shape, float(found.error.mean + found.error.radius) < 1e-12
    ([2, (0, 1)], True)
    """
    from ._grammar import Grammar, expression_of
    from ._proved import Made, built, layers_of

    box = {name: interval(*ends) for name, ends in of_kind("domain", domain, Mapping, 'try {"x": (-1, 1)}').items()}
    whole("intervals", intervals, 1)
    whole("order", order, 1, 8)
    seeded(seed)
    given = [expression] if isinstance(expression, str) or not isinstance(expression, Sequence) else listed(
        "expression", expression, "an expression, or a list of them", "try 'x * y'")  # fmt: skip
    names = tuple(box)
    if not names or not given:
        raise InputError("domain, expression", (domain, expression), "an input and an expression at least", 'try "x**2" on {"x": (0, 1)}')
    expressions = tuple(expression_of(one, names) for one in given)
    grammar = Grammar(names)
    layers = layers_of([grammar.node(one) for one in expressions])
    with jax.enable_x64(True):
        network, made = built(layers, [Made(*ends, 0.0) for ends in box.values()], intervals, order)
        bound = max(one.error for one in made)
        measured = _measured(network, expressions, box, seed)
    words = f"splines of order {order} on {intervals} intervals, enclosed edge by edge"
    return Compiled(network, expressions, names, Exact(bound / 2, words, "Rivlin 1974", bound / 2), measured)


def _measured(network: KAN, expressions: tuple[Any, ...], box: Mapping[str, tuple[float, float]], seed: int) -> Estimate:
    import sympy

    low, high = np.array(list(box.values())).T
    at = low + (high - low) * np.random.default_rng(seed).random((_SAMPLES, len(low)))
    symbols = [sympy.Symbol(name) for name in box]
    wanted = [np.broadcast_to(sympy.lambdify(symbols, one, "scipy")(*at.T), _SAMPLES) for one in expressions]
    gaps = np.abs(np.asarray(network(jnp.asarray(at))) - np.stack(wanted, axis=1))
    rounding = 1e-14 * max(1.0, float(np.max(np.abs(wanted))))
    method = "largest distance at random points"
    return Estimate.from_stderr(float(gaps.max()), rounding, source="random points", draws=_SAMPLES, method=method, bias="unknown")
