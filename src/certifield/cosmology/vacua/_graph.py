"""Bubbles of one vacuum inside another: rates between vacua, and the distribution over them at late times."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.linalg import expm
from scipy.sparse.csgraph import connected_components

from certifield._arguments import of_kind, positive, reals, whole
from certifield.evidence import Exact, InputError, NotConverged

Tree = tuple[tuple[int, int], ...]  # rays a u + b w as (a, b), sorted


class LateTimes(NamedTuple):
    """``growth``: the largest eigenvalue of the rates; ``shares`` [n]: its eigenvector, the distribution at late times, of sum one."""

    growth: Exact
    shares: Exact


@dataclass(frozen=True, eq=False)
class VacuumGraph:
    """Vacua with ``rates`` [n, n], Gamma_ij from vacuum j to vacuum i, and ``losses`` [n] to terminal vacua, which nothing leaves.

    dp/dt = M p with M_ij = Gamma_ij - delta_ij (sum_k Gamma_kj + loss_j).
    """

    rates: np.ndarray
    losses: np.ndarray
    names: tuple[str, ...] = ()

    @cached_property
    def matrix(self) -> np.ndarray:
        """M [n, n]."""
        return self.rates - np.diag(self.rates.sum(axis=0) + self.losses)

    def at(self, start: Sequence[float], times: Sequence[float]) -> np.ndarray:
        """The normalised distribution e^(Mt) p_0 at each time [times, n]."""
        p = reals("start", start, f"{len(self.rates)} numbers, 0 or more and not all 0", "a share for each vacuum")
        moments = reals("times", times, "a list of finite times", "try [0.0, 1.0]", dimensions=1)
        if p.shape != (len(self.rates),) or not ((p >= 0).all() and p.sum() > 0):
            raise InputError("start", start, f"{len(self.rates)} numbers, 0 or more and not all 0", "a share for each vacuum")
        rows = np.array([expm(self.matrix * time) @ p for time in moments])
        return rows / rows.sum(axis=1, keepdims=True)


def vacuum_graph(rates: object, losses: object = 0.0, names: Sequence[str] = ()) -> VacuumGraph:
    """A graph of vacua that are all reached from each other.

    ``rates`` [n, n]: Gamma_ij from j to i, zero or more, the diagonal zero; ``losses``: one number or [n].
    Raises `InputError` for other matrices, and where some vacua are not reached from others, with their numbers: then the late times
    depend on the beginning.
    """
    wanted = ("finite numbers [n, n], 0 or more, n at least 2", "rates[i, j]: from j to i")
    matrix = reals("rates", rates, *wanted)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2 or (matrix < 0).any():
        raise InputError("rates", f"an array of shape {list(matrix.shape)}", *wanted)
    if np.diag(matrix).any():
        raise InputError(
            "rates", "a diagonal that is not zero", "zeros: a vacuum does not decay into itself", "put decays out of the graph into losses"
        )
    wanted = (f"one number, or one for each of the {len(matrix)} vacua, 0 or more", "try losses=0.0")
    lost = reals("losses", losses, *wanted)
    if lost.shape not in ((), (len(matrix),)) or (lost < 0).any():
        raise InputError("losses", losses, *wanted)
    lost = np.broadcast_to(lost, len(matrix))
    parts, label = connected_components(matrix > 0, directed=True, connection="strong")
    if parts > 1:
        apart = np.flatnonzero(label != label[0])[:5].tolist()
        raise InputError("rates", f"{parts} parts, vacua {apart} and others apart from vacuum 0", "every vacuum reached from every other",
                         "take one part, or put decays that do not return into losses")  # fmt: skip
    return VacuumGraph(matrix, lost.copy(), tuple(names))


def bubble_model(adjacency: object, names: Sequence[str] = ()) -> VacuumGraph:
    """The model of arXiv:1711.06685: unit rates along the edges of a graph and M = -(L + D), Laplacian and degrees.

    A vacuum loses by its degree twice, once to its neighbours and once to bubbles that end, so that late times favour vacua of few
    neighbours, which decay slowest.  Raises `InputError` for a matrix that is no adjacency matrix.
    """
    edges = reals("adjacency", adjacency, "a symmetric matrix of 0 and 1", "undirected edges")
    if edges.ndim != 2 or edges.shape != edges.T.shape or not np.array_equal(edges, edges.T) or not np.isin(edges, (0.0, 1.0)).all():
        raise InputError("adjacency", f"an array of shape {list(edges.shape)}", "a symmetric matrix of 0 and 1", "undirected edges")
    return vacuum_graph(edges, edges.sum(axis=0), names)


def late_times(graph: VacuumGraph, *, tolerance: float = 1e-10) -> LateTimes:
    """The Perron vector of the rates, enclosed: every share within its radius, and the growth by Collatz and Wielandt.

    With T = (1 + M/c)^k positive and of projective diameter D, every vector v > 0 obeys d(v, v*) <= d(v, Tv)/(1 - tanh(D/4)) in Hilbert's
    metric d(v, w) = ln max(v/w) - ln min(v/w) (Birkhoff), and min (Mv)_i/v_i <= growth <= max (Mv)_i/v_i.
    Raises `NotConverged` where T does not become positive to rounding, as for rates of very different size.
    Reference: E. Seneta, Non-negative Matrices and Markov Chains, sections 1.1 and 3.1.
    """
    tolerance = positive("tolerance", tolerance)
    of_kind("graph", graph, VacuumGraph, "make one with vacuum_graph(rates)")
    n, scale = len(graph.rates), float(abs(np.diag(graph.matrix)).max()) * 1.25
    power = np.eye(n) + graph.matrix / scale
    operations = 1.0
    for _ in range(60):
        if (power > 0).all():
            logs = np.log(power)
            diameter = max(float(np.ptp(logs - row, axis=1).max()) for row in logs)
            if diameter < 1.0:
                break
        power = power @ power
        power, operations = power / power.max(), 2 * operations + 1
    else:
        raise NotConverged("the transition matrix does not mix to rounding; rates differ by too many orders of magnitude")
    vector = power.sum(axis=1)
    for _ in range(40):
        vector = power @ vector
        vector = vector / vector.sum()
    moved = power @ vector
    rounding = 8 * n * operations * np.finfo(float).eps
    distance = (float(np.ptp(np.log(moved / vector))) + rounding) / (1 - np.tanh((diameter + rounding) / 4))
    if distance > tolerance:
        raise NotConverged(f"shares are known to {distance:.1g} only, relatively; {tolerance:g} was asked for")
    ratios = (graph.matrix @ vector) / vector
    slack = 8 * n * scale * np.finfo(float).eps * float((vector.max() / vector).max())
    growth = Exact(float(ratios.min() + ratios.max()) / 2, "Collatz and Wielandt", radius=float(np.ptp(ratios)) / 2 + slack)
    return LateTimes(growth, Exact(vector, "Perron vector, enclosed in Hilbert's metric", radius=vector * 2 * np.expm1(distance)))


def edge_tree_graph(height: int = 6) -> tuple[np.ndarray, tuple[str, ...]]:
    """The trees of blow-ups of one edge up to a ``height``, joined where one is a single blow-up of the other: adjacency [n, n] and names.

    A name lists the rays a u + b w of a tree as a.b.  Raises `InputError` for heights that are not 2 to 7 (2, 5, 10, 50, 82, 785 trees).
    """
    whole("height", height, 2, 7, "try height=6")
    ends = ((1, 0), (0, 1))
    found: dict[Tree, int] = {(): 0}
    waiting: list[Tree] = [()]
    edges: list[tuple[int, int]] = []
    while waiting:
        tree = waiting.pop()
        row = sorted((*ends, *tree), key=lambda ray: -ray[0] / (ray[0] + ray[1]))
        for left, right in pairwise(row):
            middle = (left[0] + right[0], left[1] + right[1])
            if sum(middle) <= height:
                grown = tuple(sorted((*tree, middle)))
                if grown not in found:
                    found[grown] = len(found)
                    waiting.append(grown)
                edges.append((found[tree], found[grown]))
    adjacency = np.zeros((len(found), len(found)))
    for one, other in edges:
        adjacency[one, other] = adjacency[other, one] = 1.0
    return adjacency, tuple(" ".join(f"{a}.{b}" for a, b in tree) or "none" for tree in found)
