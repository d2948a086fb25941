"""Evolution of a population of bit strings: selection by roulette or rank, crossover, mutation, compiled and vectorised."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, UInt8, UInt32

from certifield.evidence import InputError

from .._keys import key_of
from ._selection import MOST_INDIVIDUALS, PRESSURES, SELECTIONS, weights

WORD = 32
QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


class Problem(Protocol):
    """What is searched: a fitness on strings of ``bits`` bits; a pytree whose arrays may be traced.

    ``judge``: the fitness of a string, the higher the better, and whether it is terminal, which is a solution.
    Digits that depend on how strings are batched, as sums of floats do, would carry over to the evolution.
    """

    @property
    def bits(self) -> int: ...
    def judge(self, bits: UInt8[Array, " bits"]) -> tuple[Float[Array, ""], Bool[Array, ""]]: ...


@dataclass(frozen=True)
class Genetic:
    r"""The settings of an evolution.

    ``population``: an even number of strings; ``pressure``: $\alpha$, in steps of 1/64; ``mutation``: the fraction of all bits of a
    population that is flipped in a generation, at random places; ``cuts``: of the crossover, at places 1 to ``bits`` of a pair of parents,
    which are drawn with replacement; ``elitism``: the fittest replaces the weakest of the next generation;
    ``selection``: "talk", "authors" or "rank", see `weights`; ``sparse``: the probability of ones in the first population is $2^{-sparse}$.
    ``undefined``: "error", or "worst" which counts individuals of fitness NaN as unfit as the worst of the others.
    Raises `InputError` for what is out of range.
    """

    population: int = 50
    generations: int = 100
    pressure: float = 3.0
    mutation: float = 0.01
    cuts: int = 1
    elitism: bool = False
    selection: str = "talk"
    sparse: int = 1
    undefined: str = "error"

    def __post_init__(self) -> None:
        if type(self.population) is not int or self.population % 2 or not 2 <= self.population <= MOST_INDIVIDUALS:
            raise InputError("population", self.population, f"an even number from 2 to {MOST_INDIVIDUALS}", "parents come in pairs")
        for name, low, high in (("generations", 0, 10**6), ("cuts", 0, 2), ("sparse", 1, 8)):
            if type(getattr(self, name)) is not int or not low <= getattr(self, name) <= high:
                raise InputError(name, getattr(self, name), f"a whole number from {low} to {high}", "leave it out")
        for name, low, high in (("pressure", 1, 7), ("mutation", 0, 0.5)):
            given = getattr(self, name)
            if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
                raise InputError(name, given, f"a number from {low} to {high}", "leave it out")
        if self.selection not in SELECTIONS:
            raise InputError("selection", self.selection, f"one of {', '.join(SELECTIONS)}", 'leave it at "talk"')
        if self.undefined not in ("error", "worst"):
            raise InputError("undefined", self.undefined, '"error" or "worst"', "leave it out")
        if (self.pressure * PRESSURES) % 1:
            raise InputError(
                "pressure", self.pressure, f"a multiple of 1/{PRESSURES}", f"try {round(self.pressure * PRESSURES) / PRESSURES}"
            )

    @property
    def evaluations(self) -> int:
        """How many strings an evolution judges, the first population among them."""
        return self.population * (self.generations + 1)


class Generation(NamedTuple):
    """What is remembered of one generation: quantiles of fitness, counts, and the strings with the marks of those that are terminal."""

    fitness: Float[Array, " quantiles"]
    terminal: Int[Array, ""]
    clipped: Int[Array, ""]
    undefined: Int[Array, ""]
    alike: Bool[Array, ""]
    strings: UInt32[Array, "population words"]
    solved: Bool[Array, " population"]


@dataclass(frozen=True)
class Evolutions:
    """Independent evolutions, numbered on from ``first``.

    ``fitness`` [evolutions, generations + 1, 5]: least, quartiles and greatest; ``terminal``, ``clipped``, ``undefined``: how many
    strings were terminal, had a negative weight, had no fitness; ``alike``: whether all strings of a generation were equal.
    ``found``: for each evolution the different terminal strings of all its generations, [strings, bits] in ascending order.
    """

    method: Genetic
    first: int
    fitness: np.ndarray
    terminal: np.ndarray
    clipped: np.ndarray
    undefined: np.ndarray
    alike: np.ndarray
    found: Sequence[np.ndarray]

    @cached_property
    def evaluations(self) -> int:
        """How many strings all of them judged."""
        return len(self.found) * self.method.evaluations


def evolve(problem: Problem, method: Genetic, *, seed: int, count: int = 1, first: int = 0) -> Evolutions:
    """Evolutions number ``first`` to ``first + count - 1`` of this seed, side by side; each depends on seed and number alone.

    Raises `InputError` for bad numbers, and where a fitness is NaN unless the method says what it stands for.
    """
    for name, given, low in (("count", count, 1), ("first", first, 0)):
        if type(given) is not int or not low <= given < 2**31:
            raise InputError(name, given, f"a whole number from {low}", f"try {low}")
    with jax.enable_x64(True):
        key = key_of(seed, "genetic")
        seen = jax.tree.map(np.asarray, _evolutions(problem, method, key, jnp.arange(first, first + count)))
    if method.undefined == "error" and seen.undefined.any():
        where = np.argwhere(seen.undefined)[0]
        given = f"NaN for {int(seen.undefined.sum())} strings, the first in generation {int(where[1])} of evolution {first + int(where[0])}"
        raise InputError("fitness", given, "a number for every string", 'mend the fitness, or take Genetic(undefined="worst")')
    found = [_different(seen.strings[row][seen.solved[row]], problem.bits) for row in range(count)]
    return Evolutions(method, first, seen.fitness, seen.terminal, seen.clipped, seen.undefined, seen.alike, found)


def pack(bits: UInt8[Array, "*rest bits"]) -> UInt32[Array, "*rest words"]:
    """Strings as words of 32 bits, the first bit being the highest of the first word."""
    size = bits.shape[-1]
    padded = jnp.pad(bits.astype(jnp.uint32), [(0, 0)] * (bits.ndim - 1) + [(0, -size % WORD)])
    shifts = jnp.arange(WORD - 1, -1, -1, dtype=jnp.uint32)
    return jnp.sum(padded.reshape(*bits.shape[:-1], -1, WORD) << shifts.reshape((1,) * bits.ndim + (WORD,)), axis=-1, dtype=jnp.uint32)


def _different(words: np.ndarray, bits: int) -> np.ndarray:
    """Unpacked rows, each once."""
    rows = np.unique(words, axis=0) if len(words) else words
    shifts = np.arange(WORD - 1, -1, -1, dtype=np.uint32)
    return ((rows[:, :, None] >> shifts) & 1).reshape(len(rows), WORD * rows.shape[1])[:, :bits].astype(np.uint8)


@eqx.filter_jit
def _evolutions(problem: Any, method: Genetic, key: Key[Array, ""], numbers: Int[Array, " evolutions"]) -> Generation:
    return jax.vmap(lambda number: _evolution(problem, method, jax.random.fold_in(key, number)))(numbers)


def _evolution(problem: Any, method: Genetic, key: Key[Array, ""]) -> Generation:
    """All generations of one evolution, the first population included."""
    size, bits = method.population, problem.bits
    starting, going = jax.random.split(key)
    ones = jax.random.bits(starting, (size, bits), jnp.uint8) < (256 >> method.sparse)

    def generation(carried: tuple, key: Array) -> tuple[tuple, Generation]:
        strings, best, most = carried
        fitness, solved = jax.vmap(problem.judge)(strings)
        fitness = fitness.astype(jnp.float64)
        nameless = jnp.isnan(fitness)
        fitness = jnp.where(nameless, jnp.min(jnp.where(nameless, jnp.inf, fitness)), fitness)
        fitness = jnp.where(jnp.isfinite(fitness), fitness, jnp.finfo(jnp.float64).min / 4)
        if method.elitism:  # what was best so far, in place of the weakest
            weakest = jnp.argmin(fitness)
            strings = strings.at[weakest].set(best)
            kept, good = problem.judge(best)
            fitness, solved = fitness.at[weakest].set(most), solved.at[weakest].set(good & ~jnp.isnan(kept))
        chances, negative = weights(fitness, method.selection, Fraction(method.pressure))
        fittest = jnp.argmax(fitness)
        seen = Generation(
            jnp.sort(fitness)[np.round(np.array(QUANTILES) * (size - 1)).astype(int)],
            jnp.sum(solved, dtype=jnp.int32),
            jnp.sum(negative, dtype=jnp.int32),
            jnp.sum(nameless, dtype=jnp.int32),
            jnp.all(strings == strings[:1]),
            pack(strings),
            solved,
        )
        return (_children(method, strings, chances, key), strings[fittest], fitness[fittest]), seen

    strings = ones.astype(jnp.uint8)
    first = (strings, strings[0], jnp.asarray(problem.judge(strings[0])[0], jnp.float64))
    return jax.lax.scan(generation, first, jax.random.split(going, method.generations + 1))[1]


def _children(method: Genetic, strings: UInt8[Array, "population bits"], chances: Array, key: Array) -> UInt8[Array, "population bits"]:
    """Pairs of parents drawn with replacement, tails exchanged behind the cuts, bits flipped."""
    size, bits = strings.shape
    choosing, cutting, flipping, deciding = jax.random.split(key, 4)
    upto = jnp.cumsum(chances)
    drawn = jnp.floor(jax.random.uniform(choosing, (size,), jnp.float64) * upto[-1].astype(jnp.float64)).astype(jnp.int64)
    parents = strings[jnp.searchsorted(upto, jnp.minimum(drawn, upto[-1] - 1), side="right", method="scan_unrolled")]
    one, other = parents[: size // 2], parents[size // 2 :]
    places = jax.random.randint(cutting, (size // 2, method.cuts), 1, bits + 1)
    behind = jnp.sum(jnp.arange(bits)[None, :, None] >= places[:, None, :], axis=-1) % 2 == 1
    children = jnp.concatenate([jnp.where(behind, other, one), jnp.where(behind, one, other)])
    # As many bits as the fraction says in the mean; a bit that is met twice turns back.
    wanted = Fraction(method.mutation) * size * bits
    hits = int(wanted) + 1
    where = jax.random.randint(flipping, (hits,), 0, size * bits)
    counted = (jnp.arange(hits) < int(wanted)) | (jax.random.uniform(deciding, (), jnp.float64) < float(wanted - int(wanted)))
    flips = jnp.zeros(size * bits, jnp.uint8).at[where].add(counted.astype(jnp.uint8))
    return children ^ (flips.reshape(size, bits) & 1)
