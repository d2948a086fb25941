r"""With which probability an individual becomes a parent.

All rules give whole-number weights, so that sums over a population are exact and do not depend on how it is laid out in memory: fitness is
put on a grid of $2^{28}$ steps between the worst and the best, and the pressure $\alpha$ on one of 1/64.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

GRID = 28  # fitness in units of its range / 2^28
PRESSURES = 64  # alpha in units of 1/64
MOST_INDIVIDUALS = 4096  # weights are below 2^49 then, and their sums below 2^61

Weights = Int[Array, " population"]


def _graded(fitness: Float[Array, " population"]) -> Weights:
    low, high = jnp.min(fitness), jnp.max(fitness)
    spread = jnp.where(high > low, high - low, jnp.ones_like(high))
    return jnp.round((fitness - low) / spread * (1 << GRID)).astype(jnp.int64)


def _talk(grade: Weights, pressure: int) -> Weights:
    """n times (alpha - 1)(f - mean) + (max - mean), in units of the grid and of 1/64."""
    total, count = jnp.sum(grade), grade.size
    return (pressure - PRESSURES) * (count * grade - total) + PRESSURES * (count * jnp.max(grade) - total)


def _authors(grade: Weights, pressure: int) -> Weights:
    """n times alpha (f - mean) + (max - mean)."""
    return _talk(grade, pressure + PRESSURES)


def _rank(grade: Weights, pressure: int) -> Weights:
    """1 + i/(n - 1) (alpha - 1) with i = 0 for the worst; equals keep their order."""
    place = jnp.argsort(jnp.argsort(grade, stable=True), stable=True)
    return PRESSURES * (grade.size - 1) + place * (pressure - PRESSURES)


SELECTIONS: Mapping[str, Callable[[Weights, int], Weights]] = {"talk": _talk, "authors": _authors, "rank": _rank}


def weights(fitness: Float[Array, " population"], selection: str, pressure: Fraction) -> tuple[Weights, Bool[Array, " population"]]:
    r"""Whole-number weights $\ge 0$ proportional to the probabilities of selection, and which of them were negative.

    "talk": $p_k = \frac{1}{n} \frac{(\alpha - 1)(f - \bar f) + f_{max} - \bar f}{f_{max} - \bar f}$, so that the fittest has
    $\alpha / n$ and the average 1/n; "authors": $\alpha$ in place of $\alpha - 1$, as in the public program of the same authors, so that
    the fittest has $(\alpha + 1)/n$; "rank": $p_i \propto 1 + \frac{i}{n - 1}(\alpha - 1)$, i = 0 being the worst.
    The first two are negative where $\bar f - f > (f_{max} - \bar f)/(\alpha - 1)$: there the weight is 0, and the others get more.
    Where all are equally fit all weights are.
    """
    grade = _graded(fitness)
    found = SELECTIONS[selection](grade, int(pressure * PRESSURES))
    found = jnp.where(jnp.max(grade) > jnp.min(grade), found, jnp.ones_like(found))
    return jnp.maximum(found, jnp.zeros_like(found)), found < 0
