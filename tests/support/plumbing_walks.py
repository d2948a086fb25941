"""Random plumbing forests, and a slow normal form by rescans, for tests."""

import random

from certifield.topology.plumbing import Plumbing, PlumbingForest, reductions


def random_tree(rng: random.Random, size: int, weight: int) -> PlumbingForest:
    """A random tree with weights up to ``weight`` in size."""
    edges = tuple((rng.randrange(vertex), vertex) for vertex in range(1, size))
    return PlumbingForest(tuple(rng.randint(-weight, weight) for _ in range(size)), edges)


def by_rescans(forest: PlumbingForest, rng: random.Random | None = None) -> PlumbingForest:
    """The normal form by the written procedure: zeros, then blow-downs, then expansions; in random order with ``rng``."""
    state = Plumbing(forest)
    order = ["split", "absorb", "blow-down", "expand"]
    while moves := reductions(state):
        state.move(rng.choice(moves) if rng else min(moves, key=lambda move: (order.index(move[0]), move[1])))
    return state.forest()


def shape(forest: PlumbingForest) -> list:
    """The class of isomorphism, by nested tuples from every possible root: the least of them, tree by tree."""

    def read(vertex: int, behind: int) -> tuple:
        return (forest.weights[vertex], tuple(sorted(read(other, vertex) for other in forest.neighbours[vertex] if other != behind)))

    left, found = set(range(len(forest.weights))), []
    while left:
        tree = [left.pop()]
        for vertex in tree:
            tree += [other for other in forest.neighbours[vertex] if other in left]
            left -= set(tree)
        found.append(min(read(root, -1) for root in tree))
    return sorted(found)
