"""The symmetric group on the four vertices of a tetrahedron, as tables."""

from itertools import combinations, permutations

IMAGES = tuple(permutations(range(4)))
NUMBER = {images: number for number, images in enumerate(IMAGES)}
PRODUCT = tuple(tuple(NUMBER[p[q[0]], p[q[1]], p[q[2]], p[q[3]]] for q in IMAGES) for p in IMAGES)  # first q, then p
INVERSE = tuple(row.index(0) for row in PRODUCT)
EVEN = tuple(sum(p[i] > p[j] for i, j in combinations(range(4), 2)) % 2 == 0 for p in IMAGES)
SWAP = tuple(tuple(NUMBER[tuple({i: j, j: i}.get(k, k) for k in range(4))] for j in range(4)) for i in range(4))
EDGES = tuple(combinations(range(4), 2))
"""The six edges, as pairs of vertices."""
OPPOSITE = {edge: tuple(k for k in range(4) if k not in edge) for edge in EDGES}
