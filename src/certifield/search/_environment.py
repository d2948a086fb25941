"""Games of one player, as pure functions of one state that JAX can compile and vectorise, and what came of a game."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jaxtyping import Array, Bool, Float, Int, Key, PyTree, UInt32

from certifield.evidence import Answer, Certificate, Certified


class Transition(Protocol):
    """What a choice leads to: ``state``, its ``reward``, and whether the game is ``won``."""

    @property
    def state(self) -> Any: ...
    @property
    def reward(self) -> Float[Array, ""]: ...
    @property
    def won(self) -> Bool[Array, ""]: ...


@dataclass(frozen=True)
class Trajectory:
    """A start, and the numbers of the choices made from there."""

    start: PyTree
    actions: Sequence[int]


class Environment(Protocol):
    """A game of one player that a certificate is won in.

    ``reset``: a start.  ``legal``: which of the ``choices`` are allowed.  ``step``: what an allowed choice leads to.
    ``observe``: ``num_features`` numbers for a network.  ``cost``: how far from won, by the knowledge of the environment; 0 where won.
    ``fingerprint``: 32 bits that equal states share and others hardly ever.  ``identity``: JSON that tells this game from others.
    ``certificate``: the proof that a trajectory is won; it must not trust the steps above.
    An environment may also have ``networks(width, key, key)``: the actor, with its logits as ``actor.network``, and the critic that
    learners begin with, in the place of perceptrons.
    Environments are pytrees whose arrays may be traced; states are pytrees of arrays of fixed shape.
    """

    @property
    def choices(self) -> Sequence[str]: ...
    @property
    def num_features(self) -> int: ...
    def reset(self, key: Key[Array, ""]) -> Any: ...
    def step(self, key: Key[Array, ""], state: Any, action: Int[Array, ""]) -> Transition: ...
    def legal(self, state: Any) -> Bool[Array, " choices"]: ...
    def won(self, state: Any) -> Bool[Array, ""]: ...
    def observe(self, state: Any) -> Float[Array, " features"]: ...
    def cost(self, state: Any) -> Float[Array, ""]: ...
    def fingerprint(self, state: Any) -> UInt32[Array, ""]: ...
    def identity(self) -> dict[str, Any]: ...
    def certificate(self, trajectory: Any) -> Certificate: ...


@dataclass(frozen=True)
class Episode:
    """A finished game: the choices made, by number, how many states were looked at, and the answer with its certificate."""

    actions: tuple[int, ...]
    states: int
    answer: Answer

    @property
    def solved(self) -> bool:
        """Whether a certificate was found and accepted."""
        return isinstance(self.answer, Certified)
