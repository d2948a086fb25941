"""How far a corner of a strand may be cut off without touching anything else."""

import numpy as np

from ._arrays import Complexes, Integers


class Corners:
    """The room at the points of an embedding.

    The part of a triangle in which the barycentric coordinate of a point v is at least 1/2 belongs to v alone.  A corner at v between
    the neighbours p and q is rounded between v + s (p - v) and v + s (q - v), with the largest s <= 1/2 for which the segment between
    these two stays in the parts of v.  So rounded strands meet only at the crossings.
    """

    def __init__(self, triangles: Integers, centres: Complexes) -> None:
        self.centres = centres
        self.following: list[dict[int, int]] = [{} for _ in range(len(centres))]
        for a, b, c in triangles.tolist():
            self.following[a][b], self.following[b][c], self.following[c][a] = c, a, b

    def share(self, before: int, point: int, after: int) -> float:
        """The number s of the corner at ``point``."""
        here = self.centres[point]
        p, q = self.centres[before] - here, self.centres[after] - here
        if (q.conjugate() * p).imag < 0:
            before, after, p, q = after, before, q, p
        # Now p lies counter-clockwise from q, and the corner is on the side swept from q to p.
        largest, near = 1.0, self.following[point][after]
        while near != before:
            spoke = self.centres[near] - here
            largest = max(largest, (q.conjugate() * p).imag / (spoke.conjugate() * (p - q)).imag)
            near = self.following[point][near]
        return 0.5 / largest

    def clearance(self, point: int) -> float:
        """The distance of an inner point from the edges around it."""
        here, smallest = self.centres[point], np.inf
        for one, two in self.following[point].items():
            first, side = self.centres[one] - here, self.centres[two] - self.centres[one]
            smallest = min(smallest, abs((side.conjugate() * first).imag) / abs(side))
        return float(smallest)
