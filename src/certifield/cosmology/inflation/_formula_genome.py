r"""Genetic programming: formulas of potentials as strings of bits, and the fast slow roll of any potential that judges them.

Minima and the critical points beside them are changes of the sign of V' on a grid, found then by bisection; from each minimum outward all
is as for polynomials, in units where nothing but the ratio of V' and V'' to V matters.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, UInt8

from certifield._arguments import of_kind, positive, whole
from certifield.evidence import InputError
from certifield.search.genetic import Encoding, Integers, Reals, split

from ._formulas import OPERATIONS, Formula
from ._genome import graded
from ._potentials import Potential
from ._presets import PRESETS, Observed
from ._sextic import Cosmologies
from ._side import Jet, side

_CELLS, _HALVINGS = 511, 44  # an odd number of cells: a minimum at 0 lies inside of one
_MINIMA = 2  # nearest to 0
_CODE = {"operation": 3, "kind": 1, "sign": 1}  # bits


def jet_of(potential: Potential) -> Jet:
    """V, V' and V'' at one field or at many."""

    def one(phi: Array) -> tuple[Array, Array, Array]:
        unit = jnp.ones_like(phi)
        (value, slope), (_, bend) = jax.jvp(lambda x: jax.jvp(potential, (x,), (unit,)), (phi,), (unit,))
        return value, slope, bend

    return lambda phi: jax.vmap(one)(phi) if phi.ndim else one(phi)


def cosmologies_of(potential: Potential, efolds: float, reach: float) -> Cosmologies:
    r"""Those of a potential on $|\phi| \le$ ``reach``, of the two minima nearest to 0, with V = 0 there.

    ``apart`` is the least of $|V'/V|$ on a grid of 512 fields; critical points nearer to one another than its cells may be missed.
    """
    jet = jet_of(potential)
    grid = jnp.asarray(np.linspace(-reach, reach, _CELLS + 1), jnp.result_type(float))
    value, slope, _ = jet(grid)
    change = slope[:-1] * slope[1:] < 0
    rises = change & (slope[:-1] < 0)
    number = jnp.arange(_CELLS)
    order = jnp.argsort(jnp.where(rises, jnp.abs(2 * number + 1 - _CELLS), 4 * _CELLS))[:_MINIMA]
    there = rises[order]
    ahead = jnp.min(jnp.where(change[None, :] & (number[None, :] > order[:, None]), number[None, :], _CELLS), axis=1)
    behind = jnp.max(jnp.where(change[None, :] & (number[None, :] < order[:, None]), number[None, :], -1), axis=1)

    def turning(cell: Array) -> Array:
        """Where V' changes its sign in a cell; the edge of the grid where the cell is beyond it."""
        inside = (cell >= 0) & (cell < _CELLS)
        safe = jnp.clip(cell, 0, _CELLS - 1)
        falls = jnp.sign(slope[safe])

        def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
            middle = (ends[0] + ends[1]) / 2
            same = jet(middle)[1] * falls > 0
            return jnp.where(same, middle, ends[0]), jnp.where(same, ends[1], middle)

        low, high = jax.lax.fori_loop(0, _HALVINGS, halve, (grid[safe], grid[safe + 1]))
        return jnp.where(inside, (low + high) / 2, jnp.where(cell < 0, grid[0], grid[-1]))

    def lowered(bottom: Array) -> Jet:
        def shifted(phi: Array) -> tuple[Array, Array, Array]:
            found = jet(phi)
            return found[0] - bottom, found[1], found[2]

        return shifted

    points = jax.vmap(turning)(jnp.concatenate([order, behind, ahead]))
    minima, limits = points[:_MINIMA], points[_MINIMA:]
    found = jax.vmap(lambda start, limit: side(lowered, start, limit, efolds))(jnp.concatenate([minima, minima]), limits)
    flat = jnp.min(jnp.abs(slope) / jnp.maximum(jnp.abs(value), 1e-300))
    told = (jnp.concatenate([there, there]), *found, jnp.where(jnp.isfinite(flat), flat, 1.0))
    return Cosmologies(*told)  # pyright: ignore[reportCallIssue]  the sides are a tuple of arrays in this order


class FormulaGenome(eqx.Module):
    r"""Complete trees of ``depth`` levels of operations, in the order left to right from the top down, so that a crossover hands on parts.

    A leaf is $\pm c$ or $\pm c\phi$, with the logarithm of c in the middle of one of $2^{\rm bits}$ equal parts of that of ``constants``.
    The amplitude is put right by scaling.  Fitness is that of `SexticGenome`; -5 where a formula has no finite value.
    Raises `InputError` for depths that are not from 1 to 4, constants that are no range above 0, and a reach that is not positive.
    """

    observed: Observed = eqx.field(static=True)
    depth: int = eqx.field(static=True)
    reach: float = eqx.field(static=True)
    magnitude: Reals = eqx.field(static=True)

    def __init__(
        self, observed: Observed = PRESETS["planck2018"], *, depth: int = 3, constants: tuple[float, float] = (0.01, 1.0),
        bits_each: int = 5, reach: float = 40.0,
    ) -> None:  # fmt: skip
        of_kind("observed", observed, Observed, 'such as PRESETS["planck2018"]')
        self.observed, self.depth, self.reach = observed, whole("depth", depth, 1, 4), positive("reach", reach)
        if not isinstance(constants, tuple) or len(constants) != 2:
            raise InputError("constants", constants, "two numbers above 0, the lower one first", "such as (0.01, 1.0)")
        low, high = (positive("constants", one) for one in constants)
        if not low < high:
            raise InputError("constants", constants, "two numbers above 0, the lower one first", "such as (0.01, 1.0)")
        self.magnitude = Reals(float(np.log10(low)), float(np.log10(high)), bits_each)

    @property
    def places(self) -> tuple[int, ...]:
        """The nodes and leaves in the order of the string, numbered from the top and from the left."""
        found, waiting = [], [0]
        while waiting:
            node = waiting.pop()
            found.append(node)
            if node < (1 << self.depth) - 1:
                waiting += [2 * node + 2, 2 * node + 1]
        return tuple(found)

    @property
    def encodings(self) -> tuple[Encoding, ...]:
        """Of the string, part by part."""
        found: list[Encoding] = []
        for node in self.places:
            if node < (1 << self.depth) - 1:
                found.append(Integers(0, len(OPERATIONS) - 1, _CODE["operation"]))
            else:
                found += [Integers(0, 1, _CODE["kind"]), Integers(0, 1, _CODE["sign"]), self.magnitude]
        return tuple(found)

    @property
    def bits(self) -> int:
        """Of a string: 77 for three levels and five bits each."""
        return sum(one.bits for one in self.encodings)

    def decode(self, bits: UInt8[Array, " bits"]) -> Formula:
        """The formula."""
        inner = (1 << self.depth) - 1
        numbers, at = iter(split(bits, self.encodings)), {}
        for node in self.places:
            at[node] = next(numbers) if node < inner else (next(numbers), next(numbers), next(numbers))
        leaves = [at[inner + leaf] for leaf in range(inner + 1)]
        operations = jnp.stack([at[node] for node in range(inner)])
        signs = 1 - 2 * jnp.stack([sign for _, sign, _ in leaves])
        sizes = jnp.power(10.0, jnp.stack([size for _, _, size in leaves]))
        return Formula(operations, jnp.stack([kind for kind, _, _ in leaves]) == 1, signs.astype(sizes.dtype) * sizes)

    def judge(self, bits: UInt8[Array, " bits"]) -> tuple[Float[Array, ""], Bool[Array, ""]]:
        """The fitness of the best cosmology, and whether it is viable."""
        found = cosmologies_of(self.decode(bits), self.observed.efolds, self.reach)
        fitness, viable = graded(found, self.observed)
        value = jnp.where(jnp.any(found.minimum), jnp.max(fitness), -3 - found.apart / (1 + found.apart))
        return jnp.where(jnp.isfinite(value), value, -5.0), jnp.any(viable) & jnp.isfinite(value)
