r"""The game of sextic potentials: one coefficient up or down at a time, until the potential is viable."""

from dataclasses import asdict
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, UInt32

from certifield._arguments import of_kind, whole
from certifield.evidence import InputError
from certifield.search import Reward

from ._genome import SexticGenome

POOL = 1 << 14  # states that games begin from
_MOST_BITS = 12  # of one coefficient, whose values are held in a table
# Losses count as gains do, so that going to and fro earns nothing; fitness is between -4 and 0.
REWARD = Reward(scale=10.0, power=1.0, offset=None, step=-0.05, bonus=10.0)


class Sextic(NamedTuple):
    """A state: the bins of $c_1$ to $c_6$, the fitness of that potential, and whether it is viable."""

    bins: Int[Array, " six"]
    fitness: Float[Array, ""]
    viable: Bool[Array, ""]


class SexticMove(NamedTuple):
    """A state with what led there."""

    state: Sextic
    reward: Float[Array, ""]
    won: Bool[Array, ""]


class SexticGame(eqx.Module):
    """States are the potentials of a genome; a move takes one coefficient up or down by one of ``strides`` bins.

    A move that would leave the ranges is not allowed.  Games begin from random potentials that are not viable, drawn once
    by ``seed``; one is won by a viable potential.  A move judges one potential: the state holds the fitness of its own.
    Viable is so in slow roll and in floats: there is no certificate of it, and what is reported is solved by `exact_spectrum`.
    Raises `InputError` in 32 bits, for a genome of more than twelve bits a coefficient, and for strides that are no bins.
    """

    genome: SexticGenome
    values: Float[Array, "six bins"]
    pool: Sextic
    reward: Reward = eqx.field(static=True)
    strides: tuple[int, ...] = eqx.field(static=True)
    seed: int = eqx.field(static=True)

    def __init__(
        self, genome: SexticGenome, reward: Reward = REWARD, *, strides: tuple[int, ...] = (1, 8), seed: int = 0, pool: int = POOL
    ) -> None:
        of_kind("genome", genome, SexticGenome, "such as SexticGenome()")
        of_kind("reward", reward, Reward, "such as certifield.search.Reward()")
        if jnp.zeros(()).dtype != jnp.float64:
            switch = 'jax.config.update("jax_enable_x64", True)'
            raise InputError("precision", "32 bits", "64 bits: the bends of flat potentials are lost in fewer", f"say {switch} first")
        whole("pool", pool, 1, 1 << 20)
        whole("seed", seed, 0, 2**31 - 1)
        each = genome.encodings[0].bits
        if each > _MOST_BITS:
            raise InputError("genome", f"{each} bits each", f"at most {_MOST_BITS} bits for a coefficient", "take fewer")
        if not isinstance(strides, tuple) or not strides or any(type(one) is not int or not 1 <= one < 1 << each for one in strides):
            raise InputError("strides", strides, f"whole numbers of bins from 1 to {(1 << each) - 1}", "leave them at (1, 8)")
        self.genome, self.reward, self.strides, self.seed = genome, reward, strides, seed
        digits = (np.arange(1 << each)[:, None] >> np.arange(each - 1, -1, -1)) & 1
        self.values = jnp.stack([jnp.sort(one.decode(jnp.asarray(digits, jnp.uint8))) for one in genome.encodings])
        self.pool = self._starts(pool)

    def _starts(self, count: int) -> Sextic:
        """Random states that are not viable."""
        judged = eqx.filter_jit(lambda bins: jax.vmap(self._judged)(bins))
        rng, kept, most = np.random.Generator(np.random.PCG64([self.seed, 2208, 13804])), [], self.values.shape[1]
        for _ in range(1000):
            found = judged(jnp.asarray(rng.integers(0, most, (count, 6)), jnp.int32))
            open_ = ~np.asarray(found.viable)
            kept.append(jax.tree.map(lambda part, rows=open_: np.asarray(part)[rows], found))
            if sum(len(one.viable) for one in kept) >= count:
                return jax.tree.map(lambda *parts: jnp.asarray(np.concatenate(parts)[:count]), *kept)
        raise InputError("genome", "viable almost everywhere", "with potentials that are not viable to begin from", "narrow the window")

    def _judged(self, bins: Int[Array, " six"]) -> Sextic:
        c = jnp.take_along_axis(self.values, bins[:, None], axis=1)[:, 0]
        fitness, viable = self.genome.judged(jnp.concatenate([jnp.zeros_like(c[:1]), c]))
        return Sextic(bins, fitness.astype(jnp.float32), viable)

    @property
    def choices(self) -> tuple[str, ...]:
        """The moves by name, such as "+8c3"."""
        return tuple(f"{sign}{stride}c{n}" for sign in "+-" for stride in self.strides for n in range(1, 7))

    @property
    def num_features(self) -> int:
        """The bins and the fitness."""
        return 7

    def _moved(self, bins: Int[Array, " six"], action: Int[Array, ""]) -> tuple[Int[Array, " six"], Bool[Array, ""]]:
        """The bins after a move, and whether they are in their ranges."""
        half = 6 * len(self.strides)
        stride = jnp.asarray(self.strides, jnp.int32)[action % half // 6]
        after = bins.at[action % 6].add(jnp.where(action < half, stride, -stride))
        return after, jnp.all((after >= 0) & (after < self.values.shape[1]))

    def reset(self, key: Key[Array, ""]) -> Sextic:
        """One of the random states."""
        place = jax.random.randint(key, (), 0, self.pool.viable.shape[0])
        return jax.tree.map(lambda part: part[place], self.pool)

    def step(self, key: Key[Array, ""], state: Sextic, action: Int[Array, ""]) -> SexticMove:
        """What a move leads to; it does not depend on the key.  One out of the ranges gives the old state back."""
        after, inside = self._moved(state.bins, action)
        new = self._judged(jnp.where(inside, after, state.bins))
        return SexticMove(new, self.reward.earned(new.fitness - state.fitness, inside, new.viable), new.viable)

    def legal(self, state: Sextic) -> Bool[Array, " choices"]:
        """The moves that stay in the ranges; none from a viable state."""
        numbers = jnp.arange(len(self.choices), dtype=jnp.int32)
        return jax.vmap(lambda action: self._moved(state.bins, action)[1])(numbers) & ~state.viable

    def won(self, state: Sextic) -> Bool[Array, ""]:
        """Whether the potential is viable in slow roll."""
        return state.viable

    def observe(self, state: Sextic) -> Float[Array, " features"]:
        """The bins from -1 to 1, and 1 + fitness/2."""
        places = 2 * state.bins.astype(jnp.float32) / (self.values.shape[1] - 1) - 1
        return jnp.concatenate([places, 1 + state.fitness[None] / 2])

    def cost(self, state: Sextic) -> Float[Array, ""]:
        """Minus the fitness; 0 where viable."""
        return jnp.where(state.viable, jnp.float32(0), -state.fitness)

    def fingerprint(self, state: Sextic) -> UInt32[Array, ""]:
        """A multiplicative hash of the bins."""
        mixed = jnp.uint32(2166136261)
        for entry in state.bins:
            mixed = (mixed ^ entry.astype(jnp.uint32)) * jnp.uint32(16777619)
        return mixed

    def reached(self, observations: np.ndarray, actions: np.ndarray) -> np.ndarray:
        """The bins [samples, 6] after legal moves, from what was observed before them."""
        found = np.rint((observations[:, :6] + 1) / 2 * (self.values.shape[1] - 1)).astype(np.int64)
        half = 6 * len(self.strides)
        stride = np.array(self.strides)[actions % half // 6]
        found[np.arange(len(found)), actions % 6] += np.where(actions < half, stride, -stride)
        return found

    def identity(self) -> dict[str, Any]:
        """Observed window, encodings, strides, reward."""
        seen = self.genome
        told = {"observed": asdict(seen.observed), "encodings": [asdict(one) for one in seen.encodings], "amplitude": seen.amplitude}
        told |= {"window": seen.window, "reach": seen.reach, "vacuum": seen.vacuum, "reward": asdict(self.reward), "strides": self.strides}
        return {"game": "sextic", "seed": self.seed, "pool": self.pool.viable.shape[0]} | told


def reflected(bins: np.ndarray, size: int) -> np.ndarray:
    r"""The lexicographically smaller of the bins [states, 6] of V and of its mirror image, $\phi \to -\phi$, which is the same model."""
    mirror = np.where(np.arange(6) % 2 == 0, size - 1 - bins, bins)
    smaller = np.zeros(len(bins), bool)
    decided = np.zeros(len(bins), bool)
    for place in range(6):
        smaller |= ~decided & (mirror[:, place] < bins[:, place])
        decided |= mirror[:, place] != bins[:, place]
    return np.where(smaller[:, None], mirror, bins)
