"""Trees of blow-ups of toric bases of F-theory: counted exactly, drawn uniformly, and the gauge groups that they leave."""

from ._base import DOMINANT as DOMINANT, Base as Base, weak_fano_base as weak_fano_base
from ._edges import EdgeTrees as EdgeTrees
from ._faces import FaceTrees as FaceTrees
from ._fans import blown_up_cones as blown_up_cones, drawn_cones as drawn_cones
from ._geometries import (
    Geometries as Geometries,
    certify_threshold as certify_threshold,
    largest_coefficient as largest_coefficient,
)
from ._sections import Order as Order, gauge_group as gauge_group, orders as orders, sections as sections
