"""Trees to play on: small trees in normal form, scrambled by blow-ups, extrusions and reductions that leave them trees."""

import random

import numpy as np

from certifield._arguments import seeded, whole

from .._forest import PlumbingForest
from .._moves import Move, Plumbing, _random_growth, reductions
from ._game import GREATEST_GOAL

SMALLEST = 3


def scrambled_trees(count: int, depth: int, *, seed: int, largest: int = 7, room: int = 31) -> list[tuple[PlumbingForest, PlumbingForest]]:
    """So many pairs of a tree and its goal, a tree in normal form with 3 to ``largest`` vertices, ``depth`` random moves apart.

    Two of three moves are growths (a leaf of weight 1 or -1, a vertex of weight 1 or -1 on an edge, or an extrusion), the others
    reductions, where one fits; a move that would lead beyond ``room`` vertices is drawn again as a reduction, or left out.  Trees that
    come out as their goals are drawn again.
    """
    whole("count", count, 1), whole("depth", depth, 1), whole("largest", largest, SMALLEST, GREATEST_GOAL), whole("room", room, largest)
    rng, found = random.Random(seeded(seed)), []
    while len(found) < count:
        goal = _goal(rng, largest)
        tree = _scrambled(goal, depth, rng, room)
        if len(tree.weights) > len(goal.weights):
            found.append((tree, goal))
    return found


def _goal(rng: random.Random, largest: int) -> PlumbingForest:
    """A random tree with weights from -4 to -2 at valence 1 and 2, and from -4 to 2 elsewhere: a normal form."""
    size = rng.randint(SMALLEST, largest)
    edges = [(rng.randrange(vertex), vertex) for vertex in range(1, size)]
    valence = np.bincount(np.array(edges).ravel(), minlength=size)
    return PlumbingForest(tuple(rng.randint(-4, -2 if one <= 2 else 2) for one in valence), tuple(edges))


def _scrambled(goal: PlumbingForest, depth: int, rng: random.Random, room: int) -> PlumbingForest:
    """The tree after the moves, its vertices in a random order, since their numbers must not tell their ages."""
    state = Plumbing(goal)
    for _ in range(depth):
        fitting: list[Move] = [move for move in reductions(state) if move[0] in ("blow-down", "absorb") and _keeps_a_tree(state, move)]
        grows = len(state.weights) + 2 <= room
        if grows and (not fitting or rng.random() < 2 / 3):
            state.move(_random_growth(state, rng))
        elif fitting:
            state.move(rng.choice(fitting))
    tree = state.forest()
    order = list(range(len(tree.weights)))
    rng.shuffle(order)
    weights = [0] * len(order)
    for vertex, place in enumerate(order):
        weights[place] = tree.weights[vertex]
    return PlumbingForest(tuple(weights), tuple((order[u], order[w]) for u, w in tree.edges))


def _keeps_a_tree(state: Plumbing, move: Move) -> bool:
    """Whether two vertices or more are left of it."""
    return len(state.weights) - (2 if move[0] == "absorb" else 1) >= 2
