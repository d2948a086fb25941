"""Donaldson's obstruction: a definite Goeritz lattice that does not embed in Z^n."""

from math import isqrt

import numpy as np

from certifield.evidence import Certificate

from ..diagrams._diagram import Diagram
from ..invariants._flint import flint
from ._claims import not_slice
from ._goeritz import Matrix, goeritz_matrix

MOST_VECTORS = 100_000
MOST_FRAMES = 100_000
MOST_CROSSINGS = 200  # that the checker reads


def slice_by_lattice(diagram: Diagram) -> Certificate | None:
    """A definite Goeritz lattice of rank n that does not embed in Z^n forbids a smooth disc (Donaldson 1987; Lisca, math/0701610).

    Both chessboard surfaces are tried; for a reduced alternating diagram both are definite.  None where neither is, where the search
    would visit more than 100,000 vectors or partial frames, or where it would be too much for the checker.
    """
    if diagram.components != 1 or not 0 < len(diagram.crossings) <= MOST_CROSSINGS:
        return None
    for surface in (0, 1):
        form = goeritz_matrix(diagram, surface)
        vectors = unit_vectors(form) if form else None
        if vectors is not None and has_frame(form, vectors) is False:
            witness = {"surface": surface, "vectors": len(vectors)}
            signature = len(form) if form[0][0] > 0 else -len(form)
            return Certificate(not_slice(diagram, "smooth"), str(signature), witness, "not-slice-lattice@1")
    return None


def unit_vectors(form: Matrix) -> np.ndarray | None:
    """All c in Z^n up to sign with c^T |form|^-1 c = 1; None for a form that is not definite, and beyond the limit of the search.

    |form| = M M^T for a square integer M exactly if n of them are orthogonal for |form|^-1: the columns of M.  Built entry by entry: the
    first k entries have length at most 1 for the inverse of the leading block of size k.
    """
    sign = 1 if form[0][0] > 0 else -1
    found = np.zeros((1, 0), dtype=np.int64)
    for size in range(1, len(form) + 1):
        adjugate, determinant = _adjugate([[sign * entry for entry in row[:size]] for row in form[:size]])
        if determinant <= 0:
            return None
        reach = isqrt(sign * form[size - 1][size - 1])
        safe = size**2 * int(abs(adjugate).max()) * max(abs(int(found.min(initial=0))), int(found.max(initial=0)), reach) ** 2 < 2**62
        entries = np.arange(-reach, reach + 1)
        longer = np.hstack([np.repeat(found, len(entries), axis=0), np.tile(entries, len(found))[:, None]])
        wide = longer if safe else longer.astype(object)
        lengths = ((wide @ (adjugate.astype(np.int64) if safe else adjugate)) * wide).sum(axis=1)
        found = longer[lengths <= determinant if size < len(form) else lengths == determinant]
        if len(found) > MOST_VECTORS:
            return None
    first = (found != 0).argmax(axis=1)
    return found[found[np.arange(len(found)), first] > 0]


def _adjugate(block: Matrix) -> tuple[np.ndarray, int]:
    """Determinant times inverse, and the determinant; zeros if that is 0."""
    matrix = flint().fmpz_mat(block)
    determinant = int(matrix.det())
    if not determinant:
        return np.zeros((len(block), len(block)), dtype=object), 0
    scaled = matrix.inv() * determinant
    return np.array([[int(scaled[i, j].numerator) for j in range(len(block))] for i in range(len(block))], dtype=object), determinant


def has_frame(form: Matrix, vectors: np.ndarray) -> bool | None:
    """Whether n of the vectors are orthogonal to each other for the inverse of the form; None beyond the limit of the search."""
    adjugate, _ = _adjugate(form)
    wide = vectors.astype(object)
    orthogonal = wide @ adjugate @ wide.T == 0
    partial = [(len(form), np.ones(len(vectors), dtype=bool))]
    for _ in range(MOST_FRAMES):
        if not partial:
            return False
        missing, candidates = partial.pop()
        if not missing:
            return True
        if candidates.sum() >= missing:  # either the first candidate belongs to the frame or it does not
            first = int(candidates.argmax())
            without = candidates.copy()
            without[first] = False
            partial += [(missing, without), (missing - 1, without & orthogonal[first])]
    return None
