"""Homology of knots: knot Floer homology and Rasmussen's invariant."""

from ._knot_floer import KnotFloer as KnotFloer, knot_floer as knot_floer
from ._obstruction import rasmussen_obstruction as rasmussen_obstruction, slice_by_rasmussen as slice_by_rasmussen
from ._rasmussen import rasmussen as rasmussen
