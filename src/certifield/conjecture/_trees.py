r"""Trees against the statement that $\lambda_1(G) + \mu(G) \ge \sqrt{n - 1} + 1$ for connected graphs G of n vertices.

$\lambda_1$ is the largest eigenvalue of the adjacency matrix and $\mu$ the matching number.  The statement was made by a computer and
refuted by one (A. Z. Wagner, arXiv:2104.14516).  Stars give equality, so that floats cannot decide it.
"""

import random
from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

import numpy as np

from certifield.evidence import Certificate, Certified, InputError, Unknown

from ._attack import Attack, anneal

CHECKER = "graph-spectral@1"
INEQUALITY = "lambda_1 + mu >= sqrt(n - 1) + 1"

Parents = tuple[int, ...]  # the earlier vertex that each vertex but the first is attached to


def spectral_radius(parents: Parents) -> float:
    r"""$\lambda_1$ in floats."""
    size = len(parents) + 1
    matrix = np.zeros((size, size))
    rows = np.arange(1, size)
    matrix[rows, parents] = matrix[list(parents), rows] = 1.0
    return float(np.linalg.eigvalsh(matrix)[-1])


def cover(parents: Parents) -> list[int]:
    """A least set of vertices that touches every edge; on trees its size is the matching number (Koenig)."""
    taken: set[int] = set()
    for vertex in range(len(parents), 0, -1):  # children before parents
        if vertex not in taken:
            taken.add(parents[vertex - 1])
    return sorted(taken)


def slack(parents: Parents) -> float:
    r"""$\lambda_1 + \mu - \sqrt{n - 1} - 1$ in floats."""
    return spectral_radius(parents) + len(cover(parents)) - sqrt(len(parents)) - 1


def counterexample(parents: Parents) -> Certified | Unknown:
    """The certificate that a tree violates the statement, or `Unknown` where its slack is not negative.

    The witness is a fraction above the largest eigenvalue, which exact elimination proves to be above.
    """
    size, taken = len(parents) + 1, cover(parents)
    digits = 10**12
    radius = Fraction(round(spectral_radius(parents) * digits) + 10, digits)
    total = radius + len(taken)
    edges = [[parent, vertex] for vertex, parent in enumerate(parents, 1)]
    claim = {"kind": "spectral counterexample", "inequality": INEQUALITY, "order": size, "edges": edges}
    certificate = Certificate(claim, str(total), {"radius": str(radius), "cover": taken}, CHECKER)
    return Certified(certificate) if certificate.replay().accepted else Unknown({"trees": 1})


def double_broom(left: int, right: int) -> Parents:
    """A path of three vertices with so many leaves at its two ends."""
    return (0, 1, *[0] * left, *[2] * right)


def attack_spectral_bound(size: int, *, seed: int, budget: int = 40_000) -> Attack[Parents]:
    """Annealing among the trees of ``size`` vertices: a mutation moves a subtree, or a leaf, elsewhere.

    Raises `InputError` for a size that is not from 3 to 300.
    """
    if type(size) is not int or not 3 <= size <= 300:
        raise InputError("size", size, "a whole number from 3 to 300", "such as 19")

    def start(rng: random.Random) -> Parents:
        return tuple(rng.randrange(vertex) for vertex in range(1, size))

    return anneal(start, _moved, slack, lambda tree: isinstance(counterexample(tree), Certified), seed=seed, budget=budget)


def _moved(parents: Parents, rng: random.Random) -> Parents:
    """Another tree: some leaves of one vertex, or a vertex with all on one side of it, are attached elsewhere."""
    size = len(parents) + 1
    near: list[set[int]] = [set() for _ in range(size)]
    for vertex, parent in enumerate(parents, 1):
        near[vertex].add(parent)
        near[parent].add(vertex)
    if rng.random() < 0.5:
        behind = rng.choice([vertex for vertex in range(size) if len(near[vertex]) > 1])
        leaves = sorted(vertex for vertex in near[behind] if len(near[vertex]) == 1)
        moving = rng.sample(leaves, rng.randint(1, len(leaves))) if leaves else []
        side = set(moving)
    else:
        vertex = rng.randrange(size)
        behind = rng.choice(sorted(near[vertex]))
        moving, side, waiting = [vertex], {vertex, behind}, [vertex]
        while waiting:
            fresh = near[waiting.pop()] - side
            side |= fresh
            waiting += fresh
        side.discard(behind)
    there = rng.choice([vertex for vertex in range(size) if vertex not in side])
    for vertex in moving:
        near[vertex].discard(behind)
        near[behind].discard(vertex)
        near[vertex].add(there)
        near[there].add(vertex)
    return _numbered([sorted(others) for others in near], there)


def _numbered(near: Sequence[Sequence[int]], root: int) -> Parents:
    number, parents, order = {root: 0}, [], [root]
    for vertex in order:
        for other in near[vertex]:
            if other not in number:
                number[other] = len(number)
                parents.append(number[vertex])
                order.append(other)
    return tuple(parents)
