r"""Principal components of a table, and whether the rows sit on a lattice in the plane of the first two.

Rows on a lattice with dual vector k have $|c(k)| = 1$, $c(k) = \langle e^{i k \cdot s} \rangle$ over the scores s, and
$|c(k)| = e^{-k^2 \epsilon^2/2}$ with Gaussian noise $\epsilon$ on them; a cloud without structure has $|c(k)|^2 = 1/n$ for large k.
"""

from dataclasses import dataclass

import numpy as np

from certifield._arguments import of_kind, whole
from certifield.evidence import Estimate, InputError

from ._data import Data

FINEST = 12  # cells of a lattice along the whole range of the scores
COARSEST = 3.0  # k in units of the inverse spread: below, any cloud has a large c(k)
STRONG = 0.5  # |c|^2 beyond which rows are on a lattice
_PARALLEL = 0.9


@dataclass(frozen=True, eq=False)
class Components:
    """``directions`` [component, feature], orthonormal; ``shares`` of the variance; ``scores`` [row, component], of centred rows."""

    names: tuple[str, ...]
    directions: np.ndarray
    shares: Estimate
    scores: np.ndarray


def components(data: Data) -> Components:
    """Principal components of the features, centred and not scaled, by falling share of the variance.

    Errors of the shares are jackknifed over up to 64 blocks of groups.  Raises `InputError` where no feature varies.
    """
    of_kind("data", data, Data, "make one with certifield.conjecture.models.data")
    centred = data.x - data.x.mean(axis=0)
    if not np.any(centred):
        raise InputError("data", "columns that are all constant", "a feature that varies", "choose others")
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    shares = sizes**2 / np.sum(sizes**2)
    blocks = data.groups % min(64, len(np.unique(data.groups)))
    without = np.array([_shares(data.x[blocks != one], len(shares)) for one in np.unique(blocks)])
    count = len(without)
    error = np.sqrt((count - 1) * without.var(axis=0)) if count > 1 else np.full(len(shares), np.inf)
    told = Estimate.from_stderr(
        shares, np.maximum(error, 1e-15), source="principal components", draws=count, method="jackknife over groups"
    )
    return Components(data.names, directions, told, centred @ directions.T)


def _shares(x: np.ndarray, count: int) -> np.ndarray:
    squares = np.linalg.svd(x - x.mean(axis=0), compute_uv=False) ** 2
    return np.pad(squares / squares.sum(), (0, max(0, count - len(squares))))[:count]


@dataclass(frozen=True, eq=False)
class Lattice:
    """Wave vectors [vector, component], not parallel: the shortest with |c|^2 > 1/2, else the strongest; and their ``strengths`` |c|^2."""

    waves: np.ndarray
    strengths: Estimate

    @property
    def rank(self) -> int:
        """In how many directions the rows are on a lattice: strengths above one half."""
        return int(np.sum(np.asarray(self.strengths.mean) > STRONG))


def lattice(found: Components, dimension: int = 2) -> Lattice:
    """The strongest waves in the scores of the first one or two components, among a fixed grid and then refined.

    At most 12 cells along the range of the scores are looked for.  Errors are by the spread over rows; that the largest of many is taken
    adds about ln(trials)/n to a strength.  Raises `InputError` for other dimensions, and for fewer components or 16 rows.
    """
    of_kind("found", found, Components, "make one with components(data)")
    whole("dimension", dimension, 1, 2)
    if found.scores.shape[1] < dimension or len(found.scores) < 16:
        raise InputError("found", f"{list(found.scores.shape)} scores", f"[16 rows or more, {dimension} or more]", "add rows or columns")
    scores = found.scores[:, :dimension]
    spread = scores.std(axis=0)
    if not np.all(spread > 1e-12 * np.abs(scores).max()):
        raise InputError("dimension", dimension, "components that vary", "try dimension=1")
    steps = np.pi / np.ptp(scores, axis=0)  # twice as fine as a wave can be told from another
    places = np.indices((2 * 2 * FINEST + 1,) * dimension).reshape(dimension, -1).T - 2 * FINEST
    waves = places[_first_is_positive(places)] * steps
    waves = waves[np.linalg.norm(waves * spread, axis=1) > COARSEST]
    sizes = _strengths(waves, scores)
    chosen: list[np.ndarray] = []
    # Every vector of the dual lattice is as strong without noise: the shortest ones generate it.
    for place in np.lexsort((-sizes, np.where(sizes > STRONG, np.linalg.norm(waves, axis=1), np.inf))):
        if all(_cosine(waves[place] * spread, one * spread) < _PARALLEL for one in chosen):
            chosen.append(_refined(waves[place], steps, scores))
        if len(chosen) == dimension:
            break
    rows = np.exp(1j * scores @ np.array(chosen).T)
    mean = rows.mean(axis=0)
    # |c|^2 moves by 2 Re(conj(c) dc).
    error = 2 * (np.conj(mean) * rows).real.std(axis=0, ddof=1) / np.sqrt(len(rows))
    strengths = Estimate.from_stderr(
        abs(mean) ** 2, np.maximum(error, 1 / len(rows)), source="waves", draws=len(rows), method="largest of a grid", bias="unknown"
    )
    return Lattice(np.array(chosen), strengths)


def _first_is_positive(places: np.ndarray) -> np.ndarray:
    """One of k and -k, and not 0."""
    first = places[np.arange(len(places)), np.argmax(places != 0, axis=1)]
    return first > 0


def _strengths(waves: np.ndarray, scores: np.ndarray) -> np.ndarray:
    return np.concatenate([abs(np.exp(1j * part @ scores.T).mean(axis=1)) ** 2 for part in np.array_split(waves, 1 + len(waves) // 256)])


def _refined(wave: np.ndarray, steps: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The best of finer and finer grids about a wave."""
    offsets = np.indices((5,) * len(wave)).reshape(len(wave), -1).T - 2
    for halving in range(1, 10):
        near = wave + offsets * steps / 2**halving
        wave = near[int(np.argmax(_strengths(near, scores)))]
    return wave


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(abs(one @ other) / (np.linalg.norm(one) * np.linalg.norm(other)))
