r"""Functions $f_{AB} = s_A\bar s_B/\prod_i|z^{(i)}|^{2k_i}$ on a variety, and how its symmetry acts on them.

They are all functions of bidegree (k, k); on projective space they are the eigenspaces of the Laplacian up to the k-th.  A permutation of
the coordinates permutes them, conjugation exchanges A and B, and phases multiply them by a character: a matrix that commutes with the
group is block diagonal in the characters, so that only its *blocks* are ever computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from certifield._arguments import of_kind
from certifield.evidence import InputError

from ..metrics import Sections, multidegree
from ..points import LocalGeometry
from ..varieties import Symmetry, Variety

_MOST_FUNCTIONS, _MOST_ELEMENTS = 6000, 10_080


@dataclass(frozen=True)
class Functions:
    """The functions f_AB of multidegree ``degrees``, numbered A times sections + B.

    Raises `InputError` for more than 6000 functions in a block, or a group of more than 10080 permutations.
    """

    variety: Variety
    degrees: tuple[int, ...]
    symmetry: Symmetry

    def __post_init__(self) -> None:
        of_kind("variety", self.variety, Variety, "such as fermat()")
        of_kind("symmetry", self.symmetry, Symmetry, "leave it out, or take Symmetry()").check(
            self.variety.ambient, self.variety.polynomials
        )
        object.__setattr__(self, "degrees", multidegree(self.degrees))
        if len(self.degrees) != len(self.variety.ambient) or not any(self.degrees):
            allowed = f"one for each of {len(self.variety.ambient)} factors, not all 0"
            raise InputError("degrees", self.degrees, allowed, "the quintic takes (2,)")
        largest = max(map(len, self.blocks))
        if largest > _MOST_FUNCTIONS:
            raise InputError("degrees", self.degrees, f"of {_MOST_FUNCTIONS} functions at most, not {largest}", "take lower ones")

    @cached_property
    def sections(self) -> Sections:
        """The s_A."""
        return Sections(self.variety, self.degrees)

    @cached_property
    def blocks(self) -> list[np.ndarray]:
        """The functions of each character of the phases."""
        size = self.sections.size
        character = np.zeros(size * size, dtype=np.int64)
        for phases in self.symmetry.phases:
            turn = int(np.lcm.reduce([one.denominator for one in phases]))
            steps = self.sections.exponents @ np.array([int(one * turn) for one in phases])
            own = ((steps[:, None] - steps[None, :]) % turn).ravel()
            character = np.unique(character * turn + own, return_inverse=True)[1]
        order = np.argsort(character, kind="stable")
        return np.split(order, np.cumsum(np.bincount(character))[:-1])

    @cached_property
    def permutations(self) -> np.ndarray:
        """Where each element of the group but the phases takes each function [elements, functions]."""
        exponents, size = self.sections.exponents, self.sections.size
        place = {tuple(row): number for number, row in enumerate(exponents.tolist())}
        numbers = np.arange(size * size)
        generators = []
        for permutation in self.symmetry.permutations:
            images = [place.get(tuple(row)) for row in exponents[:, np.argsort(permutation)].tolist()]
            if None not in images:
                moved = np.array(images)
                generators.append(moved[numbers // size] * size + moved[numbers % size])
        if self.symmetry.conjugation:
            generators.append(numbers % size * size + numbers // size)
        return _closure(numbers, generators)

    @cached_property
    def orbits(self) -> list[list[tuple[int, np.ndarray]]]:
        """For each orbit of blocks: for each element of the group that maps a block to the first of the orbit, the number of that block,
        and its functions in the order of their images.
        """
        block_of = np.empty(self.sections.size**2, dtype=np.int64)
        for number, block in enumerate(self.blocks):
            block_of[block] = number
        inverse = np.argsort(self.permutations, axis=1)
        seen, found = set(), []
        for number, block in enumerate(self.blocks):
            if number not in seen:
                sources = inverse[:, block]  # [elements, functions of the block]
                origins = block_of[sources[:, 0]].tolist()
                seen |= set(origins)
                found.append(list(zip(origins, sources, strict=True)))
        return found

    def jets(self, local: LocalGeometry, metric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        r"""s_A at |z| = 1 [N, sections], and its covariant derivatives $(\partial_a - \partial_a\ln|z|^{2k})s_A$ in a frame in which g is
        1 [N, n, sections]: $\partial f_{AB} = (D s_A)\bar s_B$.
        """
        jets = self.sections.jets(local)
        values, slopes = jets[:, 0], jets[:, 1:]
        along = slopes @ values.conj()[:, :, None]
        return values, np.linalg.solve(np.linalg.cholesky(metric), slopes - along * values[:, None, :])


def _closure(identity: np.ndarray, generators: Sequence[np.ndarray]) -> np.ndarray:
    """All products of permutations, the identity first."""
    known = {identity.tobytes(): identity}
    new = [identity]
    while new:
        made = [generator[one] for one in new for generator in generators]
        new = []
        for one in made:
            if one.tobytes() not in known:
                known[one.tobytes()] = one
                new.append(one)
        if len(known) > _MOST_ELEMENTS:
            raise InputError("symmetry", f"more than {_MOST_ELEMENTS} permutations", "a smaller group", "leave a generator out")
    return np.stack(list(known.values()))
