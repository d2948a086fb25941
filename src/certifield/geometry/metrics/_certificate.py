"""Certificates that an algebraic metric is positive everywhere, not only where it was looked at."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from certifield._arguments import of_kind
from certifield.evidence import Certificate, InputError

from ._algebraic import AlgebraicMetric

_BITS = 40  # of the entries of the transformation
_LARGEST = 256  # rows of a block: the checker multiplies in whole numbers, n^3 of them


def certify_kaehler(metric: AlgebraicMetric) -> Certificate:
    r"""A certificate that the potential is that of a Kaehler metric of its class on every smooth X, replayed by kaehler-potential@1.

    The witness are matrices M near the inverse of the Cholesky factor of each block of H, such that $M H M^\dagger$ is diagonally dominant,
    in whole numbers.  It says nothing of the distance from Ricci-flatness, which is measured (`quality`).
    Raises `InputError` where H is not positive definite, or so nearly singular that floats cannot show it, and for blocks of over 256 rows.
    """
    of_kind("metric", metric, AlgebraicMetric, "such as fubini_study(fermat(), [1])")
    terms, transforms, shifts, total = [], [], [], 0
    for number, (term, sections, h) in enumerate(zip(metric.terms, metric.sections, metric.matrices, strict=True)):
        blocks, own, powers = [], [], []
        for block in _blocks(h):
            part = h[np.ix_(block, block)]
            if len(block) > _LARGEST:
                given = f"a block of {len(block)} sections in term {number}"
                raise InputError("metric", given, f"of blocks of {_LARGEST} at most", "take a lower degree, or a symmetry")
            transform, shift, margin = _dominated(part, number)
            lower = [[[float(x.real) + 0.0, float(x.imag) + 0.0] for x in row[: i + 1]] for i, row in enumerate(part)]
            hexadecimal = [[[x.hex(), y.hex()] for x, y in row] for row in lower]
            blocks.append({"monomials": sections.exponents[block].tolist(), "matrix": hexadecimal})
            own.append(transform)
            powers.append(shift)
            total += margin
        terms.append({"weight": str(term.weight), "degrees": list(term.degrees), "blocks": blocks})
        transforms.append(own)
        shifts.append(powers)
    claim = {
        "kind": "Kaehler potential",
        "ambient": list(metric.variety.ambient),
        "class": [str(t) for t in metric.kaehler],
        "terms": terms,
    }
    return Certificate(claim, str(total), {"transforms": transforms, "shifts": shifts}, "kaehler-potential@1")


def _blocks(h: np.ndarray) -> list[np.ndarray]:
    number, label = connected_components(csr_array(h != 0), directed=False)
    return [np.flatnonzero(label == one) for one in range(number)]


def _dominated(h: np.ndarray, number: int) -> tuple[list, int, int]:
    """M as rows of whole numbers, the power p of two that makes H whole, and the sum of the margins.  All in Python's integers."""
    try:
        inverse = np.linalg.inv(np.linalg.cholesky(h))
    except np.linalg.LinAlgError:
        least = float(np.linalg.eigvalsh(h)[0])
        given = f"an H (term {number}) with the eigenvalue {least:.3g}"
        raise InputError(
            "metric", given, "of positive definite H", "fit with more points, or a lower degree: it may be negative somewhere"
        ) from None
    scale = 2.0**_BITS / np.min(np.abs(np.diag(inverse)))  # so that every row keeps as many bits
    rows = [[(round(x.real * scale), round(x.imag * scale)) for x in row[: i + 1].tolist()] for i, row in enumerate(inverse)]
    numbers = [float(x) for x in np.concatenate([np.real(h).ravel(), np.imag(h).ravel()]) if x]
    shift = max(x.as_integer_ratio()[1].bit_length() - 1 for x in numbers)
    whole = [[(_integer(x.real, shift), _integer(x.imag, shift)) for x in row] for row in h.tolist()]
    margin = _margin(rows, whole)
    if margin is None:
        ends = np.linalg.eigvalsh(h)[[0, -1]]
        given = f"an H (term {number}) that is nearly singular: eigenvalues from {ends[0]:.3g} to {ends[1]:.3g}"
        raise InputError("metric", given, "of well-conditioned H", "fit with more points, or a lower degree")
    return [[list(entry) for entry in row] for row in rows], shift, margin


def _integer(x: float, shift: int) -> int:
    top, bottom = x.as_integer_ratio()
    return (top << shift) // bottom


def _margin(rows: list, h: list) -> int | None:
    """The sum of the margins of M H M^dagger, None where a row is not dominated; with numpy's arrays of Python's integers."""
    size = len(rows)
    m = np.zeros((2, size, size), dtype=object)
    for i, row in enumerate(rows):
        for j, (x, y) in enumerate(row):
            m[0, i, j], m[1, i, j] = x, y
    parts = np.array(h, dtype=object)
    x, y = parts[:, :, 0], parts[:, :, 1]
    real, imaginary = m[0] @ x - m[1] @ y, m[0] @ y + m[1] @ x
    real, imaginary = real @ m[0].T + imaginary @ m[1].T, imaginary @ m[0].T - real @ m[1].T
    size_of = np.abs(real) + np.abs(imaginary)
    diagonal = np.diag(real)
    margins = diagonal - (size_of.sum(axis=1) - np.diag(size_of))
    return int(sum(margins)) if all(one > 0 for one in margins) else None
