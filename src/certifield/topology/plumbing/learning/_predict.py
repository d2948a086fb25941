"""What a network says of pairs: probabilities that are labelled as predictions."""

from dataclasses import dataclass

import equinox as eqx
import jax
import numpy as np

from certifield._arguments import of_kind

from .._forest import PlumbingForest
from .._pairs import Forests, Pairs
from ._batches import ROOM, batches
from ._classifier import Classifier


@dataclass(frozen=True)
class Predicted:
    """A guess: ``probability``, as the network says, that two forests belong to one manifold.  `same_manifold` decides; this does not.

    >>> print(Predicted(0.25))
    PREDICTED different, probability 0.750 by a network: no proof
    """

    probability: float

    @property
    def same(self) -> bool:
        """The likelier answer."""
        return self.probability >= 0.5

    def __str__(self) -> str:
        told, sure = ("same", self.probability) if self.same else ("different", 1 - self.probability)
        return f"PREDICTED {told}, probability {sure:.3f} by a network: no proof"


def guess(network: Classifier, pairs: Pairs) -> np.ndarray:
    """For every pair the probability of "same" that the network names, single precision."""
    of_kind("network", network, Classifier, "see classifier and train"), of_kind("pairs", pairs, Pairs, "see pairs")
    found = np.empty(len(pairs), np.float32)
    with jax.enable_x64(False):
        for batch in batches(pairs):
            asked = int(batch.asked.sum())
            found[batch.rows[:asked]] = np.asarray(_probabilities(network, batch))[:asked]
    return found


def predicted(network: Classifier, first: PlumbingForest, second: PlumbingForest) -> Predicted:
    """The guess for two forests of at most a few thousand vertices."""
    of_kind("network", network, Classifier, "see classifier and train")
    forests = [of_kind(name, one, PlumbingForest, "see PlumbingForest") for name, one in (("first", first), ("second", second))]
    one, other = (Forests.of([forest]) for forest in forests)
    pair = Pairs("asked", one, other, np.zeros(1, bool))
    room = max(ROOM, sum(len(one.weights) for one in forests) + 1)
    with jax.enable_x64(False):
        return Predicted(float(_probabilities(network, next(batches(pair, room=room)))[0]))


@eqx.filter_jit
def _probabilities(network: Classifier, batch):
    return jax.nn.softmax(network(batch), axis=1)[:, 1]
