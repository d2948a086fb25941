"""Pictures of braid words."""

import numpy as np

from .._curve import Curve
from .._picture import COMPONENTS, Picture, curve_path, number

Word = list[int]
Braid = tuple[Word, int]  # word, strands
COLUMN, ROW, EDGE = 26.0, 22.0, 14.0  # pixels
GAP = 0.24  # of a letter, on both sides of a crossing
ROUND = 0.42


def braid_scale(word: Word, strands: int, size: float) -> float:
    """The largest scale, at most 1, with which the picture of a braid is at most so wide and high."""
    last = max(_columns(word, strands), default=-1) + 1
    return min(1.0, size / (last * COLUMN + 2 * EDGE), size / (strands * ROW))


def drawn_braid(word: Word, strands: int, scale: float) -> Picture:
    """A braid from left to right, first strand on top, one colour for each component of its closure.

    In sigma_i the upper strand goes from row i down to row i + 1, a positive crossing.
    """
    columns = _columns(word, strands)
    last = max(columns, default=-1) + 1
    parts, rows, colours = [], _rows(word, columns, strands, last), _colours(word, strands)
    for strand, row in enumerate(rows):
        arcs = "".join(f'<path class="strand" d="{curve_path(arc)}"/>' for arc in _arcs(row, scale))
        parts.append(f'<g stroke="{COMPONENTS[colours[strand] % len(COMPONENTS)]}">{arcs}</g>')
    body = f'<g stroke-width="{number(max(1.0, 3.0 * scale))}">{"".join(parts)}</g>'
    name = f"braid of {len(word)} letters on {strands} strands"
    return Picture((last * COLUMN + 2 * EDGE) * scale, strands * ROW * scale, name, body)


def _columns(word: Word, strands: int) -> list[int]:
    """The column of each letter: letters that do not touch share one."""
    free, columns = [0] * (strands + 1), []
    for letter in word:
        first = abs(letter) - 1
        columns.append(max(free[first], free[first + 1]))
        free[first] = free[first + 1] = columns[-1] + 1
    return columns


def _rows(word: Word, columns: list[int], strands: int, last: int) -> list[list[tuple[float, int, int, bool]]]:
    """For each strand, from the left: its letters as (column, row before, row after, whether it is under)."""
    at = list(range(strands))  # the strand in each row
    found: list[list[tuple[float, int, int, bool]]] = [[(-0.5, row, row, False)] for row in range(strands)]
    for letter, column in zip(word, columns, strict=True):
        top = abs(letter) - 1
        found[at[top]].append((column, top, top + 1, letter < 0))
        found[at[top + 1]].append((column, top + 1, top, letter > 0))
        at[top], at[top + 1] = at[top + 1], at[top]
    for row, strand in enumerate(at):
        found[strand].append((float(last), row, row, False))
    return found


def _arcs(row: list[tuple[float, int, int, bool]], scale: float) -> list[Curve]:
    pieces: list[list[complex]] = []
    cuts = []
    end = complex(EDGE - COLUMN / 2, (row[0][1] + 0.5) * ROW)
    for column, before, after, under in row[1:]:
        start = complex(EDGE + column * COLUMN, (before + 0.5) * ROW)
        if abs(start - end) > 1e-9:
            pieces.append([end, (start + end) / 2, start])
        if before != after:
            end = complex(start.real + COLUMN, (after + 0.5) * ROW)
            middle = (start + end) / 2
            if under:
                cuts.append(float(len(pieces) + 1))
            pieces += [[start, start + ROUND * COLUMN, middle], [middle, end - ROUND * COLUMN, end]]
        else:
            end = start
    whole = Curve(np.array(pieces, np.complex128) * scale) if pieces else None
    if whole is None:
        return []
    ends = [0.0, *(bound for cut in cuts for bound in (cut - 2 * GAP, cut + 2 * GAP)), float(len(pieces))]
    return [whole.part(one, two) for one, two in zip(ends[::2], ends[1::2], strict=True)]


def _colours(word: Word, strands: int) -> list[int]:
    """The component of the closure that each strand, by its row on the left, belongs to."""
    ends = list(range(strands))
    for letter in word:
        top = abs(letter) - 1
        ends[top], ends[top + 1] = ends[top + 1], ends[top]
    follows = {strand: row for row, strand in enumerate(ends)}
    colours = [-1] * strands
    for component, start in enumerate(range(strands)):
        strand = start
        while colours[strand] < 0:
            colours[strand] = component
            strand = follows[strand]
    order = {component: rank for rank, component in enumerate(dict.fromkeys(colours))}
    return [order[component] for component in colours]
