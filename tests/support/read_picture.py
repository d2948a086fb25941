"""A diagram read from a picture, by nothing but the lines that are seen: for tests of the drawing alone.

Every arc is flattened to short segments.  An arc ends where its strand goes under another; the strand goes on at the nearest start of
an arc, and the segment between meets the strand above.  Nothing else may meet.
"""

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np

from certifield.topology import Diagram

STEPS = 12


def paths(svg: str, kind: str) -> list[np.ndarray]:
    """The polygonal lines of all paths of one class, with the y axis up."""
    elements = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")
    return [flattened(element.attrib["d"]) for element in elements if element.get("class") == kind]


def flattened(data: str) -> np.ndarray:
    """Points along a path of straight lines and quadratic curves."""
    points: list[complex] = []
    for command, numbers in re.findall(r"([MLQZ])([^MLQZ]*)", data):
        values = [float(value) for value in numbers.split()]
        given = [complex(x, -y) for x, y in zip(values[::2], values[1::2], strict=True)]
        if command == "Q":
            (control, end), start, u = given, points[-1], np.arange(1, STEPS + 1) / STEPS
            points += list((1 - u) ** 2 * start + 2 * u * (1 - u) * control + u**2 * end)
        elif command == "Z":
            points.append(points[0])
        else:
            points += given
    line = np.array(points)
    return line[np.concatenate([[True], np.abs(np.diff(line)) > 1e-9])]


def meetings(one: np.ndarray, other: np.ndarray) -> list[tuple[float, float]]:
    """Where two polygonal lines cross: the parameters on both."""
    (p, q), (s, t) = ((line[:-1, None], np.diff(line)[:, None]) for line in (one, other))
    s, t = s.T, t.T
    across = (q.conj() * t).imag
    with np.errstate(divide="ignore", invalid="ignore"):
        u, v = ((s - p).conj() * t).imag / across, ((s - p).conj() * q).imag / across
    return [(float(i + u[i, j]), float(j + v[i, j])) for i, j in np.argwhere((u >= 0) & (u < 1) & (v >= 0) & (v < 1)).tolist()]


def read(svg: str) -> Diagram:
    """The diagram that a picture without bands shows."""
    arcs = paths(svg, "strand")
    assert not accidents(arcs), "arcs meet"
    return diagram_of(arcs, svg.count('class="circle"'))


def accidents(arcs: list[np.ndarray]) -> list[tuple[int, int]]:
    """The pairs of lines that meet; neighbours in a line do not count."""
    boxes = [(arc.real.min(), arc.real.max(), arc.imag.min(), arc.imag.max()) for arc in arcs]
    found = []
    for i, one in enumerate(boxes):
        for j in range(i, len(arcs)):
            other = boxes[j]
            if one[0] > other[1] or other[0] > one[1] or one[2] > other[3] or other[2] > one[3]:
                continue
            met = [pair for pair in meetings(arcs[i], arcs[j]) if i != j or not _near(*pair, len(arcs[i]) - 1)]
            if met:
                found.append((i, j))
    return found


def _near(u: float, v: float, size: int) -> bool:
    gap = abs(int(u) - int(v))
    return gap <= 3 or gap >= size - 3


def diagram_of(arcs: list[np.ndarray], circles: int = 0) -> Diagram:
    """The diagram of arcs that end where they go under another."""
    closed = [bool(abs(arc[0] - arc[-1]) < 1e-9) for arc in arcs]
    starts = np.array([1e9 if end else arc[0] for arc, end in zip(arcs, closed, strict=True)])
    onward = [number if closed[number] else _following(arc, starts) for number, arc in enumerate(arcs)]
    assert sorted(onward) == list(range(len(arcs))), "the arcs do not follow each other"
    above: list[list[tuple[float, int]]] = [[] for _ in arcs]
    below: dict[int, int] = {}
    signs: list[int] = []
    for number, arc in enumerate(arcs):
        if closed[number]:
            continue
        gap = np.array([arc[-1], arcs[onward[number]][0]])
        met = [(place, other) for other, line in enumerate(arcs) for u, place in meetings(gap, line) if 0.01 < u < 0.99]
        assert len(met) == 1, f"{len(met)} lines pass over a gap"
        ((place, other),) = met
        signs.append(1 if ((arcs[other][int(place) + 1] - arcs[other][int(place)]).conj() * (gap[1] - gap[0])).imag > 0 else -1)
        below[number] = len(signs)
        above[other].append((place, len(signs)))
    return _linked(_codes(arcs, onward, above, below), signs, circles)


def _following(arc: np.ndarray, starts: np.ndarray) -> int:
    """The start that lies nearest, and straight ahead of the end of an arc."""
    ahead = (arc[-1] - arc[-2]) / abs(arc[-1] - arc[-2])
    distance = abs(starts - arc[-1])
    return int(np.argmin(distance + abs(starts - arc[-1] - distance * ahead)))


def _codes(arcs: list[np.ndarray], onward: list[int], above: list[list[tuple[float, int]]], below: dict[int, int]) -> list[list[int]]:
    codes, seen = [], set()
    for start in range(len(arcs)):
        code, number = [], start
        while number not in seen:
            seen.add(number)
            code += [crossing for _, crossing in sorted(above[number])] + ([-below[number]] if number in below else [])
            number = onward[number]
        if code:
            codes.append(code)
    return codes


def _linked(codes: list[list[int]], signs: list[int], circles: int) -> Diagram:
    link = Diagram.from_gauss(codes, signs) if codes else Diagram()
    return link.split_union(Diagram(circles=circles)) if circles else link


def state_of(diagram: Any) -> dict[int, int]:
    """The involution of the darts of a diagram, made from its code."""
    ends: dict[int, list[int]] = {}
    for dart, label in enumerate(label for crossing in diagram.crossings for label in crossing):
        ends.setdefault(label, []).append(dart)
    return {dart: other for one, two in ends.values() for dart, other in ((one, two), (two, one))}
