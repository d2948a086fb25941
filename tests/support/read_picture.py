"""A diagram read from a picture, by nothing but the lines that are seen: for tests of the drawing alone.

Every arc is flattened to short segments.  An arc ends where its strand goes under others; the strand goes on at the nearest start of
an arc, and the segment between meets the strands above.  Nothing else may meet.

Surgery along a band is made on the same lines: each of the two strands under the ends of the band is cut where the edges of the band
stand on it, what lies between is dropped, and the edges, with all their gaps, join what is left.
"""

import re
import xml.etree.ElementTree as ElementTree

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
    across[np.abs(across) < 1e-9 * np.abs(q) * np.abs(t)] = np.nan  # in one direction, up to rounding
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
    below: dict[int, list[int]] = {}
    signs: list[int] = []
    for number, arc in enumerate(arcs):
        if closed[number]:
            continue
        gap = np.array([arc[-1], arcs[onward[number]][0]])
        met = sorted((u, place, other) for other, line in enumerate(arcs) for u, place in meetings(gap, line) if 0.01 < u < 0.99)
        assert met, "no line passes over a gap"
        for _, place, other in met:
            signs.append(1 if ((arcs[other][int(place) + 1] - arcs[other][int(place)]).conj() * (gap[1] - gap[0])).imag > 0 else -1)
            below.setdefault(number, []).append(len(signs))
            above[other].append((place, len(signs)))
    return _linked(_codes(arcs, onward, above, below), signs, circles)


def _following(arc: np.ndarray, starts: np.ndarray) -> int:
    """The start that lies nearest, and straight ahead of the end of an arc."""
    ahead = (arc[-1] - arc[-2]) / abs(arc[-1] - arc[-2])
    distance = abs(starts - arc[-1])
    return int(np.argmin(distance + abs(starts - arc[-1] - distance * ahead)))


def _codes(arcs: list[np.ndarray], onward: list[int], above: list[list[tuple[float, int]]], below: dict[int, list[int]]) -> list[list[int]]:
    codes, seen = [], set()
    for start in range(len(arcs)):
        code, number = [], start
        while number not in seen:
            seen.add(number)
            code += [crossing for _, crossing in sorted(above[number])] + [-crossing for crossing in below.get(number, [])]
            number = onward[number]
        if code:
            codes.append(code)
    return codes


def _linked(codes: list[list[int]], signs: list[int], circles: int) -> Diagram:
    link = Diagram.from_gauss(codes, signs) if codes else Diagram()
    return link.split_union(Diagram(circles=circles)) if circles else link


# Surgery ------------------------------------------------------------------------------------------------------------------------

Feet = list[tuple[int, float, int]]  # the strand that an edge of the band stands on, the place on it, and the number of the edge


def after_surgery(svg: str) -> Diagram:
    """The diagram that a picture with one band becomes when the surgery is made on its lines."""
    arcs, edges = [_opened(arc, svg) for arc in paths(svg, "strand")], band_edges(svg)
    feet = [[(*_under(chain[end][end], arcs), number) for number, chain in enumerate(edges)] for end in (0, -1)]
    assert not accidents(arcs), "strands meet"
    _apart(arcs, edges, max(float(width) for width in re.findall(r'stroke-width="([0-9.]+)"', svg)))
    return diagram_of(_joined(arcs, edges, *feet), svg.count('class="circle"'))


def band_edges(svg: str) -> list[list[np.ndarray]]:
    """The two edges of a band, each as the list of its visible pieces."""
    strands, pieces = paths(svg, "strand"), paths(svg, "band-edge")
    first = [number for number, piece in enumerate(pieces) if _distance(piece[0], strands) < TOUCHING]
    assert len(first) == 2, "a band has two edges"
    starts = np.array([1e9 if number in first else piece[0] for number, piece in enumerate(pieces)])
    edges = []
    for number in first:
        edges.append([pieces[number]])
        while _distance(edges[-1][-1][-1], strands) > TOUCHING:
            edges[-1].append(pieces[_following(edges[-1][-1], starts)])
            assert len(edges[-1]) <= len(pieces), "an edge of the band has no end"
    assert sum(map(len, edges)) == len(pieces), "some pieces of the edges are not reached"
    return edges


TOUCHING = 0.25  # pixels


def _distance(point: complex, lines: list[np.ndarray]) -> float:
    return min(_nearest(point, line)[0] for line in lines)


def _nearest(point: complex, line: np.ndarray) -> tuple[float, float]:
    """The distance of a point from a line, and the place on the line."""
    along = np.diff(line)
    u = np.clip(((point - line[:-1]).conj() * along).real / np.abs(along) ** 2, 0.0, 1.0)
    distance = np.abs(line[:-1] + u * along - point)
    best = int(np.argmin(distance))
    return float(distance[best]), best + float(u[best])


def _under(point: complex, arcs: list[np.ndarray]) -> tuple[int, float]:
    distances = [_nearest(point, arc) for arc in arcs]
    best = min(range(len(arcs)), key=lambda number: distances[number])
    return best, distances[best][1]


def _opened(arc: np.ndarray, svg: str) -> np.ndarray:
    """A closed line that starts as far from the band as it can."""
    if abs(arc[0] - arc[-1]) > 1e-9:
        return arc
    ends = np.concatenate(paths(svg, "band-edge"))
    start = int(np.argmax(np.abs(arc[:-1, None] - ends).min(axis=1)))
    return np.concatenate([arc[start:-1], arc[: start + 1]])


def _apart(arcs: list[np.ndarray], edges: list[list[np.ndarray]], line: float) -> None:
    """Edges of the band meet nothing but the strands that they stand on, less than the width of a line from where they stand."""
    for chain in edges:
        ends = np.array([chain[0][0], chain[-1][-1]])
        for piece in chain:
            for u, _ in (pair for arc in arcs for pair in meetings(piece, arc)):
                at = piece[int(u)] + (u - int(u)) * (piece[int(u) + 1] - piece[int(u)])
                assert np.abs(ends - at).min() < line, "an edge of the band meets a strand"


def _joined(arcs: list[np.ndarray], edges: list[list[np.ndarray]], first: Feet, last: Feet) -> list[np.ndarray]:
    """The arcs after the surgery.  One edge is gone along forward, the other backward, as the strands demand."""
    (out, home), (arrival, departure) = sorted(first), sorted(last)
    assert out[0] == home[0] and arrival[0] == departure[0], "a band stands on one arc at each end"
    assert out[2] == departure[2] and home[2] == arrival[2], "the band does not respect orientations"
    chains = {
        (out[0], out[1]): (edges[out[2]], (departure[0], departure[1])),
        (arrival[0], arrival[1]): ([piece[::-1] for piece in edges[home[2]][::-1]], (home[0], home[1])),
    }
    found, used = [], set()
    for number in range(len(arcs)):
        found += _gone_along((number, 0.0), arcs, chains, used)
    for _, landing in chains.values():
        if landing not in used:  # not reached from the start of an arc: a component that begins nowhere
            pieces = _gone_along(landing, arcs, chains, used)
            end = pieces.pop()
            found += [np.concatenate([end, pieces[0]]), *pieces[1:]] if pieces else [np.append(end, end[0])]
    return [line[np.concatenate([[True], np.abs(np.diff(line)) > 1e-9])] for line in found]


def _gone_along(start: tuple[int, float], arcs: list[np.ndarray], chains: dict, used: set) -> list[np.ndarray]:
    """The lines along strands and edges from a place on an arc up to the end of an arc, or to the start again."""
    line, place, found = np.zeros(0, complex), start, []
    while place not in used:
        used.add(place)
        arc, begun = arcs[place[0]], place[1]
        cut = min((one for one in chains if one[0] == place[0] and one[1] > begun), default=None)
        if cut is None:
            return [*found, np.concatenate([line, _part(arc, begun, len(arc) - 1.0)])]
        (*before, final), landing = chains[cut]
        line = np.concatenate([line, _part(arc, begun, cut[1])])
        for piece in before:
            found.append(np.concatenate([line, piece]))
            line = np.zeros(0, complex)
        line, place = np.concatenate([line, final]), landing
    return [*found, line]


def _part(line: np.ndarray, one: float, two: float) -> np.ndarray:
    inner = np.arange(int(one) + 1, int(np.ceil(two)))
    parameters = np.concatenate([[one], inner, [two]])
    return np.interp(parameters, np.arange(len(line)), line.real) + 1j * np.interp(parameters, np.arange(len(line)), line.imag)
