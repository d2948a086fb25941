"""Whether what is said with probability p comes true in a share p of all cases."""

from dataclasses import dataclass

import numpy as np

from certifield._arguments import reals, whole
from certifield.evidence import Estimate, Share, wilson

from ...diagrams._reading import refuse


@dataclass(frozen=True)
class Calibration:
    """``bins``: mean probability of "same" and the share that is the same, with its interval, for predictions that lie together.

    ``gap``: the expected calibration error, the mean over all pairs of |probability - share| of their bins.
    """

    bins: tuple[tuple[float, Share], ...]
    gap: Estimate


def calibration(probability: np.ndarray, same: np.ndarray, *, bins: int = 10, seed: int = 0) -> Calibration:
    """Predictions in bins of equal width, and their gap with an error bar from 200 redrawn sets of pairs.

    The gap is biased upwards by the noise of the bins, by about its error bar or less.
    """
    said = reals("probability", probability, "probabilities from 0 to 1", "as guess gives them", 1)
    whole("bins", bins, 1, 1000)
    truth = np.asarray(same)
    if np.any((said < 0) | (said > 1)) or truth.shape != said.shape or truth.dtype != bool:
        raise refuse("same", truth.shape, f"{len(said)} truth values, for probabilities from 0 to 1", "pass pairs.same")
    where = np.minimum((said * bins).astype(int), bins - 1)
    found = []
    for place in np.unique(where):
        inside = where == place
        found.append((float(said[inside].mean()), wilson(int(truth[inside].sum()), int(inside.sum()))))
    rng = np.random.Generator(np.random.PCG64([seed, 7]))
    drawn = [_gap(said[rows], truth[rows], where[rows], bins) for rows in rng.integers(0, len(said), (200, len(said)))]
    gap = Estimate.from_stderr(_gap(said, truth, where, bins), max(float(np.std(drawn)), 1e-6), source=f"calibration {seed}",
                               draws=len(said), method="bootstrap over pairs")  # fmt: skip
    return Calibration(tuple(found), gap)


def _gap(said: np.ndarray, truth: np.ndarray, where: np.ndarray, bins: int) -> float:
    return float(np.abs(np.bincount(where, said - truth, bins)).sum() / len(said))
