"""Every band that leaves a given edge and crosses a given number of strands, compiled."""

import numpy as np

from ..moves._components import label_components
from ..moves._elementary import compiled
from ..moves._map import ALIVE
from ..moves._passes import number_faces
from ._attach import CIRCLES_ALONE, LONGEST, NOTHING, lay_untwisted
from ._paths import advance, begin, face_distances

# Columns of a finding: strands crossed, bits, half twists, crossings left, then the darts.
CROSSED, BITS, HALF_TWISTS, LEFT, DARTS = range(5)
COLUMNS = DARTS + LONGEST + 2


@compiled
def bands_from(parent, child, start, crossed, shortest, rounds, scratch, findings):
    """Lays all bands that leave the edge of ``start`` and cross so many strands, along simple or along ``shortest`` paths.

    ``findings`` takes a row for each that may lead to a disc.
    Returns (bands tried, rows, whether the last row led to circles alone, when the search stopped).
    """
    faces = number_faces(parent)
    distance = face_distances(parent, start, faces)
    home, outgoing = np.empty_like(scratch[0]), np.empty_like(scratch[0])
    label_components(parent, home, outgoing)
    state = begin(parent, start, crossed, faces)
    darts, rows, tried = state[1], 0, 0
    while advance(parent, home, distance, shortest, state):
        parallel = outgoing[darts[crossed + 1]] == outgoing[start]
        for bits in range(1 << crossed):
            tried += 1
            verdict, half_twists = lay_untwisted(parent, child, darts, bits, crossed, parallel, scratch, rounds)
            if verdict == NOTHING:
                continue
            if rows < findings.shape[0] or verdict == CIRCLES_ALONE:  # the solution has room even where there is none left
                rows = min(rows + 1, findings.shape[0])
                write_finding(findings[rows - 1], darts, crossed, bits, half_twists, child.counters[ALIVE])
            if verdict == CIRCLES_ALONE:
                return tried, rows, True
    return tried, rows, False


@compiled
def write_finding(row, darts, crossed, bits, half_twists, left):
    """Fills the columns of a finding."""
    row[CROSSED], row[BITS], row[HALF_TWISTS], row[LEFT] = crossed, bits, half_twists, left
    row[DARTS : DARTS + crossed + 2] = darts[: crossed + 2]
