"""The tables of obstructions.  A further one is a row: a function from a diagram to a certificate or None, and a checker."""

from ._alexander import slice_by_fox_milnor, unknot_by_alexander
from ._jones import unknot_by_jones
from ._lattice import slice_by_lattice
from ._obstruction import Obstruction
from ._seifert_form import (
    slice_by_arf,
    slice_by_determinant,
    slice_by_linking,
    slice_by_nullity,
    slice_by_signature,
    unknot_by_determinant,
    unknot_by_signature,
)
from ._signature_function import slice_by_signature_function

SLICE_OBSTRUCTIONS = (
    Obstruction("linking numbers", "topological", 0.1, slice_by_linking),
    Obstruction("Arf invariant", "topological", 0.8, slice_by_arf),
    Obstruction("determinant", "topological", 0.8, slice_by_determinant),
    Obstruction("signature", "topological", 1, slice_by_signature),
    Obstruction("nullity", "topological", 1, slice_by_nullity),
    Obstruction("Fox-Milnor", "topological", 1.1, slice_by_fox_milnor),
    Obstruction("signature function", "topological", 2.5, slice_by_signature_function),
    Obstruction("Goeritz lattice", "smooth", 3, slice_by_lattice),
)

UNKNOT_OBSTRUCTIONS = (
    Obstruction("determinant", None, 1, unknot_by_determinant),
    Obstruction("signature", None, 1, unknot_by_signature),
    Obstruction("Alexander polynomial", None, 1, unknot_by_alexander),
    Obstruction("Jones polynomial", None, 1.5, unknot_by_jones),
)
