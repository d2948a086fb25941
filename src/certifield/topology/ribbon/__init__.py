"""Ribbon discs: bands, their vocabulary, and the searches for them."""

from ._families import mirror_sum as mirror_sum, scrambled as scrambled, symmetric_union as symmetric_union
from ._random_agent import RandomAgent as RandomAgent
from ._search import ribbon_disc as ribbon_disc
from ._tune import Tuning as Tuning, tune_weights as tune_weights
