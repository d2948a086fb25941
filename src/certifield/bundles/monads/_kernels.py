"""The loops of the exhaustive scan, compiled by numba."""

from math import comb

import numba
import numpy as np


def multisets(kinds: int, size: int, most: int) -> np.ndarray | None:
    """All ascending rows of ``size`` numbers below ``kinds``; None where there are more than ``most``."""
    count = comb(kinds + size - 1, size)
    return None if count > most else _multisets(kinds, size, count)


@numba.njit(cache=True)
def _multisets(kinds: int, size: int, count: int) -> np.ndarray:
    found = np.empty((count, size), np.int32)
    row = np.zeros(size, np.int32)
    for number in range(count):
        found[number] = row
        place = size - 1
        while place >= 0 and row[place] == kinds - 1:
            place -= 1
        if place >= 0:
            row[place:] = row[place] + 1
    return found


@numba.njit(cache=True)
def run(b, chi_b, square_b, r_b, c, held, chis, squares, cells, radix, low, high, target, most, zero_b, zero_c, shared):
    """Counts of states, index, anomaly, no trivial, no common, all c - b >= 0; and the rows of the last: numbers of B, number of C."""
    h, kinds, r_c = b.shape[1], b.shape[0], held.shape[1]
    counts = np.zeros(6, np.int64)
    capacity, size = 1024, 0
    found = np.empty((capacity, r_b + 1), np.int32)
    row = np.zeros(r_b, np.int64)
    # Sums over the first places of the row, so that the next multiset changes few of them.
    sums = np.zeros((r_b + 1, h), np.int64)
    chi = np.zeros(r_b + 1, np.int64)
    square = np.zeros((r_b + 1, h), np.int64)
    start = 0
    while True:
        for place in range(start, r_b - 1):
            sums[place + 1] = sums[place] + b[row[place]]
            chi[place + 1] = chi[place] + chi_b[row[place]]
            square[place + 1] = square[place] + square_b[row[place]]
        last = r_b - 1
        for number in range(row[last], kinds):
            cell, inside = 0, True
            for r in range(h):
                total = sums[last, r] + b[number, r]
                inside = inside and low <= total and total <= high
                cell += (total - low) * radix[r]
            if not inside:
                continue
            first, end = cells[cell], cells[cell + 1]
            counts[0] += end - first
            wanted = chi[last] + chi_b[number] - target
            if end - first > 16:  # bisection, where the cell is long
                stop = end
                while first < stop:
                    middle = (first + stop) // 2
                    if chis[middle] < wanted:
                        first = middle + 1
                    else:
                        stop = middle
            row[last] = number
            for other in range(first, end):
                if chis[other] != wanted:
                    if chis[other] > wanted:
                        break
                    continue
                counts[1] += 1
                good = True
                for r in range(h):  # -(Q_B - Q_C) <= 2 c_2(TX)
                    good = good and squares[other, r] - square[last, r] - square_b[number, r] <= most[r]
                if not good:
                    continue
                counts[2] += 1
                good = True
                for i in range(r_b):
                    good = good and row[i] != zero_b
                for a in range(r_c):
                    good = good and held[other, a] != zero_c
                if not good:
                    continue
                counts[3] += 1
                for a in range(r_c):
                    same = shared[held[other, a]]
                    if same >= 0:
                        for i in range(r_b):
                            good = good and row[i] != same
                if not good:
                    continue
                counts[4] += 1
                for a in range(r_c):
                    for i in range(r_b):
                        for r in range(h):
                            good = good and c[held[other, a], r] >= b[row[i], r]
                if not good:
                    continue
                counts[5] += 1
                if size == capacity:
                    capacity *= 2
                    larger = np.empty((capacity, r_b + 1), np.int32)
                    larger[:size] = found
                    found = larger
                found[size, :r_b] = row
                found[size, r_b] = other
                size += 1
        place = r_b - 2
        while place >= 0 and row[place] == kinds - 1:
            place -= 1
        if place < 0:
            break
        row[place:] = row[place] + 1
        start = place
    return counts, found[:size]


def passed(states: np.ndarray, r_b: int, chis: np.ndarray, order: int) -> np.ndarray:
    """Which states have |Gamma| dividing n chi(L) for each block of n equal line bundles L of B and of C."""
    good = np.ones(len(states), bool)
    for part in (slice(0, r_b), slice(r_b, None)):
        rows = states[:, part]
        times = (rows[:, :, None] == rows[:, None, :]).all(axis=3).sum(axis=2)
        good &= (times * chis[:, part] % order == 0).all(axis=1)
    return good
