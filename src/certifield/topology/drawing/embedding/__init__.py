"""Planar maps, and where they go in the plane."""

from ._arrange import arranged as arranged
from ._arrays import Complexes as Complexes, Integers as Integers, Reals as Reals
from ._corners import Corners as Corners
from ._embed import CIRCLE as CIRCLE, Embedding as Embedding, embedded as embedded
from ._planar_map import PlanarMap as PlanarMap
