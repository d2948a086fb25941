"""Walls with small whole normals that keep a polynomial among the points where it is right."""

from functools import cache
from itertools import product
from math import gcd

import numpy as np

Wall = tuple[tuple[int, ...], int]  # normal . t >= level

REACH = {1: (1, 1), 2: (6, 12), 3: (3, 5)}  # of the entries of a normal, and of the sum of their sizes, by dimension
FURTHER = (2, 3)


@cache
def normals(dimension: int) -> np.ndarray:
    """Primitive normals with small entries, the shortest first."""
    reach, most = REACH.get(dimension, FURTHER)
    rows = [row for row in product(range(-reach, reach + 1), repeat=dimension) if 0 < sum(map(abs, row)) <= most and gcd(*row) == 1]
    return np.array(sorted(rows, key=lambda row: (sum(map(abs, row)), [-entry for entry in row])), np.int64)


def separate(core: np.ndarray, right: np.ndarray, wanted: np.ndarray, wrong: np.ndarray, weight: int) -> tuple[int, list[Wall]] | None:
    """The cost, and short walls that hold the ``core``, exclude all ``wrong`` points and few of the ``wanted`` ones among the ``right``.

    A greedy choice, wall after wall the one that excludes most wrong points for each wanted one that it costs, is improved by exchanging
    walls as long as the cost becomes less: ``weight`` times the lengths of the normals, and the number of wanted points outside.
    None where there are no such walls.
    """
    w = normals(core.shape[1])
    tight = (core @ w.T).min(axis=0)
    of_wrong, of_right = wrong @ w.T, right[wanted] @ w.T
    if not (of_wrong < tight).any(axis=1).all():
        return None
    chosen, left, kept = [], of_wrong, of_right
    while len(left):
        number, level = _best(left, kept, tight)
        chosen.append(number)
        left, kept = left[left[:, number] >= level], kept[kept[:, number] >= level]
    lengths = weight * np.abs(w).sum(axis=1)
    cost, walls = _relaxed(sorted(set(chosen)), of_right, of_wrong, tight, lengths)
    improved = True
    while improved:
        improved = False
        for place in range(len(walls)):
            others = [number for number, _ in walls if number != walls[place][0]]
            missed = of_wrong[~(of_wrong[:, others] < tight[others]).any(axis=1)]
            for number in np.setdiff1d(np.nonzero((missed < tight).all(axis=0))[0], others):
                trial = _relaxed([*others, int(number)], of_right, of_wrong, tight, lengths)
                if trial[0] < cost:
                    (cost, walls), improved = trial, True
            if improved:
                break
    held = right[inside(right, [(w[number], level) for number, level in walls])]
    return cost, [(tuple(int(entry) for entry in w[number]), int((held @ w[number]).min())) for number, _ in walls]


def _best(left: np.ndarray, kept: np.ndarray, tight: np.ndarray) -> tuple[int, int]:
    """The normal and the level with the most wrong points for each right one, the shortest where they are equal."""
    best = (-1.0, 0, 0)
    for number, most in enumerate(tight):
        below = np.sort(left[left[:, number] < most, number])
        if len(below) <= best[0]:
            continue
        levels = np.append(np.unique(below)[1:], most)
        score = np.searchsorted(below, levels) / (1 + np.searchsorted(np.sort(kept[:, number]), levels))
        place = int(np.argmax(score))
        if score[place] > best[0]:
            best = (float(score[place]), number, int(levels[place]))
    return best[1], best[2]


def _relaxed(
    chosen: list[int], of_right: np.ndarray, of_wrong: np.ndarray, tight: np.ndarray, lengths: np.ndarray
) -> tuple[int, list[tuple[int, int]]]:
    """The cost of the walls of these normals that are needed, each as far out as the wrong points allow."""
    levels = {number: int(tight[number]) for number in chosen}
    below = of_wrong[:, chosen] < tight[chosen]
    for place, number in reversed(list(enumerate(chosen))):
        others = np.delete(np.arange(len(chosen)), place)
        alone = ~below[:, others].any(axis=1)
        if alone.any():
            levels[number] = int(of_wrong[alone, number].max()) + 1
            below[:, place] = of_wrong[:, number] < levels[number]
        else:
            del levels[number]
            below[:, place] = False
    needed = list(levels)
    held = (of_right[:, needed] >= [levels[number] for number in needed]).all(axis=1)
    return int(lengths[needed].sum()) + int((~held).sum()), list(levels.items())


def inside(points: np.ndarray, walls: list) -> np.ndarray:
    """Which points are on the right side of all walls."""
    found = np.ones(len(points), bool)
    for normal, level in walls:
        found &= points @ np.asarray(normal) >= level
    return found
