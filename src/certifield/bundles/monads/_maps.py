r"""Maps between cohomologies of sums of line bundles on a generic hypersurface, as matrices over a finite field.

By the Koszul sequence $H^q(X, L)$ is made of $\operatorname{coker}(H^q(A, L(-d)) \to H^q(A, L))$ and
$\ker(H^{q+1}(A, L(-d)) \to H^{q+1}(A, L))$, both maps multiplying by the equation.  A matrix of polynomials acts on both parts, so that

.. math:: \mathrm{rk} = (\mathrm{rk} [f, p_C] - \mathrm{rk}\, p_C) + (\mathrm{rk} [f; p_B] - \mathrm{rk}\, p_B)

unless the first part of the target meets the second of the source, where it is at least that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from certifield.evidence import InputError

from .._hypersurfaces import LineBundleCohomology, ambient_cohomology, hypersurface_cohomology
from .._multiplication import MOST_ENTRIES, basis, products, rank as rank_modulo
from .._threefolds import Threefold, Vector
from ._scan import hypersurface_degrees

PRIMES = (2147483647, 2147483629)  # the greatest two below 2^31

# (source, target): the name of a polynomial and its sign; polynomials of one name are the same.
Entries = Mapping[tuple[int, int], tuple[str, int]]


@dataclass(frozen=True)
class Rank:
    """The rank of a map between cohomologies of dimensions ``source`` and ``target``.

    ``low``: a bound, being a rank at one point over one field where X has the cohomology of the generic one; it is proved where the
    dimensions of the line bundles are (`SheafMap.proved`).  ``high``: an upper bound with probability all but rank/p.
    """

    source: int
    target: int
    low: int
    high: int

    @property
    def most(self) -> int:
        """The proved upper bound."""
        return min(self.source, self.target)

    @property
    def decided(self) -> bool:
        """Whether the rank is known, proved or all but certain."""
        return self.low == self.high


@dataclass(frozen=True, eq=False)
class SheafMap:
    """A generic matrix of polynomials from the line bundles ``sources`` to ``targets``; what is no entry is 0.

    ``lost``: whether some entry has sections that are no polynomials of the ambient space, which are left out: ranks are bounds then.
    """

    manifold: Threefold
    sources: Sequence[Vector]
    targets: Sequence[Vector]
    entries: Entries
    seed: int = 0
    lost: bool = False

    @cached_property
    def equation(self) -> Vector:
        """The degrees of the equation."""
        return tuple(hypersurface_degrees(self.manifold))

    @property
    def proved(self) -> bool:
        """Whether the dimensions of all line bundles are proved."""
        return all(_line_bundle(self.manifold, row).proved for row in {*self.sources, *self.targets})

    def rank(self, q: int) -> Rank:
        """On $H^q$, the greatest of two primes where the first does not give full rank.  Needs python-flint."""
        source, target = (sum(cohomology(self.manifold, row)[q] for row in rows) for rows in (self.sources, self.targets))
        most = min(source, target)
        if not most:
            return Rank(source, target, 0, 0)
        found, free = 0, most
        for prime in PRIMES:
            first, second = self._on_cokernels(q, prime), self._on_kernels(q, prime)
            if first is None or second is None:  # more cohomology than the generic X has: its ranks bound nothing
                continue
            if first[0] + second[0] >= found:
                found = first[0] + second[0]
                free = min(second[1] - second[0], first[1] - first[0])
            if found == most:
                break
        return Rank(source, target, found, min(most, found + free) if not self.lost else most)

    def _on_cokernels(self, q: int, prime: int) -> tuple[int, int] | None:
        """The rank between first parts, and the dimension of the first part of the target; None where X is special over the prime."""
        down = [_minus(row, self.equation) for row in self.targets]
        entries = [*((s, t, name, sign) for (s, t), (name, sign) in self.entries.items())]
        count = len(self.sources)
        equations = [(count + t, t, "equation", 1) for t in range(len(self.targets))]
        size = sum(_dimension(self.manifold, row, q) for row in self.targets)
        image = self._rank_of([*self.sources, *down], self.targets, equations, q, prime)
        if image != sum(_generic_rank(self.manifold, row, self.equation, q) for row in self.targets):
            return None
        both = self._rank_of([*self.sources, *down], self.targets, [*entries, *equations], q, prime)
        return both - image, size - image

    def _on_kernels(self, q: int, prime: int) -> tuple[int, int] | None:
        """The rank between second parts, and the dimension of the second part of the source; None where X is special over the prime."""
        down = [[_minus(row, self.equation) for row in rows] for rows in (self.sources, self.targets)]
        entries = [*((s, t, name, sign) for (s, t), (name, sign) in self.entries.items())]
        count = len(self.targets)
        equations = [(s, count + s, "equation", 1) for s in range(len(self.sources))]
        size = sum(_dimension(self.manifold, row, q + 1) for row in down[0])
        lost = self._rank_of(down[0], [*down[1], *self.sources], equations, q + 1, prime)
        if lost != sum(_generic_rank(self.manifold, row, self.equation, q + 1) for row in self.sources):
            return None
        both = self._rank_of(down[0], [*down[1], *self.sources], [*entries, *equations], q + 1, prime)
        return both - lost, size - lost

    def _rank_of(self, sources: Sequence[Vector], targets: Sequence[Vector], entries: Sequence[tuple], q: int, prime: int) -> int:
        """Of a matrix on H^q of the ambient space, without rows and columns that no entry touches."""
        sizes = [[_dimension(self.manifold, row, q) for row in rows] for rows in (sources, targets)]
        used = [one for one in entries if sizes[0][one[0]] and sizes[1][one[1]]]
        rows, columns = ({place: 0 for place in sorted({one[side] for one in used})} for side in (0, 1))
        totals = []
        for places, lengths in ((rows, sizes[0]), (columns, sizes[1])):
            total = 0
            for place in places:
                places[place] = total
                total += lengths[place]
            totals.append(total)
        if not used:
            return 0
        if totals[0] * totals[1] > MOST_ENTRIES:
            raise InputError("monad", f"{totals[0]} x {totals[1]}", f"maps of at most {MOST_ENTRIES} entries", "export it to Macaulay2")
        matrix = np.zeros(totals, np.int64)
        for s, t, name, sign in used:
            row, column, term, terms = _products(self.manifold.ambient, sources[s], targets[t])
            if len(row):
                coefficients = _coefficients(name, terms, prime, self.seed)
                matrix[rows[s] + row, columns[t] + column] += sign * coefficients[term]
        return rank_modulo(matrix % prime, prime)


def _minus(row: Vector, other: Vector) -> Vector:
    return tuple(a - b for a, b in zip(row, other, strict=True))


def _dimension(manifold: Threefold, row: Vector, q: int) -> int:
    degree, size = ambient_cohomology(manifold.ambient, row)
    return size if size and degree == q else 0


def _generic_rank(manifold: Threefold, row: Vector, equation: Vector, q: int) -> int:
    """The rank of the equation from H^q(A, L(-d)) to H^q(A, L), from the cohomology of L on the generic X."""
    source, target = _dimension(manifold, _minus(row, equation), q), _dimension(manifold, row, q)
    if not (source and target):
        return 0
    return source - cohomology(manifold, row)[q - 1] if q else source  # H^(q - 1)(X, L) is the kernel; on H^0 there is none


@lru_cache(maxsize=65536)
def _line_bundle(manifold: Threefold, row: Vector) -> LineBundleCohomology:
    return hypersurface_cohomology(manifold.ambient, hypersurface_degrees(manifold), list(row))


def cohomology(manifold: Threefold, row: Vector) -> Vector:
    """h^0, ..., h^3 of a line bundle on the generic hypersurface."""
    return _line_bundle(manifold, tuple(row)).dimensions


@lru_cache(maxsize=4096)
def _products(spaces: Vector, source: Vector, target: Vector) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Row, column and term of each product, and the number of terms of the polynomial between the two."""
    degrees = _minus(target, source)
    if min(degrees) < 0:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, 0
    return *products(spaces, degrees, source, target), len(basis(spaces, degrees))


def _coefficients(name: str, terms: int, prime: int, seed: int) -> np.ndarray:
    return np.random.Generator(np.random.PCG64([seed, prime, *name.encode()])).integers(1, prime, terms)
