r"""The conditions on a monad as whole numbers that are 0 where they hold, and the intrinsic value made of them; compiled by JAX.

========= ==================================================================== ===========
term      what is counted                                                      divided by
========= ==================================================================== ===========
index     $2 |\chi(V) + 3 |\Gamma||$                                           $h M^3$
anomaly   $\sum_r \max(c_{2,r}(V) - c_{2,r}(TX), 0)$                           $h M^2$
bundle    entries of the map that vanish identically, or dim Deg + 1           1
split     parts of V above one                                                 1
equal     $\sum_U \chi(U) \bmod |\Gamma|$ over blocks U of equal line bundles  $h M^3$
trivial   trivial summands, and pairs of a summand of B and an equal one of C  1
stable    $\max(0, h^0(B) - h^0(C))$                                           $h M^3$
outside   by how much entries leave the box                                    M
bogomolov 1 where all $c_{2,r}(V) \le 0$ and some are not 0                   1
========= ==================================================================== ===========

The value is minus the weighted sum, $c_1 = 0$ being built in.  The last term is not part of the published recipe: a stable bundle has
$t^r c_{2,r}(V) \ge 0$ for the t it is stable for (Bogomolov), so that these states are no models.
"""

from itertools import combinations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from certifield.evidence import InputError

from ._scan import Box

TERMS = ("index", "anomaly", "bundle", "split", "equal", "trivial", "stable", "outside", "bogomolov")
BUNDLES = ("positive", "locus")  # conditions for f to have full rank everywhere

Rows = Int[Array, "vectors h"]


class Conditions(eqx.Module):
    r"""What a state of a box misses; ``weights``: of the terms in their order, where a term of weight 0 is not asked for.

    ``bundle``: "positive" asks for all $c_a - b_i \ge 0$, which is sufficient; "locus" for an empty degeneracy locus of the generic map,
    see `degeneracy`.  Raises `InputError` for weights below 0 or of another number, and for an unknown ``bundle``.
    """

    sections_b: Int[Array, " vectors"]
    sections_c: Int[Array, " vectors"]
    box: Box = eqx.field(static=True)
    bundle: str = eqx.field(static=True)
    weights: tuple[float, ...] = eqx.field(static=True)

    def __init__(self, box: Box, bundle: str = "positive", weights: tuple[float, ...] = (1.0,) * len(TERMS)) -> None:
        if bundle not in BUNDLES:
            raise InputError("bundle", bundle, f"one of {', '.join(BUNDLES)}", 'leave it at "positive"')
        if len(weights) != len(TERMS) or any(isinstance(w, bool) or not isinstance(w, int | float) or not w >= 0 for w in weights):
            raise InputError("weights", weights, f"{len(TERMS)} numbers from 0, for {', '.join(TERMS)}", "leave them out")
        self.box, self.bundle, self.weights = box, bundle, tuple(map(float, weights))
        self.sections_b, self.sections_c = (
            jnp.asarray([box.sections[tuple(row)] for row in box.vectors(name).tolist()], jnp.int32) for name in ("b", "c")
        )

    @property
    def units(self) -> np.ndarray:
        """What the terms are divided by."""
        h, m = self.box.manifold.rank, self.box.largest
        return np.array([h * m**3, h * m**2, 1, 1, h * m**3, 1, h * m**3, m, 1])

    def terms(self, b: Rows, c: Rows) -> Int[Array, " terms"]:
        """The whole numbers of the table, of 32 bits."""
        box = self.box
        chi_b, chi_c = _indices(box, b), _indices(box, c)
        c2 = _second_chern(box, b, c)
        excess = c2 - jnp.asarray(box.manifold.second_chern, jnp.int32)
        support = jnp.all(c[:, None, :] >= b[None, :, :], axis=2)
        bundle = jnp.sum(~support, dtype=jnp.int32) if self.bundle == "positive" else degeneracy(box, b, c, support) + 1
        common = jnp.sum(jnp.all(b[:, None, :] == c[None, :, :], axis=2), dtype=jnp.int32)
        trivial = sum((jnp.sum(jnp.all(rows == 0, axis=1), dtype=jnp.int32) for rows in (b, c)), common)
        h0 = [self._sections(name, rows) for name, rows in (("b", b), ("c", c))]
        outside = [jnp.maximum(low - rows, 0) + jnp.maximum(rows - high, 0) for (low, high), rows in ((box.b, b), (box.c, c))]
        return jnp.stack(
            [
                2 * jnp.abs(jnp.sum(chi_b, dtype=jnp.int32) - jnp.sum(chi_c, dtype=jnp.int32) - box.target),
                jnp.sum(jnp.maximum(excess, 0), dtype=jnp.int32),
                bundle,
                _parts(support) - 1,
                _remainders(b, chi_b, box.order) + _remainders(c, chi_c, box.order),
                trivial,
                jnp.maximum(h0[0] - h0[1], 0),
                sum((jnp.sum(one, dtype=jnp.int32) for one in outside), jnp.int32(0)),
                (jnp.all(c2 <= 0) & jnp.any(c2 < 0)).astype(jnp.int32),
            ]
        )

    def judged(self, b: Rows, c: Rows) -> tuple[Float[Array, ""], Bool[Array, ""]]:
        """The intrinsic value, and whether every term that is asked for is 0, tested on whole numbers."""
        terms = self.terms(b, c)
        scales = np.array(self.weights) / self.units
        common = float(self.units.max())  # whole numbers over one denominator: sums without rounding for whole weights
        value = -jnp.sum(terms.astype(jnp.result_type(float)) * np.round(scales * common, 12)) / common
        asked = np.array(self.weights) > 0
        return value, jnp.all((terms == 0) | ~asked)

    def _sections(self, name: str, rows: Rows) -> Int[Array, ""]:
        """h^0 of the sum; of the nearest bundle of the box for one that has left it."""
        (low, high), table = (self.box.b, self.sections_b) if name == "b" else (self.box.c, self.sections_c)
        radix = jnp.asarray((high - low + 1) ** np.arange(rows.shape[1] - 1, -1, -1), jnp.int32)
        places = jnp.sum((jnp.clip(rows, low, high) - low) * radix[None, :], axis=1, dtype=jnp.int32)
        return jnp.sum(table[places], dtype=jnp.int32)


def _indices(box: Box, rows: Rows) -> Int[Array, " vectors"]:
    """d kkk/6 + c_2 k/12, over the different intersection numbers that are not 0."""
    forms, h = box.manifold.intersections, rows.shape[1]
    twice = jnp.sum(rows * jnp.asarray(box.manifold.second_chern, jnp.int32)[None, :], axis=1, dtype=jnp.int32)
    for r in range(h):
        for s in range(r, h):
            for t in range(s, h):
                if forms[r, s, t]:
                    times = 2 * int(forms[r, s, t]) * (1 if r == s == t else 3 if r == s or s == t else 6)
                    twice = twice + times * rows[:, r] * rows[:, s] * rows[:, t]
    return twice // 12


def _second_chern(box: Box, b: Rows, c: Rows) -> Int[Array, " h"]:
    """-d_rst (sum b^s b^t - sum c^s c^t)/2."""
    h = b.shape[1]
    squares = [
        [jnp.sum(c[:, s] * c[:, t], dtype=jnp.int32) - jnp.sum(b[:, s] * b[:, t], dtype=jnp.int32) for t in range(h)] for s in range(h)
    ]
    forms = box.manifold.intersections
    return jnp.stack(
        [
            sum((int(forms[r, s, t]) * squares[s][t] for s in range(h) for t in range(h) if forms[r, s, t]), jnp.int32(0)) // 2
            for r in range(h)
        ]
    )


def _remainders(rows: Rows, chis: Int[Array, " vectors"], order: int) -> Int[Array, ""]:
    """The sum of n chi(L) mod order over the blocks of n equal line bundles."""
    same = jnp.all(rows[:, None, :] == rows[None, :, :], axis=2)
    times = jnp.sum(same, axis=1, dtype=jnp.int32)
    first = ~jnp.any(jnp.tril(same, -1), axis=1)
    return jnp.sum(jnp.where(first, (times * chis) % order, 0), dtype=jnp.int32)


def _parts(support: Bool[Array, "c b"]) -> Int[Array, ""]:
    """The number of connected parts of the graph of entries that are not identically zero; V is a direct sum where there are several."""
    near = jnp.any(support[:, None, :] & support[None, :, :], axis=2)
    near = near | jnp.eye(near.shape[0], dtype=bool)
    for _ in range(max(1, (near.shape[0] - 1).bit_length())):
        near = jnp.any(near[:, :, None] & near[None, :, :], axis=1)
    alone = jnp.sum(~jnp.any(support, axis=0), dtype=jnp.int32)
    return jnp.sum(~jnp.any(jnp.tril(near, -1), axis=1), dtype=jnp.int32) + alone


def degeneracy(box: Box, b: Rows, c: Rows, support: Bool[Array, "c b"]) -> Int[Array, ""]:
    r"""The dimension of the locus where the generic map with this support drops rank, -1 where it is empty.

    A covector y with just the entries S not 0 annihilates the columns of f: each column that has an entry in S is one condition on the
    $3 + |S| - 1$ parameters, transversal by Bertini since all entries are globally generated.  So the dimension is
    $\max_S (3 + |S| - 1 - n(S))$, or the part is empty where the columns that come from some factors F of the ambient space are more
    than $\dim F + |S| - 1$.
    """
    gaps = c[:, None, :] - b[None, :, :]
    worst = jnp.int32(-1)
    spaces = box.manifold.ambient
    for size in range(1, c.shape[0] + 1):
        for chosen in combinations(range(c.shape[0]), size):
            part, inside = gaps[np.array(chosen)], support[np.array(chosen)]
            touched = jnp.any(inside, axis=0)
            free = 3 + size - 1 - jnp.sum(touched, dtype=jnp.int32)
            empty = free < 0
            for few in range(1, len(spaces)):
                for factors in combinations(range(len(spaces)), few):
                    others = [r for r in range(len(spaces)) if r not in factors]
                    pulled = touched & jnp.all(~inside | jnp.all(part[:, :, np.array(others)] == 0, axis=2), axis=0)
                    most = min(3, sum(spaces[r] for r in factors)) + size - 1
                    empty = empty | (jnp.sum(pulled, dtype=jnp.int32) > most)
            worst = jnp.maximum(worst, jnp.where(empty, -1, free))
    return worst
