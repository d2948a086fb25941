"""Weak-Fano toric threefolds from three-dimensional reflexive polytopes, and geometries made of a tree on every edge and every face."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from math import gcd

import numpy as np
from scipy.spatial import ConvexHull

from certifield.evidence import InputError

from ._edges import Ray

# The two polytopes with the most points on facets, which dominate the ensemble (arXiv:1706.02299).
DOMINANT = (
    ((-1, -1, -1), (-1, -1, 5), (-1, 5, -1), (1, -1, -1)),
    ((-1, -1, -1), (-1, -1, 11), (-1, 2, -1), (1, -1, -1)),
)


@dataclass(frozen=True)
class Base:
    """A fine star triangulation of a reflexive polytope: its ``rays``, all boundary points, and its ``faces`` by numbers of rays.

    ``normals``: n with n . v <= 1 on the polytope, one for each facet.
    """

    rays: tuple[Ray, ...]
    faces: tuple[tuple[int, int, int], ...]
    normals: tuple[Ray, ...]

    @cached_property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """All edges."""
        return tuple(sorted({edge for face in self.faces for edge in combinations(face, 2)}))

    def blown_up(self, trees: Mapping[tuple[int, ...], Sequence[Ray]]) -> np.ndarray:
        """All rays of a geometry, those of the base first: trees by the edge or face that they stand on, in coefficients of its rays."""
        corners = np.array(self.rays)
        added = [np.asarray(tree, np.int64) @ corners[list(place)] for place, tree in trees.items() if len(tree)]
        return np.concatenate([corners, *added])


@cache
def weak_fano_base(vertices: tuple[Ray, ...]) -> Base:
    """The base of a reflexive polytope by its vertices; every facet is triangulated regularly, with all of its lattice points.

    Raises `InputError` for points that are not vertices of a reflexive polytope.

    >>> base = weak_fano_base(DOMINANT[0])
    >>> len(base.rays), len(base.edges), len(base.faces)
    (38, 108, 72)
    """
    corners = np.array(vertices)
    if corners.ndim != 2 or corners.shape[1] != 3 or len(corners) < 4 or corners.dtype.kind != "i":
        raise InputError("vertices", vertices, "at least four points of three whole numbers", "such as DOMINANT[0]")
    if np.linalg.matrix_rank(corners[1:] - corners[0]) < 3:
        raise InputError("vertices", vertices, "points that span a polytope", "they lie in a plane")
    normals = sorted({_normal(corners[list(simplex)], vertices) for simplex in ConvexHull(corners).simplices})
    heights = np.array(normals)
    span = [np.arange(low, high + 1) for low, high in zip(corners.min(0), corners.max(0), strict=True)]
    box = np.stack([grid.ravel() for grid in np.meshgrid(*span, indexing="ij")], axis=1)
    above = box @ heights.T
    on_boundary = (above <= 1).all(axis=1) & (above == 1).any(axis=1)
    rays = box[on_boundary]
    if len(rays) != (above <= 1).all(axis=1).sum() - 1:
        raise InputError("vertices", vertices, "a polytope with one inner lattice point", "it is not reflexive")
    faces = []
    for normal in heights:
        members = np.nonzero(rays @ normal == 1)[0]
        axis = int(np.argmax(np.abs(normal) == np.abs(normal).max()))
        flat = np.delete(rays[members], axis, axis=1).astype(float)
        faces += [tuple(sorted(int(members[place]) for place in simplex)) for simplex in _triangles(flat)]
    found = Base(tuple(map(_ray, rays)), tuple(sorted(faces)), tuple(normals))
    if any(abs(round(np.linalg.det(rays[list(face)]))) != 1 for face in found.faces) or len(found.edges) != 3 * len(rays) - 6:
        raise AssertionError("a triangulation that is not fine")
    return found


def _triangles(points: np.ndarray) -> np.ndarray:
    """The regular triangulation of a convex set of lattice points by the squares of their lengths, with ties broken at random."""
    ties = np.random.Generator(np.random.PCG64(1)).uniform(0, 0.01, len(points))
    hull = ConvexHull(np.column_stack([points, (points**2).sum(axis=1) + ties]))
    return hull.simplices[hull.equations[:, 2] < -1e-9]


def _normal(corners: np.ndarray, vertices: tuple[Ray, ...]) -> Ray:
    """The primitive normal of a facet at lattice distance 1 from the origin."""
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    normal //= gcd(*map(int, normal))
    level = int(normal @ corners[0])
    if abs(level) != 1:
        raise InputError("vertices", vertices, "a reflexive polytope, whose facets lie at distance 1", f"one lies at {abs(level)}")
    return _ray(normal * level)


def _ray(entries: np.ndarray) -> Ray:
    return tuple(int(entry) for entry in entries)
