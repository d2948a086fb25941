r"""Gauge-equivariant flows of two-dimensional U(1) and SU(2) fields (in the manner of arXiv:2003.06413 and 2008.05456).

A layer moves some links U at once.  Each is in two loops, $P = U A$ on one side and $P_2 = B U^\dagger$ on the other, whose product
$Q = P_2 P = BA$ does not know U.  The weight of both, $\mathrm{Re\,tr}(P + QP^\dagger)$, is with $C = Q^{1/2}$ and $W = PC^\dagger$ the
class function $\mathrm{Re\,tr}\,W\cdot\mathrm{Re\,tr}\,C\cdot 2/N$ of W (for SU(2), since $W + W^\dagger$ is a number; of U(1) likewise).
So W is moved by a spectral map, conditioned on what frozen loops say, and $U' = W'W^\dagger U$:

$$\theta \to h(\theta) = \sum_k\rho_k\,2\arctan(e^{s_k}\tan\tfrac\theta2),\qquad
J = h'(\theta)\ \text{of U(1)},\quad h'(\theta)\,\frac{\sin^2h}{\sin^2\theta}\ \text{of SU(2)},$$

with $\rho, s$ of two such maps in a row from a small network of
$\mathrm{Re\,tr}\,C/N$ at the link and beside it.  W turns by conjugation under gauge
transformations, the conditions do not turn, hence the layer is equivariant and its Jacobian with respect to the uniform measure exact.

Loops may be larger than plaquettes.  ``hierarchy``: first strips around the lattice are halved by links of one row, then columns of loops,
down to plaquettes.  Given the coarser loops, the finer ones are independent in two dimensions, so each layer has an exact answer that
depends on Q alone; only the coupling of the two holonomies is left out, a term of order (c_1/d_1 c_0)^V.
"""

import math
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import seeded, whole
from certifield.evidence import InputError
from certifield.streams import stream_key

from ..gauge import GaugeLattice
from ..gauge._groups import checked_lattice
from ..gauge._links import antihermitian, dagger, haar, product, real_trace
from ._coupling import lenient

_HIDDEN = 12
_FEATURES = 4
_MAPS = 2  # one after another


@dataclass(frozen=True)
class Mask:
    """Links of ``direction`` in the rows ``spacing`` apart from frozen ones, the first of lines of ``length`` links; rows are those equal
    to ``offset`` modulo twice the spacing across.  With the length of the lattice only the links at 0 along the line move.
    """

    direction: int
    length: int
    spacing: int
    offset: int


class GaugeFlow(eqx.Module):
    """``first`` [layers, hidden, features + 1] and ``second`` [layers, 4K, hidden + 1] of the networks; ``masks``; ``lattice``.
    Made by `gauge_flow`.
    """

    first: jax.Array
    second: jax.Array
    masks: tuple[Mask, ...] = eqx.field(static=True)
    lattice: GaugeLattice = eqx.field(static=True)

    def draw(self, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array]:
        """``count`` fields [N, N, 2, L0, L1, count] and the logarithms of their densities with respect to the uniform measure."""
        links = haar(key, self.lattice.rules.n, (2, *self.lattice.shape, count))
        return self.pushed(links.astype(jnp.complex64 if self.first.dtype == jnp.float32 else jnp.complex128))

    @lenient()
    def pushed(self, links: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Given links at the end of the flow, and log q of those that began as uniform."""
        density = jnp.zeros_like(jnp.real(links[0, 0, 0, 0, 0]))
        for place, mask in enumerate(self.masks):
            links, gain = _layer(links, mask, self.first[place], self.second[place])
            density = density - gain
        return links, density

    def mismatch(self, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Fields with their log q, which are exact: the third array is zero."""
        links, density = self.draw(key, count)
        return links, density, jnp.zeros_like(density)


def gauge_flow(lattice: GaugeLattice, *, hierarchy: bool = True, sweeps: int = 4, bumps: int = 3, seed: int = 0) -> GaugeFlow:
    """An untrained `GaugeFlow` of ``bumps`` K: with the ``hierarchy`` of loops, or with ``sweeps`` of plaquettes over all links.

    Raises `InputError` for SU(3), sides that are not even (not equal powers of 2 with the hierarchy), and counts below 1.
    """
    rules = checked_lattice(lattice).rules
    if rules.n > 2:
        raise InputError("lattice", lattice.group, 'of "U(1)" or "SU(2)"', "W + W^dagger is a number for these alone")
    if not isinstance(hierarchy, bool | np.bool_):
        raise InputError("hierarchy", hierarchy, "True or False", "True takes loops of all sizes")
    sweeps, bumps, key = whole("sweeps", sweeps, 1, 64), whole("bumps", bumps, 1, 16), stream_key(seeded(seed), "lattice flows/gauge")
    side = lattice.shape[0]
    if hierarchy and (lattice.shape[1] != side or side & (side - 1)):
        raise InputError("lattice", lattice.shape, "two equal sides, a power of 2", "take hierarchy=False on other shapes")
    if any(length % 2 for length in lattice.shape):
        raise InputError("lattice", lattice.shape, "even sides", "every other row stays frozen")
    masks = _halvings(side) if hierarchy else sweeps * tuple(Mask(d, 1, 1, row) for d in (0, 1) for row in (0, 1))
    one, two = jax.random.split(key)
    first = 0.5 * jax.random.normal(one, (len(masks), _HIDDEN, _FEATURES + 1), jnp.float32)
    second = 0.05 * jax.random.normal(two, (len(masks), 2 * _MAPS * bumps, _HIDDEN + 1), jnp.float32)
    return GaugeFlow(first, second, masks, lattice)


def _halvings(side: int) -> tuple[Mask, ...]:
    """Strips around the lattice, from half of it to one column; then, in every column, loops from half of it to plaquettes."""
    spacings = [side >> power for power in range(1, int(math.log2(side)) + 1)]
    return tuple(Mask(d, length, s, s) for d, length in ((1, side), (0, 1)) for s in spacings)


def _layer(links: jax.Array, mask: Mask, first: jax.Array, second: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The links after a layer, and the logarithm of its Jacobian."""
    turned = jnp.swapaxes(links[:, :, ::-1], 3, 4) if mask.direction else links  # links that move are those of direction 0
    along, across = turned[:, :, 0], turned[:, :, 1]
    line, rise = _path(along, 2, mask.length), _path(across, 3, mask.spacing)
    far, below = jnp.roll(rise, -mask.length, 2), mask.spacing
    loop = product(line, far, dagger(jnp.roll(line, -mask.spacing, 3)), dagger(rise))
    under = product(dagger(jnp.roll(rise, below, 3)), jnp.roll(line, below, 3), jnp.roll(far, below, 3), dagger(line))
    root = _square_root(product(under, loop))
    w = product(loop, dagger(root))
    shifts, shares = _conditions(real_trace(root), mask, first, second)
    moved, gain = _spectral(w, shifts, shares)
    active = _active(along.shape[2:4], mask)[..., None]
    along = jnp.where(active, product(moved, dagger(w), along), along)
    turned = jnp.stack([along, across], axis=2)
    after = jnp.swapaxes(turned, 3, 4)[:, :, ::-1] if mask.direction else turned
    return after, jnp.sum(jnp.where(active, gain, 0.0), axis=(0, 1))


def _active(shape: Any, mask: Mask) -> np.ndarray:
    rows = np.arange(shape[1]) % (2 * mask.spacing) == mask.offset
    columns = np.arange(shape[0]) % mask.length == 0
    return columns[:, None] & rows


def _path(links: jax.Array, axis: int, length: int) -> jax.Array:
    """Products of ``length`` links in a row, from every site."""
    total = links
    for step in range(1, length):
        total = product(total, jnp.roll(links, -step, axis))
    return total


def _square_root(q: jax.Array) -> jax.Array:
    """C with C C = Q, nearest to one."""
    if q.shape[0] == 1:
        half = jnp.angle(q) / 2
        return jax.lax.complex(jnp.cos(half), jnp.sin(half))
    one = jnp.eye(2, dtype=q.dtype).reshape(2, 2, *[1] * (q.ndim - 2))
    span = jnp.maximum(2 + 2 * real_trace(q), jnp.finfo(q.dtype).eps)  # rounding may leave less than 0 where Q is -1
    return (one + q) / jnp.sqrt(span).astype(q.dtype)


def _conditions(trace: jax.Array, mask: Mask, first: jax.Array, second: jax.Array) -> tuple[jax.Array, jax.Array]:
    """s and rho [maps, K, L0, L1, draws], of Re tr C/N at the link, the mean beside it along the row, and that of the next rows."""
    beside = (jnp.roll(trace, 1, 0) + jnp.roll(trace, -1, 0)) / 2
    rows = (jnp.roll(trace, 2 * mask.spacing, 1) + jnp.roll(trace, -2 * mask.spacing, 1)) / 2
    features = [trace, trace**2, beside, rows] if mask.length == 1 else [trace, trace**2, jnp.zeros_like(trace), jnp.zeros_like(trace)]
    inputs = jnp.stack([*features, jnp.ones_like(trace)]).astype(first.dtype)
    hidden = jnp.tanh(jnp.tensordot(first, inputs, axes=1))
    out = jnp.tensordot(second[:, :-1], hidden, axes=1) + second[:, -1][:, None, None, None]
    parts = out.reshape(2, _MAPS, -1, *out.shape[1:])
    return 6 * jnp.tanh(parts[0] / 3), jax.nn.softmax(parts[1], axis=1)


def _spectral(w: jax.Array, shifts: jax.Array, shares: jax.Array) -> tuple[jax.Array, jax.Array]:
    """W' with the eigenvectors of W, and the logarithm of the Jacobian with respect to the uniform measure."""
    tiny = 1e-12
    if w.shape[0] == 1:
        half = jnp.angle(w[0, 0]) / 2
        half, _, slope = _bent(half, jnp.pi / 2 - half, shifts, shares)
        return jax.lax.complex(jnp.cos(2 * half), jnp.sin(2 * half))[None, None], jnp.log(slope)
    cosine, rest = real_trace(w), antihermitian(w)
    sine = jnp.sqrt(jnp.sum(jnp.abs(rest) ** 2, axis=(0, 1)) / 2 + tiny)
    half, other, slope = _bent(jnp.arctan2(sine, cosine) / 2, jnp.arctan2(sine, -cosine) / 2, shifts, shares)
    one = jnp.eye(2, dtype=w.dtype).reshape(2, 2, *[1] * (w.ndim - 2))
    stretched = 2 * jnp.sin(half) * jnp.sin(other) / sine
    return one * jnp.cos(2 * half).astype(w.dtype) + rest * stretched.astype(w.dtype), jnp.log(slope) + 2 * jnp.log(stretched)


def _bent(half: jax.Array, other: jax.Array, shifts: jax.Array, shares: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """h(theta)/2, (pi - h(theta))/2 and h', from theta/2 and (pi - theta)/2: smooth maps of the circle, one by one, that fix 0 and pi.

    Positive s draw away from 0, negative ones to it.  Both angles are kept, since the sine of one near pi would be rounding.
    """
    slope = jnp.ones_like(half)
    for bend, share in zip(shifts, shares, strict=True):
        sine, cosine = jnp.exp(bend / 2) * jnp.sin(half), jnp.exp(-bend / 2) * jnp.sin(other)
        slope = slope * jnp.sum(share / (sine**2 + cosine**2), axis=0)
        half, other = jnp.sum(share * jnp.arctan2(sine, cosine), axis=0), jnp.sum(share * jnp.arctan2(cosine, sine), axis=0)
    return half, other, slope
