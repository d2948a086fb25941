"""The game of moves on plumbing trees, which satisfies `certifield.search.Environment`.

A move is (vertex, kind): a new leaf of weight 1 or -1, a new vertex of weight 1 or -1 on the edge to the parent, or a reduction.  The game
is won at a tree isomorphic to the goal, and every game that is won is a certificate same-plumbing@1, from moves that an exact twin makes.
Reward, after arXiv:2305.05966, section 4: with the score s, the fall from the start where s is a new minimum, else the minimum less s; here
in units of the score at the start, and with 1 more for winning.  Moves that do not fit are not offered.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, UInt32

from certifield._arguments import whole
from certifield.evidence import Certificate

from ...diagrams._reading import refuse
from .._forest import PlumbingForest
from ._networks import MoveActor, MoveCritic
from ._tree import GONE, KINDS, ROOT, Tree, legal, mark, moved, score
from ._twin import certificate_of, parents_of

GREATEST_GOAL = 10  # vertices


class Board(eqx.Module):
    """A tree on its way, the goal with its mark and score, the score of the start and the least one so far."""

    tree: Tree
    goal: Tree
    sought: UInt32[Array, "*games"]
    wanted: Float[Array, "*games"]
    began: Float[Array, "*games"]
    lowest: Float[Array, "*games"]


class Step(NamedTuple):
    """What a move leads to."""

    state: Board
    reward: Float[Array, ""]
    won: Bool[Array, ""]


class Trajectory(Protocol):
    """A start and the numbers of the choices made from there."""

    @property
    def start(self) -> Any: ...

    @property
    def actions(self) -> Sequence[int]: ...


class PlumbingGame(eqx.Module):
    """The game on pairs (scrambled tree, goal), of which `reset` takes one at random, with room for ``most`` vertices.

    Raises `InputError` for forests of several trees, for goals of more than 10 vertices, and for trees that leave no slot free.
    """

    pool: Board
    most: int = eqx.field(static=True)

    def __init__(self, trees: Iterable[tuple[PlumbingForest, PlumbingForest]], *, most: int = 32) -> None:
        self.most = whole("most", most, 3, 200)
        self.pool = self.states(trees)

    def states(self, trees: Iterable[tuple[PlumbingForest, PlumbingForest]]) -> Board:
        """The starts of the games on these pairs, one row each."""
        rows = list(trees) if isinstance(trees, Iterable) and not isinstance(trees, str | PlumbingForest) else []
        fits = all(isinstance(row, tuple | list) and len(row) == 2 and all(isinstance(one, PlumbingForest) for one in row) for row in rows)
        if not rows or not fits:
            raise refuse("trees", trees, "pairs of a tree and a goal, one at least", "such as scrambled_trees(10, 4, seed=1)")
        for tree, goal in rows:
            for name, one, room in (("tree", tree, self.most - 1), ("goal", goal, GREATEST_GOAL)):
                if one.components != 1 or len(one.weights) > room:
                    raise refuse(name, one, f"one tree of at most {room} vertices", "cut forests into trees; give the game more room")
        return _boards(_slots([tree for tree, _ in rows], self.most), _slots([goal for _, goal in rows], GREATEST_GOAL))

    @property
    def choices(self) -> tuple[str, ...]:
        """A kind of move for each slot."""
        return tuple(f"{kind} at {slot}" for slot in range(self.most) for kind in KINDS)

    @property
    def num_features(self) -> int:
        """Weights, parents, and two numbers of the goal."""
        return 2 * self.most + 2

    def networks(self, width: int, first: Key[Array, ""], second: Key[Array, ""]) -> tuple[MoveActor, MoveCritic]:
        """Networks that share their weights over vertices, for learners in the place of perceptrons."""
        return MoveActor(self.most, width, first), MoveCritic(self.most, width, second)

    def reset(self, key: Key[Array, ""]) -> Board:
        """One of the starts."""
        row = jax.random.randint(key, (), 0, self.pool.sought.size, dtype=jnp.int32)
        return jax.tree.map(lambda rows: rows[row], self.pool)

    def legal(self, state: Board) -> Bool[Array, " choices"]:
        """Which moves fit; none of them where the game is won."""
        return legal(state.tree) & ~self.won(state)

    def won(self, state: Board) -> Bool[Array, ""]:
        """Whether the tree has the score and the mark of the goal."""
        return (score(state.tree) == state.wanted) & (mark(state.tree) == state.sought)

    def step(self, key: Key[Array, ""], state: Board, action: Int[Array, ""]) -> Step:
        """The state after a move that fits."""
        tree = moved(state.tree, action.astype(jnp.int32))
        now = score(tree)
        new = Board(tree, state.goal, state.sought, state.wanted, state.began, jnp.minimum(state.lowest, now))
        fall = jnp.where(now < state.lowest, state.began - now, state.lowest - now)
        won = self.won(new)
        return Step(new, fall / state.began + won.astype(jnp.float32), won)

    def observe(self, state: Board) -> Float[Array, " features"]:
        """Weights and parents by slot, and how far score and number of vertices are above those of the goal."""
        size = jnp.sum(state.tree.parent > GONE, dtype=jnp.int32) - jnp.sum(state.goal.parent > GONE, dtype=jnp.int32)
        above = jnp.stack([(score(state.tree) - state.wanted) / 10, size.astype(jnp.float32)])
        return jnp.concatenate([state.tree.weight.astype(jnp.float32), state.tree.parent.astype(jnp.float32), above])

    def cost(self, state: Board) -> Float[Array, ""]:
        """0 at the goal, else the distance of the scores and 1 more."""
        return jnp.where(self.won(state), 0.0, 1 + jnp.abs(score(state.tree) - state.wanted)).astype(jnp.float32)

    def fingerprint(self, state: Board) -> UInt32[Array, ""]:
        """The mark of the tree: isomorphic trees share it."""
        return mark(state.tree)

    def identity(self) -> dict[str, Any]:
        """What tells this game from others, as JSON."""
        rows = b"".join(np.ascontiguousarray(leaf).tobytes() for leaf in jax.tree.leaves(self.pool))
        return {"game": "plumbing-moves", "pool": hashlib.sha256(rows).hexdigest(), "most": self.most}

    def certificate(self, trajectory: Trajectory) -> Certificate:
        """The moves of a won game for the checker same-plumbing@1, made by an exact twin on the forest.

        Raises `CertificateRejected` where the twin cannot follow, or does not end at a tree isomorphic to the goal.
        """
        return certificate_of(trajectory.start, [int(number) for number in trajectory.actions])


def _slots(trees: Sequence[PlumbingForest], room: int) -> Tree:
    weight, parent = np.zeros((len(trees), room), np.int32), np.full((len(trees), room), GONE, np.int32)
    for row, tree in enumerate(trees):
        weight[row, : len(tree.weights)] = tree.weights
        parent[row, : len(tree.weights)] = [ROOT if above is None else above for above in parents_of(tree)]
    return Tree(jnp.asarray(weight), jnp.asarray(parent))


@jax.jit  # all at once: tree by tree, each loop of `mark` would be compiled anew
@jax.vmap
def _boards(tree: Tree, goal: Tree) -> Board:
    return Board(tree, goal, mark(goal), score(goal), score(tree), score(tree))
