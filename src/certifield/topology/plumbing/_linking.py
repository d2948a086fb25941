r"""The linking form on the torsion of $H_1$, up to isomorphism.

Over the p-adic integers the linking matrix is congruent to a sum of $p^k A_k$ with unimodular $A_k$ and zeros (Jordan decomposition); the
p-part of the linking form is then the sum of the $p^{-k} A_k^{-1}$ with $k \ge 1$.

* p odd: the form is known by the ranks of the $A_k$ and the Legendre symbols of their determinants.
* p = 2: it is known by the ranks and, for every k, the argument $2\pi\sigma_k/8$ of the Gauss sum
  $\sum_x \exp(2\pi i\,2^{k-1}\lambda(x, x))$, or that this sum is 0 (Kawauchi and Kojima, Math. Ann. 253 (1980) 29, theorem 4.1).
"""

from dataclasses import dataclass

from certifield.evidence import NotConverged

from ..invariants._flint import flint
from ._forest import PlumbingForest
from ._invariants import homology

Block = tuple[int, list[list[int]]]  # k, and A_k modulo a power of p: 1 x 1, or 2 x 2 with even diagonal where p is 2


@dataclass(frozen=True)
class LinkingForm:
    r"""``parts``: rows (p, k, rank, symbol), one for every k with $1 \le k \le$ the greatest one; equal exactly for isomorphic forms.

    ``symbol``: the Legendre symbol of $\det A_k$ for odd p (1 where the rank is 0); for p = 2 the number $\sigma_k$ from 0 to 7, or None
    where the Gauss sum is 0.
    """

    parts: tuple[tuple[int, int, int, int | None], ...]

    def of(self, prime: int) -> tuple[tuple[int, int, int, int | None], ...]:
        """The rows of one prime."""
        return tuple(row for row in self.parts if row[0] == prime)

    def __str__(self) -> str:
        return ", ".join(f"{p}^{k}: rank {rank}, {_shown(p, symbol)}" for p, k, rank, symbol in self.parts if rank) or "trivial"


def linking_form(forest: PlumbingForest) -> LinkingForm:
    r"""The isomorphism class of the linking form $Q^{-1}$ modulo 1 on the torsion of $H_1$.

    Needs python-flint.  Raises `NotConverged` where the greatest order of an element of the torsion has a composite factor
    of more than 40 digits without small divisors.
    """
    torsion = homology(forest).torsion
    rows: list[tuple[int, int, int, int | None]] = []
    for prime, exponent in _factors(torsion[-1]) if torsion else ():
        blocks = jordan(forest.matrix(), prime, exponent + 4)
        for k in range(1, exponent + 1):
            members = [matrix for power, matrix in blocks if power == k]
            rows.append((prime, k, sum(map(len, members)), _symbol(prime, k, members, blocks)))
    return LinkingForm(tuple(rows))


def jordan(matrix: list[list[int]], prime: int, digits: int) -> list[Block]:
    """The blocks of a symmetric matrix with a valuation below ``digits``, modulo ``prime ** digits``."""
    modulus = prime**digits
    rows = [[entry % modulus for entry in row] for row in matrix]
    blocks: list[Block] = []
    while rows:
        found = _least(rows, prime, digits)
        if found is None:
            break
        k, i, j = found
        unit = prime**k
        if i != j and prime != 2:  # then twice the entry off the diagonal has the least valuation too
            rows[i] = [here + there for here, there in zip(rows[i], rows[j], strict=True)]
            for row in rows:
                row[i] += row[j]
            j = i
        places = [i] if i == j else [i, j]
        block = [[rows[a][b] % modulus // unit for b in places] for a in places]
        scale = pow(block[0][0] if i == j else block[0][0] * block[1][1] - block[0][1] ** 2, -1, modulus)
        inverse = [[scale]] if i == j else [[scale * block[1][1], -scale * block[0][1]], [-scale * block[0][1], scale * block[0][0]]]
        size = range(len(places))
        rest = [place for place in range(len(rows)) if place not in places]
        above = [[rows[place][b] // unit for b in places] for place in rest]  # divisible: the valuation is least
        rows = [
            [(rows[r][s] - unit * sum(above[m][a] * inverse[a][b] * above[n][b] for a in size for b in size)) % modulus
             for n, s in enumerate(rest)]
            for m, r in enumerate(rest)
        ]  # fmt: skip
        blocks.append((k, block))
    return blocks


def _least(rows: list[list[int]], prime: int, digits: int) -> tuple[int, int, int] | None:
    """The least valuation, and where it is, on the diagonal if possible."""
    best = None
    for i, row in enumerate(rows):
        for j in range(i, len(row)):
            k, entry = 0, row[j]
            if entry == 0:
                continue
            while entry % prime == 0:
                entry, k = entry // prime, k + 1
            if k < digits and (best is None or (k, i != j) < (best[0], best[1] != best[2])):
                best = k, i, j
                if k == 0 and i == j:
                    return best
    return best


def _symbol(prime: int, k: int, members: list[list[list[int]]], blocks: list[Block]) -> int | None:
    if prime != 2:
        symbol = 1
        for ((entry,),) in members:
            symbol *= 1 if pow(entry, (prime - 1) // 2, prime) == 1 else -1
        return symbol
    eighths = [_eighths(matrix, power - k + 1) for power, matrix in blocks if power >= k]
    return None if None in eighths else sum(eighths) % 8  # type: ignore[arg-type]


def _eighths(matrix: list[list[int]], s: int) -> int | None:
    r"""The argument of $\sum_x \exp(2\pi i\,x^T A^{-1} x/2^s)$ in eighths of a turn; None where the sum is 0.  Here s >= 1."""
    if len(matrix) == 1:
        a = matrix[0][0] % 8  # its own inverse modulo 8
        return None if s == 1 else a if s % 2 else (1 if a % 4 == 1 else 7)
    hyperbolic = (matrix[0][0] * matrix[1][1] - matrix[0][1] ** 2) % 8 == 7
    return 0 if hyperbolic or s % 2 else 4


def _factors(number: int) -> list[tuple[int, int]]:
    """Small primes by trial, the rest where it is prime or has at most 40 digits."""
    found = [(int(prime), exponent) for prime, exponent in flint().fmpz(number).factor_smooth(15)]
    rest, power = found[-1]
    if not flint().fmpz(rest).is_prime():
        if rest > 10**40:
            raise NotConverged(f"the order {number} of the torsion was not factored: {rest} is composite. Ask for the homology alone.")
        found[-1:] = [(int(prime), power * exponent) for prime, exponent in flint().fmpz(rest).factor()]
    return sorted(found)


def _shown(prime: int, symbol: int | None) -> str:
    if prime != 2:
        return f"Legendre symbol {symbol:+d}"
    return "Gauss sum 0" if symbol is None else f"Gauss sum at {symbol}/8 of a turn"
