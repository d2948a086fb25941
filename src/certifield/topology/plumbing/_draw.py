"""Forests as pictures: vertices with their weights, every tree from a root downwards."""

from ._forest import PlumbingForest
from ._pieces import trees

STEP, DEEP, RADIUS = 44, 46, 14


def drawing(forest: PlumbingForest, title: str = "") -> str:
    """An SVG of the forest: a circle with its weight for each vertex, its children below; leaves have places side by side.

    Trees stand beside each other, each under its vertex of greatest valence.
    """
    x, y, parent = _layout(forest)
    width = STEP * (max(x, default=0) + 1)
    height = DEEP * (max(y, default=0) + 1)
    lines = [
        f'<line x1="{_at(x[v], STEP)}" y1="{_at(y[v], DEEP)}" x2="{_at(x[u], STEP)}" y2="{_at(y[u], DEEP)}" stroke="currentColor"/>'
        for v, u in enumerate(parent)
        if u >= 0
    ]
    marks = [
        f'<circle cx="{_at(x[v], STEP)}" cy="{_at(y[v], DEEP)}" r="{RADIUS}" fill="white" stroke="currentColor"/>'
        f'<text x="{_at(x[v], STEP)}" y="{_at(y[v], DEEP) + 4:g}" text-anchor="middle" font-size="11" fill="black">{weight}</text>'
        for v, weight in enumerate(forest.weights)
    ]
    named = f"<title>{title}</title>" if title else ""
    body = named + "".join(lines + marks)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">{body}</svg>'


def _at(place: float, step: int) -> float:
    return step * (place + 0.5)


def _layout(forest: PlumbingForest) -> tuple[list[float], list[int], list[int]]:
    """Column, level and parent of every vertex."""
    size = len(forest.weights)
    x, y, parent, column = [0.0] * size, [0] * size, [-1] * size, 0
    for tree in trees(forest):
        root = max(tree, key=lambda v: (len(forest.neighbours[v]), -v))
        order = [root]
        for v in order:  # parents first
            for u in forest.neighbours[v]:
                if u != parent[v]:
                    parent[u], y[u] = v, y[v] + 1
                    order.append(u)
        below: dict[int, list[int]] = {v: [u for u in forest.neighbours[v] if u != parent[v]] for v in tree}
        waiting = [root]
        while waiting:  # leaves from left to right
            v = waiting.pop()
            if not below[v]:
                x[v], column = column, column + 1
            waiting += below[v][::-1]
        for v in reversed(order):
            if below[v]:
                x[v] = (x[below[v][0]] + x[below[v][-1]]) / 2
    return x, y, parent
