"""A planar map in the plane: where its nodes and edges go."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ._arrange import arranged
from ._arrays import Complexes, Integers
from ._grid import on_a_grid
from ._packing import NoPacking, packed
from ._planar_map import PlanarMap
from ._relaxation import areas, relaxed
from ._remeshing import remeshed
from ._triangulation import Triangulation, triangulated

STIFFNESS = 10.0
STIFFNESS_AT_CROSSING = 20.0
STRAIGHT = np.array([1.0, -2.0, 1.0], complex)
UPRIGHT = np.array([1.0, -0.5 + 0.5j, -0.5 - 0.5j])  # for the end of a band, and its strand before and behind from left to right
CIRCLE = 1.6
MARGIN = 1.4
UNEVEN = 5.0
FEWEST_ROUNDS, MOST_ROUNDS = 6, 12
FIRST_STEPS = 300
STEPS = 80
SMALLEST_RATIO = 1e-4  # of two radii of a packing: beyond, circles are too small to begin with


@dataclass(frozen=True)
class Embedding:
    """A straight-line picture: ``centres`` of points, ``place`` of each node, points ``along`` the edge of each dart.

    ``circles``: centres of the circles without crossings, of radius `CIRCLE`.
    """

    centres: Complexes
    triangles: Integers
    place: dict[int, int]
    along: dict[int, list[int]]
    circles: tuple[complex, ...]


def embedded(given: PlanarMap, points_on: Mapping[int, int], circles: int = 0, *, pack: bool = True) -> Embedding:
    """Each piece of a map in a disc of its own, with edges of about equal length, and circles beside them.

    The longest face is outside.  The circle packing of the triangulated piece is relaxed; where Newton's method fails, or has to
    make circles so small that nothing would be left of them or that rounding turns triangles over, or with ``pack=False``, straight
    lines on a grid are.
    """
    discs = [triangulated(given, piece, outer_face(given, piece), points_on) for piece in given.pieces()]
    evened = [_evened(given, *_start(disc, pack)) for disc in discs]
    discs = [disc for disc, _ in evened]
    levelled = [_levelled(*one) for one in evened]
    boxes = [box for _, box in levelled] + [(2 * CIRCLE, 2 * CIRCLE)] * circles
    corners = arranged(boxes, MARGIN)
    pictures = [one + corner for (one, _), corner in zip(levelled, corners, strict=False)]
    shifts = np.cumsum([0, *(disc.points for disc in discs)]).tolist()
    shifted = list(zip(discs, shifts, strict=False))
    return Embedding(
        np.concatenate([np.zeros(0, complex), *pictures]),
        np.concatenate([np.zeros((0, 3), int), *(disc.triangles + shift for disc, shift in shifted)]),
        {node: point + shift for disc, shift in shifted for node, point in disc.place.items()},
        {dart: [point + shift for point in points] for disc, shift in shifted for dart, points in disc.along.items()},
        tuple(corner + CIRCLE * (1 + 1j) for corner in corners[len(discs) :]),
    )


def _evened(given: PlanarMap, disc: Triangulation, centres: Complexes) -> tuple[Triangulation, Complexes]:
    """A disc relaxed, with new triangles where that leaves edges of very different lengths."""
    most, wished = 4 * disc.points + 100, {dart: len(points) + 1 for dart, points in disc.along.items()}
    centres = _unfolded(given, disc, centres, wished, FIRST_STEPS)
    rounds = [np.inf, np.inf]
    while (uneven := _unevenness(disc, centres, wished)) > UNEVEN and len(rounds) < MOST_ROUNDS:
        if len(rounds) > FEWEST_ROUNDS and uneven > 0.9 * rounds[-2]:
            break
        rounds.append(uneven)
        disc, centres = remeshed(disc, centres, most, wished)
        centres = _unfolded(given, disc, centres, wished, STEPS)
    return disc, centres


def _unfolded(given: PlanarMap, disc: Triangulation, centres: Complexes, wished: Mapping[int, int], steps: int) -> Complexes:
    """A disc relaxed as far as its boundary does not come to cross itself, which no single triangle would notice."""
    bends = _bends(given, disc, wished)
    for most in (steps, steps // 8):
        found = relaxed(disc, centres, *bends, most)
        if is_simple(found[disc.boundary]):
            return found
    return relaxed(disc, centres, *bends, 0)


def is_simple(corners: Complexes) -> bool:
    """Whether a polygon does not cross itself."""
    start, side = corners[:, None], (np.roll(corners, -1) - corners)[:, None]
    across = (side.conj() * side.T).imag
    with np.errstate(divide="ignore", invalid="ignore"):
        u, v = (((start.T - start).conj() * along).imag / across for along in (side.T, side))
    return not ((u > 1e-6) & (u < 1 - 1e-6) & (v > 1e-6) & (v < 1 - 1e-6)).any()


def _unevenness(disc: Triangulation, centres: Complexes, wished: Mapping[int, int]) -> float:
    """The longest by the shortest edge of the map, each by the length that it should have."""
    paths = {dart: [disc.ends[dart][0], *points, disc.ends[dart][1]] for dart, points in disc.along.items()}
    lengths = np.array([np.abs(np.diff(centres[path])).sum() / wished[dart] for dart, path in paths.items()])
    return float(lengths.max() / lengths.min())


def _levelled(disc: Triangulation, centres: Complexes) -> tuple[Complexes, tuple[float, float]]:
    """Turned so that the picture is widest from left to right, and moved to the corner of its box, whose size comes with it."""
    shown = sorted({*disc.place.values(), *(point for points in disc.along.values() for point in points)})
    spread = ((centres[shown] - centres[shown].mean()) ** 2).sum()
    level = abs(spread) > 1e-6 * (np.abs(centres[shown] - centres[shown].mean()) ** 2).sum()
    turned = centres * np.exp(-0.5j * np.angle(spread)) if level else centres
    box = turned[shown]
    return turned - complex(box.real.min(), box.imag.min()), (float(np.ptp(box.real)), float(np.ptp(box.imag)))


def _start(disc: Triangulation, pack: bool) -> tuple[Triangulation, Complexes]:
    try:
        if pack:
            centres, radii = packed(disc)
            if radii.min() > SMALLEST_RATIO * radii.max() and areas(centres[disc.triangles]).min() > 0:
                return disc, centres
    except NoPacking:
        pass
    return on_a_grid(disc)


def outer_face(given: PlanarMap, piece: list[int]) -> list[int]:
    """The longest face of a piece, among several the one from which the others are fewest steps away, edges being crossed."""
    faces = given.faces(piece)
    longest = [face for face in faces if len(face) == max(map(len, faces))]
    home = {dart: number for number, face in enumerate(faces) for dart in face}
    near = [{home[given.across[dart]] for dart in face} for face in faces]
    return min(longest, key=lambda face: _depth(near, home[face[0]]))


def _depth(near: list[set[int]], start: int) -> int:
    depth, reached, edge = 0, {start}, {start}
    while edge := {other for one in edge for other in near[one]} - reached:
        reached |= edge
        depth += 1
    return depth


def _bends(given: PlanarMap, disc: Triangulation, wished: Mapping[int, int]) -> tuple[Integers, Complexes]:
    """Rows of three points, and weights for them with which they should add up to zero.

    For every place where strands and bands should go on straight these are second differences, and where a band stands on a strand
    they ask for a right angle.  A second difference d of pieces of length h means the curvature d / h^2, so that they are stiff if
    they are short: the energy of a bent line is the integral of its squared curvature.
    """
    rows, weights = [], []
    for dart, points in disc.along.items():
        other = given.across[dart]
        path = [disc.place[given.node[dart]], *points, disc.place[given.node[other]]]
        rows += [path[start : start + 3] for start in range(len(points))]
        stiff = STIFFNESS**0.5 * ((len(points) + 1) / wished[dart]) ** 1.5
        weights += [stiff * STRAIGHT] * len(points)
        onward = given.straight(other)
        if onward is not None:
            rows.append([points[-1], path[-1], disc.along[onward][0]])
            weights.append(STIFFNESS_AT_CROSSING**0.5 * STRAIGHT)
        elif onward is None:
            band = given.after[other]
            rows.append([points[-1], disc.along[band][0], disc.along[given.after[band]][0]])
            weights.append(STIFFNESS_AT_CROSSING**0.5 * UPRIGHT)
    return np.array(rows), np.array(weights)
