r"""Sums of line bundles as strings of bits: four lines, the fifth makes up for them (GA of arXiv:2306.03147).

The value is minus the sum of what `LineBundleSum.misses` counts, each divided by a number of its size; terminal exactly where all are 0.
"""

from itertools import combinations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt8

from certifield._arguments import of_kind
from certifield.search.genetic import Integers

from ._scan import SumBox
from ._sums import LINES, SUBSETS


class SumGenome(eqx.Module):
    """The entries of four lines of a box, each on as many bits as its range has.

    Raises `InputError` for a range that is not $2^m$ numbers long.
    """

    box: SumBox = eqx.field(static=True)
    entry: Integers = eqx.field(static=True)

    def __init__(self, box: SumBox, code: str = "gray") -> None:
        self.box = of_kind("box", box, SumBox, "such as SumBox(TETRA_QUADRIC, 4)")
        self.entry = Integers(box.low, box.high, max(1, (box.high - box.low).bit_length()), code)

    @property
    def bits(self) -> int:
        """Of a string."""
        return (LINES - 1) * self.box.manifold.rank * self.entry.bits

    def lines(self, bits: UInt8[Array, "*rest bits"]) -> Int[Array, "*rest lines h"]:
        """The five lines."""
        free = self.entry.decode(bits.reshape(*bits.shape[:-1], LINES - 1, self.box.manifold.rank, self.entry.bits))
        return jnp.concatenate([free, -jnp.sum(free, axis=-2, keepdims=True, dtype=free.dtype)], axis=-2)

    def judge(self, bits: UInt8[Array, " bits"]) -> tuple[Float[Array, ""], Bool[Array, ""]]:
        """The value, and whether all conditions hold and the fifth line lies in the box."""
        misses = self.misses(self.lines(bits))
        units = np.array([3.0 * self.box.order, 12.0, 3.0 * self.box.order, 10.0 * self.box.order, 5.0 * self.box.order, 4.0, 2.0])
        return -jnp.sum(misses.astype(jnp.result_type(float)) / units), jnp.all(misses == 0)

    def misses(self, lines: Int[Array, "lines h"]) -> Int[Array, " conditions"]:
        """index, anomaly, lines, pairs, divisible, signs, and by how much the fifth line leaves the box."""
        m, order = self.box.manifold, self.box.order
        target = 3 * order
        pairs = jnp.stack([lines[a] + lines[b] for a, b in combinations(range(LINES), 2)])
        chi, both = self._indices(lines), self._indices(pairs)
        d = jnp.asarray(m.intersections, jnp.int32)
        c2 = -jnp.einsum("rst,as,at->r", d, lines, lines) // 2
        anomaly = jnp.sum(jnp.maximum(c2 - jnp.asarray(m.second_chern, jnp.int32), 0), dtype=jnp.int32)
        outside = [jnp.sum(jnp.maximum(one, 0) + jnp.maximum(-target - one, 0), dtype=jnp.int32) for one in (chi, both)]
        rest = jnp.sum(chi % order, dtype=jnp.int32) + jnp.sum(both % order, dtype=jnp.int32)
        chosen = jnp.asarray([[int(a in part) for a in range(LINES)] for part in SUBSETS], jnp.int32)
        forms = jnp.einsum("pr,rst->pst", chosen @ lines, d)
        signs = jnp.any(forms > 0, axis=(1, 2)) != jnp.any(forms < 0, axis=(1, 2))
        left = jnp.sum(jnp.maximum(self.box.low - lines, 0) + jnp.maximum(lines - self.box.high, 0), dtype=jnp.int32)
        index = jnp.abs(jnp.sum(chi, dtype=jnp.int32) + target)
        return jnp.stack([index, anomaly, *outside, rest, jnp.sum(signs, dtype=jnp.int32), left])

    def _indices(self, rows: Int[Array, "rows h"]) -> Int[Array, " rows"]:
        m = self.box.manifold
        cubic = jnp.einsum("ar,as,at,rst->a", rows, rows, rows, jnp.asarray(m.intersections, jnp.int32))
        return (2 * cubic + rows @ jnp.asarray(m.second_chern, jnp.int32)) // 12
