r"""The Hamiltonian from correlators: energies by the generalised eigenvalue problem.

With $C_{ij}(t) = \langle O_i(t) O_j(0)\rangle$, the vacuum subtracted, and $C(t) v = \lambda C(t_0) v$,

    E_n - E_0 = -ln lambda_n / (t - t_0)    at the latest,

exactly for as many states as operators; otherwise from above (Cauchy's interlacing: these are variational bounds).
Source: Blossier et al., arXiv:0902.1265.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import linalg

from certifield.evidence import Estimate, Exact, InputError, log

_SOURCE = "arXiv:0902.1265"
_UNIT = 2.0**-53


@dataclass(frozen=True, eq=False)
class Spectrum:
    """``gaps`` [k]: E_n - E_0 from below in energy; ``vectors`` [operators, k]: the operators that create the states.

    ``kept``: the number k of directions of C(t_0) that stand above their error; ``dropped``: (eigenvalue, error) of those that do not, for
    operators of unit norm.  An empty ``gaps`` has no direction left.
    """

    gaps: Exact | Estimate
    vectors: np.ndarray
    kept: int
    dropped: tuple[tuple[float, float], ...]
    reference: float
    time: float
    condition: float = field(default=1.0)


def reconstruct(correlations: Exact | Any, times: Any, *, reference: float, time: float, vacuum: Any = None, cut: float = 5.0) -> Spectrum:
    r"""Energies above the vacuum from ``correlations`` C(t) at ``times`` [T], with $t_0$ = ``reference`` and t = ``time`` > t_0.

    ``correlations``: an `Exact` [T, n, n], from which follow bounds; or block means [B, T, n, n], from which follow jackknife errors, with
    ``vacuum`` [B, n], the block means of the operators, subtracted in every replicate.  Directions of C(t_0) below ``cut`` errors are
    dropped and reported.  Raises `InputError` for other shapes, times that are not among ``times``, and fewer than 8 blocks.

    >>> import certifield as cf
    >>> system = cf.fieldtheory.oracles.quantum_mechanics((0, 0, 0.5, 0, 0.25))
    >>> found = reconstruct(correlation_matrix(system, (1, 3), [1.0, 1.2]), [1.0, 1.2], reference=1.0, time=1.2)
    >>> [round(float(gap), 4) for gap in found.gaps.value], found.kept
    ([1.405, 4.9374], 2)
    """
    where = np.asarray(times, dtype=float)
    places = [np.flatnonzero(np.isclose(where, t, rtol=1e-12)) for t in (reference, time)]
    if any(len(place) != 1 for place in places) or not time > reference:
        raise InputError("reference, time", (reference, time), "two of the times, time > reference", f"choose among {where.tolist()}")
    before, after = (int(place[0]) for place in places)
    if isinstance(correlations, Exact):
        return _from_exact(_pair(correlations, before, after, len(where)), reference, time)
    blocks = np.asarray(correlations, dtype=float)
    square = blocks.ndim == 4 and blocks.shape[1] == len(where) and blocks.shape[2] == blocks.shape[3]
    if not square or len(blocks) < 8 or not np.all(np.isfinite(blocks)):
        raise InputError("correlations", blocks.shape, "finite block means [B, T, n, n] with B >= 8", "cut the data into more blocks")
    level = np.zeros((len(blocks), blocks.shape[2])) if vacuum is None else np.asarray(vacuum, dtype=float)
    if level.shape != (len(blocks), blocks.shape[2]):
        raise InputError("vacuum", level.shape, f"block means of shape {(len(blocks), blocks.shape[2])}", "pass the means of the operators")
    return _from_blocks(blocks[:, before], blocks[:, after], level, reference, time, cut)


def correlation_matrix(system: Any, powers: Any, times: Any) -> Exact:
    r"""$\langle x^i(t) x^j(0)\rangle$, connected, [T, n, n] for ``powers`` of x, from a system of `certifield.fieldtheory.oracles`."""
    chosen = list(powers)
    found = [[system.correlator(times, (i, j), connected=True) for j in chosen] for i in chosen]
    value, radius = (np.moveaxis(np.array([[getattr(one, part) for one in row] for row in found]), 2, 0) for part in ("value", "radius"))
    return Exact(value, "correlators of powers of x", found[0][0].reference, radius)


def _pair(correlations: Exact, before: int, after: int, count: int) -> tuple[Exact, Exact]:
    shape = correlations.shape
    if len(shape) != 3 or shape[0] != count or shape[1] != shape[2]:
        raise InputError("correlations", shape, "an Exact of shape [T, n, n]", "pass one matrix per time")
    return correlations[before], correlations[after]


def _from_exact(pair: tuple[Exact, Exact], reference: float, time: float) -> Spectrum:
    first, second = (_symmetric(np.asarray(one.value)) for one in pair)
    errors = [float(np.linalg.norm(np.asarray(one.radius))) for one in pair]
    scale = _scale(first)
    values, directions = linalg.eigh(first * np.outer(scale, scale))
    blur = errors[0] * float(np.max(scale)) ** 2 + len(first) * _UNIT * float(values[-1])
    kept = values > 10 * blur  # an eigenvalue within its error has no direction of its own
    basis = scale[:, None] * directions[:, kept] / np.sqrt(values[kept])
    whitened = basis.T @ second @ basis
    eigenvalues, inner = (part[..., ::-1] for part in linalg.eigh(_symmetric(whitened)))
    stretch = float(np.linalg.norm(basis, 2)) ** 2 if np.any(kept) else 0.0
    # Whitening leaves C(t0) within epsilon of 1 and C(t) within eta of its value: Weyl's bounds for both.
    sizes = [float(np.linalg.norm(one, 2)) for one in (first, second)]
    epsilon, eta = (stretch * error + 8 * len(first) * _UNIT * (1 + stretch * size) for error, size in zip(errors, sizes, strict=True))
    radius = (eta + np.abs(eigenvalues) * epsilon) / (1 - epsilon) if epsilon < 0.5 else np.full(len(eigenvalues), np.inf)
    good = eigenvalues > 2 * radius
    dropped = [(float(value), blur) for value in values[~kept]]
    dropped += [(float(value), float(error)) for value, error in zip(eigenvalues[~good], radius[~good], strict=True)]
    chosen = Exact(eigenvalues[good], "generalised eigenvalues of exact correlators", _SOURCE, radius[good])
    gaps = log(chosen) * (-1 / (time - reference)) if np.any(good) else chosen
    condition = float(values[-1] / values[kept][0]) if np.any(kept) else np.inf
    return Spectrum(gaps, (basis @ inner)[:, good], int(np.sum(good)), tuple(dropped), reference, time, condition)


def _from_blocks(before: np.ndarray, after: np.ndarray, vacuum: np.ndarray, reference: float, time: float, cut: float) -> Spectrum:
    replicates = [_left_out(part) for part in (before, after, vacuum)]
    first, second = (_symmetric(part - replicates[2][:, :, None] * replicates[2][:, None, :]) for part in replicates[:2])
    centre = [_symmetric(part.mean(axis=0) - np.outer(vacuum.mean(axis=0), vacuum.mean(axis=0))) for part in (before, after)]
    scale = _scale(centre[0])
    values, directions = linalg.eigh(centre[0] * np.outer(scale, scale))
    along = np.einsum("ia,bij,ja->ba", scale[:, None] * directions, first, scale[:, None] * directions)
    noise = _jackknife_error(along)
    kept = values > cut * noise
    basis = scale[:, None] * directions[:, kept]
    each = [_gaps(basis.T @ one @ basis, basis.T @ other @ basis, time - reference) for one, other in zip(first, second, strict=True)]
    whole = _gaps(basis.T @ centre[0] @ basis, basis.T @ centre[1] @ basis, time - reference)
    usable = np.isfinite(whole) & np.all(np.isfinite(each), axis=0) if np.any(kept) else np.zeros(0, dtype=bool)
    count = len(before)
    spread = (np.array(each) - np.mean(each, axis=0))[:, usable] * np.sqrt((count - 1) / count)
    source = f"generalised eigenvalues/{hashlib.sha256(before.tobytes() + after.tobytes()).hexdigest()[:16]}"
    gaps = Estimate(whole[usable], {source: spread}, 0, count, None, "block jackknife", "float64", "unknown")
    lost = [(float(value), float(error)) for value, error in zip(values[~kept], noise[~kept], strict=True)]
    lost += [(float("nan"), float("nan"))] * int(np.sum(~usable))
    vectors = basis @ _states(basis.T @ centre[0] @ basis, basis.T @ centre[1] @ basis)[:, usable] if np.any(usable) else basis[:, :0]
    condition = float(values[-1] / values[kept][0]) if np.any(kept) else np.inf
    return Spectrum(gaps, vectors, int(np.sum(usable)), tuple(lost), reference, time, condition)


def _gaps(first: np.ndarray, second: np.ndarray, interval: float) -> np.ndarray:
    """Effective energies; NaN where C(t0) is not positive or an eigenvalue is not."""
    if not len(first):
        return np.zeros(0)
    try:
        values = linalg.eigh(second, first, eigvals_only=True)[::-1]
    except linalg.LinAlgError:
        return np.full(len(first), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return -np.log(values) / interval


def _states(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return linalg.eigh(second, first)[1][:, ::-1]


def _left_out(blocks: np.ndarray) -> np.ndarray:
    """Means without one block each."""
    return (np.sum(blocks, axis=0) - blocks) / (len(blocks) - 1)


def _jackknife_error(replicates: np.ndarray) -> np.ndarray:
    return np.sqrt((len(replicates) - 1) * np.var(replicates, axis=0))


def _symmetric(matrix: np.ndarray) -> np.ndarray:
    return (matrix + np.swapaxes(matrix, -1, -2)) / 2


def _scale(matrix: np.ndarray) -> np.ndarray:
    """One over the norm of each operator."""
    diagonal = np.diag(matrix)
    if np.any(diagonal <= 0):
        raise InputError("correlations", diagonal.tolist(), "positive on the diagonal at the reference time", "leave out these operators")
    return 1 / np.sqrt(diagonal)
