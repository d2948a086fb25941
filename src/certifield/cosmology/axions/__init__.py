"""Axion-photon couplings on threefolds: geometries from trees, polytopes and files, the stretched Kaehler cone, and both readings."""

from ._blow_ups import toric_threefold as toric_threefold, tree_threefold as tree_threefold
from ._calabi_yau import (
    fermat_simplices as fermat_simplices,
    polytope_threefold as polytope_threefold,
    simplex_vertices as simplex_vertices,
)
from ._couplings import PLANCK_MASS as PLANCK_MASS, Couplings as Couplings, couplings as couplings, kinetic_inverse as kinetic_inverse
from ._eigenstates import Eigenstates as Eigenstates, mass_eigenstates as mass_eigenstates
from ._files import load_threefold as load_threefold, save_threefold as save_threefold
from ._threefold import Threefold as Threefold, Volumes as Volumes
from ._tip import Tip as Tip, stretched_tip as stretched_tip
from ._wishart import wishart_couplings as wishart_couplings, wishart_mean as wishart_mean
