r"""Line bundles on generic hypersurfaces X of multidegree q in a product A of projective spaces.

$0 \to O(k - q) \to O(k) \to O_X(k) \to 0$ gives $h^j(X) = \dim\operatorname{coker} \mu_j + \dim\ker \mu_{j+1}$, where
$\mu_j : H^j(A, O(k - q)) \to H^j(A, O(k))$ multiplies by the defining polynomial.  By Bott and Kuenneth each $O(k)$ on A has cohomology in
one degree at most; a basis are the monomials with exponents $\ge 0$ on factors with $k_i \ge 0$ and $\le -1$ where
$k_i \le -n_i - 1$, and a product that leaves it is 0.  So there is one map at most.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, prod

import numpy as np

from certifield.evidence import InputError

from ._flops import hypersurface_sections
from ._multiplication import MOST_ENTRIES, PRIMES, generic_rank, multiplication, random_polynomial


@dataclass(frozen=True)
class LineBundleCohomology:
    r"""$h^0, \dots, h^{\dim X}$ of a line bundle on the generic hypersurface.

    ``upper``: proved upper bounds, since the rank at one polynomial over one prime is at most the generic rank; they are the dimensions
    with probability all but rank/p.  ``lower``: proved lower bounds, from the sizes of the map, and from sections that are known by flops
    (`hypersurface_sections`).  ``proved``: whether they agree, as for every map of full rank and where there is no map.
    """

    upper: tuple[int, ...]
    lower: tuple[int, ...]

    @property
    def dimensions(self) -> tuple[int, ...]:
        """The dimensions, proved or all but certain."""
        return self.upper

    @property
    def proved(self) -> bool:
        """Whether both bounds agree."""
        return self.upper == self.lower


def ambient_cohomology(spaces: Sequence[int], k: Sequence[int]) -> tuple[int, int]:
    r"""The degree and the dimension of the only cohomology of $O(k)$ on $\prod P^{n_i}$; (0, 0) where there is none.

    >>> ambient_cohomology([2, 2], [-4, 1])
    (2, 9)
    """
    degree = sum(n for n, entry in zip(spaces, k, strict=True) if entry <= -n - 1)
    size = prod(comb(entry + n, n) if entry >= 0 else comb(-entry - 1, n) for n, entry in zip(spaces, k, strict=True))
    return (degree, size) if size else (0, 0)


def hypersurface_cohomology(spaces: Sequence[int], degrees: Sequence[int], k: Sequence[int], *, seed: int = 0) -> LineBundleCohomology:
    r"""The cohomology of $O_X(k)$ for the generic X of these ``degrees`` in $\prod P^{n_i}$, n_i being ``spaces``.

    The rank of the map, if there is one, is that of a random polynomial over two primes, near $2^{31}$ and $2^{62}$, the greater one.
    A special X can have more cohomology.  Needs python-flint.
    Warns where X is not Calabi-Yau.
    Raises `InputError` for lists of different lengths, degrees below 1 and matrices above forty million entries.

    >>> hypersurface_cohomology([2, 2], [3, 3], [-1, 7]).dimensions
    (0, 45, 0, 0)
    """
    _check(spaces, degrees, k)
    warn_unless_calabi_yau(spaces, degrees)
    top = sum(spaces) - 1
    shifted = [entry - degree for entry, degree in zip(k, degrees, strict=True)]
    (i, source), (j, target) = ambient_cohomology(spaces, shifted), ambient_cohomology(spaces, k)
    greatest = least = 0
    if source and target and i == j:
        if source * target > MOST_ENTRIES:
            raise InputError("k", list(k), f"such that the matrix has at most {MOST_ENTRIES} entries", f"it has {source} x {target}")
        least = min(source, target)
        for prime in PRIMES:
            greatest = max(greatest, _rank(spaces, degrees, shifted, k, prime, seed))
            if greatest == least:  # no other polynomial has a greater one
                break
    found = []
    for taken in (greatest, least):
        h = [0] * (top + 2)
        h[j] += target - taken
        if source and source != taken:
            h[i - 1] += source - taken
        found.append(tuple(h[: top + 1]))
    upper, lower = found
    if upper != lower and j in (1, top):  # then the kernel is h^0, or the cokernel h^top, which is dual to an h^0
        dual = [degree - n - 1 - entry for n, degree, entry in zip(spaces, degrees, k, strict=True)]
        known = _known_sections(spaces, degrees, list(k) if j == 1 else dual)
        if known is not None and known != upper[0 if j == 1 else top]:
            raise AssertionError(f"flops and ranks disagree about {list(k)}: {known}, {upper}")
        lower = lower if known is None else upper
    return LineBundleCohomology(upper, lower)


def index(spaces: Sequence[int], degrees: Sequence[int], k: Sequence[int]) -> int:
    r"""$\chi(O_X(k)) = \chi(A, k) - \chi(A, k - q)$."""
    _check(spaces, degrees, k)
    shifted = [entry - degree for entry, degree in zip(k, degrees, strict=True)]
    return sum(sign * (-1) ** degree * size for sign, bundle in ((1, k), (-1, shifted))
               for degree, size in [ambient_cohomology(spaces, bundle)])  # fmt: skip


def _check(spaces: Sequence[int], degrees: Sequence[int], k: Sequence[int]) -> None:
    if not len(spaces) == len(degrees) == len(k) or not spaces:
        raise InputError("k", list(k), f"as many entries as factors, {len(spaces)}", "spaces, degrees and k have one entry for each factor")
    for name, entries, least in (("spaces", spaces, 1), ("degrees", degrees, 1), ("k", k, None)):
        if any(type(entry) is not int or (least is not None and entry < least) for entry in entries):
            raise InputError(
                name, list(entries), f"whole numbers{'' if least is None else f' from {least}'}", "such as [2, 2], [3, 3], [1, -1]"
            )


def warn_unless_calabi_yau(spaces: Sequence[int], degrees: Sequence[int]) -> None:
    """A warning of the caller's caller where the canonical bundle of X, of these degrees in all, is not trivial."""
    canonical = [degree - n - 1 for n, degree in zip(spaces, degrees, strict=True)]
    if any(canonical):
        text = f"X is not Calabi-Yau: its canonical bundle is O({', '.join(map(str, canonical))}), to which Serre duality refers"
        warnings.warn(text, stacklevel=3)


def _known_sections(spaces: Sequence[int], degrees: Sequence[int], k: Sequence[int]) -> int | None:
    """The sections by flops, where the degrees in all lines are 2."""
    if sum(spaces) < 3 or any(n == 1 and degree != 2 for n, degree in zip(spaces, degrees, strict=True)):
        return None
    return int(hypersurface_sections(spaces, degrees, np.array([k]))[0])


def _rank(spaces: Sequence[int], degrees: Sequence[int], source: Sequence[int], target: Sequence[int], prime: int, seed: int) -> int:
    """The rank of the multiplication by a random polynomial modulo ``prime``."""
    coefficients = random_polynomial(spaces, degrees, prime, (seed, prime))
    return generic_rank(multiplication(spaces, degrees, coefficients, source, target), prime)
