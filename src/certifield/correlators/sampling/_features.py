"""Per-draw features: all products of fields that a question needs, Wick-ordered with respect to a kernel (or plain, for kernel 0).

Recursion, for a multiset A and one more field x:   :phi_x A: = phi_x :A: - sum_{y in A} K(x,y) :A without y: .
Products are shared: over P points, all n-point products come from the (n-1)-point ones by one multiplication each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Inexact, Int

from ..expansion import Product, positions

Multiset = tuple[int, ...]


@dataclass(frozen=True)
class FeatureTable:
    """Which multisets of fields are multiplied (closed under taking parts), and which of their products are summed over draws.

    ``rows[f]`` lists the multisets whose Wick-ordered products make up feature f.
    """

    multisets: tuple[Multiset, ...]
    rows: tuple[tuple[Multiset, ...], ...]

    @property
    def size(self) -> int:
        """Number of features."""
        return len(self.rows)


def _parts(multiset: Multiset) -> Iterable[Multiset]:
    yield multiset[:-1]
    for place in range(len(multiset) - 1):
        yield multiset[:place] + multiset[place + 1 : -1]


def feature_table(
    questions: Mapping[int, tuple[np.ndarray, Sequence[Product]]], *, ordered: bool
) -> tuple[FeatureTable, dict[int, dict[Product, np.ndarray]]]:
    """The table for index tuples [T, order] and the products asked of them; with it, for each order and product, the feature of each tuple.

    ``ordered``: Wick ordering needs the parts of every product, too.
    """
    rows: dict[tuple[Multiset, ...], int] = {}
    columns: dict[int, dict[Product, np.ndarray]] = {}
    for order, (indices, products) in questions.items():
        columns[order] = {}
        for product in products:
            names = [tuple(sorted(tuple(sorted(int(t[place]) for place in positions(block))) for block in product)) for t in indices]
            columns[order][product] = np.array([rows.setdefault(name, len(rows)) for name in names])
    wanted = {multiset for row in rows for multiset in row}
    closed: set[Multiset] = set()
    while wanted:
        multiset = wanted.pop()
        if len(multiset) > 1 and multiset not in closed:
            wanted.update(part for part in (_parts(multiset) if ordered else (multiset[:-1],)) if part)
        closed.add(multiset)
    return FeatureTable(tuple(sorted(closed, key=lambda m: (len(m), m))), tuple(rows)), columns


def features(
    table: FeatureTable,
    fields: Inexact[Array, "fields draws"],
    kernel: Float[Array, "fields fields"] | None,
    empty: Inexact[Array, " draws"],
) -> Inexact[Array, "features draws"]:
    """The features of every draw, times ``empty``, the empty product: 1, or 0 for a draw that is not to count.

    One gather, one multiplication per level; with a kernel, one subtraction per contraction.
    """
    place: dict[Multiset, int] = {}
    levels: dict[int, list[Multiset]] = {}
    for multiset in table.multisets:
        level = levels.setdefault(len(multiset), [])
        place[multiset] = len(level)
        level.append(multiset)
    values: dict[int, Array] = {0: empty[None, :]}
    place[()] = 0
    for size in sorted(levels):
        members = levels[size]
        last = np.array([m[-1] for m in members])
        parent = np.array([place[m[:-1]] for m in members])
        value = fields[last] * values[size - 1][parent]
        if kernel is not None and size > 1:
            rest = np.array([[place[m[:gone] + m[gone + 1 : -1]] for m in members] for gone in range(size - 1)])
            value = _contracted(value, values[size - 2], kernel[last[None, :], np.array(members).T[:-1]], jnp.asarray(rest))
        values[size] = value
    everything = jnp.concatenate([values[size] for size in sorted(levels)])
    start = dict(zip(sorted(levels), np.cumsum([0] + [len(levels[size]) for size in sorted(levels)]), strict=False))
    column = {multiset: start[len(multiset)] + place[multiset] for multiset in table.multisets}
    product = everything[np.array([column[row[0]] for row in table.rows])]
    for factor in range(1, max(len(row) for row in table.rows)):
        more = np.array([factor < len(row) for row in table.rows])
        chosen = np.array([column[row[factor]] if factor < len(row) else 0 for row in table.rows])
        product = jnp.where(more[:, None], product * everything[chosen], product)
    return product


def _contracted(
    value: Float[Array, "members draws"],
    below: Float[Array, "parts draws"],
    pair: Float[Array, "gone members"],
    rest: Int[Array, "gone members"],
) -> Float[Array, "members draws"]:
    """The products minus their contractions.  A loop, since the compiler would merge unrolled levels into one and compute the lower ones
    again for every use."""
    return jax.lax.fori_loop(0, len(rest), lambda gone, v: v - pair[gone][:, None] * below[rest[gone]], value)
