"""Diagrams as pictures: vertices in a row, lines as arcs, loops above, external legs outside."""

import math

from ._diagrams import Diagram

_STEP, _MIDDLE, _HEIGHT, _LEG = 90.0, 70.0, 140.0, 34.0


def draw(diagram: Diagram) -> str:
    """The diagram as an SVG element: filled circles are vertices G_c^(n), with n beside them."""
    size = len(diagram.legs)
    width = _STEP * (size + 1)
    at = [(_STEP * (v + 1), _MIDDLE) for v in range(size)]
    parts = []
    for v in range(size):
        parts += [_loop(*at[v], number) for number in range(diagram.lines[v][v])]
        parts += [part for w in range(v + 1, size) for part in _lines(at[v], at[w], diagram.lines[v][w], w - v)]
        parts += _legs(at[v], diagram.legs[v], first=v == 0, last=v == size - 1)
    parts += [f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="currentColor" stroke="none"/>' for x, y in at]
    parts += [
        f'<text x="{x:g}" y="{_HEIGHT - 6:g}" font-size="12" text-anchor="middle" fill="currentColor" stroke="none">G{degree}</text>'
        for (x, _), degree in zip(at, diagram.degrees, strict=True)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {_HEIGHT:g}" width="{width:g}" height="{_HEIGHT:g}" role="img" '
        f'fill="none" stroke="currentColor" stroke-width="1.6"><title>{diagram}</title>{"".join(parts)}</svg>'
    )


def _loop(x: float, y: float, number: int) -> str:
    """Loops stand above and below the vertex in turn, each pair wider than the one before."""
    away, wide = (-1 if number % 2 == 0 else 1) * (52 + 10 * (number // 2)), 26 + 10 * (number // 2)
    return f'<path d="M {x:g} {y:g} C {x - wide:g} {y + away:g} {x + wide:g} {y + away:g} {x:g} {y:g}"/>'


def _lines(start: tuple[float, float], end: tuple[float, float], number: int, apart: int) -> list[str]:
    """Parallel lines bend away from one another; lines over other vertices bend around them."""
    (x, y), (u, v) = start, end
    bends = [(place - (number - 1) / 2) * 34 - (46 if apart > 1 else 0) for place in range(number)]
    return [f'<path d="M {x:g} {y:g} Q {(x + u) / 2:g} {(y + v) / 2 + bend:g} {u:g} {v:g}"/>' for bend in bends]


def _legs(at: tuple[float, float], number: int, *, first: bool, last: bool) -> list[str]:
    """A fan of legs: to the left on the first vertex, to the right on the last, down elsewhere; all around on a single vertex."""
    x, y = at
    if first and last:
        angles = [math.pi * (0.5 + 2 * (place + 0.5) / number) for place in range(number)]
    else:
        centre = math.pi if first else 0.0 if last else math.pi / 2
        angles = [centre + (place - (number - 1) / 2) * min(0.5, 2.2 / max(1, number)) for place in range(number)]
    return [
        f'<line x1="{x:g}" y1="{y:g}" x2="{x + _LEG * math.cos(angle):.1f}" y2="{y + _LEG * math.sin(angle):.1f}"/>' for angle in angles
    ]
