"""Networks that are written down, with a bound on their largest error: stairs of sigmoids on a line, squares by deep ReLU networks."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from certifield._arguments import a_function, interval, positive, whole
from certifield.evidence import Exact, InputError

from ._shallow import Shallow, Target


class Constructed(NamedTuple):
    """A network and ``bound``, which its largest error does not exceed."""

    network: Callable[[Array], Array]
    bound: Exact


def staircase(
    target: Target, cells: int, lipschitz: float, *, low: float = -1.0, high: float = 1.0, sharpness: float = 30.0
) -> Constructed:
    """cells - 1 logistic neurons with |f - f_N| <= L h (1 + e^(-s) + 2/(e^s - 1)) on [low, high], h = (high - low)/cells, s the sharpness.

    f_N(x) = f(m_0) + sum_i (f(m_i) - f(m_(i-1))) sigma(s (x - x_i)/h) with steps at the edges x_i of cells of middles m_i.  In a cell
    |f(x) - f(m_j)| <= L h/2; the two nearest steps are off by at most 1/2 + e^(-s) of L h together, and all others by 2/(e^s - 1).
    ``lipschitz``: L with |f(x) - f(y)| <= L |x - y|, which the caller vouches for and which is checked at the middles.
    Raises `InputError` where f moves faster than that.
    """
    whole("cells", cells, 2)
    low, high = interval(low, high)
    lipschitz, sharpness = positive("lipschitz", lipschitz), positive("sharpness", sharpness)
    a_function("target", target, "a number that returns a number")
    h = (high - low) / cells
    edges = low + h * np.arange(1, cells)
    middles = low + h * (np.arange(cells) + 0.5)
    values = np.asarray(jax.vmap(target)(jnp.asarray(middles)), dtype=float)
    jumps = np.diff(values)
    if not abs(jumps).max() <= lipschitz * h * (1 + 1e-9) + 1e-12 * abs(values).max():
        raise InputError(
            "lipschitz", lipschitz, f"at least {abs(jumps).max() / h:.6g}, the steepest chord that was met", "give a larger bound"
        )
    network = Shallow(jnp.asarray(jumps), jnp.full((cells - 1, 1), sharpness / h), jnp.asarray(-sharpness / h * edges),
                      jnp.asarray(values[0]), jax.nn.sigmoid)  # fmt: skip
    bound = lipschitz * h * (1 + np.exp(-sharpness) + 2 / np.expm1(sharpness))
    return Constructed(network, Exact(bound, "L h (1 + e^-s + 2/(e^s - 1))", radius=1e-14 * bound))


def bump(low: float, high: float, *, sharpness: float = 30.0) -> Shallow:
    """Two logistic neurons, close to one in [low, high] and to zero outside: sigma(s (x - low)/h) - sigma(s (x - high)/h), h its width.

    Raises `InputError` for an empty interval.
    """
    low, high = interval(low, high)
    rate = positive("sharpness", sharpness) / (high - low)
    return Shallow(jnp.array([1.0, -1.0]), jnp.full((2, 1), rate), -rate * jnp.array([low, high]), jnp.asarray(0.0), jax.nn.sigmoid)


def deep_square(depth: int) -> Constructed:
    """x^2 on [0, 1] by ``depth`` compositions of the tent of three ReLU neurons: f_l(x) = x - sum_(k <= l) T_k(x)/4^k, T_k = T(T_(k-1)).

    It interpolates x^2 linearly at 2^l + 1 points, so that the largest error is 4^-(l+1) exactly, with 3 l neurons: exponential in the
    depth, where a single layer needs 2^l pieces.  Raises `InputError` for depths below 1 or above 25.
    Reference: D. Yarotsky, arXiv:1610.01145, proposition 2.
    """
    whole("depth", depth, 1, 25, "try depth=5")

    def network(x: Float[Array, "..."]) -> Float[Array, "..."]:
        total, tent = x, x
        for level in range(1, depth + 1):
            tent = 2 * jax.nn.relu(tent) - 4 * jax.nn.relu(tent - 0.5) + 2 * jax.nn.relu(tent - 1.0)
            total = total - tent / 4.0**level
        return total

    return Constructed(network, Exact(4.0 ** -(depth + 1), "linear interpolation at 2^l + 1 points", "arXiv:1610.01145"))
