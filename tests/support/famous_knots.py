"""Planar diagram codes of two knots that are in no table up to 13 crossings."""

# 14n19265 in SnapPy's table: Rasmussen's s is 0 over the rationals and -2 over F_2 (Seed; see Lipshitz and Sarkar, 1206.3532).
SEED = [
    [2, 0, 3, 27], [0, 15, 1, 16], [14, 1, 15, 2], [3, 8, 4, 9], [11, 4, 12, 5], [24, 6, 25, 5], [6, 24, 7, 23], [7, 12, 8, 13],
    [20, 10, 21, 9], [10, 20, 11, 19], [16, 14, 17, 13], [17, 22, 18, 23], [25, 18, 26, 19], [21, 26, 22, 27],
]  # fmt: skip

# The pretzel knot P(-3, 5, 7): Alexander polynomial 1, hence slice topologically (Freedman), and s = 2, hence not smoothly.
PRETZEL = [
    [14, 27, 15, 28], [28, 13, 29, 14], [12, 29, 13, 0], [7, 27, 8, 26], [25, 9, 26, 8], [9, 25, 10, 24], [23, 11, 24, 10],
    [11, 23, 12, 22], [15, 7, 16, 6], [5, 17, 6, 16], [17, 5, 18, 4], [3, 19, 4, 18], [19, 3, 20, 2], [1, 21, 2, 20], [21, 1, 22, 0],
]  # fmt: skip
