r"""What is known of a candidate, stage by stage: proved, necessary only, failed, or open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ._certificate import certificate_of_topology
from ._cohomology import endomorphisms, kernel_cohomology, monad_map, square_cohomology, square_map
from ._monad import Monad

STATUSES = ("proved", "necessary only", "failed", "open")


@dataclass(frozen=True)
class Stage:
    """One stage: its ``status``, and what was ``found`` in words."""

    name: str
    status: str
    found: str


def stages(monad: Monad, order: int, *, seed: int = 0) -> tuple[Stage, ...]:
    r"""The stages of a candidate up to the first that fails.

    "topology": the certificate of `certificate_of_topology`, replayed; "cohomology of V": $h^0 = h^2 = h^3 = 0$ and $h^1 = 3|\Gamma|$ at
    a random map, where $h^3(V) = h^0(V^*)$, proved where all maps have full rank; "exterior square": $h^0(\wedge^2 V) = 0$; "tens":
    $h^1(\wedge^2 V) > 0$; "singlets": $h^1(V \otimes V^*)$ as an interval; "equivariance": that $|\Gamma|$ divides the index of each
    block, which is necessary only, as are the vanishing cohomologies for stability (Hoppe).
    """
    return tuple(_until_failed(monad, order, seed))


def _until_failed(monad: Monad, order: int, seed: int) -> Iterator[Stage]:
    for stage in _asked(monad, order, seed):
        yield stage
        if stage.status == "failed":
            return


def _asked(monad: Monad, order: int, seed: int) -> Iterator[Stage]:
    verdict = certificate_of_topology(monad, order).replay()
    yield Stage("topology", "proved" if verdict.accepted else "failed", verdict.reason or f"c2 = {monad.c2}, index {monad.index}")
    v, proved = kernel_cohomology(monad_map(monad, seed))
    wanted = ((0, 0), (3 * order, 3 * order), (0, 0), (0, 0))
    yield Stage("cohomology of V", _status(v == wanted, _possible(v, wanted), proved), f"h(V) = {_shown(v)}")
    first, second = square_cohomology(monad, seed)
    # An injective map at one point over one field, between spaces of the generic dimensions, is injective for the generic map.
    known = first == (0, 0) and square_map(monad, seed).proved
    yield Stage("exterior square", _status(first == (0, 0), first[0] == 0, known), f"h^0(wedge^2 V) = {_shown([first])}")
    yield Stage("tens", _status(second[0] > 0, second[1] > 0, False), f"n_10 = {_shown([second])}")
    yield Stage("singlets", "necessary only", f"n_1 = {_shown([endomorphisms(monad, seed)])}")
    yield Stage("equivariance", "necessary only", f"{order} divides the index of every block")


def _possible(found: Sequence[tuple[int, int]], wanted: Sequence[tuple[int, int]]) -> bool:
    return all(low <= one[0] <= high for (low, high), one in zip(found, wanted, strict=True))


def _status(holds: bool, possible: bool, proved: bool) -> str:
    """Without proof a rank at random points is necessary only: a dimension below it would be needed for the statement to be false."""
    return ("proved" if proved else "necessary only") if holds else ("open" if possible else "failed")


def _shown(intervals: Sequence[tuple[int, int]]) -> str:
    return ", ".join(str(low) if low == high else f"{low} to {high}" for low, high in intervals)


def macaulay2(monad: Monad, *, prime: int = 32003) -> str:
    """A script for Macaulay2 that computes the cohomology of V and of its exterior square at a random map over a finite field.

    Macaulay2 is another program, and no part of this one; on products of projective spaces it takes the NormalToricVarieties package.
    """
    spaces = monad.manifold.ambient
    factors = " ** ".join(f"toricProjectiveSpace({n}, CoefficientRing => ZZ/{prime})" for n in spaces)

    def total(rows: Sequence[Sequence[int]]) -> str:
        return " ++ ".join(f"S^{{{{{', '.join(str(x) for x in row)}}}}}" for row in rows)

    equations = ", ".join(f"random({{{', '.join(map(str, column))}}}, S)" for column in np.array(monad.manifold.degrees).T.tolist())
    return "\n".join(
        [
            'needsPackage "NormalToricVarieties"',
            f"A = {factors}",
            "S = ring A",
            f"I = ideal({equations})",
            f"B = {total(monad.b)}",
            f"C = {total(monad.c)}",
            "f = random(C, B)",
            "M = (S^1/I) ** ker(f ** (S^1/I))",
            "V = sheaf(A, M)",
            "for q from 0 to 3 do print(q, rank HH^q(A, V))",
            "W = sheaf(A, exteriorPower(2, M))",
            "for q from 0 to 3 do print(q, rank HH^q(A, W))",
            "",
        ]
    )
