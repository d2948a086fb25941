"""A planar map in the plane: where its nodes and edges go."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ._arrange import arranged
from ._arrays import Complexes, Integers
from ._grid import on_a_grid
from ._packing import NoPacking, packed
from ._planar_map import PlanarMap
from ._relaxation import relaxed
from ._remeshing import remeshed
from ._triangulation import Triangulation, triangulated

STIFFNESS = 10.0
STIFFNESS_AT_CROSSING = 20.0
STRAIGHT = np.array([1.0, -2.0, 1.0], complex)
UPRIGHT = np.array([1.0, -0.5 + 0.5j, -0.5 - 0.5j])  # for the end of a band, and its strand before and behind from left to right
CIRCLE = 1.6
MARGIN = 0.6
UNEVEN = 6.0
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
    make circles so small that nothing would be left of them, or with ``pack=False``, straight lines on a grid are.
    """
    discs = [triangulated(given, piece, outer_face(given, piece), points_on) for piece in given.pieces()]
    evened = [_evened(given, disc, _start(disc, pack)) for disc in discs]
    discs = [disc for disc, _ in evened]
    pictures = [_levelled(*one) for one in evened]
    boxes = [(float(np.ptp(one.real)), float(np.ptp(one.imag))) for one in pictures] + [(2 * CIRCLE, 2 * CIRCLE)] * circles
    corners = arranged(boxes, MARGIN)
    pictures = [one + corner for one, corner in zip(pictures, corners, strict=False)]
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
    most = 4 * disc.points + 100
    centres = _unfolded(given, disc, centres, FIRST_STEPS)
    before = np.inf
    while UNEVEN < (uneven := _unevenness(disc, centres)) < 0.9 * before:
        disc, centres = remeshed(disc, centres, most)
        centres, before = _unfolded(given, disc, centres, STEPS), uneven
    return disc, centres


def _unfolded(given: PlanarMap, disc: Triangulation, centres: Complexes, steps: int) -> Complexes:
    """A disc relaxed as far as its boundary does not come to cross itself, which no single triangle would notice."""
    for most in (steps, steps // 8):
        found = relaxed(disc, centres, *_bends(given, disc), most)
        if is_simple(found[disc.boundary]):
            return found
    return relaxed(disc, centres, *_bends(given, disc), 0)


def is_simple(corners: Complexes) -> bool:
    """Whether a polygon does not cross itself."""
    start, side = corners[:, None], (np.roll(corners, -1) - corners)[:, None]
    across = (side.conj() * side.T).imag
    with np.errstate(divide="ignore", invalid="ignore"):
        u, v = (((start.T - start).conj() * along).imag / across for along in (side.T, side))
    return not ((u > 1e-6) & (u < 1 - 1e-6) & (v > 1e-6) & (v < 1 - 1e-6)).any()


def _unevenness(disc: Triangulation, centres: Complexes) -> float:
    """The longest by the shortest piece of an edge."""
    paths = ([disc.ends[dart][0], *points, disc.ends[dart][1]] for dart, points in disc.along.items())
    lengths = np.concatenate([np.abs(np.diff(centres[path])) for path in paths])
    return float(lengths.max() / lengths.min())


def _levelled(disc: Triangulation, centres: Complexes) -> Complexes:
    """Turned so that the picture is widest from left to right, and moved to the corner of its box."""
    shown = centres[sorted({*disc.place.values(), *(point for points in disc.along.values() for point in points)})]
    spread = ((shown - shown.mean()) ** 2).sum()
    turned = centres * np.exp(-0.5j * np.angle(spread)) if abs(spread) > 1e-6 * (np.abs(shown) ** 2).sum() else centres
    return turned - complex(turned.real.min(), turned.imag.min())


def _start(disc: Triangulation, pack: bool) -> Complexes:
    try:
        if pack:
            centres, radii = packed(disc)
            if radii.min() > SMALLEST_RATIO * radii.max():
                return centres
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


def _bends(given: PlanarMap, disc: Triangulation) -> tuple[Integers, Complexes]:
    """Rows of three points, and weights for them with which they should add up to zero.

    For every place where strands and bands should go on straight these are second differences, and where a band stands on a strand
    they ask for a right angle.
    """
    rows, weights = [], []
    for dart, points in disc.along.items():
        other = given.across[dart]
        path = [disc.place[given.node[dart]], *points, disc.place[given.node[other]]]
        rows += [path[start : start + 3] for start in range(len(points))]
        weights += [STIFFNESS**0.5 * STRAIGHT] * len(points)
        onward = given.straight(other)
        if onward is not None:
            rows.append([points[-1], path[-1], disc.along[onward][0]])
            weights.append(STIFFNESS_AT_CROSSING**0.5 * STRAIGHT)
        elif onward is None:
            band = given.after[other]
            rows.append([points[-1], disc.along[band][0], disc.along[given.after[band]][0]])
            weights.append(STIFFNESS_AT_CROSSING**0.5 * UPRIGHT)
    return np.array(rows), np.array(weights)
