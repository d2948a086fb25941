r"""Line bundles on complete simplicial toric varieties of any dimension.

.. math:: h^p(X_\Sigma, O(\textstyle\sum_\rho a_\rho D_\rho)) = \sum_{m \in M} \dim \tilde H^{p-1}(V_m; \mathbb Q),

where $V_m$ is the full subcomplex of the fan on the rays with $\langle m, u_\rho \rangle < -a_\rho$, and the empty complex has
$\tilde H^{-1} = \mathbb Q$.  Characters are grouped by the rays they are negative on: one homology for each set of rays.
(D. A. Cox, J. B. Little, H. K. Schenck, Toric Varieties, theorem 9.1.3.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import ceil, floor, prod

import numpy as np

from certifield.evidence import InputError, MissingExtra

MOST_CHARACTERS = 20_000_000
MOST_RAYS = 62


@dataclass(frozen=True)
class Fan:
    """A complete simplicial fan: primitive ``rays``, and its maximal ``cones`` by the numbers of their rays.

    Raises `InputError` for an empty fan, rays of different lengths or that are not primitive, cones that are not simplicial, and a wall
    that does not lie in just two cones, as all walls of a complete fan do.
    """

    rays: tuple[tuple[int, ...], ...]
    cones: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rays", tuple(tuple(int(entry) for entry in ray) for ray in self.rays))
        object.__setattr__(self, "cones", tuple(tuple(sorted(int(ray) for ray in cone)) for cone in self.cones))
        if not self.rays or not self.cones or len(self.rays) > MOST_RAYS:
            raise InputError("rays", f"{len(self.rays)} rays", f"a fan of 1 to {MOST_RAYS} rays with cones", "such as those of the plane")
        for number, ray in enumerate(self.rays):
            if len(ray) != self.dimension or np.gcd.reduce(ray) != 1:
                raise InputError(f"ray {number}", ray, f"a primitive vector of {self.dimension} integers", "divide it by its content")
        for cone in self.cones:
            known = len(set(cone)) == len(cone) == self.dimension and all(0 <= ray < len(self.rays) for ray in cone)
            if not known or round(abs(np.linalg.det(np.array([self.rays[ray] for ray in cone], float)))) == 0:
                raise InputError("cone", cone, f"{self.dimension} rays that are linearly independent", "subdivide other cones")
        walls: dict[tuple[int, ...], int] = {}
        for wall in (wall for cone in self.cones for wall in combinations(cone, self.dimension - 1)):
            walls[wall] = walls.get(wall, 0) + 1
        for wall, count in walls.items():
            if count != 2:
                raise InputError("cones", wall, f"such that every wall lies in two cones, not {count}", "complete the fan")

    @property
    def dimension(self) -> int:
        """The dimension of the variety."""
        return len(self.rays[0])

    @cached_property
    def faces(self) -> tuple[frozenset[int], ...]:
        """All cones but the origin, by their rays."""
        return tuple({frozenset(face) for cone in self.cones for size in range(1, len(cone) + 1) for face in combinations(cone, size)})


def hirzebruch_fan(n: int) -> Fan:
    """The fan of $F_n$; the divisors of its rays have the classes F, C, F, C + nF in the basis of `hirzebruch_cohomology`."""
    return Fan(((1, 0), (0, 1), (-1, n), (0, -1)), ((0, 1), (1, 2), (2, 3), (3, 0)))


def projective_fan(n: int) -> Fan:
    """The fan of projective space."""
    rays = [tuple(int(i == j) for j in range(n)) for i in range(n)] + [(-1,) * n]
    return Fan(tuple(rays), tuple(combinations(range(n + 1), n)))


def product_fan(one: Fan, other: Fan) -> Fan:
    """The fan of a product of varieties, the rays of the first before those of the second."""
    rays = [ray + (0,) * other.dimension for ray in one.rays] + [(0,) * one.dimension + ray for ray in other.rays]
    return Fan(tuple(rays), tuple(a + tuple(ray + len(one.rays) for ray in b) for a in one.cones for b in other.cones))


def toric_cohomology(fan: Fan, coefficients: Sequence[int]) -> tuple[int, ...]:
    r"""$h^0, \dots, h^n$ of $O(\sum a_\rho D_\rho)$, exactly.

    Characters with cohomology lie in bounded regions of the arrangement of hyperplanes $\langle m, u_\rho \rangle = -a_\rho$, which lie
    between its vertices.  Needs python-flint.
    Raises `InputError` for a wrong number of coefficients, and where there are more than twenty million characters to look at.

    >>> toric_cohomology(projective_fan(2), [-4, 0, 0])
    (0, 0, 3)
    """
    if len(coefficients) != len(fan.rays) or any(type(entry) is not int for entry in coefficients):
        raise InputError("coefficients", list(coefficients), f"{len(fan.rays)} whole numbers", "one for each ray")
    rays, levels = np.array(fan.rays), np.array(coefficients)
    low, high = _box(rays.astype(float), levels.astype(float))
    count = prod(b - a + 1 for a, b in zip(low, high, strict=True))
    if count > MOST_CHARACTERS:
        raise InputError(
            "coefficients", list(coefficients), f"such that at most {MOST_CHARACTERS} characters are in question", f"{count} are"
        )
    grids = np.meshgrid(*[np.arange(a, b + 1) for a, b in zip(low, high, strict=True)], indexing="ij")
    characters = np.stack([grid.ravel() for grid in grids], axis=1)
    negative = (characters @ rays.T + levels < 0) @ (1 << np.arange(len(rays)))
    found = [0] * (fan.dimension + 1)
    for pattern, times in zip(*np.unique(negative, return_counts=True), strict=True):
        below = frozenset(ray for ray in range(len(rays)) if int(pattern) >> ray & 1)
        for p, betti in enumerate(_reduced_betti(fan, below)):
            found[p] += int(times) * betti
    return tuple(found)


def _box(rays: np.ndarray, levels: np.ndarray) -> tuple[list[int], list[int]]:
    """The integers between the least and the greatest coordinates of the vertices of the arrangement, with room for rounding."""
    corners = []
    for chosen in combinations(range(len(rays)), rays.shape[1]):
        part = rays[list(chosen)]
        if abs(np.linalg.det(part)) > 0.5:
            corners.append(np.linalg.solve(part, -levels[list(chosen)]))
    spread = np.array(corners)
    return [floor(entry - 1e-6) for entry in spread.min(0)], [ceil(entry + 1e-6) for entry in spread.max(0)]


def _reduced_betti(fan: Fan, below: frozenset[int]) -> list[int]:
    """The dimensions of the reduced cohomology in degrees -1, ..., dimension - 1 of the full subcomplex on some rays."""
    simplices: list[list[tuple[int, ...]]] = [[()]]
    for size in range(1, fan.dimension + 1):
        simplices.append(sorted(tuple(sorted(face)) for face in fan.faces if len(face) == size and face <= below))
    ranks = [0]
    for smaller, larger in pairwise(simplices):
        ranks.append(_boundary_rank(smaller, larger))
    ranks.append(0)
    return [len(simplices[p]) - ranks[p] - ranks[p + 1] for p in range(fan.dimension + 1)]


def _boundary_rank(smaller: list[tuple[int, ...]], larger: list[tuple[int, ...]]) -> int:
    if not larger:
        return 0
    place = {simplex: number for number, simplex in enumerate(smaller)}
    rows = [[0] * len(smaller) for _ in larger]
    for row, simplex in zip(rows, larger, strict=True):
        for k in range(len(simplex)):
            row[place[simplex[:k] + simplex[k + 1 :]]] = (-1) ** k
    try:
        from flint import fmpz_mat
    except ImportError:
        raise MissingExtra("ranks of integer matrices need python-flint: pip install 'certifield[precision]'") from None
    return int(fmpz_mat(rows).rank())
