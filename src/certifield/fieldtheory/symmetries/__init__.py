"""Symmetries of ensembles: by duality of parameters, from closed forms, and by tests on draws."""

from ._parameter_maps import MapCheck as MapCheck, check_parameter_map as check_parameter_map, exact_violation as exact_violation
from ._symmetry_tests import (
    EnergyTest as EnergyTest,
    SymmetryTest as SymmetryTest,
    check_symmetry as check_symmetry,
    energy_test as energy_test,
    holm as holm,
)
from ._transformations import (
    Transformation as Transformation,
    euclidean as euclidean,
    input_rotations as input_rotations,
    output_permutations as output_permutations,
    output_rotations as output_rotations,
    parity as parity,
    scaling as scaling,
    sign_flip as sign_flip,
    symplectic_outputs as symplectic_outputs,
    translations as translations,
    unitary_outputs as unitary_outputs,
)
