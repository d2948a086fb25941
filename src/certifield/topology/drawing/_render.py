"""From lines to a picture: gaps, arrows, ribbons, labels."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from ._band import Core
from ._curve import Curve, meetings
from ._lines import Lines
from ._picture import BAND, COMPONENTS, TEXT, Picture, curve_path, line_path, number, text
from ._ribbon import STEP, Ribbon, ribbon
from ._strands import Strand
from .embedding import CIRCLE, Complexes

WIDEST_LINE = 0.24  # in units of the embedding, in which an edge of the diagram is about 3 long
THICKEST, THINNEST = 1 / 90, 1 / 260  # of the size of the picture
SHORTEST = 0.2  # of the shortest stretch between two crossings
LARGEST_UNIT = 1 / 6.5
HEADING = 24.0
SHARES = (1.0, 0.75, 0.55, 0.4, 0.28, 0.2)  # of the room for a band that are tried until its edges are free of the strands


@dataclass(frozen=True)
class Frame:
    """From the plane of the embedding to pixels; y points down."""

    scale: float
    shift: complex
    line: float  # width of a line, in units of the embedding

    def place(self, z: Complexes | complex) -> Complexes:
        """Points in pixels."""
        return np.asarray(np.conj(z) * self.scale + self.shift, np.complex128)

    def curve(self, given: Curve) -> Curve:
        """A curve in pixels."""
        return Curve(self.place(given.pieces), given.closed)


def rendered(lines: Lines, title: str | None, size: float, labels: Collection[str] = (), line: float | None = None) -> Picture:
    """The picture, at most ``size`` wide, and as high without its title; strands are ``line`` pixels wide, or as wide as suits them."""
    lines = _fitted(lines)
    frame, width, height = _frame(lines, size, HEADING if title else 0.0, line)
    parts = [_ribbon_part(frame, one) for one in _ribbons(lines, frame.line)]
    for component, strand in lines.strands:
        parts.append(_strand_part(frame, component, strand, _gaps(lines, strand, frame.line)))
    parts += [_circle_part(frame, *one) for one in zip(lines.state.circle_numbers, lines.where.circles, strict=True)]
    parts += _labels(lines, frame, labels)
    components = len(lines.strands) + lines.state.circles
    name = title or f"{len(lines.state.across) // 4} crossings, {components} components"
    if title:
        parts.append(text(title, width / 2, 17.0, 14.0, bold=True))
    return Picture(width, height, name, "".join(parts))


def line_width(lines: Lines, size: float) -> float:
    """The width in pixels that suits a picture: all that the shortest edge leaves room for, within bounds."""
    frame, _, _ = _frame(lines, size, 0.0, None)
    return frame.line * frame.scale


def _frame(lines: Lines, size: float, heading: float, line: float | None) -> tuple[Frame, float, float]:
    points = [strand.curve.pieces.ravel() for _, strand in lines.strands]
    points += [(strand.curve.pieces + 1.2 * width * one).ravel() for (_, strand), width in _wide(lines) for one in (1, 1j, -1, -1j)]
    points += [centre + CIRCLE * np.array([-1 - 1j, 1 + 1j]) for centre in lines.where.circles]
    shown = np.concatenate([np.array([0j]) if not points else np.zeros(0, complex), *points])
    left, right, low, high = shown.real.min(), shown.real.max(), shown.imag.min(), shown.imag.max()
    pad = 0.04 * size
    scale = min((size - 2 * pad) / max(right - left, high - low, 1e-9), LARGEST_UNIT * size)
    shift = complex(pad - scale * left, pad + heading + scale * high)
    suited = max(THINNEST * size / scale, min(WIDEST_LINE, THICKEST * size / scale, SHORTEST * _shortest(lines)))
    return Frame(scale, shift, line / scale if line else suited), (right - left) * scale + 2 * pad, (high - low) * scale + 2 * pad + heading


def _shortest(lines: Lines) -> float:
    """The length of the shortest stretch of a strand between two crossings."""
    shortest = np.inf
    for _, strand in lines.strands:
        places = sorted(strand.curve.length(parameter) for parameter in strand.passes.values())
        places.append(places[0] + float(strand.curve.lengths[-1]))
        shortest = min(shortest, float(np.diff(places).min()))
    return shortest


# Strands -------------------------------------------------------------------------------------------------------------------------


def _gaps(lines: Lines, strand: Strand, line: float) -> list[tuple[float, float]]:
    """Around every place where a strand is under something: its length up to there, and half the length of the gap."""
    gaps = []
    for dart, parameter in strand.passes.items():
        node, wide = lines.map.node[dart], 0.0
        if node < 0 and not lines.over.get(node):
            continue
        if node >= 0 and dart & 1:
            continue
        if node < 0:
            wide = next(width for (core, _), width in zip(lines.cores, lines.widths, strict=True) if node in _nodes(lines, core.darts))
        gaps.append((strand.curve.length(parameter), (wide + 2.0 * line) / _sine(lines, dart)))
    return _bounded(gaps, [strand.curve.length(parameter) for parameter in strand.passes.values()], float(strand.curve.lengths[-1]))


def _nodes(lines: Lines, darts: tuple[int, ...]) -> set[int]:
    return {lines.map.node[dart] for dart in darts[1:]}


def _sine(lines: Lines, dart: int) -> float:
    """Of the angle between the two lines through the node that a dart leaves; not below 1/2."""
    slopes = [strand.curve.slope(strand.passes[one]) for one, strand in lines.leaving(lines.map.node[dart])]
    return max(0.5, abs((slopes[0].conjugate() * slopes[1]).imag)) if len(slopes) == 2 else 1.0


def _bounded(gaps: list[tuple[float, float]], places: list[float], total: float) -> list[tuple[float, float]]:
    """Gaps that leave something of every edge."""
    bounded = []
    for place, half in gaps:
        distances = [min((other - place) % total, (place - other) % total) for other in places if other != place]
        bounded.append((place, min(half, 0.4 * min(distances, default=total))))
    return bounded


def _strand_part(frame: Frame, component: int, strand: Strand, gaps: list[tuple[float, float]]) -> str:
    """The arcs between the gaps, and an arrow."""
    colour = COMPONENTS[component % len(COMPONENTS)]
    arcs = [frame.curve(arc) for arc in _arcs(strand.curve, gaps)]
    width = frame.line * frame.scale
    paths = "".join(f'<path class="strand" d="{curve_path(arc)}"/>' for arc in arcs)
    return f'<g stroke="{colour}" stroke-width="{number(width)}">{paths}</g>{_arrow(frame, strand, width, colour)}'


def _arcs(curve: Curve, gaps: list[tuple[float, float]]) -> list[Curve]:
    if not gaps:
        return [curve]
    gaps = sorted(gaps)
    following = [*gaps[1:], (gaps[0][0] + float(curve.lengths[-1]), gaps[0][1])]
    return [
        curve.part(curve.moved(0.0, one + half), curve.moved(0.0, two - other))
        for (one, half), (two, other) in zip(gaps, following, strict=True)
    ]


def _arrow(frame: Frame, strand: Strand, width: float, colour: str) -> str:
    """A head in the middle of the longest stretch between two crossings."""
    total = float(strand.curve.lengths[-1])
    places = sorted(strand.curve.length(parameter) for parameter in strand.passes.values())
    stretch, start = max((two - one, one) for one, two in zip(places, [*places[1:], places[0] + total], strict=True))
    middle = strand.curve.moved(0.0, start + stretch / 2) % len(strand.curve.pieces)
    at, direction = complex(frame.place(strand.curve.at(np.array([middle])))[0]), strand.curve.slope(middle).conjugate()
    size = 2.4 * width + 1.5
    corners = [at + size * direction * turn for turn in (1.0, -0.8 + 0.9j, -0.4, -0.8 - 0.9j)]
    return f'<path class="arrow" d="{line_path(corners, True)}" fill="{colour}"/>'


def _circle_part(frame: Frame, component: int, centre: complex) -> str:
    middle, radius, colour = complex(frame.place(centre)), 0.8 * CIRCLE * frame.scale, COMPONENTS[component % len(COMPONENTS)]
    return (
        f'<circle class="circle" cx="{number(middle.real)}" cy="{number(middle.imag)}" r="{number(radius)}" stroke="{colour}" '
        f'stroke-width="{number(frame.line * frame.scale)}"/>'
    )


# Bands ---------------------------------------------------------------------------------------------------------------------------


def _ribbons(lines: Lines, line: float) -> list[tuple[int, Ribbon]]:
    found = []
    for (core, strand), width in zip(lines.cores, lines.widths, strict=True):
        gaps = _under_strands(lines, core, strand, width, line)
        last = core.darts[-1]
        free = strand.curve.length(strand.passes[last]) + 2.2 * line if core.over else 0.0
        found.append((core.half_twists, ribbon(strand.curve, width, gaps, core.half_twists, free, 0.6 * line, _stand(lines, core, width))))
    return found


def _wide(lines: Lines) -> list[tuple[tuple[Core, Strand], float]]:
    return list(zip(lines.cores, lines.widths, strict=True))


def _fitted(lines: Lines) -> Lines:
    """The bands made narrower until their edges are free of the strands that they stand on."""
    widths = []
    for (core, strand), width in _wide(lines):
        grounds = [_ground(lines, dart, max(4 * width, 2.5)) for dart in _ends(lines, core)]
        shares = (share for share in SHARES if _is_free(lines, core, strand, share * width, grounds))
        widths.append(next(shares, SHARES[-1]) * width)
    return replace(lines, widths=widths)


def _is_free(lines: Lines, core: Core, strand: Strand, width: float, grounds: list[Complexes]) -> bool:
    """Whether the edges of a band, up to what it crosses, meet the strands nowhere else than where they stand."""
    feet, crossed = _stand(lines, core, width), [strand.curve.length(strand.passes[dart]) for dart in core.darts[1:]]
    inner = [((crossed[0] + crossed[-1]) / 2, 0.0, (crossed[-1] - crossed[0]) / 2 + 2.5 * width)] if crossed else []
    edges = ribbon(strand.curve, width, inner, core.half_twists, 0.0, 0.0, feet).edges
    return not any(_touches(edge, ground, (*feet[0], *feet[1])) for edge in edges for ground in grounds)


def _ends(lines: Lines, core: Core) -> tuple[int, int]:
    return core.darts[0], lines.map.across[core.darts[-1]]


def _stand(lines: Lines, core: Core, width: float) -> tuple[tuple[complex, complex], tuple[complex, complex]]:
    """Where a band stands with its left and its right, at its start and at its end."""
    first, last = (_feet(lines, dart, width) for dart in _ends(lines, core))
    return first, (last[1], last[0])


def _under_strands(lines: Lines, core: Core, strand: Strand, width: float, line: float) -> list[tuple[float, float, float]]:
    """Gaps in a ribbon, along the strands that it is under, which something is left between."""
    places = [0.0, *(strand.curve.length(strand.passes[dart]) for dart in core.darts[1:]), float(strand.curve.lengths[-1])]
    gaps = []
    for dart, bit, (before, here, after) in zip(core.darts[1:], core.over, zip(places, places[1:], places[2:], strict=False), strict=True):
        if bit:
            continue
        room, sine = 0.42 * min(here - before, after - here), _sine(lines, dart)
        half = min(1.9 * line / sine, room)
        along, across = strand.curve.slope(strand.passes[dart]), _other_slope(lines, dart)
        turned = along.conjugate() * across
        slant = width * turned.real / (turned.imag if abs(turned.imag) > 1e-3 else 1e-3)
        gaps.append((here, float(np.clip(slant, half - room, room - half)), half))
    return gaps


def _other_slope(lines: Lines, dart: int) -> complex:
    """Of the other line through the node that a dart leaves."""
    return next(strand.curve.slope(strand.passes[one]) for one, strand in lines.leaving(lines.map.node[dart]) if one != dart)


def _ground(lines: Lines, dart: int, reach: float) -> Complexes:
    """The strand on both sides of the end of a band."""
    ((along, strand),) = lines.leaving(lines.map.node[dart])
    way = np.linspace(-reach, reach, 160).tolist()
    places = [strand.curve.moved(strand.passes[along], one) % len(strand.curve.pieces) for one in way]
    return strand.curve.at(np.array(places))


def _touches(edge: Complexes, ground: Complexes, feet: tuple[complex, ...]) -> bool:
    """Whether the edge of a band meets the strand elsewhere than where it stands."""
    met = np.array([np.interp(place, np.arange(len(edge)), edge) for place, _ in meetings(edge, ground)])
    return bool((np.abs(met[:, None] - np.array(feet)).min(axis=1) > STEP).any()) if len(met) else False


def _feet(lines: Lines, dart: int, width: float) -> tuple[complex, complex]:
    """Where a band that leaves a strand by a dart stands with its left and its right end."""
    ((along, strand),) = lines.leaving(lines.map.node[dart])
    curve, parameter = strand.curve, strand.passes[along]
    total, here = float(curve.lengths[-1]), curve.length(parameter)
    others = [curve.length(other) for other in strand.passes.values() if other != parameter]
    room = min((min((other - here) % total, (here - other) % total) for other in others), default=total)
    ends = [curve.moved(parameter, way * min(1.15 * width, 0.4 * room)) % len(curve.pieces) for way in (1.0, -1.0)]
    ahead, behind = curve.at(np.array(ends)).tolist()
    return (behind, ahead) if lines.map.after[along] == dart else (ahead, behind)


def _ribbon_part(frame: Frame, given: tuple[int, Ribbon]) -> str:
    half_twists, one = given
    width = 0.6 * frame.line * frame.scale
    fills = "".join(f'<path class="band" d="{line_path(frame.place(fill).tolist(), True)}"/>' for fill in one.fills)
    edges = "".join(f'<path class="band-edge" d="{line_path(frame.place(edge).tolist())}"/>' for edge in one.edges)
    words = ""
    if abs(half_twists) > 6:
        at = complex(frame.place(one.tip))
        words = text(f"{half_twists:+d} half twists", at.real, at.imag - 8, 11, colour=BAND, bold=True)
    return f'<g fill="{BAND}" fill-opacity="0.35">{fills}</g><g stroke="{BAND}" stroke-width="{number(width)}">{edges}</g>{words}'


# Labels --------------------------------------------------------------------------------------------------------------------------


def _labels(lines: Lines, frame: Frame, labels: Collection[str]) -> list[str]:
    """Numbers beside crossings and edges."""
    parts, edge = [], 0
    for _, strand in lines.strands:
        for dart, parameter in strand.passes.items():
            if lines.map.node[dart] < 0:
                continue
            if "crossings" in labels and not dart & 1:
                slopes = [one.curve.slope(one.passes[leaving]) for leaving, one in lines.leaving(lines.map.node[dart])]
                side = sum(slopes)
                at = complex(frame.place(complex(strand.curve.at(np.array([parameter]))[0]) + 0.62 * side / max(abs(side), 1e-9)))
                parts.append(text(str(dart >> 2), at.real, at.imag + 4, 11))
            if "edges" in labels:
                before = strand.curve.moved(parameter, -1.3)
                at = complex(
                    frame.place(
                        complex(strand.curve.at(np.array([before]) % len(strand.curve.pieces))[0]) + 0.5j * strand.curve.slope(before)
                    )
                )
                parts.append(text(str(edge), at.real, at.imag + 4, 10, colour=TEXT))
            edge += 1
    return parts
