"""Ribbon discs: bands, their vocabulary, and the searches for them."""

from ._random_agent import RandomAgent as RandomAgent
from ._search import ribbon_disc as ribbon_disc
