"""Differential equations solved by networks, from the residual alone, and by a lattice beside it."""

from ._lattice import LatticeSolution as LatticeSolution, on_lattice as on_lattice, solve_on_lattice as solve_on_lattice
from ._residual import (
    ResidualSolution as ResidualSolution,
    Vanishing as Vanishing,
    laplacian as laplacian,
    mean_square as mean_square,
    solve_by_residual as solve_by_residual,
)
