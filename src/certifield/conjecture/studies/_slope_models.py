"""Models of the signature of hyperbolic knots: knots stand with their mirror images, and are split by family and by number of crossings.

Under a mirror image sigma and the real part of the meridian change their signs, and all other features stay.  A model of classes may
say two signatures that are no opposites of each other; (f(x) - f(mirror x)) / 2 with a model f of numbers cannot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from certifield.evidence import Estimate

FEATURES = ("volume", "longitude", "meridian re", "meridian im", "inj proxy", "crossings", "determinant")
CUSP = ("longitude", "meridian re", "meridian im")
MODELS = ("majority or mean", "linear", "nearest neighbour", "decision tree", "forest", "network")
NUMBERS = ("sigma", "slope", "slope radius", "volume", "volume radius", "re", "im", "longitude", "inj", "crossings", "determinant")
_USED = ("volume", "longitude", "re", "im", "inj", "crossings", "determinant")
FOLDS, BANDS = 4, 3


@dataclass(frozen=True, eq=False)
class Models:
    """Scores by model, the attribution, the share of knots whose mirror image is told minus their signature, and splits by family.

    ``odd``: the accuracy of a network of numbers that is odd by construction; ``crossings``: that of a network on crossing numbers that it
    did not see; ``twists``: that on the full twists of one trained on the table, None where nothing is known of them.
    """

    scores: dict[str, Estimate]
    attribution: Any
    opposite: Estimate
    odd: Estimate
    crossings: Estimate
    twists: Estimate | None


def known(numbers: np.ndarray) -> np.ndarray:
    """The rows whose longitude and geodesic are known."""
    return np.minimum(numbers[:, NUMBERS.index("longitude")], numbers[:, NUMBERS.index("inj")]) > 0


def features(numbers: np.ndarray) -> np.ndarray:
    """The columns of `FEATURES`."""
    return np.stack([numbers[:, NUMBERS.index(name)] for name in _USED], axis=1)


def mirrored(x: np.ndarray) -> np.ndarray:
    """The features of the mirror images."""
    other = x.copy()
    other[:, FEATURES.index("meridian re")] *= -1
    return other


def models(numbers: np.ndarray, twists: np.ndarray, *, steps: int, seeds: int) -> Models:
    """All models of the knots of a table with their mirror images; asked about full twists too."""
    kept, asked = numbers[known(numbers)], twists[known(twists)]
    return _fitted(kept.tobytes(), asked.tobytes(), steps, seeds)


@cache
def _fitted(content: bytes, twisted: bytes, steps: int, seeds: int) -> Models:
    from certifield.conjecture.models import Data, attribute, fit, score, scores

    numbers, twists = (np.frombuffer(part).reshape(-1, len(NUMBERS)) for part in (content, twisted))
    x, sigma = features(numbers), numbers[:, 0]
    both, signed, knots = np.concatenate([x, mirrored(x)]), np.concatenate([sigma, -sigma]), np.tile(np.arange(len(sigma)), 2)
    values, classes = np.unique(signed, return_inverse=True)
    data = Data(FEATURES, both, classes, knots, tuple(map(float, values)))
    crossings = both[:, FEATURES.index("crossings")]
    bands = np.maximum(crossings, crossings.max() - BANDS + 1)
    told, regressed = np.empty(len(classes), int), np.empty(len(sigma))
    numeric = Data(FEATURES, both, signed, knots)
    for number, held in enumerate(data.folds(FOLDS, np.random.Generator(np.random.PCG64([0, 5])))):
        others = np.setdiff1d(np.arange(len(classes)), held)
        told[held] = fit("network", data, others, number)(both[held])
        predict, plain = fit("network", numeric, others, number), held[held < len(sigma)]
        regressed[plain] = (predict(x[plain]) - predict(mirrored(x[plain]))) / 2
    opposite = values[told[: len(sigma)]] == -values[told[len(sigma) :]]
    twists_right = None
    if len(twists):
        said = values[fit("network", data, np.arange(len(classes)))(features(twists))]
        twists_right = _share(said == twists[:, 0], "network on full twists")
    return Models(
        scores(data, MODELS, folds=FOLDS), attribute(data, seeds=seeds, steps=steps), _share(opposite, "opposite"),
        _share(2 * np.round(regressed / 2) == sigma, "odd network"), score("network", data, apart=bands), twists_right,
    )  # fmt: skip


def _share(right: Sequence[bool] | np.ndarray, source: str) -> Estimate:
    mean = float(np.mean(right))
    error = float(np.sqrt(max(mean * (1 - mean), 0.25 / len(right)) / len(right)))  # not 0 where all or none are
    return Estimate.from_stderr(mean, error, source=source, draws=len(right), method="over knots")
