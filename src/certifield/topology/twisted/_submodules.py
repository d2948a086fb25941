"""The characters of a cover as a module over F_q[T], T the deck transformation: isotypic parts and their irreducible submodules."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import add

from ..invariants._flint import flint
from ._characters import Character


@dataclass(frozen=True)
class Isotypic:
    """The characters that ``factor``, an irreducible factor of x^sheets - 1 modulo the prime, annihilates at x = T.

    ``factor``: its coefficients, the leading one 1; ``basis``: over the field K = F_q[x]/(factor), so that the irreducible submodules
    are the lines over K.  The number of sheets is not divisible by the prime, so the module is the direct sum of its isotypic parts.
    """

    factor: tuple[int, ...]
    basis: tuple[Character, ...]

    @property
    def degree(self) -> int:
        """The degree of K over F_q."""
        return len(self.factor) - 1

    @property
    def dimension(self) -> int:
        """The dimension over F_q."""
        return self.degree * len(self.basis)

    @property
    def submodules(self) -> int:
        """The number of irreducible submodules."""
        size = self.basis[0].prime ** self.degree
        return (size ** len(self.basis) - 1) // (size - 1)

    def generators(self) -> Iterator[Character]:
        """One generator for each irreducible submodule."""
        numbers = list(product(range(self.basis[0].prime), repeat=self.degree))
        for first, leading in enumerate(self.basis):
            for weights in product(numbers, repeat=len(self.basis) - first - 1):
                rest = (chi.combined(w) for chi, w in zip(self.basis[first + 1 :], weights, strict=True))
                yield reduce(add, rest, leading)

    def others(self, generator: Character) -> Iterator[Character]:
        """The generators of the same submodule, one for each class under multiples and T, which do not change whether D is a norm."""
        prime, seen = generator.prime, set()
        for weights in product(range(prime), repeat=self.degree):
            chi = generator.combined(weights)
            if chi.trivial or chi.values in seen:
                continue
            seen |= {chi.translated(k).combined((a,)).values for k in range(chi.sheets) for a in range(1, prime)}
            yield chi


def isotypic_parts(basis: tuple[Character, ...]) -> tuple[Isotypic, ...]:
    """The parts that are not 0 of the space of characters with this basis."""
    sheets, prime = basis[0].sheets, basis[0].prime
    whole = flint().nmod_poly([-1, *[0] * (sheets - 1), 1], prime)
    parts = []
    for factor, _ in whole.factor()[1]:
        projection = [int(entry) for entry in (whole // factor).coeffs()]
        chosen = _independent([chi.combined(projection) for chi in basis], int(factor.degree()))
        if chosen:
            parts.append(Isotypic(tuple(int(entry) for entry in factor.coeffs()), chosen))
    return tuple(sorted(parts, key=lambda part: (part.degree, part.factor)))


def _independent(candidates: list[Character], degree: int) -> tuple[Character, ...]:
    """A basis over K of what the candidates span."""
    chosen: list[Character] = []
    for chi in candidates:
        if rank([*chosen, chi], degree) == degree * (len(chosen) + 1):
            chosen.append(chi)
    return tuple(chosen)


def rank(generators: list[Character], translates: int) -> int:
    """The dimension over F_q of the span of T^j chi for j < ``translates``."""
    rows = [[entry for row in chi.translated(j).values for entry in row] for chi in generators for j in range(translates)]
    return flint().nmod_mat(rows, generators[0].prime).rank()
