"""Counts of vacua as logarithms, and graphs of vacua with their distribution at late times."""

from ._counts import (
    COUNTS as COUNTS,
    Count as Count,
    Fourfold as Fourfold,
    fourfold_fluxes as fourfold_fluxes,
    lattice_points as lattice_points,
)
from ._graph import (
    LateTimes as LateTimes,
    VacuumGraph as VacuumGraph,
    bubble_model as bubble_model,
    edge_tree_graph as edge_tree_graph,
    late_times as late_times,
    vacuum_graph as vacuum_graph,
)
