r"""Hermitian forms $F = s^\dagger H s$ that a finite group leaves invariant.

Phases leave $s_A\bar s_B$ invariant where A and B have the same character; permutations join such pairs into orbits, and conjugation joins
(A, B) with (B, A).  One real parameter belongs to each orbit that is its own mirror image, two
to each other pair of orbits.  Without a symmetry these are all n^2 parameters of a Hermitian matrix.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from certifield._arguments import of_kind
from certifield.evidence import InputError

from ..points import LocalGeometry
from ..varieties import Symmetry, Variety
from ._algebraic import multidegree
from ._sections import Sections

_MOST = 20_000  # sections, whose pairs are tabulated


@dataclass(frozen=True, eq=False)
class InvariantForms:
    """H(c) = sum_l c_l O_l: ``rows``, ``columns``, ``values`` [entries] of all O_l after each other, ``parameter`` [entries] the number l.

    The entries of O_l are 1 for a real part, and i and -i for an imaginary one; all entries of both triangles are listed.
    """

    sections: Sections
    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    parameter: np.ndarray

    @cached_property
    def size(self) -> int:
        """The number of real parameters."""
        return int(self.parameter[-1]) + 1

    def matrix(self, parameters: np.ndarray) -> np.ndarray:
        """H [sections, sections]."""
        h = np.zeros((self.sections.size, self.sections.size), dtype=np.complex128)
        h[self.rows, self.columns] = 0
        np.add.at(h, (self.rows, self.columns), self.values * parameters[self.parameter])
        return h

    def canonical(self, parameters: np.ndarray) -> np.ndarray:
        """H in the canonical form of `Sections.canonical`, which is invariant too: entries that are 0 by symmetry are 0, not rounded."""
        present = np.zeros((self.sections.size, self.sections.size), dtype=bool)
        present[self.rows, self.columns] = True
        return np.where(present, self.sections.canonical(self.matrix(parameters)), 0)

    def start(self) -> np.ndarray:
        """The parameters of H = 1, the Fubini-Study metric."""
        return np.where(np.isin(np.arange(self.size), self.parameter[self.rows == self.columns]), 1.0, 0.0)

    def parameters(self, h: np.ndarray) -> np.ndarray:
        """The parameters of an invariant matrix; of another one, of its projection."""
        overlap = np.real(h[self.rows, self.columns] * self.values.conj())
        return np.bincount(self.parameter, overlap, self.size) / np.bincount(self.parameter, minlength=self.size)

    @cached_property
    def blocks(self) -> list[np.ndarray]:
        """The sets of sections between which H has entries: it is block diagonal in them."""
        graph = coo_array((np.ones(len(self.rows)), (self.rows, self.columns)), shape=(self.sections.size,) * 2)
        number, label = connected_components(graph, directed=False)
        order = np.argsort(label, kind="stable")
        return np.split(order, np.cumsum(np.bincount(label, minlength=number))[:-1])

    def positive(self, parameters: np.ndarray) -> bool:
        """Whether H is positive definite on what is not a relation, by the factorisation of Cholesky of each block."""
        h = self.canonical(parameters)
        try:
            for block in self.blocks:
                np.linalg.cholesky(h[np.ix_(block, block)])
        except np.linalg.LinAlgError:
            return False
        return True

    def expanded(self, local: LocalGeometry) -> np.ndarray:
        r"""$O_l$ between the first jets of the sections, packed (`packed`): [N, parameters, (n + 1)^2]."""
        size = self.sections.variety.dimension + 1
        found = np.empty((len(local), self.size, size * size))
        entries = np.arange(len(self.parameter))
        gather = csr_array((self.values, (self.parameter, entries)), shape=(self.size, len(entries)))
        for here, jets in self.sections.chunks(local):
            right = jets[:, self.columns].conj()
            for a in range(size):
                left = jets[a, self.rows]
                for b in range(a + 1):
                    sums = (gather @ (left * right[b])).T
                    found[here, :, a * size + b] = sums.real
                    if a > b:
                        found[here, :, b * size + a] = sums.imag
        return found


def packed(hermitian: np.ndarray) -> np.ndarray:
    """Hermitian matrices [..., m, m] as real numbers [..., m * m]: real parts at (a, b), a >= b, imaginary parts at (b, a)."""
    lower = np.tril(np.ones(hermitian.shape[-2:], dtype=bool))
    return np.where(lower, np.real(hermitian), -np.imag(hermitian)).reshape(*hermitian.shape[:-2], -1)


def unpacked(numbers: np.ndarray, size: int) -> np.ndarray:
    """The inverse of `packed`."""
    square = numbers.reshape(*numbers.shape[:-1], size, size)
    lower, upper = np.tril(square), np.swapaxes(np.triu(square, 1), -1, -2)
    below = np.tril(lower + 1j * upper, -1)
    return below + np.swapaxes(below.conj(), -1, -2) + lower * np.eye(size)


def invariant_forms(variety: Variety, degrees: Sequence[int], symmetry: Symmetry | None = None) -> InvariantForms:
    """The forms that ``symmetry`` leaves invariant, that of the variety unless another is given; `Symmetry()` is none.

    Permutations that exchange factors must leave the multidegree as it is; those that do not are left out.
    """
    of_kind("variety", variety, Variety, "such as fermat()")
    group = variety.symmetry if symmetry is None else of_kind("symmetry", symmetry, Symmetry, "leave it out, or take Symmetry()")
    group.check(variety.ambient, variety.polynomials)
    sections = Sections(variety, multidegree(degrees))
    if len(sections.degrees) != len(variety.ambient) or sections.size > _MOST:
        given = f"{sections.degrees}: {sections.size} sections" if len(sections.degrees) == len(variety.ambient) else degrees
        raise InputError(
            "degrees", given, f"one for each of {len(variety.ambient)} factors, of {_MOST} sections at most", "take lower ones"
        )
    exponents = sections.exponents
    size = len(exponents)
    character = np.zeros(size, dtype=np.int64)
    for phases in group.phases:
        turn = math.lcm(*(one.denominator for one in phases))
        steps = np.array([int(one * turn) for one in phases])
        character = np.unique(character * turn + (exponents @ steps) % turn, return_inverse=True)[1]
    first, second = np.nonzero(character[:, None] == character[None, :])
    pair = first * size + second  # ascending
    place = {tuple(row): number for number, row in enumerate(exponents.tolist())}
    links = []
    for permutation in group.permutations:
        images = [place.get(tuple(row)) for row in exponents[:, np.argsort(permutation)].tolist()]
        if None not in images:
            moved = np.array(images)
            links.append(np.searchsorted(pair, moved[first] * size + moved[second]))
    mirror = np.searchsorted(pair, second * size + first)
    if group.conjugation:
        links.append(mirror)
    return _orbits(sections, first, second, mirror, links)


def _orbits(sections: Sections, first: np.ndarray, second: np.ndarray, mirror: np.ndarray, links: list[np.ndarray]) -> InvariantForms:
    count = len(first)
    here = np.tile(np.arange(count), len(links)) if links else np.zeros(0, dtype=np.int64)
    there = np.concatenate(links) if links else here
    label = connected_components(coo_array((np.ones(len(here)), (here, there)), shape=(count, count)), directed=False)[1]
    order = np.argsort(label, kind="stable")
    orbits = np.split(order, np.cumsum(np.bincount(label))[:-1])
    rows, columns, values, parameter = [], [], [], []
    number = 0
    for name, orbit in enumerate(orbits):
        other = label[mirror[orbit[0]]]
        if other < name:
            continue  # with its mirror image
        both = orbit if other == name else np.concatenate([orbit, mirror[orbit]])
        parts = [np.ones(len(both), dtype=complex)]
        if other != name:
            parts.append(np.repeat([1j, -1j], len(orbit)))
        for part in parts:
            rows.append(first[both])
            columns.append(second[both])
            values.append(part)
            parameter.append(np.full(len(both), number))
            number += 1
    return InvariantForms(sections, *(np.concatenate(part) for part in (rows, columns, values, parameter)))
