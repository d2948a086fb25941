"""Straight lines on a grid: an embedding that exists for every triangulation, in integers."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ._arrays import Complexes
from ._triangulation import EQUILATERAL, Triangulation


def on_a_grid(disc: Triangulation) -> tuple[Triangulation, Complexes]:
    """The disc in a larger triangle, and its points at places of a grid of less than 2 n by n, so that no triangle turns over.

    One more point is joined to the whole boundary, so that this cannot come to cross itself when the disc is relaxed.  Then the points
    are added in a canonical order, each above the contour of those before it and joined to an interval of the contour, which moves
    apart to make room (de Fraysseix, Pach and Pollack 1990, with the offsets of Chrobak and Payne 1995).  Nothing can fail to
    converge, and no triangle is smaller than half a cell.
    """
    steps = list(_canonical_order(disc))
    (first, second), (third, _) = disc.boundary[:2].tolist(), steps[0]
    offset, height = {first: 0, third: 1, second: 1}, {first: 0, third: 1, second: 0}
    right: dict[int, int | None] = {first: third, third: second, second: None}
    left: dict[int, int | None] = {}
    for point, contour in steps[1:]:
        start, after, end = contour[0], contour[1], contour[-1]
        offset[after] += 1
        offset[end] += 1
        width = sum(offset[one] for one in contour[1:])
        offset[point] = (width + height[end] - height[start]) // 2
        height[point] = (width + height[end] + height[start]) // 2
        offset[end] = width - offset[point]
        if after != end:
            offset[after] -= offset[point]
            left[point], right[contour[-2]] = after, None
        right[start], right[point] = point, end
    return _framed(disc), _summed(first, offset, height, left, right)


def _framed(disc: Triangulation) -> Triangulation:
    """A triangle of the first two points of the boundary and one that is joined to all of the boundary."""
    rim, top = disc.boundary.tolist(), disc.points
    outer = [(two, one, top) for one, two in itertools.pairwise([*rim[1:], rim[0]])]
    return replace(
        disc,
        points=top + 1,
        triangles=np.concatenate([disc.triangles, np.array(outer)]),
        models=np.concatenate([disc.models, np.tile(np.array(EQUILATERAL), (len(outer), 1))]),
        boundary=np.array([*rim[:2], top]),
    )


def _summed(
    root: int, offset: dict[int, int], height: dict[int, int], left: dict[int, int | None], right: dict[int, int | None]
) -> Complexes:
    """Places from the offsets, each counted from the parent in the binary tree of ``left`` and ``right``."""
    places = np.zeros(len(offset), complex)
    waiting: list[tuple[int | None, int]] = [(root, 0)]
    while waiting:
        point, start = waiting.pop()
        if point is not None:
            places[point] = complex(start + offset[point], height[point])
            waiting += [(left.get(point), start + offset[point]), (right.get(point), start + offset[point])]
    return places


def _canonical_order(disc: Triangulation) -> Iterator[tuple[int, list[int]]]:
    """The points from the third on, each with the earlier ones that it is joined to, from left to right.

    Found backwards: a point of the contour without a chord, other than the first two, is taken off.
    """
    around = _neighbours(disc)
    base = set(disc.boundary[:2].tolist())
    top = disc.points
    outside, taken, order = base | {top}, set(), []
    chords = {point: sum(near in outside for near in around[point]) for point in range(top + 1)}
    ready = [top]
    while ready:
        point = ready.pop()
        if point in taken or point in base or chords[point] != 2:
            continue
        taken.add(point)
        order.append(point)
        for near in around[point]:
            chords[near] -= 1
        for near in around[point]:
            if near not in outside and near not in taken:
                outside.add(near)
                for beyond in around[near]:
                    chords[beyond] += 1
        ready += [one for near in around[point] if near not in taken for one in (near, *around[near]) if one in outside]
    rank = {point: place for place, point in enumerate([*disc.boundary[:2].tolist(), *reversed(order)])}
    for point in reversed(order):
        earlier = [rank[near] < rank[point] for near in around[point]]
        turn = (
            next(i for i in range(len(earlier)) if earlier[i] and not earlier[i - 1])
            if not all(earlier)
            else around[point].index(disc.boundary[0])
        )
        turned = around[point][turn:] + around[point][:turn]
        yield point, [near for near in turned if rank[near] < rank[point]]


def _neighbours(disc: Triangulation) -> list[list[int]]:
    """The points joined to each, counter-clockwise; the last one is the point added outside."""
    top, rim = disc.points, disc.boundary.tolist()
    following: list[dict[int, int]] = [{} for _ in range(top + 1)]
    outer = [(two, one, top) for one, two in zip(rim, rim[1:] + rim[:1], strict=True)]
    for a, b, c in (*disc.triangles.tolist(), *outer):
        following[a][b], following[b][c], following[c][a] = c, a, b
    return [_cycle(one) for one in following]


def _cycle(following: dict[int, int]) -> list[int]:
    cycle = [next(iter(following))]
    while len(cycle) < len(following):
        cycle.append(following[cycle[-1]])
    return cycle
