"""Ribbon discs: bands, their vocabulary, and the searches for them."""

from ._search import ribbon_disc as ribbon_disc
