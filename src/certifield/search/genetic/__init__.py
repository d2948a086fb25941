"""Genetic search on bit strings: named recipes, encodings, independent evolutions, and how much of what there is they have seen."""

from ._encoding import Encoding as Encoding, Integers as Integers, Reals as Reals, split as split
from ._evolution import Evolutions as Evolutions, Genetic as Genetic, Problem as Problem, evolve as evolve
from ._selection import SELECTIONS as SELECTIONS, weights as weights
from ._unseen import coverage as coverage, richness as richness
