r"""The cohomology of a monad bundle V and of its exterior square, and the spectrum that they give.

$0 \to V \to B \to C \to 0$ gives $h^q(V) = \dim \ker (H^q B \to H^q C) + \dim \operatorname{coker} (H^{q-1} B \to H^{q-1} C)$; and
$0 \to \wedge^2 V \to \wedge^2 B \to B \otimes C \to S^2 C \to 0$ the same for $\wedge^2 V$, as far as its maps are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ._maps import Rank, SheafMap, cohomology
from ._monad import Monad

Interval = tuple[int, int]


@dataclass(frozen=True)
class Spectrum:
    r"""Dimensions as intervals, (n, n) where they are known: proved, or with probability all but rank/p for two primes near $2^{31}$.

    ``v``: $h^0, \dots, h^3$ of V; ``square``: $h^0, h^1$ of $\wedge^2 V$; ``ends``: $h^1(V \otimes V^*)$.  ``proved``: whether the
    cohomology of V follows from maps of full rank, or from none.  In an SO(10) model these are 16 ($h^1(V)$), anti-16 ($h^2(V)$), 10 and
    singlets.
    """

    v: tuple[Interval, ...]
    square: tuple[Interval, Interval]
    ends: Interval
    proved: bool


def monad_map(monad: Monad, seed: int = 0) -> SheafMap:
    """The generic map B -> C."""
    entries, lost = {}, False
    for i, source in enumerate(monad.b):
        for a, target in enumerate(monad.c):
            gap = tuple(y - x for x, y in zip(source, target, strict=True))
            if min(gap) >= 0:
                entries[i, a] = (f"f{a},{i}", 1)
            elif cohomology(monad.manifold, gap)[0]:
                lost = True
    return SheafMap(monad.manifold, monad.b, monad.c, entries, seed, lost)


def _twisted(given: SheafMap, by: Sequence[int]) -> SheafMap:
    rows = [[tuple(x + y for x, y in zip(row, by, strict=True)) for row in part] for part in (given.sources, given.targets)]
    return SheafMap(given.manifold, rows[0], rows[1], given.entries, given.seed, given.lost)


def kernel_cohomology(given: SheafMap) -> tuple[tuple[Interval, ...], bool]:
    """h^0, ..., h^3 of the kernel of a surjective map as intervals, and whether all ranks are full, between proved dimensions."""
    ranks = [given.rank(q) for q in range(4)]
    found = [_kernel(rank) for rank in ranks]
    lost = [(0, 0), *(_cokernel(rank) for rank in ranks[:3])]
    both = tuple((a + c, b + d) for (a, b), (c, d) in zip(found, lost, strict=True))
    return both, given.proved and all(rank.low == rank.most for rank in ranks)


def _kernel(rank: Rank) -> Interval:
    return rank.source - rank.high, rank.source - rank.low


def _cokernel(rank: Rank) -> Interval:
    return rank.target - rank.high, rank.target - rank.low


def square_map(monad: Monad, seed: int = 0) -> SheafMap:
    r"""$\wedge^2 B \to B \otimes C$, $b_i \wedge b_j \mapsto f(b_i) \otimes b_j - f(b_j) \otimes b_i$."""
    plain = monad_map(monad, seed)
    pairs = [(i, j) for i in range(len(monad.b)) for j in range(i + 1, len(monad.b))]
    targets = [(i, a) for i in range(len(monad.b)) for a in range(len(monad.c))]
    place = {one: number for number, one in enumerate(targets)}
    entries = {}
    for number, (i, j) in enumerate(pairs):
        for a in range(len(monad.c)):
            for moved, kept, sign in ((i, j, 1), (j, i, -1)):
                if (moved, a) in plain.entries:
                    entries[number, place[kept, a]] = (plain.entries[moved, a][0], sign)
    return SheafMap(
        monad.manifold,
        [_sum(monad.b[i], monad.b[j]) for i, j in pairs],
        [_sum(monad.b[i], monad.c[a]) for i, a in targets],
        entries,
        seed,
        plain.lost,
    )


def symmetric_map(monad: Monad, seed: int = 0) -> SheafMap:
    r"""$B \otimes C \to S^2 C$, $b \otimes c \mapsto f(b) c$."""
    plain = monad_map(monad, seed)
    sources = [(i, a) for i in range(len(monad.b)) for a in range(len(monad.c))]
    pairs = [(a, e) for a in range(len(monad.c)) for e in range(a, len(monad.c))]
    entries = {}
    for number, (i, a) in enumerate(sources):
        for e in range(len(monad.c)):
            if (i, e) in plain.entries:
                entries[number, pairs.index((min(a, e), max(a, e)))] = (plain.entries[i, e][0], 1)
    return SheafMap(
        monad.manifold,
        [_sum(monad.b[i], monad.c[a]) for i, a in sources],
        [_sum(monad.c[a], monad.c[e]) for a, e in pairs],
        entries,
        seed,
        plain.lost,
    )


def _sum(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    return tuple(x + y for x, y in zip(one, other, strict=True))


def square_cohomology(monad: Monad, seed: int = 0) -> tuple[Interval, Interval]:
    r"""$h^0$ and $h^1$ of $\wedge^2 V$ as intervals.

    With K the kernel of $B \otimes C \to S^2 C$: $h^0 = \dim \ker(H^0 \wedge^2 B \to H^0(B \otimes C))$ and
    $h^1 = h^0(K) - \operatorname{rank} + \dim \ker (H^1 \wedge^2 B \to H^1 K)$, where the last is at most the kernel of the map to
    $H^1(B \otimes C)$.
    """
    square, symmetric = square_map(monad, seed), symmetric_map(monad, seed)
    first, second, third = square.rank(0), symmetric.rank(0), square.rank(1)
    above = _kernel(second)
    low = max(0, above[0] - first.high)
    return _kernel(first), (low, above[1] - first.low + _kernel(third)[1])


def endomorphisms(monad: Monad, seed: int = 0) -> Interval:
    r"""$h^1(V \otimes V^*)$ as an interval, from $0 \to V \otimes C^* \to V \otimes B^* \to V \otimes V^* \to 0$.

    $h^1 = \dim \operatorname{coker}(H^1(V \otimes C^*) \to H^1(V \otimes B^*)) + \dim \ker (H^2(V \otimes C^*) \to H^2(V \otimes B^*))$,
    where the ranks of these maps are bounded by dimensions alone.
    """
    plain = monad_map(monad, seed)

    def summed(rows: Sequence[Sequence[int]]) -> list[Interval]:
        parts = [kernel_cohomology(_twisted(plain, [-x for x in row]))[0] for row in rows]
        return [(sum(part[q][0] for part in parts), sum(part[q][1] for part in parts)) for q in range(4)]

    c, b = summed(monad.c), summed(monad.b)
    low = max(0, b[1][0] - c[1][1]) + max(0, c[2][0] - b[2][1])
    return low, b[1][1] + c[2][1]


def spectrum(monad: Monad, *, seed: int = 0) -> Spectrum:
    """The spectrum at a random map.  Needs python-flint.

    Raises `InputError` for a manifold that is no hypersurface, and for maps of more than forty million entries.
    """
    v, proved = kernel_cohomology(monad_map(monad, seed))
    return Spectrum(v, square_cohomology(monad, seed), endomorphisms(monad, seed), proved)
