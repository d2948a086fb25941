"""A game of Neumann's moves: from a scrambled tree back to a small tree of the same manifold, one blow-up or reduction at a time."""

from ._game import PlumbingGame as PlumbingGame
from ._networks import MoveActor as MoveActor, MoveCritic as MoveCritic
from ._starts import scrambled_trees as scrambled_trees
