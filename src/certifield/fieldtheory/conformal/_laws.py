r"""Laws of $\Theta \in \mathbb R^n$, n = D + 2, that no rotation changes: a uniform direction times a random length.

What correlators depend on is $E|\Theta|^{2k}$: $E[\Theta_{i_1} \cdots \Theta_{i_{2k}}]$ is the sum over pairings of products of
Kronecker symbols, times $E|\Theta|^{2k} / (n (n+2) \cdots (n+2k-2))$.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.evidence import Exact, InputError


@dataclass(frozen=True)
class ThetaLaw:
    r"""``components`` n; ``moment(k)``: $E|\Theta|^{2k}$; ``lengths(key, draws)``: that many $|\Theta|$.

    A `RadialLaw` has moments as well, but no draws.
    """

    name: str
    components: int
    moment: Callable[[int], Exact]
    lengths: Callable[[Array, int], Array]

    def draw(self, key: Array, draws: int) -> Array:
        """Theta [draws, n]."""
        along, far = jax.random.split(key)
        direction = jax.random.normal(along, (draws, self.components))
        return direction * (self.lengths(far, draws) / jnp.linalg.norm(direction, axis=1))[:, None]


def gaussian(dim: int) -> ThetaLaw:
    """Independent standard normal components: the generalised free field of dimension -1."""
    n = components(dim)
    lengths = lambda key, draws: jnp.sqrt(jax.random.chisquare(key, n, (draws,)))  # noqa: E731
    return ThetaLaw("gaussian", n, lambda k: Exact(gaussian_moment(n, k), "chi-squared law"), lengths)


def sphere(dim: int) -> ThetaLaw:
    r"""Uniform on the sphere of radius $\sqrt n$, so that $E\Theta_A^2 = 1$: fourth moment 3n/(n+2)."""
    n = components(dim)
    return ThetaLaw("sphere", n, lambda k: Exact(n**k, "fixed length"), lambda key, draws: jnp.full(draws, n**0.5))


def discrete(dim: int, squares: Sequence[float | Fraction], weights: Sequence[float | Fraction]) -> ThetaLaw:
    """|Theta|^2 is one of ``squares`` with probabilities ``weights``.  Raises `InputError` where these are none."""
    n, values, chances = components(dim), [Fraction(one) for one in squares], [Fraction(one) for one in weights]
    if len(values) != len(chances) or not values or min(values) < 0 or min(chances) < 0 or abs(sum(chances) - 1) > Fraction(1, 10**12):
        raise InputError("weights", list(weights), "probabilities of squares that are 0 or more, one for each", "let their sum be 1")
    if not any(value * chance for value, chance in zip(values, chances, strict=True)):
        raise InputError("squares", list(squares), "not all 0", "a field that vanishes has no correlators")

    def moment(k: int) -> Exact:
        return Exact(sum((chance * value**k for value, chance in zip(values, chances, strict=True)), Fraction(0)), "discrete law")

    def lengths(key: Array, draws: int) -> Array:
        return jax.random.choice(key, jnp.sqrt(jnp.array([*map(float, values)])), (draws,), p=jnp.array([*map(float, chances)]))

    return ThetaLaw("discrete", n, moment, lengths)


def gaussian_moment(n: int, k: int) -> int:
    """n (n + 2) ... (n + 2k - 2)."""
    return prod(n + 2 * i for i in range(k))


def components(dim: int) -> int:
    """D + 2.  Raises `InputError` for D below 1."""
    if isinstance(dim, bool) or not isinstance(dim, int) or dim < 1:
        raise InputError("dim", dim, "an integer of 1 or more", "D is the dimension of space")
    return dim + 2
