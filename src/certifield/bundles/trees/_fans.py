"""The fan of a base after blow-ups: trees of faces first, then those of edges, which subdivide the cones beside each edge."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from certifield._arguments import of_kind, whole
from certifield.evidence import InputError

from ._base import Base
from ._edges import EdgeTrees, Ray
from ._faces import FaceTrees

_CORNERS = frozenset([(1, 0, 0), (0, 1, 0), (0, 0, 1)])


def blown_up_cones(
    base: Base, faces: Mapping[tuple[int, int, int], Collection[frozenset[Ray]]], edges: Mapping[tuple[int, int], Sequence[Ray]]
) -> tuple[np.ndarray, np.ndarray]:
    """Rays [n, 3], those of the base first, and cones [2 n - 4, 3] by numbers of rays, of a smooth complete fan.

    ``faces``: cones of the tree of a face by `FaceTrees.draw_cones`, in coefficients of its corners; ``edges``: rays of the tree of an
    edge by `EdgeTrees.draw`.  Edges are blown up in the order of their numbers: cones between two of them depend on it.
    Raises `InputError` for faces and edges that the base has not, and trees that leave no smooth complete fan.
    """
    of_kind("base", base, Base, "such as weak_fano_base(DOMINANT[0])")
    for name, given, known in (("faces", faces, base.faces), ("edges", edges, base.edges)):
        if not isinstance(given, Mapping) or not set(given) <= set(known):
            raise InputError(name, str(given)[:80], f"trees by {name} of the base", f"take the keys from base.{name}")
    corners = np.array(base.rays)
    numbers = {ray: place for place, ray in enumerate(base.rays)}

    def number(place: tuple[int, ...], coefficients: Ray) -> int:
        ray = tuple(int(entry) for entry in np.asarray(coefficients) @ corners[list(place)])
        return numbers.setdefault(ray, len(numbers))

    cones = {frozenset(number(face, ray) for ray in cone) for face in base.faces for cone in faces.get(face, (_CORNERS,))}
    for edge in sorted(edges):
        inner = sorted(edges[edge], key=lambda ray: ray[1] / (ray[0] + ray[1]))
        chain = [edge[0], *(number(edge, ray) for ray in inner), edge[1]]
        beside = [cone for cone in cones if cone.issuperset(edge)]
        cones.difference_update(beside)
        cones.update(cone - set(edge) | set(step) for cone in beside for step in pairwise(chain))
    rays, found = np.array(list(numbers)), np.array(sorted(sorted(cone) for cone in cones))
    smooth = found.shape == (2 * len(rays) - 4, 3) and bool((np.abs(np.rint(np.linalg.det(rays[found].astype(float)))) == 1).all())
    if not smooth:
        raise InputError(
            "faces, edges", f"{len(rays)} rays, cones {found.shape}", "trees of blow-ups", "draw them by FaceTrees and EdgeTrees"
        )
    return rays, found


def drawn_cones(
    base: Base, rng: np.random.Generator, *, height: int = 6, share: float = 1.0, fullest: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """The fan of a geometry with independent uniform trees up to a ``height``; every edge and face has a tree with probability ``share``.

    With ``fullest`` above 1, each tree is the one with the most cones of so many: geometries with more rays than the ensemble mostly has.
    Raises `InputError` for a height that `FaceTrees` does not have, a share that is no probability, and ``fullest`` below 1.
    """
    of_kind("base", base, Base, "such as weak_fano_base(DOMINANT[0])")
    of_kind("rng", rng, np.random.Generator, "np.random.default_rng(0)")
    whole("height", height, 1, 6)
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        raise InputError("share", share, "a probability", "try share=1.0")
    whole("fullest", fullest, 1)
    of_faces, of_edges = _kinds(height)
    faces = {face: max((of_faces.draw_cones(rng) for _ in range(fullest)), key=len) for face in base.faces if rng.random() < share}
    edges = {edge: max((of_edges.draw(rng) for _ in range(fullest)), key=len) for edge in base.edges if rng.random() < share}
    return blown_up_cones(base, faces, edges)


@cache
def _kinds(height: int) -> tuple[FaceTrees, EdgeTrees]:
    """The trees of a height, which count their classes once."""
    return FaceTrees(height), EdgeTrees(height)
