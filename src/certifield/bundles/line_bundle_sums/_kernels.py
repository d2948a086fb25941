"""The loop of the scan of line bundle sums, compiled by numba."""

import numba
import numpy as np


@numba.njit(cache=True)
def fives(v, chi, pairs, squares, codes, places, radix, target, most, shift):
    """Ascending rows of five numbers of vectors with the sum 0 whose pairs all pass, the right index and no anomaly; and three counts."""
    n, h = v.shape
    counts = np.zeros(3, np.int64)
    capacity, size = 1024, 0
    found = np.empty((capacity, 5), np.int64)
    for a in range(n):
        for b in range(a, n):
            if not pairs[a, b]:
                continue
            for c in range(b, n):
                if not (pairs[a, c] and pairs[b, c]):
                    continue
                for d in range(c, n):
                    if not (pairs[a, d] and pairs[b, d] and pairs[c, d]):
                        continue
                    code, inside = 0, True
                    for r in range(h):
                        last = -(v[a, r] + v[b, r] + v[c, r] + v[d, r])
                        inside = inside and last - shift >= 0
                        code += (last - shift) * radix[r]
                    if not inside:
                        continue
                    place = np.searchsorted(codes, code)
                    if place == n or codes[place] != code:
                        continue
                    e = places[place]
                    if e < d or not (pairs[a, e] and pairs[b, e] and pairs[c, e] and pairs[d, e]):
                        continue
                    same = True
                    for r in range(h):
                        same = same and v[a, r] + v[b, r] + v[c, r] + v[d, r] + v[e, r] == 0
                    if not same:
                        continue
                    counts[0] += 1
                    if chi[a] + chi[b] + chi[c] + chi[d] + chi[e] != target:
                        continue
                    counts[1] += 1
                    good = True
                    for r in range(h):  # -sum of squares <= 2 c_2(TX)
                        total = squares[a, r] + squares[b, r] + squares[c, r] + squares[d, r] + squares[e, r]
                        good = good and -total <= most[r]
                    if not good:
                        continue
                    counts[2] += 1
                    if size == capacity:
                        capacity *= 2
                        larger = np.empty((capacity, 5), np.int64)
                        larger[:size] = found
                        found = larger
                    found[size, 0], found[size, 1], found[size, 2], found[size, 3], found[size, 4] = a, b, c, d, e
                    size += 1
    return found[:size], counts
