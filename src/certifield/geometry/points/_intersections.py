r"""All common zeros of K polynomials on a product of projective spaces of total dimension K, for many instances at once.

In factor i a random linear subspace $\mathbb P^{m_i}$ is given by a basis [m_i + 1, n_i + 1], $\sum m_i = K$, so that there are finitely
many points.  On a line the equation becomes a polynomial in one unknown, whose roots are eigenvalues of its companion matrix.  Otherwise:

In multidegree $b \ge \sum_a q_a - m$ the quotient of the coordinate ring by the equations has one dimension for each point (the Koszul
complex is exact there), and evaluation at the points spans the dual.  So the kernel of the Macaulay matrix in degree $b + (1, \dots, 1)$
(multiples of the equations) consists of combinations of the vectors of all monomials at the points; multiplication by two random forms of
degree $(1, \dots, 1)$, from degree b, gives a pencil of matrices whose eigenvectors separate the points.  No root is lost, and none is
found twice. Two steps of Newton's method in the subspace remove the rounding of the eigenvalues.
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from ..varieties import Polynomial, Variety, monomial_values, multidegree_monomials

_POLISHING = 2  # steps of Newton's method
Bases = Sequence[np.ndarray]  # [instances, m_i + 1, n_i + 1] for each factor


def intersections(variety: Variety, bases: Bases) -> np.ndarray:
    """The points [instances, N, coordinates], of length 1 in each factor; N is the intersection number of X with the subspaces."""
    sizes = [basis.shape[1] - 1 for basis in bases]
    unknowns = _on_a_line(variety, bases) if sum(sizes) == 1 else _by_eigenvectors(variety, bases)
    return _polished(variety, bases, unknowns)


def _inserted(bases: Bases, unknowns: Sequence[np.ndarray]) -> np.ndarray:
    """Points [instances, points, coordinates] from coordinates [instances, points, m_i + 1] in the subspaces."""
    return np.concatenate([u @ basis for u, basis in zip(unknowns, bases, strict=True)], axis=2)


def _on_a_line(variety: Variety, bases: Bases) -> list[np.ndarray]:
    line = [basis.shape[1] for basis in bases].index(2)
    degree, instances = variety.configuration.degrees[line][0], len(bases[0])
    turns = np.exp(2j * np.pi * np.arange(degree + 1) / (degree + 1))
    nodes = [np.ones((1, degree + 1, 1), dtype=complex) for _ in bases]
    nodes[line] = np.stack([np.ones(degree + 1), turns], axis=1)[None]
    values = variety.polynomials[0](_inserted(bases, nodes).reshape(-1, variety.coordinates)).reshape(instances, -1)
    coefficients = np.fft.fft(values, axis=1) / (degree + 1)  # of 1, x, ..., x^degree
    companion = np.zeros((instances, degree, degree), dtype=complex)
    companion[:, np.arange(1, degree), np.arange(degree - 1)] = 1
    companion[:, :, -1] = -coefficients[:, :degree] / coefficients[:, degree:]
    roots = np.linalg.eigvals(companion)
    unknowns = [np.ones((instances, degree, 1), dtype=complex) for _ in bases]
    unknowns[line] = np.stack([np.ones_like(roots), roots], axis=2)
    return unknowns


def _by_eigenvectors(variety: Variety, bases: Bases) -> list[np.ndarray]:
    sizes = [basis.shape[1] - 1 for basis in bases]
    equations = variety.configuration.equations
    random = np.random.default_rng(0)  # of nodes and linear forms: any will do, whatever the points
    # One above the least degree where a factor would have degree 0, so that its coordinates can be read off.
    low = [max(sum(q[i] for q in equations) - size, 1) if size else 0 for i, size in enumerate(sizes)]
    high = [degree + (size > 0) for degree, size in zip(low, sizes, strict=True)]
    table = multidegree_monomials(sizes, high)
    place = {tuple(row): column for column, row in enumerate(table.tolist())}
    number = _points(sizes, equations)
    # As many random combinations of its rows as its rank, so that the last columns of Q are the kernel.
    macaulay = _macaulay(variety, bases, sizes, high, place, random)
    mixed = random.normal(size=(len(place) - number, macaulay.shape[1])) @ macaulay
    kernel = np.linalg.qr(mixed.conj().transpose(0, 2, 1), mode="complete")[0][:, :, len(place) - number :]
    below = multidegree_monomials(sizes, low)
    forms = multidegree_monomials(sizes, [int(size > 0) for size in sizes])
    multiplied = [kernel[:, [place[tuple(row)] for row in (below + form).tolist()]] for form in forms]
    factors = random.normal(size=(2, len(forms), 2)) @ np.array([1, 1j])
    first, second = (sum(c * part for c, part in zip(factor, multiplied, strict=True)) for factor in factors)
    pencil = np.linalg.pinv(first) @ second
    vectors = first @ np.linalg.eig(pencil)[1]  # columns: all monomials of the lower degree at one point, up to a factor
    return _coordinates(vectors, sizes, low, below)


def _points(sizes: Sequence[int], equations: Sequence[Sequence[int]]) -> int:
    """The coefficient of prod J_i^m_i in prod_a sum_i q_i^a J_i: the number of points."""
    total = 0
    for choice in itertools.product(range(len(sizes)), repeat=len(equations)):
        if all(choice.count(i) == size for i, size in enumerate(sizes)):
            total += math.prod(q[i] for q, i in zip(equations, choice, strict=True))
    return total


def _macaulay(variety: Variety, bases: Bases, sizes: list[int], high: list[int], place: dict, random: np.random.Generator) -> np.ndarray:
    """The multiples of the equations in multidegree ``high``: [instances, rows, monomials]."""
    blocks = []
    for p, q in zip(variety.polynomials, variety.configuration.equations, strict=True):
        restricted, own = _restricted(p, bases, sizes, q, random)
        left = [h - d if size else 0 for h, d, size in zip(high, q, sizes, strict=True)]
        by = multidegree_monomials(sizes, left) if min(left) >= 0 else []
        block = np.zeros((len(bases[0]), len(by), len(place)), dtype=complex)
        for row, factor in enumerate(by):
            block[:, row, [place[tuple(one)] for one in (own + factor).tolist()]] = restricted
        blocks.append(block)
    return np.concatenate(blocks, axis=1)


def _restricted(
    p: Polynomial, bases: Bases, sizes: list[int], q: Sequence[int], random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients [instances, monomials] of a polynomial in the coordinates of the subspaces, by interpolation; and the monomials.

    In a factor that is a point the degree is left out: its coordinate is 1.
    """
    degrees = [d if size else 0 for d, size in zip(q, sizes, strict=True)]
    own = multidegree_monomials(sizes, degrees)
    nodes = random.normal(size=(2 * len(own), own.shape[1], 2)) @ np.array([1, 1j])
    ends = np.cumsum([size + 1 for size in sizes])[:-1]
    parts = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in np.split(nodes, ends, axis=1)]
    parts = [part if size else np.ones_like(part) for part, size in zip(parts, sizes, strict=True)]
    values = p(_inserted(bases, [part[None] for part in parts]).reshape(-1, p.variables)).reshape(len(bases[0]), -1)
    inverse = np.linalg.pinv(monomial_values(np.concatenate(parts, axis=1), own))
    return values @ inverse.T, own


def _coordinates(vectors: np.ndarray, sizes: list[int], low: list[int], below: np.ndarray) -> list[np.ndarray]:
    """The coordinates in each subspace, from the values of all monomials [instances, monomials, points] up to a factor.

    Next to the largest power u_j^b, the monomials u_j^(b-1) u_k have the ratios u_k/u_j.
    """
    place = {tuple(row): number for number, row in enumerate(below.tolist())}
    largest = [np.zeros(vectors.shape[::2], dtype=np.int64) for _ in sizes]
    powers = [np.eye(size + 1, dtype=np.int64) * degree for size, degree in zip(sizes, low, strict=True)]
    pure = list(itertools.product(*(range(size + 1) for size in sizes)))
    rows = [place[tuple(np.concatenate([powers[i][j] for i, j in enumerate(choice)]).tolist())] for choice in pure]
    best = np.argmax(np.abs(vectors[:, rows]), axis=1)
    for i in range(len(sizes)):
        largest[i] = np.array([choice[i] for choice in pure])[best]
    found = []
    for i, size in enumerate(sizes):
        index = np.zeros((len(pure), size + 1), dtype=np.int64)
        for number, choice in enumerate(pure):
            for k in range(size + 1):
                parts = [powers[other][choice[other]].copy() for other in range(len(sizes))]
                if size:
                    parts[i][choice[i]] -= 1
                    parts[i][k] += 1
                index[number, k] = place[tuple(np.concatenate(parts).tolist())]
        found.append(np.take_along_axis(vectors.transpose(0, 2, 1), index[best], axis=2))
    return found


def _polished(variety: Variety, bases: Bases, unknowns: list[np.ndarray]) -> np.ndarray:
    """Newton's method for the unknowns of all subspaces, orthogonal to themselves in each; returns points of length 1."""
    instances, number = unknowns[0].shape[:2]
    widths = [u.shape[2] for u in unknowns]
    ends, degrees = np.cumsum(widths), np.array([sum(q) for q in variety.configuration.equations])
    flat = [u.reshape(instances * number, -1) for u in unknowns]
    repeated = [np.repeat(basis, number, axis=0) for basis in bases]
    z = np.zeros((instances * number, variety.coordinates), dtype=complex)
    for step in range(_POLISHING + 1):
        flat = [u / np.linalg.norm((u[:, None] @ basis)[:, 0], axis=1, keepdims=True) for u, basis in zip(flat, repeated, strict=True)]
        z = np.concatenate([(u[:, None] @ basis)[:, 0] for u, basis in zip(flat, repeated, strict=True)], axis=1)
        if step == _POLISHING:
            break
        jacobian = variety.jacobian(z)
        parts = [jacobian[:, :, part] @ basis.transpose(0, 2, 1) for part, basis in zip(variety.factors, repeated, strict=True)]
        system = np.zeros((len(z), ends[-1], ends[-1]), dtype=complex)
        system[:, : len(variety.polynomials)] = np.concatenate(parts, axis=2)
        for row, (u, end, width) in enumerate(zip(flat, ends, widths, strict=True)):
            system[:, len(variety.polynomials) + row, end - width : end] = u.conj()
        right = np.zeros((len(z), ends[-1], 1), dtype=complex)
        right[:, : len(variety.polynomials), 0] = np.sum(jacobian * z[:, None, :], axis=2) / degrees  # Euler's identity
        try:
            change = np.linalg.solve(system, right)[:, :, 0]
        except np.linalg.LinAlgError:  # a double root: left as it is, and dropped by its residual or its twin
            break
        flat = [u - part for u, part in zip(flat, np.split(change, ends[:-1], axis=1), strict=True)]
    return z.reshape(instances, number, -1)
