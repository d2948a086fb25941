"""The unknotting game on braid words, in JAX: pure functions of static shape, made to be vectorised over many braids.

After every choice the word is freely and cyclically reduced, in the same order as by the exact twin on lists, so that the choices of
an episode can be replayed there and written down as a certificate.  The game is won by the empty word on one strand.

Reward "fall": the fall of the size |w| + n - 1 over the size at the start, and "size": minus the size over the size at the start; to
both comes 1 for winning.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Int8, Key, UInt32

from certifield.evidence import Certificate, CertificateRejected, InputError, certificate_of_braid_moves

from ._choices import CHOICES, Board
from ._encoding import encoded, features
from ._moves import CORE, GROWTH, Move, Word, checked_braid, played, reductions
from ._reduction import reduced


class Braid(eqx.Module):
    """A word of ``length`` letters followed by zeros on ``strands`` strands, and the size |w| + n - 1 that the game began with."""

    letters: Int8[Array, "*games most"]
    length: Int[Array, "*games"]
    strands: Int[Array, "*games"]
    began: Int[Array, "*games"]


class Step(NamedTuple):
    """What a choice leads to."""

    state: Braid
    reward: Float[Array, ""]
    won: Bool[Array, ""]


class Trajectory(Protocol):
    """A start and the numbers of the choices made from there."""

    @property
    def start(self) -> Braid: ...

    @property
    def actions(self) -> Sequence[int]: ...


class UnknotGame(eqx.Module):
    """The game on the closures of ``braids``, pairs of a word and a number of strands, of which `reset` takes one at random.

    Choices: L, R shift the word; B1, B2 apply a braid relation to its beginning; D removes an outermost generator that occurs once.
    With ``growth`` also S+-, a new strand, and CR+-, CL+-, which insert a pair of inverse letters where B1 then applies.
    Words never grow beyond ``most_letters``, braids never beyond ``most_strands``.
    Satisfies `certifield.search.Environment`.  Raises `InputError` for braids that are not knots or too large.
    """

    pool: Braid
    choices: tuple[str, ...] = eqx.field(static=True)
    most_letters: int = eqx.field(static=True)
    most_strands: int = eqx.field(static=True)
    reward: Literal["fall", "size"] = eqx.field(static=True)

    def __init__(
        self,
        braids: Iterable[tuple[Word, int]],
        *,
        growth: bool = False,
        most_letters: int = 96,
        most_strands: int = 9,
        reward: Literal["fall", "size"] = "fall",
        choices: Sequence[str] | None = None,
    ) -> None:
        if type(most_letters) is not int or not 16 <= most_letters <= 120:
            raise InputError("most_letters", most_letters, "a whole number from 16 to 120", "leave it at 96")
        if type(most_strands) is not int or not 2 <= most_strands <= 30:
            raise InputError("most_strands", most_strands, "a whole number from 2 to 30", "leave it at 9")
        if reward not in ("fall", "size"):
            raise InputError("reward", reward, '"fall" or "size"', "leave it at fall")
        names = (CORE + GROWTH if growth else CORE) if choices is None else tuple(choices) if isinstance(choices, list | tuple) else ()
        if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names) or not set(names) <= set(CHOICES):
            raise InputError("choices", choices, f"different ones of {', '.join(CHOICES)}", "leave it out")
        self.choices, self.most_letters, self.most_strands, self.reward = names, most_letters, most_strands, reward
        self.pool = self.states(braids)

    def states(self, braids: Iterable[tuple[Word, int]]) -> Braid:
        """The starts of the games on ``braids``, reduced, one row each."""
        pairs = list(braids) if isinstance(braids, Iterable) else []
        if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
            raise InputError("braids", type(braids).__name__, "pairs of a word and a number of strands", "such as [([1, -2], 3)]")
        rows = [self._row(*checked_braid(word, strands)) for word, strands in pairs]
        if not rows:
            raise InputError("braids", [], "at least one braid", "such as [([1, -2], 3)]")
        letters, lengths, strands = zip(*rows, strict=True)
        length, width = np.array(lengths, np.int32), np.array(strands, np.int32)
        return Braid(*map(jnp.asarray, (np.array(letters, np.int8), length, width, np.maximum(length + width - 1, 1))))

    def _row(self, word: Word, strands: int) -> tuple[Word, int, int]:
        word, _ = reductions(word, strands)
        if len(word) > self.most_letters or strands > self.most_strands:
            allowed = f"a reduced word of at most {self.most_letters} letters on at most {self.most_strands} strands"
            raise InputError("braids", f"{len(word)} letters on {strands} strands", allowed, "give the game more room")
        return word + [0] * (self.most_letters - len(word)), len(word), strands

    @property
    def num_features(self) -> int:
        """The number of entries of an observation."""
        return features(len(self.choices))

    def reset(self, key: Key[Array, ""]) -> Braid:
        """One of the braids."""
        row = jax.random.randint(key, (), 0, self.pool.length.size, dtype=jnp.int32)
        return jax.tree.map(lambda rows: rows[row], self.pool)

    def legal(self, state: Braid) -> Bool[Array, " choices"]:
        """Which choices are allowed; none of them on the empty word on one strand."""
        board = Board(state.letters, state.length, state.strands, self.most_strands)
        playing = ~self.won(state)
        return jnp.stack([CHOICES[name].allowed(board) & playing for name in self.choices])

    def won(self, state: Braid) -> Bool[Array, ""]:
        """Whether the word is empty on one strand."""
        return (state.length == 0) & (state.strands == 1)

    def step(self, key: Key[Array, ""], state: Braid, action: Int[Array, ""]) -> Step:
        """The state after a choice, which must be allowed: a choice that is not allowed may lead anywhere."""
        board = Board(state.letters, state.length, state.strands, self.most_strands)
        word = (state.letters, state.length, state.strands)
        for number, name in enumerate(self.choices):
            after = CHOICES[name].after(board)
            word = jax.tree.map(lambda new, old, chosen=action == number: jnp.where(chosen, new, old), after, word)
        letters, length = reduced(word[0], word[1])
        new = Braid(letters, length, word[2], state.began)
        return Step(new, self._reward(state, new), self.won(new))

    def _reward(self, before: Braid, after: Braid) -> Float[Array, ""]:
        size = after.length + after.strands - 1
        change = before.length + before.strands - 1 - size if self.reward == "fall" else -size
        return change.astype(jnp.float32) / before.began.astype(jnp.float32) + self.won(after).astype(jnp.float32)

    def observe(self, state: Braid) -> Float[Array, " features"]:
        """What a network is told."""
        return encoded(state.letters, state.length, state.strands, self.legal(state), self.most_strands)

    def cost(self, state: Braid) -> Float[Array, ""]:
        """The size |w| + n - 1, which is 0 where the game is won."""
        return (state.length + state.strands - 1).astype(jnp.float32)

    def fingerprint(self, state: Braid) -> UInt32[Array, ""]:
        """32 bits that equal braids share and others hardly ever: a polynomial in the letters modulo 2^32, mixed."""
        powers = np.array([pow(0x9E3779B1, place + 1, 1 << 32) for place in range(self.most_letters)], np.uint32)
        letters = state.letters.astype(jnp.int32).astype(jnp.uint32)
        mixed = jnp.sum(letters * powers, dtype=jnp.uint32) + state.strands.astype(jnp.uint32)
        mixed = (mixed ^ (mixed >> 15)) * np.uint32(0x85EBCA77)
        return mixed ^ (mixed >> 13)

    def identity(self) -> dict[str, Any]:
        """What tells this game from others, as JSON."""
        rows = b"".join(np.ascontiguousarray(leaf).tobytes() for leaf in jax.tree.leaves(self.pool))
        names = ("choices", "most_letters", "most_strands", "reward")
        return {"game": "unknot-braid", "pool": hashlib.sha256(rows).hexdigest()} | {
            name: json.loads(json.dumps(getattr(self, name))) for name in names
        }

    def certificate(self, trajectory: Trajectory) -> Certificate:
        """The choices of a won game as moves for the checker unknot-braid@1, found by the exact twin.

        Raises `CertificateRejected` where the twin cannot follow or the game is not won: then one of the two programs is wrong.
        """
        start = trajectory.start
        word, strands = [int(letter) for letter in np.asarray(start.letters)[: int(start.length)]], int(start.strands)
        started, closed = word, strands
        moves: list[Move] = []
        for number in trajectory.actions:
            after = played(word, strands, self.choices[int(number)])
            if after is None:
                raise CertificateRejected(f"{self.choices[int(number)]} is not allowed after {len(moves)} moves from {started}")
            word, strands, made = after
            moves += made
        if word or strands != 1:
            raise CertificateRejected(f"{len(word)} letters on {strands} strands are left after {len(moves)} moves from {started}")
        return certificate_of_braid_moves(started, closed, moves)
