"""Geometries: a tree on every edge and face, drawn uniformly under a bound on the coefficients of one ray; and what is certain of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from certifield.evidence import Certificate, Certified, InputError, Unknown

from ._base import Base
from ._edges import EdgeTrees, Ray
from ._faces import FaceTrees
from ._sections import WEIGHTS

Trees = Mapping[tuple[int, ...], Sequence[Ray]]
CHECKER = "tree-section@1"


@dataclass(frozen=True, eq=False)
class Geometries:
    """All choices of a tree for every edge and face of a base in which the ray number ``at`` has coefficients up to ``most``."""

    base: Base
    at: int
    most: int = 6
    height: int = 6
    _kinds: dict = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.at < len(self.base.rays) or type(self.most) is not int or self.most < 1:
            raise InputError("at, most", (self.at, self.most), "the number of a ray, and a coefficient from 1", "such as 0, 3")

    def draw(self, rng: np.random.Generator, share: float = 1.0, share_at: float = 1.0) -> dict[tuple[int, ...], tuple[Ray, ...]]:
        """A tree for every edge and face, all choices with the same probability.

        With a ``share`` below 1 the edges and faces elsewhere than at the ray have a tree with this probability only, and those at the
        ray with the probability ``share_at``: geometries with few trees, which the ensemble hardly has.
        """
        found = {}
        for place in (*self.base.edges, *self.base.faces):
            if rng.random() < (share_at if self.at in place else share):
                found[place] = self.kind(place).draw(rng)
        return found

    def kind(self, place: tuple[int, ...]) -> EdgeTrees | FaceTrees:
        """The trees of an edge or a face."""
        corner = place.index(self.at) if self.at in place else None
        key = len(place), corner
        if key not in self._kinds:
            of = EdgeTrees if len(place) == 2 else FaceTrees
            self._kinds[key] = of(self.height) if corner is None else of(self.height, lambda ray: ray[corner] <= self.most)
        return self._kinds[key]

    def probability(self) -> Fraction:
        """That the coefficients are up to ``most`` where every tree is drawn uniformly from all."""
        value = Fraction(1)
        for place in (*self.base.edges, *self.base.faces):
            if self.at in place:
                free = EdgeTrees(self.height) if len(place) == 2 else Geometries(self.base, self.at, self.height, self.height).kind(place)
                value *= Fraction(self.kind(place).count, free.count)
        return value


def largest_coefficient(trees: Trees, at: int) -> tuple[int, int]:
    """The largest coefficient of the ray number ``at`` in a geometry, and how many rays have it; (1, 0) without trees there."""
    found = [ray[place.index(at)] for place, tree in trees.items() if at in place for ray in tree]
    most = max(found, default=1)
    return most, found.count(most)


def certify_threshold(base: Base, at: int, section: Ray, name: str) -> Certified | Unknown:
    """The certificate that a section of f or g survives exactly if the largest coefficient of a ray is at most its value.

    It holds for all trees of blow-ups: the section is 0 on the neighbours of the ray, and not negative on all others.  `Unknown` where it
    is not so.  Raises `InputError` for another name than f and g.
    """
    if name not in WEIGHTS:
        raise InputError("name", name, "f or g", "sections of -4K and -6K")
    near = sorted({ray for face in base.faces if at in face for ray in face} - {at})
    slope = -int(np.dot(section, base.rays[at]))
    claim = {
        "kind": "section threshold",
        "rays": [list(ray) for ray in base.rays],
        "cones": [list(face) for face in base.faces],
        "ray": at,
        "section": list(section),
        "weight": WEIGHTS[name],
    }
    if not 0 < slope <= WEIGHTS[name]:
        return Unknown({"sections": 1})
    certificate = Certificate(claim, str(WEIGHTS[name] // slope), {"zero": near}, CHECKER)
    return Certified(certificate) if certificate.replay().accepted else Unknown({"sections": 1})
