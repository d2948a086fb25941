"""Equivariant functions: groups, representations, all equivariant linear maps, group convolutions, maps of SU(N); how to examine any."""

from ._convolution import (
    GroupConvolution as GroupConvolution,
    group_convolution as group_convolution,
    lifting as lifting,
    orbit_mean as orbit_mean,
)
from ._examination import (
    Equivariance as Equivariance,
    Symmetrised as Symmetrised,
    Witness as Witness,
    examine_equivariance as examine_equivariance,
    symmetrised as symmetrised,
)
from ._group import (
    FiniteGroup as FiniteGroup,
    cyclic as cyclic,
    dihedral as dihedral,
    permutation_group as permutation_group,
    symmetric as symmetric,
)
from ._linear_maps import (
    EquivariantLinear as EquivariantLinear,
    EquivariantMaps as EquivariantMaps,
    equivariant_basis as equivariant_basis,
    equivariant_maps as equivariant_maps,
)
from ._planar import PlanarGroup as PlanarGroup, image_action as image_action, orbit_action as orbit_action, p4 as p4
from ._representation import (
    Representation as Representation,
    defining as defining,
    equivariant_dimension as equivariant_dimension,
    regular as regular,
    represent as represent,
    trivial as trivial,
)
from ._rotations import OrthogonalAction as OrthogonalAction, orthogonal_action as orthogonal_action, random_orthogonal as random_orthogonal
from ._unitary import (
    SpectralMap as SpectralMap,
    conjugation as conjugation,
    eigensystem as eigensystem,
    random_unitary as random_unitary,
)
