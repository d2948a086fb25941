"""Monads as strings of bits, for genetic search: all vectors but the last of C, which makes up for the others."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, UInt8

from certifield.search.genetic import Integers

from ._conditions import Conditions, Rows


class Genome(eqx.Module):
    """The free entries of a monad, vector by vector; each on as many bits as its range of the box has.

    Raises `InputError` for ranges that are not $2^m$ numbers long.
    """

    conditions: Conditions
    entry_b: Integers = eqx.field(static=True)
    entry_c: Integers = eqx.field(static=True)

    def __init__(self, conditions: Conditions, code: str = "binary") -> None:
        self.conditions = conditions
        ranges = (conditions.box.b, conditions.box.c)
        self.entry_b, self.entry_c = (Integers(low, high, max(1, (high - low).bit_length()), code) for low, high in ranges)

    @property
    def bits(self) -> int:
        """Of a string."""
        box = self.conditions.box
        r_b, r_c = box.shape
        return box.manifold.rank * (r_b * self.entry_b.bits + (r_c - 1) * self.entry_c.bits)

    def judge(self, bits: UInt8[Array, " bits"]) -> tuple[Float[Array, ""], Bool[Array, ""]]:
        """The intrinsic value, and whether all conditions hold."""
        return self.conditions.judged(*self.decode(bits))

    def decode(self, bits: UInt8[Array, " bits"]) -> tuple[Rows, Rows]:
        """The vectors of B and of C."""
        h, (r_b, r_c) = self.conditions.box.manifold.rank, self.conditions.box.shape
        cut = r_b * h * self.entry_b.bits
        b = self.entry_b.decode(bits[:cut].reshape(r_b, h, -1))
        free = self.entry_c.decode(bits[cut:].reshape(r_c - 1, h, self.entry_c.bits))
        last = jnp.sum(b, axis=0, dtype=jnp.int32) - jnp.sum(free, axis=0, dtype=jnp.int32)
        return b, jnp.concatenate([free, last[None]])

    def states(self, strings: np.ndarray) -> np.ndarray:
        """The vectors of many strings, [strings, r_B + r_C, h]."""
        h, (r_b, r_c) = self.conditions.box.manifold.rank, self.conditions.box.shape
        cut = r_b * h * self.entry_b.bits
        count = len(strings)
        b = np.asarray(self.entry_b.decode(jnp.asarray(strings[:, :cut].reshape(count, r_b, h, self.entry_b.bits))))
        free = np.asarray(self.entry_c.decode(jnp.asarray(strings[:, cut:].reshape(count, r_c - 1, h, self.entry_c.bits))))
        return np.concatenate([b, free, b.sum(axis=1, keepdims=True) - free.sum(axis=1, keepdims=True)], axis=1)
